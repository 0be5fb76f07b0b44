"""Rate component: films to give stars to, drawn in the browser (`pages/rate/browser/`), and what comes back from it.

Every answer has a number. The browser sends an answer together with all those that it does not know to be heard, and
here each is taken once: two quick clicks are two answers, however busy the server is.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from pages.kit import cards, component, i18n, visitor_ratings
from pages.kit.cards import Item
from pages.kit.i18n import t

COMPONENT = component.Component("rate/browser", "rate.js", "Rate")
TEXTS = ("give", "stars_of", "skip", "skip_film", "drop", "drop_film")
"""Names of the texts that the component needs, below "rate_view."."""
KEYS = ("rate_offers", "rate_mine", "film_own_stars")
"""Of all places where films are rated."""
_MAX_ANSWERS = 100
_MAX_UNHEARD = 10_000
_STARS = range(1, 6)


class Answer(NamedTuple):
    """What was done to a film.

    Attributes:
        what: stars were given; it is not known; its stars were taken back.
        movie_id: the film; whether the data set has it is not checked here.
        stars: 1 to 5 where they were given, else 0.
    """

    what: Literal["rate", "skip", "drop"]
    movie_id: int
    stars: int


def draw(
    *,
    key: str,
    offers: Sequence[tuple[Item, int]] = (),
    mine: Sequence[tuple[Item, int]] = (),
    lone: tuple[Item, int] | None = None,
    on_answer: Callable[[Sequence[Answer]], None],
) -> None:
    """Draw films to be rated, films that were, and the stars of one film alone.

    Args:
        key: one of `KEYS`, unique on the page.
        offers: films that wait for stars, with those that they have, 0 for none; the note says why each is offered.
        mine: films with their stars.
        lone: a film whose stars are drawn without its name, with those that it has, 0 for none.
        on_answer: called with what is new (a callback; it may end in `st.rerun`).
    """

    def answered(came: Any) -> None:  # noqa: ANN401 - what a browser sent
        new, newest = read_answers(came, after=component.heard(key))
        component.hear(key, newest)
        if new:
            on_answer(new)

    COMPONENT.draw(
        key,
        data={
            "offers": [{**cards.entry(item), "stars": given} for item, given in offers],
            "mine": [{**cards.entry(item), "stars": given} for item, given in mine],
            "lone": None if lone is None else {**cards.entry(lone[0]), "stars": lone[1]},
            "way": visitor_ratings.way(key),
            "newest": visitor_ratings.record().newest(),
        },
        texts={name: t(f"rate_view.{name}") for name in TEXTS} | {"language": i18n.language()},
        on={"done": answered},
    )


def read_answers(came: Any, *, after: int) -> tuple[list[Answer], int]:  # noqa: ANN401 - what a browser sent
    """Return what a browser sent that was not heard before, in order, and the newest number.

    Args:
        came: a dict with "actions"; what is no answer in it is left out.
        after: the newest number that was heard already.
    """
    actions = came.get("actions") if isinstance(came, dict) else None
    found: dict[int, Answer] = {}
    for action in actions[:_MAX_ANSWERS] if isinstance(actions, list) else []:
        answer = _answer(action)
        if answer is not None and answer[0] > after:
            found[answer[0]] = answer[1]
    return [found[number] for number in sorted(found)], max([after, *found])


def read_unheard(came: Any) -> list[tuple[Answer, int]]:  # noqa: ANN401 - what a browser sent
    """Return answers that a browser noted and no page had heard, each with its time in milliseconds since 1970.

    Args:
        came: a list; what is no answer in it is left out.
    """
    found = []
    for action in came[:_MAX_UNHEARD] if isinstance(came, list) else []:
        answer = _answer(action)
        at = action.get("at") if answer is not None else None
        if answer is not None and type(at) is int and at >= 0:
            found.append((answer[1], at))
    return found


def _answer(action: Any) -> tuple[int, Answer] | None:  # noqa: ANN401 - what a browser sent
    if not isinstance(action, dict):
        return None
    number, movie_id, stars = (action.get(name) for name in ("number", "id", "stars"))
    if not (type(number) is int and type(movie_id) is int and type(stars) is int):
        return None
    match action.get("do"):
        case "rate" if stars in _STARS:
            return number, Answer("rate", movie_id, stars)
        case "skip" | "drop" as what:
            return number, Answer(what, movie_id, 0)
    return None
