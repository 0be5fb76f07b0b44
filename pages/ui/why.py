"""Why: the dialog that takes one prediction apart, for one of the data set's people or for the visitor.

It is open while the URL says `?why=` with a film's id, so a link opens it too. It lies in a fragment of its own: asking
and closing draw that and nothing else of the page.
"""

from collections.abc import Callable
from functools import partial
from typing import NoReturn

import streamlit as st

from pages.ui import components, frame, resources, state, visitor_ratings, waterfall, why_what_if, why_words
from pages.ui.components import Item, movie_label
from pages.ui.i18n import escaped, number, t
from pages.ui.origin import origin_of
from recsys.data.dataset import Movie
from recsys.errors import UnknownIdError
from recsys.recommend import Person, Recommender
from recsys.recommend.because import Because, Effect
from recsys.recommend.explaining import Explainer, Explanation
from recsys.recommend.inside import Inside

FRAGMENT = "why"
NUM_BECAUSE = 4


def ask(movie_id: int, by: str | None = None) -> NoReturn:
    """Open the explanation of a film (a callback; it ends here).

    Args:
        movie_id: the film.
        by: for whom, on a page that has more than one person to ask about; it goes into the URL.
    """
    state.write_params(why=movie_id, by=by)
    st.rerun(FRAGMENT)


@st.fragment(key=FRAGMENT)
def show_if_asked(model: Recommender, person: Person | Callable[[], Person | None]) -> None:
    """Draw the explanation that the URL asks for, if it does. Once on a page.

    Args:
        model: what predicts.
        person: for whom; a function where it may change while the page stays.
    """
    try:
        movie_id = state.read_id("movie", "why")
        if movie_id is None:
            return
        movie = model.dataset.movie(movie_id)
        who = person() if callable(person) else person
    except UnknownIdError as error:
        frame.show_error(error)
        return
    if who is None:
        st.info(t("why.nobody"), icon=":material/person_off:")
        return

    title = t("why.title", title=escaped(movie_label(movie)))

    @st.dialog(title, width="large", icon=":material/help:", on_dismiss=_forget)
    def explain() -> None:
        _draw(model, who, movie)

    explain()


def _forget() -> NoReturn:
    """Close the explanation (a callback; it ends here)."""
    state.write_params(why=None, by=None)
    st.rerun(FRAGMENT)


def explainer(model: Recommender, person: Person) -> Explainer:
    """Return what takes a model's predictions apart, made once for all sessions."""
    return resources.of_model(_explainer, model, for_visitor=person.user_id is None)


def because(model: Recommender, person: Person) -> Because:
    """Return what says what ratings and traits do, made once for all sessions."""
    return resources.of_model(_because, model, for_visitor=person.user_id is None)


def prepare(model: Recommender) -> None:
    """Make what the first explanation needs, so that nobody waits for it. Needs no session."""
    someone = model.person(int(model.dataset.users["user_id"].iloc[0]))
    explainer(model, someone).explain(someone, int(model.dataset.movies["movie_id"].iloc[0]))
    because(model, someone)


def _explainer(model: Recommender, *, for_visitor: bool) -> Explainer:
    return Explainer(resources.of_model(Inside, model), visitor_ratings.fold_in(model) if for_visitor else None)


def _because(model: Recommender, *, for_visitor: bool) -> Because:
    return Because(resources.of_model(Inside, model), visitor_ratings.fold_in(model) if for_visitor else None)


def _draw(model: Recommender, person: Person, movie: Movie) -> None:
    """The whole explanation: for whom, in words, the steps, the ratings behind it, what if, and how it is computed."""
    explanation = explainer(model, person).explain(person, movie.movie_id)
    effects = because(model, person).effects(person, movie.movie_id)
    whom = why_words.for_whom(model.dataset, person, movie)
    said = why_words.sentence(model.dataset, person, explanation, effects)
    st.caption(whom)
    st.markdown(said)
    steps, behind = st.columns([3, 2], gap="medium")
    with steps, st.container(key="why_steps"):
        rows = why_words.rows(person, explanation)
        waterfall.draw([row.step for row in rows])
        _take_home(model, person, movie, explanation, said=[whom, said])
    with behind:
        _ratings(model, person, movie, effects)
    why_what_if.draw(model, because(model, person), person, movie)
    with st.expander(t("how.title"), icon=":material/lightbulb:", key="how_why"):
        st.markdown(_how(person, explanation))
    frame.origin(model)


def _take_home(model: Recommender, person: Person, movie: Movie, explanation: Explanation, *, said: list[str]) -> None:
    """The buttons that take the sum home, as numbers and as a picture."""
    rows = why_words.rows(person, explanation)
    who = {"user_id": "visitor" if person.user_id is None else person.user_id}
    made = {"background_pairs": explanation.num_pairs, "background_seed": explanation.seed}
    lines = [(movie, {**who, "part": row.key, "stars": row.stars, **made}) for row in rows]
    name = f"why-{movie.movie_id}-for-{who['user_id']}"
    page = waterfall.page(
        [row.step for row in rows],
        title=t("why.title", title=movie_label(movie)),
        paragraphs=[why_words.plain(text) for text in said],
        origin=origin_of(model).plain(),
    )
    with st.container(horizontal=True):
        components.download(
            components.movie_records(lines),
            origin=origin_of(model).columns(),
            file_name=f"{name}.csv",
            key="why_csv",
        )
        st.download_button(
            t("why.download_page"),
            lambda: page,
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/download:",
            key="why_page",
            on_click="ignore",
        )


def _ratings(model: Recommender, person: Person, movie: Movie, effects: list[Effect]) -> None:
    """Because you rated X: the ratings that do most."""
    st.markdown(t(f"why.because.{why_words.who_is(person)}"))
    if not effects:
        st.info(t("why.because.none"), icon=":material/star_outline:")
        return
    st.caption(t("why.because.text", count=number(len(effects))))
    up = [effect for effect in effects if effect.change > 0][:NUM_BECAUSE]
    down = [effect for effect in reversed(effects) if effect.change < 0][:NUM_BECAUSE]
    for key, some in (("up", up), ("down", down)):
        if some:
            st.markdown(t(f"why.because.{key}"))
            components.tight_rows([_item(model, effect) for effect in some], key=f"why_because_{key}")
    components.download(
        partial(effect_records, model, movie, effects),
        origin=origin_of(model).columns(),
        file_name=f"because-{movie.movie_id}.csv",
        key="why_because_csv",
    )


def effect_records(model: Recommender, movie: Movie, effects: list[Effect]) -> components.Records:
    """Return what all ratings do for a film, for a file; with thousands that is slow, so it waits until it is asked."""
    return components.movie_records(
        (
            model.dataset.movie(effect.movie_id),
            {"stars_given": effect.given, "adds": round(effect.change, 4), "to": movie.movie_id},
        )
        for effect in effects
    )


def _item(model: Recommender, effect: Effect) -> Item:
    note = t("why.because.given", stars="★" * effect.given)
    return Item(model.dataset.movie(effect.movie_id), f"{effect.change:+.3f}", note)


def _how(person: Person, explanation: Explanation) -> str:
    """How the numbers are made, the background named."""
    pairs, seed = number(explanation.num_pairs), explanation.seed
    subsets = number(2 ** len(explanation.parts))
    text = t("why.how", parts=len(explanation.parts), subsets=subsets, pairs=pairs, seed=seed)
    return f"{text}\n\n{t(f'why.how.{why_words.who_is(person)}')}"
