"""Kept: what a visitor's own browser remembers of them, so that a reload loses nothing.

Several tabs of one browser write it, each from a session of its own. So every answer carries the time at which it was
given, an answer that was taken back stays as one, and two records are merged film by film: the later answer counts.
The merge does not depend on order or repetition (a last-writer-wins map: Shapiro et al. 2011), so that all tabs come
to the same record. Who forgets everything forgets what was said until then, in every tab.

What comes back from a browser may hold anything: it is read whole or not at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset
from recsys.recommend.person import Traits
from recsys.recommend.rating_file import json_values, refuse, said, traits_of

FORMAT = "matinee-visitor"
VERSION = 1
MAX_BYTES = 400_000
"""More than answers to all films of ml-1m need."""
TAKEN_BACK = 0
_FIELDS = {"format", "version", "dataset", "forgotten", "kept", "traits", "stars", "skipped"}
_LAST_TIME = 2**53 - 1


class Stars(NamedTuple):
    """Stars given to a film: 1 to 5, or `TAKEN_BACK`; and when, in milliseconds since 1970."""

    stars: int
    at: int


class Skip(NamedTuple):
    """Whether a film is said to be unknown, and since when."""

    is_skipped: bool
    at: int


class Said(NamedTuple):
    """What somebody says of themselves, and since when."""

    traits: Traits
    at: int


class Choice(NamedTuple):
    """Whether the browser is to keep all this, and since when."""

    is_kept: bool
    at: int


@dataclass(frozen=True)
class Record:
    """What is known of a visitor, each thing with its time.

    Attributes:
        stars: movie id -> stars.
        skipped: movie id -> whether they do not know it.
        said: what they said of themselves.
        choice: whether they want it kept.
        forgotten: until when all was forgotten; `choice` is older than any answer and stays.
    """

    stars: Mapping[int, Stars] = field(default_factory=dict)
    skipped: Mapping[int, Skip] = field(default_factory=dict)
    said: Said = field(default_factory=lambda: Said(Traits(), 0))
    choice: Choice = field(default_factory=lambda: Choice(True, 0))
    forgotten: int = 0

    def ratings(self) -> dict[int, int]:
        """Return movie id -> stars, those given or changed last at the end."""
        given = sorted(self.stars.items(), key=lambda item: (item[1].at, item[0]))
        return {movie_id: one.stars for movie_id, one in given if one.stars != TAKEN_BACK}

    def unknown(self) -> tuple[int, ...]:
        """Return the films that the visitor does not know, the newest last."""
        skips = sorted(self.skipped.items(), key=lambda item: (item[1].at, item[0]))
        return tuple(movie_id for movie_id, one in skips if one.is_skipped)

    def newest(self) -> int:
        """Return the time of the newest answer."""
        times = [self.forgotten, self.said.at, self.choice.at]
        times += [given.at for given in self.stars.values()]
        times += [skip.at for skip in self.skipped.values()]
        return max(times)


def merged(one: Record, other: Record) -> Record:
    """Return what both records say together; of two answers to one question the later counts."""
    forgotten = max(one.forgotten, other.forgotten)
    stars = {
        movie_id: max((r.stars[movie_id] for r in (one, other) if movie_id in r.stars), key=lambda s: (s.at, s.stars))
        for movie_id in sorted({*one.stars, *other.stars})
    }
    skipped = {
        movie_id: max((r.skipped[movie_id] for r in (one, other) if movie_id in r.skipped), key=lambda s: (s.at, s))
        for movie_id in sorted({*one.skipped, *other.skipped})
    }
    newest = max(one.said, other.said, key=lambda said: (said.at, str(said.traits)))
    return Record(
        {movie_id: given for movie_id, given in stars.items() if given.at > forgotten},
        {movie_id: skip for movie_id, skip in skipped.items() if skip.at > forgotten},
        newest if newest.at > forgotten else Said(Traits(), 0),
        max(one.choice, other.choice, key=lambda choice: (choice.at, choice.is_kept)),
        forgotten,
    )


def to_text(record: Record, dataset: Dataset) -> str:
    """Return what a browser is to keep: "" while nothing was said, and the choice alone where it is to keep nothing.

    Equal records have one text.
    """
    if record == Record():
        return ""
    if not record.choice.is_kept:
        record = Record(choice=record.choice)
    values = {
        "format": FORMAT,
        "version": VERSION,
        "dataset": dataset.fingerprint,
        "forgotten": record.forgotten,
        "kept": [record.choice.is_kept, record.choice.at],
        "traits": [said(record.said.traits), record.said.at],
        "stars": {str(movie_id): [*record.stars[movie_id]] for movie_id in sorted(record.stars)},
        "skipped": {str(movie_id): [*record.skipped[movie_id]] for movie_id in sorted(record.skipped)},
    }
    return json.dumps(values, separators=(",", ":"))


def from_text(text: str, dataset: Dataset, *, now: int) -> Record:
    """Read what a browser kept.

    Args:
        text: as `to_text` wrote it; "" says nothing.
        dataset: whose films it must be about.
        now: milliseconds since 1970; times that lie ahead count as now, so that no later answer loses against them.

    Raises:
        RatingFileError: if anything in it is not as it should be.
    """
    if not text:
        return Record()
    if len(text) > MAX_BYTES:
        refuse("kept_size", f"must have at most {MAX_BYTES:,} letters, not {len(text):,}", value=f"{len(text):,}")
    values = json_values(text)
    _check_head(values, dataset)
    movie_ids = set(dataset.movies["movie_id"].tolist())
    stars = {
        _film(name, movie_ids, dataset): Stars(_stars(value), at) for name, value, at in _stamped(values["stars"], now)
    }
    skipped = {
        _film(name, movie_ids, dataset): Skip(_bool(value), at) for name, value, at in _stamped(values["skipped"], now)
    }
    [(_, traits, traits_at)] = _stamped({"traits": values["traits"]}, now)
    [(_, kept, kept_at)] = _stamped({"kept": values["kept"]}, now)
    choice = Choice(_bool(kept), kept_at)
    return Record(stars, skipped, Said(traits_of(traits, dataset), traits_at), choice, _time(values["forgotten"], now))


def _check_head(values: object, dataset: Dataset) -> None:
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        refuse("kept_format", f"must have the format {FORMAT!r}")
    version = values.get("version")
    if type(version) is not int or version != VERSION:
        refuse("version", f"must be of version {VERSION}", value=version)
    if unlike := _FIELDS ^ set(values):
        refuse("fields", f"must have the fields {', '.join(sorted(_FIELDS))}", value=", ".join(sorted(unlike)))
    if values["dataset"] != dataset.fingerprint:
        refuse("dataset", f"is about films of another data set than {dataset.name}", value=values["dataset"])


def _stamped(pairs: object, now: int) -> list[tuple[str, Any, int]]:
    """Names, values and times of what is kept as {name: [value, time]}."""
    if not isinstance(pairs, dict):
        refuse("kept_pair", "must be an object of values with their times", value=pairs)
    found = []
    for name, pair in pairs.items():
        if not isinstance(pair, list) or len(pair) != 2:
            refuse("kept_pair", "must be a value with its time", value=pair)
        found.append((name, pair[0], _time(pair[1], now)))
    return found


def _time(value: object, now: int) -> int:
    if type(value) is not int or not 0 <= value <= _LAST_TIME:
        refuse("kept_pair", "must be a time in milliseconds", value=value)
    return min(value, now)


def _film(name: str, movie_ids: set[int], dataset: Dataset) -> int:
    movie_id = int(name) if name.isascii() and name.isdecimal() and len(name) <= 10 else None
    if movie_id not in movie_ids or str(movie_id) != name:
        refuse("movie", f"names a film that {dataset.name} does not have", value=name)
    return movie_id


def _stars(value: object) -> int:
    if type(value) is not int or not (value == TAKEN_BACK or MIN_STARS <= value <= MAX_STARS):
        refuse("stars", f"must have whole stars from {MIN_STARS} to {MAX_STARS}", value=value)
    return value


def _bool(value: object) -> bool:
    if type(value) is not bool:
        refuse("kept_pair", "must say true or false", value=value)
    return value
