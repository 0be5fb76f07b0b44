"""Why: the dialog that says why a film stands where it stands in a list, and why it is predicted so many stars.

For one of the data set's people or for the visitor. Its first line is the sentence of the film's card. It is open while
the URL says `?why=` with a film's id, so a link opens it too. It lies in a fragment of its own: asking and closing draw
that and nothing else of the page.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

import streamlit as st

from pages.kit import cards, dials, frame, resources, state, visitor_ratings
from pages.kit.cards import Item, movie_label
from pages.kit.dials import Settings
from pages.kit.i18n import escaped, number, sentences, t
from pages.kit.origin import origin_of
from pages.why import waterfall, what_if, words
from pages.why.words import Row
from recsys.data.dataset import Movie
from recsys.errors import UnknownIdError
from recsys.recommend import Dials, Person, Recommender
from recsys.recommend.because import Because, Effect
from recsys.recommend.explaining import Explainer, Explanation
from recsys.recommend.inside import Inside
from recsys.recommend.ranks import Ranks
from recsys.recommend.reasons import reasons

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
def show_if_asked(model: Recommender, person: Person | Callable[[], Person | None], *, has_dials: bool = False) -> None:
    """Draw the explanation that the URL asks for, if it does. Once on a page.

    Args:
        model: what predicts.
        person: for whom; a function where it may change while the page stays.
        has_dials: does the page have a list of this person's with dials (`pages.kit.dials`)? Else it is said where
            the film stands in their list as the model orders it.
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
        _draw(model, who, movie, dials.asked(model) if has_dials else None)

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


def sentences_of(
    model: Recommender, person: Person, movie_ids: Sequence[int], *, turned: Dials | None = None
) -> list[str]:
    """Return what lifts each of some films most in a person's list, for its card and the first line of its dialog."""
    found = reasons(explainer(model, person), because(model, person), person, movie_ids, dials=turned)
    return [words.reason(model.dataset, person, each) for each in found]


def prepare(model: Recommender) -> None:
    """Make what the first explanation needs, so that nobody waits for it. Needs no session."""
    someone = model.person(int(model.dataset.users["user_id"].iloc[0]))
    explainer(model, someone).explain(someone, int(model.dataset.movies["movie_id"].iloc[0]))
    because(model, someone)


def _explainer(model: Recommender, *, for_visitor: bool) -> Explainer:
    return Explainer(resources.of_model(Inside, model), visitor_ratings.fold_in(model) if for_visitor else None)


def _because(model: Recommender, *, for_visitor: bool) -> Because:
    return Because(resources.of_model(Inside, model), visitor_ratings.fold_in(model) if for_visitor else None)


def _draw(model: Recommender, person: Person, movie: Movie, settings: Settings | None) -> None:
    """The whole explanation: what lifts the film most, for whom, its place, the sums, the ratings, and what if."""
    listed = Settings() if settings is None else settings
    making, saying = explainer(model, person), because(model, person)
    explanation = making.explain(person, movie.movie_id)
    ranks = Ranks(
        model,
        making.background,
        person,
        k=listed.k,
        filters=listed.filters,
        dials=listed.dials,
        surprise_seed=listed.surprise_seed,
    )
    effects = saying.effects(person, movie.movie_id, ranks.weights)
    (first,) = sentences_of(model, person, [movie.movie_id], turned=listed.dials)
    points = words.point_rows(person, ranks.points(explanation, movie.movie_id))
    standing = ranks.standing(movie.movie_id)
    whom = words.for_whom(model.dataset, person, movie)
    where = words.place(person, movie, standing, total=points[-1].value, own_list=settings is None)
    beside = [*words.neighbours(model.dataset, explanation, standing), *_chance(listed)]
    stars = words.sentence(person, explanation)
    st.markdown(f"**{escaped(first)}**")
    st.caption(whom)
    st.markdown(where)
    st.markdown("\n".join(f"- {line}" for line in beside))
    steps, behind = st.columns([3, 2], gap="medium")
    with steps, st.container(key="why_steps"):
        heads = _details(points)
        by_points, by_stars = st.tabs([t("why.tab.points"), t("why.tab.stars")])
        with by_points:
            waterfall.draw([row.step for row in points], unit=t("why.column.points"), details=heads)
            st.caption(words.what_points_are(ranks.weights))
        with by_stars:
            st.markdown(stars)
            waterfall.draw([row.step for row in words.rows(person, explanation)], unit=t("why.column.stars"))
        said = [escaped(first), whom, where, *beside, stars, words.what_points_are(ranks.weights)]
        _take_home(model, person, movie, explanation, points=points, said=said)
    with behind:
        _ratings(model, person, movie, effects)
    what_if.draw(model, saying, person, movie)
    with st.expander(t("how.title"), icon=":material/lightbulb:", key="how_why"):
        st.markdown(_how(person, explanation))
    frame.origin(model)


def _chance(settings: Settings) -> list[str]:
    """What else settles the places of a list, where its setting says so."""
    said = []
    if settings.dials.variety == 1:
        said.append(t("why.place.unlike"))
    if settings.surprise_seed is not None:
        said.append(t("why.place.surprise", seed=settings.surprise_seed))
    return said


def _details(points: Sequence[Row]) -> list[str]:
    """What heads the columns of the two answers; none where the list counts one of them."""
    return [t("why.column.watch"), t("why.column.stars")] if points[0].details else []


def _take_home(
    model: Recommender, person: Person, movie: Movie, explanation: Explanation, *, points: list[Row], said: list[str]
) -> None:
    """The buttons that take the sums home, as numbers and as a picture."""
    rows = words.rows(person, explanation)
    who = {"user_id": "visitor" if person.user_id is None else person.user_id}
    made = {"background_pairs": explanation.num_pairs, "background_seed": explanation.seed}
    lines = [
        (movie, {**who, "unit": unit, "part": row.key, "value": row.value, **_answers(row), **made})
        for unit, some in (("points", points), ("stars", rows))
        for row in some
    ]
    name = f"why-{movie.movie_id}-for-{who['user_id']}"
    by_points = waterfall.table([row.step for row in points], unit=t("why.column.points"), details=_details(points))
    by_stars = waterfall.table([row.step for row in rows], unit=t("why.column.stars"))
    page = waterfall.page(
        [(t("why.tab.points"), by_points), (t("why.tab.stars"), by_stars)],
        title=t("why.title", title=movie_label(movie)),
        paragraphs=[words.plain(text) for text in said],
        origin=origin_of(model).plain(),
    )
    with st.container(horizontal=True):
        cards.download(
            cards.movie_records(lines),
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


def _answers(row: Row) -> dict[str, object]:
    """What each answer gives of a line of points, for a file; empty where it has none."""
    watch, stars = row.details or (None, None)
    return {"from_watching": "" if watch is None else watch, "from_stars": "" if stars is None else stars}


def _ratings(model: Recommender, person: Person, movie: Movie, effects: list[Effect]) -> None:
    """Because you rated X: the ratings that do most."""
    st.markdown(t(f"why.because.{words.who_is(person)}"))
    if not effects:
        st.info(t("why.because.none"), icon=":material/star_outline:")
        return
    most = words.most_of_ratings(model.dataset, person, effects)
    st.caption(sentences(t("why.because.text", count=number(len(effects))), most))
    up = [effect for effect in effects if effect.change > 0][:NUM_BECAUSE]
    down = [effect for effect in reversed(effects) if effect.change < 0][:NUM_BECAUSE]
    for key, some in (("up", up), ("down", down)):
        if some:
            st.markdown(t(f"why.because.{key}"))
            cards.tight_rows([_item(model, effect) for effect in some], key=f"why_because_{key}")
    cards.download(
        partial(effect_records, model, movie, effects),
        origin=origin_of(model).columns(),
        file_name=f"because-{movie.movie_id}.csv",
        key="why_because_csv",
    )


def effect_records(model: Recommender, movie: Movie, effects: list[Effect]) -> cards.Records:
    """Return what all ratings do for a film, for a file; with thousands that is slow, so it waits until it is asked."""
    return cards.movie_records(
        (
            model.dataset.movie(effect.movie_id),
            {"stars_given": effect.given, "adds_points": round(effect.change, 4), "to": movie.movie_id},
        )
        for effect in effects
    )


def _item(model: Recommender, effect: Effect) -> Item:
    note = t("why.because.given", stars="★" * effect.given)
    return Item(model.dataset.movie(effect.movie_id), f"{effect.change:+.3f}", note)


def _how(person: Person, explanation: Explanation) -> str:
    """How the numbers are made, the background named."""
    pairs, seed = number(explanation.num_pairs), explanation.seed
    subsets = number(2 ** len(explanation.stars.parts))
    text = t("why.how", parts=len(explanation.stars.parts), subsets=subsets, pairs=pairs, seed=seed)
    return f"{text}\n\n{t(f'why.how.{words.who_is(person)}')}"
