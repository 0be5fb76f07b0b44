"""The verb map: every film or person as a point, to standard output or into a file."""

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.cli.console import answer_json, answer_lines, say
from recsys.cli.loading import load_model, model_values
from recsys.data.dataset import AGE_GROUPS, Dataset
from recsys.errors import ConfigError, SourceError
from recsys.insight.maps import layout_store
from recsys.insight.maps.layouts import LayoutSettings, compute

_SIZE, _MARGIN, _RADIUS = 1200, 40, 3
_SUFFIXES = (".html", ".csv", ".png")
_AXES = ("x", "y", "z")


class Point(NamedTuple):
    """A film or person and where it lies.

    Attributes:
        values: what is told of it, by column.
        label: under the mouse.
        group: what gives it its colour.
        place: two or three coordinates.
    """

    values: dict[str, Any]
    label: str
    group: str
    place: tuple[float, ...]

    @property
    def row(self) -> dict[str, Any]:
        """All columns, coordinates included."""
        return {**self.values, **dict(zip(_AXES, self.place, strict=False))}


@dataclass(frozen=True)
class MapFlags:
    """Where the model comes from and where the map goes to."""

    out: Path | None
    bundle: Path | None
    dataset: str | None


def draw_map(settings: LayoutSettings, flags: MapFlags, *, as_json: bool) -> None:
    """Answer with the position of every film or person.

    Raises:
        ConfigError: if the file's ending is none of those that can be written.
        SourceError: if the file cannot be written.
    """
    out = flags.out
    suffixes = _SUFFIXES if settings.dims == 2 else (".csv",)
    if out is not None and out.suffix.lower() not in suffixes:
        rule = f"a file that ends in {', '.join(suffixes)}" + ("" if settings.dims == 2 else ", for three dimensions")
        raise ConfigError("--out", str(out), rule)
    model = load_model(flags.bundle, flags.dataset)
    points = _points(model.dataset, settings.of, _layout(model.bundle, settings))
    if out is not None:
        _write(out, points, title=f"{model.dataset.name}: {model.bundle.info.name} ({settings.key})")
    is_tsne = settings.method == "tsne"
    values: dict[str, Any] = {
        **{"dataset": model.dataset.name, "model": model_values(model.bundle), "method": settings.method},
        **{"of": settings.of, "dims": settings.dims, "perplexity": settings.perplexity if is_tsne else None},
        **{"metric": settings.metric if is_tsne else None, "seed": settings.seed},
    }
    if as_json:
        where: dict[str, Any] = {settings.of: [point.row for point in points]} if out is None else {"file": str(out)}
        answer_json({**values, **where, f"num_{settings.of}": len(points)})
    elif out is None:
        answer_lines(_csv(points).splitlines())
    else:
        answer_lines([str(out)])


def _layout(bundle: Bundle, settings: LayoutSettings) -> NDArray[np.float32]:
    """Return (N, dims): what is there already, or a new one, which is then kept."""
    layout = layout_store.kept(bundle, settings)
    if layout is None:
        say("computing t-SNE")
        layout = compute(layout_store.features_of(bundle, settings.of), settings)
        layout_store.keep(bundle, settings, layout)
    return layout


def _points(dataset: Dataset, of: str, layout: NDArray[np.float32]) -> list[Point]:
    told = _movies(dataset) if of == "movies" else _users(dataset)
    return [Point(*each, tuple(place)) for each, place in zip(told, layout.tolist(), strict=True)]


def _movies(dataset: Dataset) -> list[tuple[dict[str, Any], str, str]]:
    movies = [dataset.movie(movie_id) for movie_id in dataset.movies["movie_id"].tolist()]
    return [
        (
            {"movie_id": movie.movie_id, "title": movie.title, "year": movie.year, "genre": movie.genres[0]},
            movie.title if movie.year is None else f"{movie.title} ({movie.year})",
            movie.genres[0],
        )
        for movie in movies
    ]


def _users(dataset: Dataset) -> list[tuple[dict[str, Any], str, str]]:
    people = [dataset.user(user_id) for user_id in dataset.users["user_id"].tolist()]
    return [
        (
            {
                "user_id": person.user_id,
                "gender": person.gender,
                "age_group": AGE_GROUPS[person.age_group],
                "occupation": person.occupation,
            },
            f"{person.user_id}: {person.gender}, {AGE_GROUPS[person.age_group]}, {person.occupation}",
            AGE_GROUPS[person.age_group],
        )
        for person in people
    ]


def _write(out: Path, points: Sequence[Point], *, title: str) -> None:
    content = {".html": lambda: _html(points, title).encode(), ".csv": lambda: _csv(points).encode()}
    try:
        out.write_bytes(content.get(out.suffix.lower(), lambda: _png(points))())
    except OSError as error:
        raise SourceError(str(out), f"cannot be written ({error.strerror or error}).") from error


def _csv(points: Sequence[Point]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(points[0].row), lineterminator="\n")
    writer.writeheader()
    writer.writerows(point.row for point in points)
    return text.getvalue()


def _pixels(points: Sequence[Point]) -> NDArray[np.float64]:
    """(N, 2) positions in a square of `_SIZE` pixels, one scale for both axes."""
    places = np.array([point.place for point in points]) * [1, -1]
    low, high = places.min(axis=0), places.max(axis=0)
    scale = (_SIZE - 2 * _MARGIN) / max(float((high - low).max()), 1e-12)
    pixels: NDArray[np.float64] = (places - (low + high) / 2) * scale + _SIZE / 2
    return pixels


def _colors(points: Sequence[Point]) -> dict[str, str]:
    """One colour a group, evenly around the circle of hues."""
    groups = sorted({point.group for point in points})
    return {group: f"hsl({360 * place // len(groups)}, 65%, 48%)" for place, group in enumerate(groups)}


def _html(points: Sequence[Point], title: str) -> str:
    """A page on its own, that needs nothing from anywhere: a dot each, its label under the mouse."""
    colors = _colors(points)
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" fill="{colors[point.group]}">'
        f"<title>{html.escape(point.label)}</title></circle>"
        for point, (x, y) in zip(points, _pixels(points), strict=True)
    ]
    legend = [f'<span style="color:{color}">&#9679;</span> {html.escape(group)}' for group, color in colors.items()]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<h1>{html.escape(title)}</h1><p>{' '.join(legend)}</p>"
        f'<svg viewBox="0 0 {_SIZE} {_SIZE}" style="max-width:{_SIZE}px">{"".join(dots)}</svg></html>\n'
    )


def _png(points: Sequence[Point]) -> bytes:
    from PIL import Image, ImageColor, ImageDraw

    picture = Image.new("RGB", (_SIZE, _SIZE), "white")
    drawing = ImageDraw.Draw(picture)
    colors: dict[str, Any] = {group: ImageColor.getrgb(color) for group, color in _colors(points).items()}
    for point, (x, y) in zip(points, _pixels(points), strict=True):
        drawing.ellipse((x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS), fill=colors[point.group])
    stream = io.BytesIO()
    picture.save(stream, format="PNG")
    return stream.getvalue()
