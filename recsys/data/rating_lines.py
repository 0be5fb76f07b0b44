"""The ratings of a MovieLens file as a table: fast where the file is right, slow and exact where it is not.

A million lines are checked byte by byte with numpy and parsed by pandas' C engine. When anything at all is off, the
lines are walked one by one instead, which names the line and the field; if that walk finds nothing wrong, its
values are used.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.data.dataset import MAX_STARS, MIN_STARS, RATING_COLUMNS
from recsys.data.lines import AGAIN, MAX_ID, Layout, Line, read_bytes, split_lines
from recsys.errors import DataFileError

_MAX_DIGITS = 12
_LAST_SECOND = 4_102_444_800  # the year 2100
_MAX_TABLE = 400_000_000

Numbers = NDArray[np.int64]


def read_ratings(path: Path, layout: Layout, user_ids: Numbers, movie_ids: Numbers) -> pd.DataFrame:
    """Read and check a file of ratings.

    Args:
        path: the file.
        layout: how it is written; its four fields are those of `RATING_COLUMNS`.
        user_ids: (U,) the users there are.
        movie_ids: (M,) the movies there are.

    Returns:
        Columns user_id, movie_id, rating, timestamp (int64), in file order.

    Raises:
        DataFileError: if the file breaks its format, names an unknown user or movie, or has a rating twice.
    """
    content = read_bytes(path)
    columns = _parse_fast(content, layout)
    if columns is None or not _is_sound(columns, user_ids, movie_ids):
        columns = _parse_slow(split_lines(content, path.name, layout), set(user_ids.tolist()), set(movie_ids.tolist()))
    return pd.DataFrame(dict(zip(RATING_COLUMNS, columns, strict=True)), copy=False)


def _parse_fast(content: bytes, layout: Layout) -> list[Numbers] | None:
    """Return the four columns, or None if the content is not all digits, separators and line ends in their order."""
    if content.count(b"\r"):
        content = content.replace(b"\r\n", b"\n")
    if layout.header is not None:
        head, _, content = content.partition(b"\n")
        if head.decode("latin-1") != layout.header:
            return None
    if not _is_regular(content, layout.separator.encode()):
        return None
    table = pd.read_csv(
        io.BytesIO(content),
        sep=layout.separator[0],
        header=None,
        usecols=[field * len(layout.separator) for field in range(4)],
        dtype=np.int64,
        engine="c",
    )
    return [table.iloc[:, field].to_numpy() for field in range(4)]


def _is_regular(content: bytes, separator: bytes) -> bool:
    """Tell whether every line is four numbers of 1 to 12 digits with separators between them and a line feed behind."""
    characters = np.frombuffer(content, dtype=np.uint8)
    # Unsigned: everything below "0" wraps round to above 9. (P,) places of all that is no digit.
    places = np.flatnonzero(characters - np.uint8(ord("0")) > 9)
    expected = np.frombuffer(separator * 3 + b"\n", dtype=np.uint8)
    if len(places) == 0 or len(places) % len(expected) or places[-1] != len(content) - 1:
        return False
    if not (characters[places].reshape(-1, len(expected)) == expected).all():
        return False
    gaps = np.diff(places, prepend=-1).reshape(-1, len(expected))  # one more than the digits before each place
    digits = gaps[:, :: len(separator)] - 1
    inside = [gaps[:, place] for place in range(len(expected)) if place % len(separator)]
    return bool(digits.min() >= 1 and digits.max() <= _MAX_DIGITS and all((gap == 1).all() for gap in inside))


def _is_sound(columns: list[Numbers], user_ids: Numbers, movie_ids: Numbers) -> bool:
    """Tell whether all values are in range, all ids are known and no pair is twice."""
    users, movies, stars, timestamps = columns
    if stars.min() < MIN_STARS or stars.max() > MAX_STARS or timestamps.max() > _LAST_SECOND:
        return False
    if not (_are_known(users, user_ids) and _are_known(movies, movie_ids)):
        return False
    width = int(movie_ids.max()) + 1
    pairs = users * width + movies
    size = (int(user_ids.max()) + 1) * width
    if size > _MAX_TABLE:
        return len(np.unique(pairs)) == len(pairs)
    seen = np.zeros(size, dtype=bool)
    seen[pairs] = True
    return int(np.count_nonzero(seen)) == len(pairs)


def _are_known(ids: Numbers, known: Numbers) -> bool:
    if ids.max() > known.max():
        return False
    table = np.zeros(int(known.max()) + 1, dtype=bool)
    table[known] = True
    return bool(table[ids].all())


def _parse_slow(lines: Iterable[Line], user_ids: set[int], movie_ids: set[int]) -> list[Numbers]:
    """Return the four columns, checking one line after another."""
    rows: list[tuple[int, int, int, int]] = []
    first_lines: dict[tuple[int, int], int] = {}
    for line in lines:
        user_id, movie_id, stars = _rating(line, user_ids, movie_ids)
        first = first_lines.setdefault((user_id, movie_id), line.number)
        if first != line.number:
            raise line.error(None, f"user {user_id} rated movie {movie_id} already in line {first}. {AGAIN}")
        rows.append((user_id, movie_id, stars, line.whole("timestamp", 0, _LAST_SECOND)))
    return list(np.array(rows, dtype=np.int64).T.copy())


def _rating(line: Line, user_ids: set[int], movie_ids: set[int]) -> tuple[int, int, int]:
    user_id, movie_id = line.whole("user_id", 1, MAX_ID), line.whole("movie_id", 1, MAX_ID)
    stars = line.whole("rating", MIN_STARS, MAX_STARS)
    for field, thing_id, known in (("user_id", user_id, user_ids), ("movie_id", movie_id, movie_ids)):
        if thing_id not in known:
            raise _unknown(line, field, thing_id)
    return user_id, movie_id, stars


def _unknown(line: Line, field: str, thing_id: int) -> DataFileError:
    table = "users" if field == "user_id" else "movies"
    return line.error(field, f"{thing_id} is in no line of the file of {table}. {AGAIN}")
