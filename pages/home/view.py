"""Start: films recommended to somebody at once, how good the model is, and four doors."""

import streamlit as st

from pages.home import quality
from pages.kit import frame, i18n, messages, resources, state
from pages.kit.cards import about_user, movie_cards
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from pages.lists.recommended import items
from recsys.data import profiles
from recsys.data.profiles import PeopleFilter

NUM_FILMS = 6
FIRST_PERSON = 234
BUSY = PeopleFilter(num_ratings=(20, 100_000_000))
DOORS = (
    ("rate", "rate/view.py"),
    ("person", "person/view.py"),
    ("film", "film/view.py"),
    ("inside", "title_cnn/view.py"),
)


@st.fragment(key="somebody")
def somebody() -> None:
    """Films for one person, with reasons; the dice take another person."""
    seed = state.seed("seed")
    user_id = resources.answer_of_dataset(profiles.draw_person, BUSY, seed=seed.value, first=FIRST_PERSON)
    if user_id is None:
        st.info(t("start.nobody"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("start.for_somebody", id=user_id), anchor=False, width="content")
        st.markdown(escaped(about_user(data.user(user_id))), width="content")
        st.button(
            t("start.somebody_else"),
            icon=":material/casino:",
            key="somebody_else",
            on_click=state.next_seed,
            args=(seed,),
        )
        st.page_link(
            "person/view.py",
            label=t("start.open_person"),
            icon=":material/person:",
            query_params={"user": str(user_id), "lang": i18n.language()},
        )
    person = model.person(user_id)
    movie_cards(items(model, person, model.recommend_for(person, k=NUM_FILMS)), key="somebody_films")
    st.caption(f"{origin_of(model).markdown()} · {t('start.seed', seed=seed.value)}")


frame.page_header("start.title", "start.purpose")
model = frame.need_model(starts_itself=True)
data = resources.dataset()
somebody()

for column, (name, page) in zip(st.columns(len(DOORS)), DOORS, strict=True):
    with column.container(border=True, height="stretch", key=f"door_{name}"):
        frame.door(page, name)

st.header(t("start.quality"), anchor=False)
quality.against_baselines(model.bundle.info)
frame.origin(model)
with st.expander(t("start.why_data"), icon=":material/database:", key="why_data"):
    st.markdown("\n".join(f"- {line}" for line in messages.attempts_text(resources.located().attempts)))
frame.how_it_works("start.how", key="how_start")
