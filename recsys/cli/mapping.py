"""The verb map: every film as a point, to standard output or into a file."""

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.cli.console import answer_json, answer_lines, say
from recsys.cli.loading import load_model, model_values
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError, SourceError
from recsys.insight import layout_store
from recsys.insight.layouts import LayoutSettings, Method, compute

_SIZE, _MARGIN, _RADIUS = 1200, 40, 3
_SUFFIXES = (".html", ".csv", ".png")


class Point(NamedTuple):
    """A film and where it lies."""

    movie_id: int
    title: str
    year: int | None
    genre: str
    x: float
    y: float


def draw_map(
    method: Method,
    *,
    perplexity: float | None,
    seed: int,
    out: Path | None,
    bundle: Path | None,
    dataset: str | None,
    as_json: bool,
) -> None:
    """Answer with the position of every film.

    Raises:
        ConfigError: if the file's ending is none of those that can be written.
        SourceError: if the file cannot be written.
    """
    if out is not None and out.suffix.lower() not in _SUFFIXES:
        raise ConfigError("--out", str(out), f"a file that ends in {', '.join(_SUFFIXES)}")
    settings = LayoutSettings(method=method, perplexity=perplexity or LayoutSettings.perplexity, seed=seed)
    model = load_model(bundle, dataset)
    points = _points(model.dataset, _layout(model.bundle, settings))
    if out is not None:
        _write(out, points, title=f"{model.dataset.name}: {model.bundle.info.name} ({method})")
    values = {
        **{"dataset": model.dataset.name, "model": model_values(model.bundle), "method": method},
        **{"perplexity": settings.perplexity if method == "tsne" else None, "seed": seed},
    }
    if as_json:
        where = {"movies": [point._asdict() for point in points]} if out is None else {"file": str(out)}
        answer_json({**values, **where, "num_movies": len(points)})
    elif out is None:
        answer_lines(_csv(points).splitlines())
    else:
        answer_lines([str(out)])


def _layout(bundle: Bundle, settings: LayoutSettings) -> NDArray[np.float32]:
    """Return (M, 2): what is there already, or a new one, which is then kept."""
    layout = layout_store.kept(bundle, settings)
    if layout is None:
        say("computing t-SNE")
        layout = compute(bundle.movie_features, settings)
        layout_store.keep(bundle, settings, layout)
    return layout


def _points(dataset: Dataset, layout: NDArray[np.float32]) -> list[Point]:
    movies = [dataset.movie(movie_id) for movie_id in dataset.movies["movie_id"].tolist()]
    return [
        Point(movie.movie_id, movie.title, movie.year, movie.genres[0], float(x), float(y))
        for movie, (x, y) in zip(movies, layout, strict=True)
    ]


def _write(out: Path, points: Sequence[Point], *, title: str) -> None:
    content = {".html": lambda: _html(points, title).encode(), ".csv": lambda: _csv(points).encode()}
    try:
        out.write_bytes(content.get(out.suffix.lower(), lambda: _png(points))())
    except OSError as error:
        raise SourceError(str(out), f"cannot be written ({error.strerror or error}).") from error


def _csv(points: Sequence[Point]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Point._fields)
    writer.writerows(points)
    return text.getvalue()


def _pixels(points: Sequence[Point]) -> NDArray[np.float64]:
    """(M, 2) positions in a square of `_SIZE` pixels, one scale for both axes."""
    places = np.array([(point.x, -point.y) for point in points])
    low, high = places.min(axis=0), places.max(axis=0)
    scale = (_SIZE - 2 * _MARGIN) / max(float((high - low).max()), 1e-12)
    pixels: NDArray[np.float64] = (places - (low + high) / 2) * scale + _SIZE / 2
    return pixels


def _colors(points: Sequence[Point]) -> dict[str, str]:
    """One colour a genre, evenly around the circle of hues."""
    genres = sorted({point.genre for point in points})
    return {genre: f"hsl({360 * place // len(genres)}, 65%, 48%)" for place, genre in enumerate(genres)}


def _html(points: Sequence[Point], title: str) -> str:
    """A page on its own, that needs nothing from anywhere: one dot a film, its title under the mouse."""
    colors = _colors(points)
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" fill="{colors[point.genre]}">'
        f"<title>{html.escape(_label(point))}</title></circle>"
        for point, (x, y) in zip(points, _pixels(points), strict=True)
    ]
    legend = [f'<span style="color:{color}">&#9679;</span> {html.escape(genre)}' for genre, color in colors.items()]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<h1>{html.escape(title)}</h1><p>{' '.join(legend)}</p>"
        f'<svg viewBox="0 0 {_SIZE} {_SIZE}" style="max-width:{_SIZE}px">{"".join(dots)}</svg></html>\n'
    )


def _label(point: Point) -> str:
    return point.title if point.year is None else f"{point.title} ({point.year})"


def _png(points: Sequence[Point]) -> bytes:
    from PIL import Image, ImageColor, ImageDraw

    picture = Image.new("RGB", (_SIZE, _SIZE), "white")
    drawing = ImageDraw.Draw(picture)
    colors: dict[str, Any] = {genre: ImageColor.getrgb(color) for genre, color in _colors(points).items()}
    for point, (x, y) in zip(points, _pixels(points), strict=True):
        drawing.ellipse((x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS), fill=colors[point.genre])
    stream = io.BytesIO()
    picture.save(stream, format="PNG")
    return stream.getvalue()
