"""Title scene: what the component in the browser needs to draw a title's way through the network.

Numbers travel as float32, unrounded, so that what is multiplied and added in the browser is what the network multiplied
and added. What belongs to the model and not to the title (weights, the catalogue's n-grams) is published once.
"""

import base64
import gzip
import json
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.kit import published, resources
from recsys.data.dataset import Dataset
from recsys.insight.titles import catalogue as title_catalogue
from recsys.insight.titles import probe as title_probe
from recsys.insight.titles.catalogue import Gallery
from recsys.insight.titles.probe import FilmTrace, TitleProbe, TitleTrace
from recsys.recommend import Recommender

NUM_PEAKS = 12
NUM_WON = 8
NUM_FILMS = 3
NUM_STEPS = 96
KNOWN, LEAST_SHARE = 100, 0.1
"""Ratings from which on people know a film, where at least this share of the films has as many."""


def probe_of(model: Recommender) -> TitleProbe:
    """Return the probe of a model, made once for all sessions."""
    return resources.of_model(title_probe.probe_of, model)


def packed(values: NDArray[Any]) -> str:
    """Return numbers as base64 of little-endian float32, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def of_title(trace: TitleTrace, word_size: int) -> dict[str, Any]:
    """Return a title's words, embeddings and every filter's sum at every place."""
    return {
        "text": trace.text,
        "words": [{"text": word.text, "known": word.is_known} for word in trace.words],
        "cut": list(trace.cut_words),
        "size": word_size,
        "filters": len(trace.windows[0].before),
        "embeddings": packed(trace.embeddings),
        "windows": [
            {
                "width": window.width,
                "positions": window.before.shape[1],
                "padded": window.num_padded,
                "before": packed(window.before),
                "winner": window.winner.tolist(),
            }
            for window in trace.windows
        ],
    }


def of_film(film: FilmTrace, stars: float | None) -> dict[str, Any]:
    """Return how a title's numbers are joined by the rest of the film."""
    return {
        "parts": [
            {"name": part.name, "values": packed(part.values), "added": packed(part.added)} for part in film.parts
        ],
        "mix_bias": packed(film.mix_bias),
        "before": packed(film.before),
        "vector": packed(film.vector),
        "stars": stars,
        "unrated": _is_unrated(film),
    }


def _is_unrated(film: FilmTrace) -> bool:
    """Did nobody rate it? A network that reads ratings says so itself: it leaves out the id of such a film."""
    values = {part.name: part.values for part in film.parts}
    return "history" in values and not values["movie"].any()


def net_address(model: Recommender) -> str:
    """Publish the weights of all filters, and return their address."""
    return published.publish(
        ("title net", resources.made(model)),
        lambda: _zipped(_net(probe_of(model))),
        "application/json",
        owner=model,
    )


def gallery_address(model: Recommender) -> str:
    """Return the address that answers with what excites each filter in the whole catalogue, once it is asked for."""
    still = weakref.ref(model)  # an address must not keep a model that nobody uses any more

    def answer(number: int) -> bytes:
        known = still()
        if number or known is None:
            raise LookupError(number)
        return resources.of_model(_gallery_bytes, known)

    return published.publish_live(("title gallery", resources.made(model)), answer, owner=model)


def gallery_of(model: Recommender) -> Gallery:
    """Return the catalogue's n-grams, found once for all sessions."""
    return resources.of_model(_gallery, model)


def _gallery(model: Recommender) -> Gallery:
    return title_catalogue.gallery(probe_of(model))


def _net(probe: TitleProbe) -> dict[str, Any]:
    config = probe.bundle.info.model
    filters = [probe.weights(width, number) for width in config.windows for number in range(config.num_filters)]
    return {
        "weights": [packed(weights) for weights, _ in filters],
        "bias": [float(bias) for _, bias in filters],
        "scale": max(float(np.abs(weights).max()) for weights, _ in filters),
    }


def _gallery_bytes(model: Recommender) -> bytes:
    data, found = model.dataset, gallery_of(model)
    least = known_from(data)
    filters = [_filter(data, found, number, least) for number in range(len(found.mean))]
    return _zipped({"filters": filters, "films": data.num_movies, "least": least})


def known_from(data: Dataset) -> int:
    """Return from how many ratings on a film counts as known: 100, or the median where hardly any film has as many."""
    counts = data.num_ratings_by_movie
    return KNOWN if (counts >= KNOWN).mean() >= LEAST_SHARE else max(1, int(np.median(counts)))


def _filter(data: Dataset, found: Gallery, number: int, least: int) -> dict[str, Any]:
    """One filter: its strongest n-grams, the films in which it stands out, and how its responses are spread."""
    highest = max((peak.response for peak in found.peaks(number, 1)), default=0.0)
    steps = np.linspace(0.0, max(highest, 1e-9), NUM_STEPS)
    below = [round(float(found.rank_of(number, float(step))), 4) for step in steps]
    below[0] = round(float(found.share_silent[number]), 4)  # just above 0, where the browser's line begins
    return {
        "mean": float(found.mean[number]),
        "deviation": float(found.deviation[number]),
        "silent": float(found.share_silent[number]),
        "highest": highest,
        "below": below,
        "known": _strongest(data, found, number, least),
        "all": _strongest(data, found, number, 0),
    }


def _strongest(data: Dataset, found: Gallery, number: int, least: int) -> dict[str, Any]:
    """The n-grams that excite a filter most and the films won by it, among films with so many ratings."""
    return {
        "peaks": [
            {
                "words": list(peak.words),
                "response": float(peak.response),
                "films": [_film(data, int(index)) for index in peak.movie_indices[:NUM_FILMS]],
                "more": max(0, len(peak.movie_indices) - NUM_FILMS),
            }
            for peak in found.peaks(number, NUM_PEAKS, least_ratings=least)
        ],
        "won": [
            {**_film(data, int(index)), "response": float(response), "start": int(start)}
            for index, response, start in found.won(number, NUM_WON, least_ratings=least)
        ],
    }


def _film(data: Dataset, index: int) -> dict[str, Any]:
    row = data.movies.iloc[index]
    return {"id": int(row["movie_id"]), "title": str(row["title"])}


def _zipped(value: object) -> bytes:
    return gzip.compress(json.dumps(value, ensure_ascii=False).encode(), mtime=0)
