"""Person: one of the data set's people, their taste, and what the model recommends to them."""

import streamlit as st

from pages.kit import dials, frame, profile_charts, resources, state
from pages.kit.cards import Item, about_user, chart, download, movie_records, movie_rows, stars
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from pages.kit.person_choice import choose_person
from pages.lists import recommended
from pages.why import dialog as why
from recsys.data import profiles
from recsys.data.dataset import Dataset, User
from recsys.errors import UnknownIdError
from recsys.recommend import Recommender

FIRST_PERSON = 234
NUM_RATED = 60


def chosen_person(data: Dataset) -> User | None:
    """Return the URL's person, else the session's, else the first; None with a message where there is no such id."""
    try:
        wanted = state.read_id("user")
        if wanted is not None:
            return data.user(wanted)
    except UnknownIdError as error:
        frame.show_error(error)
        return None
    ids: set[int] = set(data.users["user_id"].tolist())
    return data.user(state.first_of((state.last("user"), FIRST_PERSON, min(ids)), ids))


def show_profile(data: Dataset, user: User) -> None:
    """Who this is and what they like."""
    st.header(t("user.name", id=user.user_id), anchor=False)
    st.markdown(f"{escaped(about_user(user))} · {t('user.count', count=number(user.num_ratings))}")
    if user.num_ratings == 0:
        st.info(t("person.no_ratings"))
        return
    genres, given, years, films = st.tabs([t(f"person.tab_{name}") for name in ("genres", "stars", "decades", "films")])
    with genres:
        st.caption(t("person.liking_text"))
        chart(profile_charts.liking(profiles.genre_taste(data, user.user_id)), key="chart_liking")
    with given:
        chart(profile_charts.stars(profiles.stars_of_user(data, user.user_id), who=t("chart.this_person")), key="stars")
    with years:
        chart(profile_charts.decades(profiles.decades(data, user.user_id), who=t("chart.this_person")), key="decades")
    with films:
        show_rated(data, user)
    frame.origin(data)


def show_rated(data: Dataset, user: User) -> None:
    """The films that the person rated, best first."""
    rated = profiles.rated_movies(data, user.user_id)
    pairs = list(zip(rated["movie_id"].tolist(), rated["rating"].tolist(), strict=True))
    if len(pairs) > NUM_RATED:
        st.caption(t("person.rated_first", shown=NUM_RATED, total=number(len(pairs))))
    with st.container(height=520, border=False, key="rated_box"):
        movie_rows([Item(data.movie(i), f"{'★' * given}") for i, given in pairs[:NUM_RATED]], key="rated_films")
    records = movie_records((data.movie(i), {"stars": given, "user_id": user.user_id}) for i, given in pairs)
    download(records, origin=origin_of(data).columns(), file_name=f"person-{user.user_id}-rated.csv", key="rated_csv")


@st.fragment(key="recommendations")
def show_recommendations(model: Recommender, user: User) -> None:
    """What the model recommends, with the dials above it."""
    st.header(t("person.recommended"), anchor=False)
    recommended.show(model, model.person(user.user_id), dials.choose(model))


@st.fragment(key="predict_one")
def predict_one(model: Recommender, user: User) -> None:
    """The predicted stars of any film for this person, beside the true rating."""
    st.header(t("person.predict"), anchor=False)
    labels = resources.of_dataset(profiles.movie_labels)
    movie_id = st.selectbox(
        t("person.predict_film"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        placeholder=t("film.search_hint"),
        key="predict_film",
    )
    if movie_id is None:
        return
    predicted = model.predict_rating(user.user_id, movie_id)
    movie_rows([Item(model.dataset.movie(movie_id))], key="predicted_film", on_why=why.ask)
    model_says, person_said = st.columns(2)
    model_says.metric(t("person.predicted"), stars(predicted.stars), border=True)
    true = t("person.unrated") if predicted.true_rating is None else f"★ {predicted.true_rating}"
    person_said.metric(t("person.true"), true, border=True)


frame.page_header("person.title", "person.purpose")
the_data = resources.dataset()
person = chosen_person(the_data)
choose_person(None if person is None else person.user_id)
if person is None:
    st.stop()
state.remember("user", person.user_id)
the_model = frame.need_model()
profile_side, list_side = st.columns([2, 3], gap="large")
with profile_side:
    show_profile(the_data, person)
    predict_one(the_model, person)
with list_side:
    show_recommendations(the_model, person)
why.show_if_asked(the_model, the_model.person(person.user_id), has_dials=True)
frame.how_it_works("person.how", key="how_person")
