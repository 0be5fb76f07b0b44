"""The words of an explanation: what lifts a film most, where it stands, what its parts are called, and its rows.

Everything is said from the numbers that stand beside it, rounded as they are shown.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pages.kit.cards import about_user, movie_label
from pages.kit.i18n import escaped, number, sentences, t
from pages.why.waterfall import Step
from recsys.data.dataset import Dataset, Movie
from recsys.recommend import Person
from recsys.recommend.answers import Weights
from recsys.recommend.because import Effect
from recsys.recommend.explaining import Explanation, Part, shown
from recsys.recommend.ranks import Neighbour, Points, Standing
from recsys.recommend.reasons import LEAST_POINTS, Reason

NUM_NAMED = 2
"""Parts that the sentence names on either side."""
LEAST_STARS = 0.02
"""Stars; a part that is shown as less is not worth a word."""


class Row(NamedTuple):
    """One line of an explanation, rounded so that the lines add up as they are shown.

    Attributes:
        name: in the reader's language.
        kind: "base", "part" or "total".
        value: how much, with two digits.
        key: what it is called in a file.
        details: of points, what each answer gives of them.
    """

    name: str
    kind: str
    value: float
    key: str
    details: tuple[float | None, ...] = ()

    @property
    def step(self) -> Step:
        """What the picture draws of it."""
        return Step(self.name, self.kind, self.value, self.details)


def plain(text: str) -> str:
    """Return Markdown of this page as plain text, for a file."""
    return re.sub(r"\*\*|\\(.)", r"\1", text)


def reason(data: Dataset, person: Person, found: Reason) -> str:
    """Return what lifts a film most, as plain text: the words of its card, and of the first line of its dialog."""
    whose = who_is(person)
    part, rating = found.part, found.rating
    lifted = "" if part is None else t("reason.part", part=t(f"why.of.{_side_of(whose, part)}.{part.name}"))
    rated = ""
    if rating is not None:
        title = movie_label(data.movie(rating.movie_id))
        rated = t(f"reason.rating.{whose}", title=title, stars=rating.given)
    if lifted and rated:
        return t("reason.both", first=lifted, second=rated)
    return lifted or rated or t("reason.none")


def for_whom(data: Dataset, person: Person, movie: Movie) -> str:
    """Say for whom the prediction is, and what they really gave the film if they rated it."""
    given = person.ratings.get(movie.movie_id)
    if person.user_id is None:
        said, known = t("why.for.me", count=number(len(person.ratings))), "me"
    else:
        about = escaped(about_user(data.user(person.user_id)))
        said = t("why.for.person", name=escaped(t("user.name", id=person.user_id)), about=about)
        known = "known" if movie.movie_id in person.known else "held_out"
    gave = "" if given is None else t(f"why.gave.{known}", stars="★" * given)
    return sentences(said, gave)


def who_is(person: Person) -> str:
    """Return "me" for a visitor, else "person": whose parts are spoken of."""
    return "me" if person.user_id is None else "person"


def _side_of(whose: str, part: Part) -> str:
    return whose if part.side == "person" else part.side


def part_name(person: Person, part: Part) -> str:
    """Return what a part is called beside the chart."""
    named = t(f"why.part.{_side_of(who_is(person), part)}.{part.name}")
    traits = dict(zip(("gender", "age", "occupation"), person.traits, strict=True))
    is_unsaid = part.side == "person" and traits.get(part.name, "") is None
    return t("why.part.unsaid", name=named) if is_unsaid else named


def rows(person: Person, explanation: Explanation) -> list[Row]:
    """Return the lines of the predicted stars: the start, the parts by size, the prediction, and where it was cut."""
    base, values, total = shown(explanation.stars)
    parts = sorted(zip(explanation.stars.parts, values, strict=True), key=lambda pair: -abs(pair[0].value))
    found = [Row(t("why.row.base"), "base", base, "base")]
    found += [Row(part_name(person, part), "part", value, f"{part.side}_{part.name}") for part, value in parts]
    found.append(Row(t("why.row.total"), "total", total, "total"))
    cut = _cut(explanation, total)
    if cut:
        limit = f"{explanation.shown_stars:.0f}"
        found.append(Row(t("why.row.cut", limit=limit), "part", cut, "cut"))
        found.append(Row(t("why.row.shown"), "total", round(explanation.shown_stars, 2), "shown"))
    return found


def point_rows(person: Person, points: Points) -> list[Row]:
    """Return the lines of the points: the start, the parts by size, what the list's order adds, and the sum.

    Each answer is rounded so that its own column adds up, and the points are the sums of the rounded numbers: the
    table adds up as it is shown from above to below as from left to right.
    """
    sums = [each for each in (points.watch, points.stars) if each is not None]
    columns = [shown(each) for each in sums]
    details = [tuple(values) for values in zip(*(column[1] for column in columns), strict=True)]
    names = sums[0].parts
    found = [_point_row(t("why.row.base"), "base", tuple(column[0] for column in columns), "base")]
    parts = [
        _point_row(part_name(person, part), "part", each, f"{part.side}_{part.name}")
        for part, each in zip(names, details, strict=True)
    ]
    found += sorted(parts, key=lambda row: -abs(row.value))
    more = [(part, round(part.value, 2) or 0.0) for part in points.added]
    empty = (None,) * (len(sums) if len(sums) > 1 else 0)
    found += [Row(part_name(person, part), "part", value, f"list_{part.name}", empty) for part, value in more if value]
    whole = _point_row(t("why.row.points"), "total", tuple(column[2] for column in columns), "total")
    return [*found, whole._replace(value=round(whole.value + sum(value for _, value in more), 2))]


def _point_row(name: str, kind: str, details: tuple[float, ...], key: str) -> Row:
    return Row(name, kind, round(sum(details), 2), key, details if len(details) > 1 else ())


def place(person: Person, movie: Movie, standing: Standing, *, total: float, own_list: bool) -> str:
    """Say where a film stands in the list, and what stands around it.

    Args:
        person: whose list it is.
        movie: the film.
        standing: where it stands.
        total: its points, as they are shown.
        own_list: is it another list than the one on the page: the person's own, without dials?
    """
    numbers = {"points": f"{total:.2f}", "count": number(standing.num_shown), "all": number(standing.num_candidates)}
    if standing.place is not None:
        where = t("why.place.listed", place=standing.place, **numbers)
    elif standing.rank is not None:
        where = t("why.place.ranked", rank=number(standing.rank), **numbers)
    else:
        where = t("why.place.rated" if movie.movie_id in person.ratings else "why.place.filtered", **numbers)
    return sentences(t(f"why.place.own.{who_is(person)}") if own_list else "", where)


def neighbours(data: Dataset, explanation: Explanation, standing: Standing) -> list[str]:
    """Say of the films above and below by how many points they are ahead or behind, and which part makes it so."""
    found = []
    for direction, other in (("above", standing.above), ("below", standing.below)):
        if other is not None:
            found.append(_beside(data, explanation.stars.total, other, direction))
    return found


def _beside(data: Dataset, own: float, other: Neighbour, direction: str) -> str:
    """One neighbour; a list that shows fewer stars above more says what outweighs them."""
    ahead = other.ahead.times(1 if direction == "above" else -1)
    _, values, gap = shown(ahead)
    parts = [(t(f"why.piece.{part.name}"), value) for part, value in zip(ahead.parts, values, strict=True)]
    named = t("list.comma").join(f"{name} {value or 0.0:+.2f}" for name, value in parts if value or len(parts) == 1)
    title = escaped(movie_label(data.movie(other.movie_id)))
    said = t(
        f"why.place.{direction}",
        title=title,
        stars=f"{other.stars:.2f}",
        gap=f"{gap or 0.0:.2f}",
        pieces=named or t("why.piece.nothing"),
    )
    upper, lower = (other.stars, own) if direction == "above" else (own, other.stars)
    if round(upper, 2) >= round(lower, 2):
        return said
    most = max(parts, key=lambda pair: pair[1])[0]
    return sentences(said, t("why.place.although", more=f"{lower:.2f}", fewer=f"{upper:.2f}", most=most))


def what_points_are(weights: Weights) -> str:
    """Say what a list is ordered by, in plain words."""
    if weights.watch and weights.stars:
        return t("why.points.both", blend=f"{weights.stars:g}")
    return t("why.points.watch" if weights.watch else "why.points.stars")


def sentence(person: Person, explanation: Explanation) -> str:
    """Say why so many stars, in plain words, of the film that the title above names."""
    base, values, total = shown(explanation.stars)
    gap = round(total - base, 2)
    direction = "same" if not gap else "above" if gap > 0 else "below"
    numbers = {"total": f"{total:.2f}", "base": f"{base:.2f}", "gap": f"{abs(gap):.2f}"}
    pairs = list(zip(explanation.stars.parts, values, strict=True))
    return sentences(
        t(f"why.say.{direction}", **numbers, pairs=number(explanation.num_pairs)),
        _limit(explanation, total),
        _side("for", person, [pair for pair in pairs if pair[1] >= LEAST_STARS]),
        _side("against", person, [pair for pair in pairs if pair[1] <= -LEAST_STARS]),
    )


def _cut(explanation: Explanation, total: float) -> float:
    """Stars, as shown, by which lists show more or less than was predicted, since nobody can give that many or few."""
    return round(round(explanation.shown_stars, 2) - total, 2)


def _limit(explanation: Explanation, total: float) -> str:
    """What lists show instead; empty where they show what was predicted."""
    cut = _cut(explanation, total)
    key = f"why.say.cut_{'above' if cut < 0 else 'below'}"
    return t(key, limit=f"{explanation.shown_stars:.0f}") if cut else ""


def _side(direction: str, person: Person, pairs: list[tuple[Part, float]]) -> str:
    """What speaks for a film, or against it; empty where nothing does."""
    most = sorted(pairs, key=lambda pair: -abs(pair[1]))[:NUM_NAMED]
    whose = who_is(person)
    named = [
        t("why.say.part", name=t(f"why.of.{_side_of(whose, part)}.{part.name}"), stars=f"{value:+.2f}")
        for part, value in most
    ]
    return t(f"why.say.{direction}", parts=t("why.say.and").join(named)) if named else ""


def most_of_ratings(data: Dataset, person: Person, effects: Sequence[Effect]) -> str:
    """Say which rating does most, up or down; empty where none does anything to speak of."""
    if not effects:
        return ""
    most = max(effects, key=lambda effect: abs(effect.change))
    if abs(most.change) < LEAST_POINTS:
        return ""
    key = f"why.say.{'lifts' if most.change > 0 else 'lowers'}.{who_is(person)}"
    title = escaped(movie_label(data.movie(most.movie_id)))
    return t(key, title=title, given=most.given, change=f"{abs(most.change):.2f}")
