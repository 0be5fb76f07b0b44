"""Map view: what the URL says about the film map, so that a link opens the same map again.

What is looked at (films or people), how it is laid out, by what it is coloured and what it is compared with. The
chosen film or person is `?movie=` or `?user=`, as on every page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pages.kit import state
from recsys.errors import ConfigError
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.neighbors import METRICS, Metric
from recsys.recommend import Recommender

Of = Literal["movies", "users"]
Choice = TypeVar("Choice", bound=str)
OF: tuple[Of, ...] = ("movies", "users")
METHODS: tuple[Literal["tsne", "pca"], ...] = ("tsne", "pca")
DIMS: tuple[Literal[2, 3], ...] = (2, 3)
LAYOUT_METRICS: tuple[Literal["cosine", "euclidean"], ...] = ("cosine", "euclidean")
COLORS: dict[Of, tuple[str, ...]] = {
    "movies": ("genre", "decade", "mean", "count", "cluster", "person", "trust"),
    "users": ("gender", "age", "occupation", "mean", "count", "cluster", "trust"),
}
KINDS: dict[Of, state.Kind] = {"movies": "movie", "users": "user"}
NUM_NEIGHBORS = 10
PERPLEXITIES = (2, 200)
MAX_LABEL = 60


@dataclass(frozen=True)
class Second:
    """The map beside the first.

    Attributes:
        settings: its layout; of the same things as the first map.
        model: folder name of another bundle; "" for the same model.
    """

    settings: LayoutSettings
    model: str = ""


@dataclass(frozen=True)
class View:
    """What is to be seen.

    Attributes:
        settings: the layout of the first map.
        color: name of the column that colours the dots, one of `COLORS`.
        near: what makes a neighbour: "cosine", "dot" or "euclidean".
        is_judged: are true and false neighbours drawn apart?
        second: the map beside it, or None.
    """

    settings: LayoutSettings
    color: str
    near: Metric
    is_judged: bool
    second: Second | None

    @property
    def of(self) -> Of:
        """What the dots are."""
        return self.settings.of

    @property
    def kind(self) -> state.Kind:
        """What one dot is."""
        return KINDS[self.of]


@dataclass(frozen=True)
class Controls:
    """The choices that make a view, each tied to the URL."""

    of: state.Control[Of]
    method: state.Control[Literal["tsne", "pca"]]
    dims: state.Control[Literal[2, 3]]
    perplexity: state.Control[int]
    metric: state.Control[Literal["cosine", "euclidean"]]
    seed: state.Control[int]
    color: state.Control[str]
    near: state.Control[Metric]
    is_judged: state.Control[bool]
    second: state.Control[LayoutSettings | None]
    model: state.Control[str]

    @property
    def view(self) -> View:
        """What they say together."""
        tsne = {"perplexity": float(self.perplexity.value), "metric": self.metric.value, "seed": self.seed.value}
        more = tsne if self.method.value == "tsne" else {}
        settings = LayoutSettings(of=self.of.value, method=self.method.value, dims=self.dims.value, **more)  # type: ignore[arg-type]
        second = self.second.value
        # In 3-D there is one map, and a second one shows the same things as the first.
        is_beside = second is not None and second.of == settings.of and settings.dims == 2
        beside = Second(second, self.model.value) if is_beside and second is not None else None
        return View(settings, self.color.value, self.near.value, self.is_judged.value, beside)


def read() -> Controls:
    """Read the view from the URL."""
    of = _one_of("of", OF, "movies")
    colors = COLORS[of.value]
    return Controls(
        of=of,
        method=_one_of("method", METHODS, "tsne"),
        dims=state.control("dims", DIMS[0], parse={"2": DIMS[0], "3": DIMS[1]}.get),
        perplexity=state.whole("perplexity", 30, lowest=PERPLEXITIES[0], highest=PERPLEXITIES[1]),
        metric=_one_of("metric", LAYOUT_METRICS, "cosine"),
        seed=state.seed("seed"),
        color=_one_of("color", colors, colors[0]),
        near=_one_of("near", METRICS, METRICS[0]),
        is_judged=state.switch("judged", default=False),
        second=state.control(
            "with", None, parse=_second, show=lambda settings: "" if settings is None else settings.key
        ),
        model=state.control("with_model", "", parse=lambda text: text[:100]),
    )


def ids_of(model: Recommender, of: Of) -> NDArray[np.int64]:
    """Return (N,) ids of all films or people, in the order of their feature vectors."""
    table, column = (model.dataset.movies, "movie_id") if of == "movies" else (model.dataset.users, "user_id")
    ids: NDArray[np.int64] = table[column].to_numpy(dtype=np.int64)
    return ids


def index_of(model: Recommender, of: Of) -> Callable[[int], int]:
    """Return the function that finds the row of a film or person by id."""
    return model.dataset.movie_index if of == "movies" else model.dataset.user_index


def features_of(model: Recommender, of: Of) -> NDArray[np.float32]:
    """Return (N, D) feature vectors of all films or people."""
    return model.bundle.movie_features if of == "movies" else model.bundle.user_features


def counts_of(model: Recommender, of: Of) -> NDArray[np.int64]:
    """Return (N,) how many ratings each film or person has."""
    return model.dataset.num_ratings_by_movie if of == "movies" else model.dataset.num_ratings_by_user


def _one_of(parameter: str, options: Sequence[Choice], default: Choice) -> state.Control[Choice]:
    known = {str(option): option for option in options}
    return state.control(parameter, default, parse=known.get)


def _second(text: str) -> LayoutSettings | None:
    try:
        settings = LayoutSettings.parse(text[:MAX_LABEL])
    except ConfigError:
        return None
    return settings if settings.dims == DIMS[0] else None
