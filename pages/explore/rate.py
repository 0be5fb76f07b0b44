"""Rate: be a user. With each star the list sorts itself anew, and one's own dot walks over the map."""

import streamlit as st

from pages.ui import (
    frame,
    i18n,
    newcomer_curve,
    rate_about,
    rate_list,
    rate_map,
    rate_offers,
    rate_own,
    rate_search,
    visitor_ratings,
    why,
)
from pages.ui.i18n import t

frame.page_header_line("rate.title", "rate.purpose")
model = frame.need_model()
folding = visitor_ratings.fold_in(model)
if folding is None:
    st.info(t("rate.needs_histories"), icon=":material/model_training:")
    st.page_link(
        "learn/training.py",
        label=t("nav.training"),
        icon=frame.PAGE_ICONS["training"],
        query_params={"lang": i18n.language()},
    )
    st.stop()
# Hidden while a browser still brings its visitor back (`assets/style.css`): nobody's films would stand there first.
left, right = st.container(key="rate_films_and_list").columns([5, 6], gap="medium")
with left:
    rate_search.draw()
    rate_offers.draw(model, folding)
    rate_map.draw(model)
    rate_own.draw(model.dataset)
with right:
    rate_list.draw(model)
about, file = st.columns([6, 5], gap="medium", vertical_alignment="bottom")
with about:
    rate_about.draw()
with file:
    rate_about.bring_file()
st.header(t("rate.newcomers"), anchor=False)
newcomer_curve.draw(model.dataset, "rate")
why.show_if_asked(model, lambda: visitor_ratings.person(model), has_dials=True)
frame.how_it_works("rate.how", key="how_rate")
