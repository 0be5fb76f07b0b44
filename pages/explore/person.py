"""Person: one of the data set's people, their taste, and what the model recommends to them."""

import streamlit as st

from pages.ui import frame, profile_charts, resources, state
from pages.ui.components import Item, about_user, chart, download, movie_cards, movie_rows, movie_table, stars
from pages.ui.i18n import genre, number, t
from pages.ui.person_choice import choose_person
from pages.ui.recommended import items
from recsys.data import profiles
from recsys.data.dataset import Dataset, User
from recsys.errors import UnknownIdError
from recsys.recommend import Filters, Recommender, ScoredMovie
from recsys.recommend.reasons import what_empties

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
    st.subheader(t("user.name", id=user.user_id), anchor=False)
    st.markdown(f"{about_user(user)} · {t('user.count', count=number(user.num_ratings))}")
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
    frame.origin(with_model=False)


def show_rated(data: Dataset, user: User) -> None:
    """The films that the person rated, best first."""
    rated = profiles.rated_movies(data, user.user_id)
    pairs = list(zip(rated["movie_id"].tolist(), rated["rating"].tolist(), strict=True))
    if len(pairs) > NUM_RATED:
        st.caption(t("person.rated_first", shown=NUM_RATED, total=number(len(pairs))))
    with st.container(height=520, border=False, key="rated_box"):
        movie_rows([Item(data.movie(i), f"{'★' * given}") for i, given in pairs[:NUM_RATED]], key="rated_films")
    table = movie_table((data.movie(i), {"stars": given}) for i, given in pairs)
    download(table, file_name=f"person-{user.user_id}-rated.csv", key="rated_csv")


@st.fragment(key="recommendations")
def show_recommendations(model: Recommender, user: User) -> None:
    """What the model recommends, with the controls beside it."""
    st.subheader(t("person.recommended"), anchor=False)
    k, seed, filters = choose_films(model.dataset)
    scored = model.recommend(user.user_id, k=k, filters=filters, surprise_seed=seed)
    if not scored:
        say_why_empty(model, user, filters)
        return
    if len(scored) < k:
        st.caption(t("person.fewer", count=len(scored)))
    movie_cards(items(model, user.user_id, scored), key="recommended_films", size="medium")
    with st.container(horizontal=True, vertical_alignment="center"):
        download(to_table(model, user, scored), file_name=f"person-{user.user_id}-recommended.csv", key="list_csv")
        st.caption(frame.origin_text(), width="content")


def choose_films(data: Dataset) -> tuple[int, int | None, Filters]:
    """Draw the controls; return how many films, the seed of the surprise or None, and which films may come."""
    k = state.whole("k", 10, lowest=1, highest=50)
    is_seen_hidden = state.switch("unseen", default=True)
    is_surprise = state.switch("surprise", default=False)
    seed = state.seed("seed")
    with st.container(border=True, key="film_controls"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.slider(t("person.k"), 1, 50, width=220, **k.widget)
            st.toggle(t("person.hide_seen"), **is_seen_hidden.widget)
            st.toggle(t("person.surprise"), help=t("person.surprise_help"), **is_surprise.widget)
            if is_surprise.value:
                st.number_input(t("person.seed"), 0, state.MAX_SEED, width=150, **seed.widget)
                st.button(
                    t("person.again"),
                    icon=":material/casino:",
                    key="surprise_again",
                    on_click=state.next_seed,
                    args=(seed,),
                )
        filters = choose_filters(data, hide_seen=is_seen_hidden.value)
    return k.value, seed.value if is_surprise.value else None, filters


def choose_filters(data: Dataset, *, hide_seen: bool) -> Filters:
    """Draw the filters on genres and decades."""
    decades = [str(first) for first in resources.of_dataset(profiles.all_decades)]
    include, exclude = state.some_of("include", data.genres), state.some_of("exclude", data.genres)
    years = state.some_of("decades", decades)
    left, middle, right = st.columns(3)
    left.multiselect(
        t("person.include"), data.genres, format_func=genre, placeholder=t("person.all_genres"), **include.widget
    )
    middle.multiselect(
        t("person.exclude"), data.genres, format_func=genre, placeholder=t("person.no_genre"), **exclude.widget
    )
    right.multiselect(
        t("person.decades"),
        decades,
        format_func=lambda first: profile_charts.decade(int(first)),
        placeholder=t("person.all_decades"),
        **years.widget,
    )
    return Filters(
        hide_seen, frozenset(include.value), frozenset(exclude.value), frozenset(int(first) for first in years.value)
    )


def say_why_empty(model: Recommender, user: User, filters: Filters) -> None:
    """Say which filter emptied the list."""
    blamed = what_empties(model, user.user_id, filters)
    if blamed:
        names = t("list.comma").join(f"**{t(f'filter.{name}')}**" for name in blamed)
        st.warning(t("person.emptied_by", filters=names), icon=":material/filter_alt_off:")
    else:
        st.warning(t("person.emptied_together"), icon=":material/filter_alt_off:")


def to_table(model: Recommender, user: User, scored: list[ScoredMovie]) -> str:
    """The list as CSV."""
    info = model.bundle.info
    more = {"user_id": user.user_id, "dataset": info.data.dataset, "split": info.data.split, "model": info.name}
    return movie_table(
        (model.dataset.movie(film.movie_id), {"predicted_stars": round(film.stars, 3), **more}) for film in scored
    )


@st.fragment(key="predict_one")
def predict_one(model: Recommender, user: User) -> None:
    """The predicted stars of any film for this person, beside the true rating."""
    st.subheader(t("person.predict"), anchor=False)
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
    movie_rows([Item(model.dataset.movie(movie_id))], key="predicted_film")
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
frame.how_it_works("person.how", key="how_person")
