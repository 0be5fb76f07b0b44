"""Film: its card, who rates it high, and three lists to walk on: similar, loved by its fans, who would like it."""

import streamlit as st

from pages.film import groups as film_groups
from pages.film import you
from pages.kit import frame, i18n, profile_charts, resources, state
from pages.kit.cards import Item, Records, chart, download, movie_cards, movie_pills, movie_records, stars, user_rows
from pages.kit.i18n import escaped, name, number, t
from pages.kit.origin import origin_of
from pages.why import dialog as why
from recsys.data import profiles
from recsys.data.dataset import Dataset, Movie
from recsys.errors import UnknownIdError
from recsys.recommend import Recommender

FIRST_FILM = 1401
NUM_LISTED = 16
GROUPS: tuple[tuple[profiles.PersonField, str], ...] = (
    ("gender", "gender"),
    ("age_group", "age"),
    ("occupation", "occupation"),
)


def chosen_film(data: Dataset) -> Movie | None:
    """Return the URL's film, else the session's, else the first; None with a message where there is no such id."""
    try:
        wanted = state.read_id("movie")
        if wanted is not None:
            return data.movie(wanted)
    except UnknownIdError as error:
        frame.show_error(error)
        return None
    ids: set[int] = set(data.movies["movie_id"].tolist())
    return data.movie(state.first_of((state.last("movie"), FIRST_FILM, min(ids)), ids))


def search(movie: Movie | None) -> None:
    """Draw the search box."""
    labels = resources.of_dataset(profiles.movie_labels)
    st.selectbox(
        t("film.search"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        placeholder=t("film.search_hint"),
        **state.id_control("movie", None if movie is None else movie.movie_id),
    )


def show_trail(data: Dataset, movie: Movie) -> None:
    """The films walked through on the way here."""
    walked = state.trail(movie.movie_id)
    if len(walked) > 1:
        st.caption(t("film.trail"))
        movie_pills([Item(data.movie(movie_id)) for movie_id in walked], key="trail")


def show_film(data: Dataset, movie: Movie) -> None:
    """The card, and beside it how it was rated and by whom."""
    face, ratings, groups = st.columns([2, 4, 4], gap="large")
    with face:
        movie_cards([Item(movie)], key="this_film", size="single")
    with ratings:
        st.header(escaped(movie.title), anchor=False)
        year = "" if movie.year is None else f"{movie.year} · "
        st.markdown(f"{year}{escaped(i18n.genres(movie.genres))} · {t('film.id', id=movie.movie_id)}")
        if movie.mean_rating is None:
            st.info(t("film.unrated"))
        else:
            st.markdown(t("film.rated", stars=f"{movie.mean_rating:.2f}", count=number(movie.num_ratings)))
            chart(
                profile_charts.stars(profiles.stars_of_movie(data, movie.movie_id), who=t("chart.this_film")),
                key="film_stars",
            )
    with groups:
        if movie.mean_rating is not None:
            show_audience(data, movie, mean=movie.mean_rating)
    frame.origin(data)


def show_audience(data: Dataset, movie: Movie, *, mean: float) -> None:
    """Who rates the film high, by gender, age group and occupation."""
    st.header(t("film.audience"), anchor=False)
    for tab, (field, kind) in zip(st.tabs([t(f"person.{kind}") for _, kind in GROUPS]), GROUPS, strict=True):
        table = profiles.audience(data, movie.movie_id, field)
        with tab, st.container(height=360, border=False, key=f"audience_box_{kind}"):
            chart(
                profile_charts.audience(table, [name(kind, group) for group in table["group"]], mean=mean),
                key=f"audience_{kind}",
            )


def show_similar(model: Recommender, movie: Movie) -> None:
    """The films nearest to this one in the network's feature space."""
    list_header("similar")
    found = resources.answer_of_model(Recommender.similar_movies, model, movie.movie_id, k=NUM_LISTED)
    movie_cards(
        [Item(model.dataset.movie(film.movie_id), t("film.cosine", value=f"{film.similarity:.2f}")) for film in found],
        key="similar_films",
        size="small",
    )
    rows = ((model.dataset.movie(film.movie_id), {"similarity": round(film.similarity, 4)}) for film in found)
    list_footer(model, movie_records(rows), file_name=f"film-{movie.movie_id}-similar.csv", key="similar_csv")


def show_also_loved(model: Recommender, movie: Movie) -> None:
    """What the film's fans love more than everybody does."""
    list_header("loved")
    found = resources.answer_of_model(Recommender.also_liked, model, movie.movie_id, k=NUM_LISTED)
    st.caption(t("film.fans", fans=len(found.fans), raters=found.num_raters))
    movie_cards(
        [
            Item(model.dataset.movie(film.movie_id), stars(film.stars), t("film.lift", lift=f"{film.lift:+.2f}"))
            for film in found.movies
        ],
        key="loved_films",
        size="small",
    )
    rows = (
        (model.dataset.movie(film.movie_id), {"fans_stars": round(film.stars, 3), "lift": round(film.lift, 3)})
        for film in found.movies
    )
    list_footer(model, movie_records(rows), file_name=f"film-{movie.movie_id}-fans-also-love.csv", key="loved_csv")


def show_who(model: Recommender, movie: Movie) -> None:
    """The people who have not rated the film and would like it most."""
    list_header("who")
    found = resources.answer_of_model(Recommender.who_would_like, model, movie.movie_id, k=NUM_LISTED)
    people = [(model.dataset.user(one.user_id), one.stars) for one in found]
    user_rows([Item(user, stars(value)) for user, value in people], key="people")
    records: list[dict[str, object]] = [
        {
            "user_id": user.user_id,
            "gender": user.gender,
            "age_group": name("age", user.age_group),
            "occupation": user.occupation,
            "predicted_stars": round(value, 3),
            "movie_id": movie.movie_id,
            "title": movie.title,
        }
        for user, value in people
    ]
    list_footer(model, records, file_name=f"film-{movie.movie_id}-who-would-like-it.csv", key="who_csv")
    film_groups.draw(model, movie, dict(GROUPS))


def list_header(which: str) -> None:
    """A list's title and what it is."""
    st.header(t(f"film.{which}"), anchor=False)
    st.markdown(t(f"film.{which}_text"))


def list_footer(model: Recommender, records: Records, *, file_name: str, key: str) -> None:
    """A list's CSV and the origin of its numbers."""
    with st.container(horizontal=True, vertical_alignment="center"):
        download(records, origin=origin_of(model).columns(), file_name=file_name, key=key)
        frame.origin(model, width="content")


frame.page_header("film.title", "film.purpose")
the_data = resources.dataset()
film_now = chosen_film(the_data)
search(film_now)
if film_now is None:
    st.stop()
state.remember("movie", film_now.movie_id)
show_trail(the_data, film_now)
show_film(the_data, film_now)
the_model = frame.need_model()
you.draw(the_model, film_now)
why.show_if_asked(the_model, lambda: you.asked(the_model))
show_similar(the_model, film_now)
show_also_loved(the_model, film_now)
show_who(the_model, film_now)
frame.how_it_works("film.how", key="how_film")
