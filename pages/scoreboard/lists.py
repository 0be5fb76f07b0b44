"""Two models on one person's list: both top tens side by side, what they share, and what the person went on to like."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.kit import cards, i18n, pickers, resources, state
from pages.kit.cards import Item
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from pages.kit.person_choice import choose_person
from pages.scoreboard import work
from pages.scoreboard.scope import Scope
from recsys.data.dataset import Dataset
from recsys.evaluation.bundle_scores import FittedBundle
from recsys.evaluation.contenders import Fitted
from recsys.evaluation.one_person import PersonParts, parts_of, top_list, which_is_test
from recsys.evaluation.protocol import CUTOFF
from recsys.evaluation.scoring_job import Entrant

FIRST_PERSON = 234
MOST_HIDDEN = 60
SIDES = ("left", "right")


@dataclass(frozen=True)
class Listed:
    """A contender's list for a person.

    Attributes:
        key: of the contender.
        movie_ids: best first.
    """

    key: str
    movie_ids: list[int]


def draw(scope: Scope) -> None:
    """Draw the choices, and both lists once both models are fitted."""
    st.markdown(t("lists.text", k=CUTOFF))
    person_place = st.container()
    entrants = _choose_two(scope)
    fitted = [_fitted(scope, entrant) for entrant in entrants]
    missing = [entrant for entrant, found in zip(entrants, fitted, strict=True) if found is None]
    if missing:
        work.fit_now(scope, missing)  # may run the page again, so what is wrong with the URL is said after it
    with person_place:
        user_id = _choose_person(scope)
    if missing:
        return
    is_test = resources.of_dataset(which_is_test, scope.data)
    person = parts_of(scope.dataset, is_test, user_id)
    lists = [
        Listed(entrant.key, top_list(scope.dataset, found, person))
        for entrant, found in zip(entrants, fitted, strict=True)
        if found is not None
    ]
    _show(scope, person, lists)


def _choose_person(scope: Scope) -> int:
    """Draw the ways to choose a person, and return who is chosen."""
    ids: set[int] = set(scope.dataset.users["user_id"].tolist())
    user_id = pickers.current_user(default=state.first_of((FIRST_PERSON, min(ids)), ids))
    choose_person(user_id)
    return user_id


def _choose_two(scope: Scope) -> list[Entrant]:
    """Draw the choice of two models."""
    keys = [entrant.key for entrant in scope.entrants]
    first = scope.active if scope.active in keys else "item_knn"
    chosen = []
    for column, side, default in zip(st.columns(2), SIDES, (first, "popularity"), strict=True):
        control = state.control(side, default, parse=lambda text: text if text in keys else None)
        column.selectbox(t(f"lists.{side}"), keys, format_func=lambda key: _label(scope, key), **control.widget)
        chosen.append(next(entrant for entrant in scope.entrants if entrant.key == control.value))
    return chosen


def _label(scope: Scope, key: str) -> str:
    name = scope.name(key)
    return t("lists.in_use", name=name) if key == scope.active else name


def _fitted(scope: Scope, entrant: Entrant) -> Fitted | None:
    """Return a model that can be asked; None where it has to be fitted first."""
    current = scope.current
    if current is not None and entrant.key == scope.active:
        return FittedBundle(current.bundle)
    return resources.scoring().fitted(scope.dataset, scope.data, entrant)


def _show(scope: Scope, person: PersonParts, lists: Sequence[Listed]) -> None:
    common = set(lists[0].movie_ids) & set(lists[1].movie_ids)
    who, many = t("user.name", id=person.user_id), len(person.liked)
    st.markdown(i18n.sentences(t("lists.common", common=len(common), k=CUTOFF), t("lists.liked", who=who, count=many)))
    if not person.liked:
        st.info(t("lists.nothing_liked"), icon=":material/sentiment_neutral:")
    for column, side, listed in zip(st.columns(2, gap="large"), SIDES, lists, strict=True):
        with column:
            hits = len(person.liked & set(listed.movie_ids))
            st.header(escaped(scope.name(listed.key)), anchor=False)
            st.markdown(t("lists.hits", hits=hits, k=CUTOFF, liked=many))
            items = [
                _item(scope.dataset, person, movie_id, is_common=movie_id in common) for movie_id in listed.movie_ids
            ]
            cards.movie_rows(items, key=f"list_{side}")
    file_name = f"lists-person-{person.user_id}-{scope.dataset.name}-{scope.data.split}-seed{scope.data.seed}.csv"
    origin = origin_of(scope.dataset, scope.data).columns()
    cards.download(_records(scope, person, lists), origin=origin, file_name=file_name, key="lists_csv")
    _show_hidden(scope.dataset, person)


def _item(dataset: Dataset, person: PersonParts, movie_id: int, *, is_common: bool) -> Item:
    """A film of a list: whether it is a hit, and whether the other list has it too."""
    given = person.test.get(movie_id)
    is_hit = movie_id in person.liked
    notes = [t("lists.note.common")] if is_common else []
    if given is not None:
        notes.append(t("lists.note.hit" if is_hit else "lists.note.test", stars=given))
    return Item(dataset.movie(movie_id), t("lists.hit", stars=given) if is_hit else None, " · ".join(notes) or None)


def _show_hidden(dataset: Dataset, person: PersonParts) -> None:
    """Say which films do not enter the lists, and show them."""
    st.caption(t("lists.hidden", count=number(len(person.known))))
    with st.expander(t("lists.hidden.title", count=number(len(person.known))), key="lists_hidden"):
        pairs = sorted(person.known.items(), key=lambda pair: (-pair[1], pair[0]))
        if len(pairs) > MOST_HIDDEN:
            st.caption(t("lists.hidden.some", shown=MOST_HIDDEN))
        cards.movie_rows([Item(dataset.movie(i), "★" * given) for i, given in pairs[:MOST_HIDDEN]], key="hidden_films")


def _records(scope: Scope, person: PersonParts, lists: Sequence[Listed]) -> cards.Records:
    """Both lists for a file; the name tells which run made a list, beyond the key of its folder."""
    return cards.movie_records(
        (
            scope.dataset.movie(movie_id),
            {
                "contender": listed.key,
                "name": scope.name(listed.key),
                "place": place,
                "test_stars": person.test.get(movie_id, ""),
                "user_id": person.user_id,
            },
        )
        for listed in lists
        for place, movie_id in enumerate(listed.movie_ids, start=1)
    )
