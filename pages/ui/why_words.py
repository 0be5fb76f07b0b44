"""The words of an explanation: what its parts are called, its rows as they add up, and the whole in a sentence or two.

Everything is said from the numbers that stand beside it, rounded as they are shown.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pages.ui.components import about_user, movie_label
from pages.ui.i18n import escaped, number, sentences, t
from pages.ui.waterfall import Step
from recsys.data.dataset import Dataset, Movie
from recsys.recommend import Person
from recsys.recommend.because import Effect
from recsys.recommend.explaining import Explanation, Part, shown

NUM_NAMED = 2
"""Parts that the sentence names on either side."""
LEAST = 0.02
"""Stars; a part that is shown as less is not worth a word."""
LEAST_EFFECT = 0.005


class Row(NamedTuple):
    """One line of an explanation, rounded so that the lines add up as they are shown.

    Attributes:
        name: in the reader's language.
        kind: "base", "part" or "total".
        stars: how much, with two digits.
        key: what it is called in a file.
    """

    name: str
    kind: str
    stars: float
    key: str

    @property
    def step(self) -> Step:
        """What the picture draws of it."""
        return Step(self.name, self.kind, self.stars)


def plain(text: str) -> str:
    """Return Markdown of this page as plain text, for a file."""
    return re.sub(r"\*\*|\\(.)", r"\1", text)


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


def part_name(person: Person, part: Part) -> str:
    """Return what a part is called beside the chart."""
    named = t(f"why.part.{who_is(person) if part.side == 'person' else 'film'}.{part.name}")
    traits = dict(zip(("gender", "age", "occupation"), person.traits, strict=True))
    is_unsaid = part.side == "person" and traits.get(part.name, "") is None
    return t("why.part.unsaid", name=named) if is_unsaid else named


def rows(person: Person, explanation: Explanation) -> list[Row]:
    """Return the lines of an explanation: the start, the parts by size, the prediction, and where it was cut."""
    base, values, total = shown(explanation)
    parts = sorted(zip(explanation.parts, values, strict=True), key=lambda pair: -abs(pair[0].stars))
    found = [Row(t("why.row.base"), "base", base, "base")]
    found += [Row(part_name(person, part), "part", value, f"{part.side}_{part.name}") for part, value in parts]
    found.append(Row(t("why.row.total"), "total", total, "predicted_stars"))
    cut = _cut(explanation, total)
    if cut:
        limit = f"{explanation.stars:.0f}"
        found.append(Row(t("why.row.cut", limit=limit), "part", cut, "cut"))
        found.append(Row(t("why.row.shown"), "total", round(explanation.stars, 2), "shown_stars"))
    return found


def sentence(data: Dataset, person: Person, explanation: Explanation, effects: Sequence[Effect]) -> str:
    """Say why, in plain words, of the film that the title above it names."""
    base, values, total = shown(explanation)
    gap = round(total - base, 2)
    direction = "same" if not gap else "above" if gap > 0 else "below"
    numbers = {"total": f"{total:.2f}", "base": f"{base:.2f}", "gap": f"{abs(gap):.2f}"}
    return sentences(
        t(f"why.say.{direction}", **numbers, pairs=number(explanation.num_pairs)),
        _limit(explanation, total),
        _side("for", person, [pair for pair in zip(explanation.parts, values, strict=True) if pair[1] >= LEAST]),
        _side("against", person, [pair for pair in zip(explanation.parts, values, strict=True) if pair[1] <= -LEAST]),
        _because(data, person, effects),
    )


def _cut(explanation: Explanation, total: float) -> float:
    """Stars, as shown, by which lists show more or less than was predicted, since nobody can give that many or few."""
    return round(round(explanation.stars, 2) - total, 2)


def _limit(explanation: Explanation, total: float) -> str:
    """What lists show instead; empty where they show what was predicted."""
    cut = _cut(explanation, total)
    return t(f"why.say.cut_{'above' if cut < 0 else 'below'}", limit=f"{explanation.stars:.0f}") if cut else ""


def _side(direction: str, person: Person, pairs: list[tuple[Part, float]]) -> str:
    """What speaks for a film, or against it; empty where nothing does."""
    most = sorted(pairs, key=lambda pair: -abs(pair[1]))[:NUM_NAMED]
    whose = who_is(person)
    named = [
        t(
            "why.say.part",
            name=t(f"why.of.{whose if part.side == 'person' else 'film'}.{part.name}"),
            stars=f"{value:+.2f}",
        )
        for part, value in most
    ]
    return t(f"why.say.{direction}", parts=t("why.say.and").join(named)) if named else ""


def _because(data: Dataset, person: Person, effects: Sequence[Effect]) -> str:
    """The rating that does most, up or down; empty where none does anything to speak of."""
    if not effects:
        return ""
    most = max(effects, key=lambda effect: abs(effect.change))
    if abs(most.change) < LEAST_EFFECT:
        return ""
    key = f"why.say.{'lifts' if most.change > 0 else 'lowers'}.{who_is(person)}"
    title = escaped(movie_label(data.movie(most.movie_id)))
    return t(key, title=title, given=most.given, change=f"{abs(most.change):.2f}")
