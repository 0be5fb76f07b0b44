"""Rate: be a user. With each star the list sorts itself anew, and one's own dot walks over the map."""

import streamlit as st

from pages.kit import frame, i18n, newcomer_curve, visitor_ratings
from pages.kit.i18n import t
from pages.rate import about as rate_about
from pages.rate import listed, offers, own, search, taste_map
from pages.why import dialog as why

frame.page_header_line("rate.title", "rate.purpose")
model = frame.need_model()
folding = visitor_ratings.fold_in(model)
if folding is None:
    st.info(t("rate.needs_histories"), icon=":material/model_training:")
    st.page_link(
        "training/view.py",
        label=t("nav.training"),
        icon=frame.PAGE_ICONS["training"],
        query_params={"lang": i18n.language()},
    )
    st.stop()
# Hidden while a browser still brings its visitor back (`assets/style.css`): nobody's films would stand there first.
left, right = st.container(key="rate_films_and_list").columns([5, 6], gap="medium")
with left:
    search.draw()
    offers.draw(model, folding)
    taste_map.draw(model)
    own.draw(model.dataset)
with right:
    listed.draw(model)
about, file = st.columns([6, 5], gap="medium", vertical_alignment="bottom")
with about:
    rate_about.draw()
with file:
    rate_about.bring_file()
st.header(t("rate.newcomers"), anchor=False)
newcomer_curve.draw(model.dataset, "rate")
why.show_if_asked(model, lambda: visitor_ratings.person(model), has_dials=True)
frame.how_it_works("rate.how", key="how_rate")
