"""A visitor's ratings as a file to take home and bring back: JSON of our own, or a CSV table with movie_id and stars.

A file comes from anywhere, so that everything in it is checked before anything of it is used: a file is read whole or
not at all. Of the data set only the titles of the rated films are in it, for whoever opens the file.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from recsys.data.dataset import AGE_GROUPS, GENDERS, MAX_STARS, MIN_STARS, Dataset
from recsys.errors import RatingFileError
from recsys.recommend.person import Traits

FORMAT = "matinee-ratings"
VERSION = 1
MAX_BYTES = 100_000
_FIELDS = {"format", "version", "dataset", "traits", "ratings"}
_RATING_FIELDS = {"movie_id", "title", "stars"}
_BLANKS = " \t\r\n"
_SHOWN = 40
"""Characters of a wrong value that an error repeats."""


@dataclass(frozen=True)
class RatingFile:
    """What a file says.

    Attributes:
        ratings: movie id -> stars, in the order of the file.
        traits: what the person says of themselves.
    """

    ratings: Mapping[int, int]
    traits: Traits


def to_json(dataset: Dataset, ratings: Mapping[int, int], traits: Traits) -> str:
    """Return the text of a file that `from_bytes` reads back; titles are left out where they would make it too large.

    Without titles a rating takes some 34 bytes. A file of more than 2,900 is too large even so, and is not read back:
    nobody in ml-1m has rated so many films.

    Raises:
        UnknownIdError: if there is no such film.
    """
    text = _text(
        dataset, [{"movie_id": i, "title": dataset.movie(i).title, "stars": ratings[i]} for i in ratings], traits
    )
    if len(text.encode()) <= MAX_BYTES:
        return text
    return _text(dataset, [{"movie_id": i, "stars": stars} for i, stars in ratings.items()], traits)


def from_bytes(data: bytes, dataset: Dataset) -> RatingFile:
    """Read a file, JSON or CSV.

    Args:
        data: the whole file.
        dataset: what its films must be in.

    Raises:
        RatingFileError: if anything in it is not as it should be.
    """
    if len(data) > MAX_BYTES:
        refuse("size", f"must have at most {MAX_BYTES:,} bytes, not {len(data):,}", value=f"{len(data):,}")
    try:
        text = data.decode("utf-8-sig").strip(_BLANKS)  # spreadsheets write a mark before the first letter
    except UnicodeDecodeError as error:
        raise RatingFileError("encoding", f"must be UTF-8 text: byte {error.start + 1} is none", None, "") from error
    if not text:
        refuse("empty", "holds nothing")
    return _from_json(text, dataset) if text[0] in "{[" else _from_csv(text, dataset)


def _text(dataset: Dataset, rows: Iterable[dict[str, Any]], traits: Traits) -> str:
    """One rating a line."""
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION, "dataset": dataset.name}
    head["traits"] = said(traits)
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    return json.dumps(head, ensure_ascii=False)[:-1] + f',\n "ratings": [\n{lines}\n ]}}\n'


def json_values(text: str) -> Any:  # noqa: ANN401 - whatever the text says
    """Return what a text of JSON says, read strictly.

    Raises:
        RatingFileError: if it is no JSON, or is read in several ways.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RatingFileError:
        raise
    except (ValueError, RecursionError) as error:
        problem = "is nested too deeply" if isinstance(error, RecursionError) else f"is no valid JSON ({error})"
        raise RatingFileError("json", problem, None, short(error)) from error


def _from_json(text: str, dataset: Dataset) -> RatingFile:
    values = json_values(text)
    _check_head(values, dataset)
    traits = traits_of(values.get("traits"), dataset)
    if not isinstance(values["ratings"], list):
        refuse("fields", "must have a list of ratings", value="ratings")
    pairs = []
    for place, row in enumerate(values["ratings"], start=1):
        if not isinstance(row, dict) or not {"movie_id", "stars"} <= set(row) <= _RATING_FIELDS:
            refuse("rating", "must be a film's movie_id and stars, and a title if you like", place, row)
        if not isinstance(row.get("title", ""), str):
            refuse("rating", "must have text for a title", place, row["title"])
        pairs.append((place, row["movie_id"], row["stars"]))
    return RatingFile(_checked(pairs, dataset), traits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a field that is there twice: readers of JSON do not agree on which one counts."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            refuse("twice", f"has the field {short(name)} twice", value=name)
        values[name] = value
    return values


def _constant(name: str) -> NoReturn:
    refuse("json", f"holds {name}, which is no number of JSON", value=name)


def _check_head(values: object, dataset: Dataset) -> None:
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        refuse("format", f"is no file of ratings: its format must be {FORMAT!r}")
    version = values.get("version")
    if isinstance(version, bool) or version != VERSION:
        refuse("version", f"must be of version {VERSION}, not {short(version)}", value=version)
    if unlike := _FIELDS ^ {*values, "traits"}:
        refuse("fields", f"must have the fields {', '.join(sorted(_FIELDS))}", value=", ".join(sorted(unlike)))
    if values["dataset"] != dataset.name:
        problem = f"has ratings of films of {short(values['dataset'])}; the films here are those of {dataset.name}"
        refuse("dataset", problem, value=values["dataset"])


def said(traits: Traits) -> dict[str, str | None]:
    """Return traits in the form that `traits_of` reads."""
    age_group = None if traits.age_group is None else AGE_GROUPS[traits.age_group]
    return {"gender": traits.gender, "age_group": age_group, "occupation": traits.occupation}


def traits_of(values: object, dataset: Dataset) -> Traits:
    """Return what a person says of themselves; None says nothing.

    Raises:
        RatingFileError: if it says anything that the data set does not know.
    """
    known = {"gender": GENDERS, "age_group": AGE_GROUPS, "occupation": dataset.occupations}
    if values is None:
        return Traits()
    if not isinstance(values, dict) or not set(values) <= set(known):
        refuse("traits", f"may say {', '.join(known)} of the person and nothing else", value=values)
    for name, value in values.items():
        if value is not None and value not in known[name]:
            refuse("traits", f"must have for {name} one of {', '.join(known[name])}", value=value)
    age_group = values.get("age_group")
    number = None if age_group is None else AGE_GROUPS.index(age_group)
    return Traits(values.get("gender"), number, values.get("occupation"))


def _from_csv(text: str, dataset: Dataset) -> RatingFile:
    """A table with a line of names; spreadsheets in some countries write semicolons."""
    first = text.splitlines()[0]
    try:
        lines = io.StringIO(text, newline="")
        rows = list(csv.reader(lines, delimiter=";" if ";" in first else ",", strict=True))
    except csv.Error as error:
        raise RatingFileError("csv", f"is no valid table ({error})", None, short(error)) from error
    names = [name.strip().lower() for name in rows[0]]
    if names.count("movie_id") != 1 or names.count("stars") != 1:
        refuse("format", "is neither a file of ratings nor a table with the columns movie_id and stars", value=first)
    columns = names.index("movie_id"), names.index("stars")
    pairs = []
    for place, row in enumerate(rows[1:], start=1):
        if not any(row):
            continue
        if len(row) != len(names):
            refuse("rating", f"must have {len(names)} values, not {len(row)}", place, ",".join(row))
        movie_id, stars = (_whole(row[column]) for column in columns)
        pairs.append((place, movie_id, stars))
    return RatingFile(_checked(pairs, dataset), Traits())


def _whole(text: str) -> object:
    """Return a whole number where the text is one, else the text."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _SHOWN else text


def _checked(pairs: Iterable[tuple[int, object, object]], dataset: Dataset) -> dict[int, int]:
    """Return the ratings after checking each film and its stars; `pairs` are place, movie id and stars."""
    movie_ids = set(dataset.movies["movie_id"].tolist())
    ratings: dict[int, int] = {}
    for place, movie_id, stars in pairs:
        if type(movie_id) is not int or movie_id not in movie_ids:
            refuse("movie", f"names a film that {dataset.name} does not have: {short(movie_id)}", place, movie_id)
        if movie_id in ratings:
            refuse("twice_rated", f"rates the film {movie_id} a second time", place, movie_id)
        if type(stars) is not int or not MIN_STARS <= stars <= MAX_STARS:
            problem = f"must have whole stars from {MIN_STARS} to {MAX_STARS}, not {short(stars)}"
            refuse("stars", problem, place, stars)
        ratings[movie_id] = stars
    return ratings


def refuse(rule: str, problem: str, place: int | None = None, value: object = "") -> NoReturn:
    """Raise the error of a rule that what came breaks."""
    raise RatingFileError(rule, problem, place, short(value))


def short(value: object) -> str:
    """Return a value as text; a huge number has no text in Python, and nobody wants to read it."""
    if isinstance(value, int) and not -(10**_SHOWN) < value < 10**_SHOWN:
        return "…"
    text = " ".join((value if isinstance(value, str) else _shallow(value)).split())
    text = text.encode("utf-8", "backslashreplace").decode()  # half a letter ("\\ud800") cannot be sent to a browser
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _shallow(value: object) -> str:
    """A list or an object by its outermost level, so that a deep or large one costs nothing."""
    if isinstance(value, dict):
        return "{" + ", ".join(map(short, list(value)[:3])) + "}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    return str(value)
