"""Network plan: the loaded model as boxes with shapes and parameters, and what flows into what.

Drawn from the model's own config and `state_dict()`, so that every network has its own plan: any windows, with or
without histories, any head. Axes are lettered as everywhere: B batch, L words of a title, W window, K filters of a
width, F all filters, G genres, H history, D feature vector.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from torch import Tensor

from recsys.bundle import Bundle
from recsys.config import ModelConfig
from recsys.model.history import num_history_features

Side = Literal["user", "movie", "head"]
Axis = str | int
FIELDS = ("user", "gender", "age", "occupation")


@dataclass(frozen=True)
class Box:
    """One step of the network.

    Attributes:
        key: tells it from all others, such as "movie.words".
        side: "user", "movie" or "head".
        kind: what it does: "embedding", "dense", "convolution", "max", "history", "join", "mix", "bias" or "answer".
        shape: of what comes out of it; letters are axes, numbers sizes.
        num_parameters: numbers that training finds.
        weights: name in `state_dict()` and shape of each.
        column: its place in the flow, counted from 0.
    """

    key: str
    side: Side
    kind: str
    shape: tuple[Axis, ...]
    num_parameters: int = 0
    weights: tuple[tuple[str, tuple[int, ...]], ...] = ()
    column: int = 0


@dataclass(frozen=True)
class NetworkPlan:
    """The whole network.

    Attributes:
        boxes: in the order of the flow.
        edges: (from, to) keys.
        num_parameters: of all boxes together.
    """

    boxes: tuple[Box, ...]
    edges: tuple[tuple[str, str], ...]
    num_parameters: int


def plan(bundle: Bundle) -> NetworkPlan:
    """Return the plan of a loaded model; its parameters are all that the model has."""
    config = bundle.info.model
    boxes, edges = [*_user(config), *_movie(config), *_head(config)], [*_edges(config)]
    owned = [
        _owned(box, bundle.model.state_dict(), {name for name, _ in bundle.model.named_buffers()}) for box in boxes
    ]
    return NetworkPlan(tuple(owned), tuple(edges), sum(box.num_parameters for box in owned))


_OWNS: dict[str, tuple[str, ...]] = {
    **{f"user.{field}": (f"user_tower.embeddings.{field}.",) for field in FIELDS},
    **{f"user.{field}_layer": (f"user_tower.layers.{field}.",) for field in FIELDS},
    "user.history": ("user_tower.history.",),
    "user.mix": ("user_tower.mix.",),
    "movie.id": ("movie_tower.movie.",),
    "movie.id_layer": ("movie_tower.movie_layer.",),
    "movie.genres": ("movie_tower.genres.",),
    "movie.genres_layer": ("movie_tower.genres_layer.",),
    "movie.words": ("movie_tower.title.words.",),
    "movie.history": ("movie_tower.history.",),
    "movie.mix": ("movie_tower.mix.",),
    "head.user_stars": ("head.user_stars.",),
    "head.movie_stars": ("head.movie_stars.",),
    "head.user_watch": ("head.user_watch.",),
    "head.movie_watch": ("head.movie_watch.",),
    "head.user_noise": ("head.user_noise.",),
    "head.movie_noise": ("head.movie_noise.",),
    "head.first": ("head.first.",),
    "head.last": ("head.last.",),
}
"""Beginnings of the names of each box's weights; those of the windows follow from the config."""


def _owned(box: Box, state: Mapping[str, Tensor], buffers: set[str]) -> Box:
    """A box with its weights."""
    prefixes = _OWNS.get(box.key, ())
    if box.kind == "convolution":
        prefixes = (f"movie_tower.title.convolutions.{box.key.rpartition('_')[2]}.",)
    weights = tuple(
        (name, tuple(value.shape)) for name, value in state.items() if name.startswith(prefixes) and name not in buffers
    )
    return replace(box, weights=weights, num_parameters=sum(math.prod(shape) for _, shape in weights))


def _user(config: ModelConfig) -> Iterable[Box]:
    """The person's tower."""
    for field in FIELDS:
        size = config.id_size if field == "user" else config.attribute_size
        yield Box(f"user.{field}", "user", "embedding", ("B", size), column=0)
        yield Box(f"user.{field}_layer", "user", "dense", ("B", config.id_size), column=1)
    if config.history_size:
        yield Box("user.history", "user", "history", ("B", num_history_features(config)), column=1)
    total = len(FIELDS) * config.id_size + num_history_features(config)
    yield Box("user.join", "user", "join", ("B", total), column=3)
    yield Box("user.mix", "user", "mix", ("B", config.feature_size), column=4)


def _movie(config: ModelConfig) -> Iterable[Box]:
    """The film's tower."""
    size, features = config.id_size, config.num_filters * len(config.windows)
    yield Box("movie.id", "movie", "embedding", ("B", size), column=0)
    yield Box("movie.id_layer", "movie", "dense", ("B", size), column=1)
    yield Box("movie.genres", "movie", "embedding", ("B", "G", size), column=0)
    yield Box("movie.genres_layer", "movie", "dense", ("B", size), column=1)
    yield Box("movie.words", "movie", "embedding", ("B", config.title_length, size), column=0)
    for number, width in enumerate(config.windows):
        places = config.title_length - width + 1
        yield Box(f"movie.window_{number}", "movie", "convolution", ("B", config.num_filters, places), column=1)
    yield Box("movie.max", "movie", "max", ("B", features), column=2)
    if config.history_size:
        yield Box("movie.history", "movie", "history", ("B", num_history_features(config)), column=1)
    yield Box("movie.join", "movie", "join", ("B", 2 * size + features + num_history_features(config)), column=3)
    yield Box("movie.mix", "movie", "mix", ("B", config.feature_size), column=4)


def _head(config: ModelConfig) -> Iterable[Box]:
    """What the two vectors meet in."""
    size = config.feature_size
    if config.head == "dual":
        for side in ("user", "movie"):
            for question in ("stars", "watch", "noise"):
                width = 1 if question == "noise" else size
                yield Box(f"head.{side}_{question}", "head", "dense", ("B", width), column=5)
        yield Box("head.stars", "head", "answer", ("B",), column=6)
        yield Box("head.watch", "head", "answer", ("B",), column=6)
        yield Box("head.noise", "head", "answer", ("B",), column=6)
        return
    if config.head == "mlp":
        yield Box("head.first", "head", "dense", ("B", config.mlp_hidden or 1), column=5)
        if config.mlp_hidden:
            yield Box("head.last", "head", "dense", ("B", 1), column=6)
    yield Box("head.stars", "head", "answer", ("B",), column=7 if config.mlp_hidden else 6)


def _edges(config: ModelConfig) -> Iterable[tuple[str, str]]:
    """What flows into what."""
    for field in FIELDS:
        yield f"user.{field}", f"user.{field}_layer"
        yield f"user.{field}_layer", "user.join"
    for field in ("id", "genres"):
        yield f"movie.{field}", f"movie.{field}_layer"
        yield f"movie.{field}_layer", "movie.join"
    for number in range(len(config.windows)):
        yield "movie.words", f"movie.window_{number}"
        yield f"movie.window_{number}", "movie.max"
    yield "movie.max", "movie.join"
    for side in ("user", "movie"):
        if config.history_size:
            yield f"{side}.history", f"{side}.join"
        yield f"{side}.join", f"{side}.mix"
    yield from _head_edges(config)


def _head_edges(config: ModelConfig) -> Iterable[tuple[str, str]]:
    for side in ("user", "movie"):
        if config.head == "dot":
            yield f"{side}.mix", "head.stars"
        elif config.head == "mlp":
            yield f"{side}.mix", "head.first"
        else:
            for question in ("stars", "watch", "noise"):
                yield f"{side}.mix", f"head.{side}_{question}"
                yield f"head.{side}_{question}", f"head.{question}"
    if config.head == "dual":  # a history's level is the bias of a person or film
        yield "user.history", "head.stars"
        yield "movie.history", "head.stars"
    if config.head == "mlp":
        if config.mlp_hidden:
            yield "head.first", "head.last"
        yield "head.last" if config.mlp_hidden else "head.first", "head.stars"
