"""Map scene: what the film map shows, as bytes for the browser.

A scene holds everything about the points that does not depend on a layout: ids, titles, the lines of the hover card,
sizes, and the columns that can colour and filter them. Layouts, neighbour tables, columns of one person and cluster
names travel on their own, so that another layout or person does not send the titles again.

All of them share one container, read by `pages/dot_map/decode.js`: "MTN1", the length of the header (uint32), the
header (JSON), then arrays and texts, each starting at a multiple of 8 bytes. Everything is little-endian, as typed
arrays are on every machine that browsers run on, and gzipped.
"""

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MAX_TABLE = 20_000
"""With more points than this, the browser asks for the neighbours of one point at a time."""

MAGIC = b"MTN1"
_ALIGN = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TYPES = {"float32": "f4", "uint32": "u4", "int16": "i2", "uint16": "u2", "uint8": "u1"}


@dataclass(frozen=True)
class Column:
    """One property of the points, to colour and filter by.

    Attributes:
        name: how `color` refers to it.
        title: in the reader's language.
        kind: "category" (no order), "ordinal" (ordered classes), "number".
        values: (N,) position in `labels`, -1 where unknown; or numbers, NaN where unknown.
        labels: of a category's or ordinal's parts, in the reader's language.
        colors: of a category's parts as #rrggbb, where they have the same everywhere in the app, as genres have; else
            the largest parts get the map's own (`pages.film_map.palette`).
        scale: of a number: "linear" or "log".
        digits: decimals with which a number is written.
        unit: written behind a number, such as " ★".
    """

    name: str
    title: str
    kind: Literal["category", "ordinal", "number"]
    values: NDArray[Any]
    labels: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    scale: Literal["linear", "log"] = "linear"
    digits: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Scene:
    """The points of a map.

    Attributes:
        ids: (N,) what a click sends back.
        titles: (N,) names.
        lines: (N,) lines of the hover card below the title, in the reader's language; equally many for each point.
        sizes: (N,) size of each dot's area, 0 to 1.
        weights: (N,) whose name is written first where there is not room for all.
        columns: what can colour the points.
        cards: (N,) colour of each hover card, #rrggbb.
    """

    ids: NDArray[np.integer[Any]]
    titles: Sequence[str]
    lines: Sequence[Sequence[str]]
    sizes: NDArray[np.floating[Any]]
    weights: NDArray[Any]
    columns: tuple[Column, ...]
    cards: Sequence[str]


def encode(scene: Scene) -> bytes:
    """Return a scene as bytes.

    Raises:
        ValueError: if its parts differ in length.
    """
    count = len(scene.ids)
    lengths = {name: len(getattr(scene, name)) for name in ("titles", "lines", "sizes", "weights", "cards")}
    lengths |= {f"column {column.name}": len(column.values) for column in scene.columns}
    wrong = {name: length for name, length in lengths.items() if length != count}
    if wrong:
        raise ValueError(f"every part of a scene needs one entry for each of its {count} points, not {wrong}")
    colors, color_of = np.unique(np.asarray(scene.cards, dtype=np.str_), return_inverse=True)
    arrays: dict[str, NDArray[Any]] = {
        "ids": scene.ids.astype(np.uint32),
        "sizes": scene.sizes.astype(np.float32),
        # The order is all that counts; ties keep the order of the points.
        "order": np.argsort(-np.asarray(scene.weights, dtype=np.float64), kind="stable").astype(np.uint32),
        "cards": color_of.reshape(-1).astype(np.uint16),
    }
    texts = {"titles": scene.titles}
    num_lines = len(scene.lines[0]) if count else 0
    texts |= {f"line{at}": [lines[at] for lines in scene.lines] for at in range(num_lines)}
    columns = [_column(column, f"column{at}", arrays) for at, column in enumerate(scene.columns)]
    header = {"count": count, "lines": num_lines, "columns": columns, "card_colors": colors.tolist()}
    return pack("scene", header, arrays, texts)


def encode_layout(positions: NDArray[np.floating[Any]]) -> bytes:
    """Return a layout as bytes.

    Args:
        positions: (N, 2) place of each point.
    """
    _check_places(positions)
    return pack("layout", {"count": len(positions)}, {"positions": positions.astype(np.float32)})


def encode_column(column: Column) -> bytes:
    """Return a column that comes apart from its scene, such as one person's predicted stars."""
    arrays: dict[str, NDArray[Any]] = {}
    return pack("column", {"column": _column(column, "column", arrays)}, arrays)


def encode_neighbors(indices: NDArray[np.integer[Any]], values: NDArray[np.floating[Any]]) -> bytes:
    """Return a table of nearest neighbours.

    Args:
        indices: (N, k) rows of the neighbours, nearest first; (1, k) in answer to one point.
        values: (N, k) similarity or distance of each.
    """
    count, k = indices.shape
    arrays: dict[str, NDArray[Any]] = {"indices": indices.astype(np.uint32), "values": values.astype(np.float32)}
    return pack("neighbors", {"count": count, "k": k}, arrays)


def encode_clusters(
    coarse: NDArray[np.integer[Any]],
    fine: NDArray[np.integer[Any]],
    *,
    coarse_names: Sequence[str],
    fine_names: Sequence[str],
) -> bytes:
    """Return the names of the map's regions at two levels.

    Args:
        coarse: (N,) large region of each point, -1 for none.
        fine: (N,) small region of each point, -1 for none.
        coarse_names: in the reader's language; an empty one is not drawn.
        fine_names: likewise.
    """
    arrays: dict[str, NDArray[Any]] = {"coarse": coarse.astype(np.int16), "fine": fine.astype(np.int16)}
    return pack("clusters", {}, arrays, {"coarse_names": coarse_names, "fine_names": fine_names})


def encode_frames(
    frames: Sequence[NDArray[np.floating[Any]]], *, first: int, state: str, step: str = "", share: float = 0.0
) -> bytes:
    """Return steps of a layout that is being computed.

    Args:
        frames: (N, 2) places, one array a step, from step number `first` on.
        first: number of the first of them.
        state: "running" lets the browser ask again; anything else ends it.
        step: what is being done, in the reader's language.
        share: of the work that is done, 0 to 1.
    """
    for places in frames:
        _check_places(places)
    stacked = np.stack(frames) if len(frames) else np.empty((0, 0, 2))
    header = {"first": first, "num_frames": len(frames), "state": state, "step": step, "share": share}
    return pack("frames", header, {"positions": stacked.astype(np.float32)})


def pack(
    kind: str,
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    texts: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Return header, arrays and lists of texts in the container that the browser reads.

    A list with few different texts, such as genres, is sent as those texts and a number for each point.
    """
    parts: list[bytes] = []
    places: dict[str, tuple[str, int, int]] = {}
    coded: dict[str, NDArray[Any]] = {}
    blobs: dict[str, bytes] = {}
    for name, values in (texts or {}).items():
        unique = sorted(set(values))
        if len(unique) * 4 < len(values) and len(unique) < 65_536:
            number = {text: at for at, text in enumerate(unique)}
            coded[f"{name}#"] = np.asarray([number[text] for text in values], dtype=np.uint16)
        else:
            unique = list(values)
        blobs[name] = "\n".join(_CONTROL.sub(" ", text) for text in unique).encode("utf-8", "replace")
    end = 0
    for name, array in {**arrays, **coded}.items():
        data = np.ascontiguousarray(array)
        end = _append(parts, end, data.astype(data.dtype.newbyteorder("<")).tobytes())
        places[name] = (_TYPES[data.dtype.name], end - _padded(data.nbytes), data.size)
    for name, blob in blobs.items():
        end = _append(parts, end, blob)
        places[name] = ("text", end - _padded(len(blob)), len(blob))
    words = json.dumps({"kind": kind, **header, "places": places}, ensure_ascii=False, allow_nan=False).encode("utf-8")
    words += b" " * (-(len(words) + len(MAGIC) + 4) % _ALIGN)
    whole = b"".join([MAGIC, len(words).to_bytes(4, "little"), words, *parts])
    return gzip.compress(whole, compresslevel=6, mtime=0)


def _column(column: Column, array: str, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Add a column's values to the arrays, and return what the header says about it."""
    arrays[array] = column.values.astype(np.float32 if column.kind == "number" else np.int16)
    fields = ("name", "title", "kind", "scale", "digits", "unit")
    return {**{field: getattr(column, field) for field in fields}, **_parts(column), "array": array}


def _parts(column: Column) -> dict[str, list[str]]:
    return {"labels": list(column.labels), "colors": list(column.colors)}


def _check_places(positions: NDArray[np.floating[Any]]) -> None:
    if positions.ndim != 2 or positions.shape[1] != 2 or not np.isfinite(positions).all():
        raise ValueError(f"a layout is (N, 2) and finite, not {positions.shape}; 3-D maps are drawn by another chart")


def _padded(length: int) -> int:
    return length + -length % _ALIGN


def _append(parts: list[bytes], end: int, data: bytes) -> int:
    """Add data, filled up to a multiple of 8 bytes; return the new end."""
    parts.append(data + b"\0" * (-len(data) % _ALIGN))
    return end + _padded(len(data))
