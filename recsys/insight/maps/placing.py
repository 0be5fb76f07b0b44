"""Placing: vectors of what is on no map, and where they lie on a map that is finished; the map itself does not move.

A film that does not exist goes through the movie tower. New points find their place by openTSNE's transform (Policar
et al. 2024, section 2.4): each is drawn to its nearest neighbours in D dimensions, and none to another new one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, MovieTensors, title_words
from recsys.data.histories import History, Sparse
from recsys.data.profiles import HIGH_STARS
from recsys.data.vocabulary import NUM_RESERVED, UNK_INDEX, padded
from recsys.errors import ConfigError, UnknownIdError
from recsys.insight.maps.exact_gradient import objective
from recsys.insight.maps.layouts import SMALL, Array, LayoutSettings, distances, principal_axes
from recsys.insight.maps.neighbors import nearest_to
from recsys.recommend.known import is_known

PERPLEXITY = 5.0
"""Of a new point: few neighbours, so that it lies among them and not between regions; openTSNE's default."""
_GRID = 2.0**-20  # places are multiples of this, so that moving all of them to the centre and back loses nothing


@dataclass(frozen=True)
class Invented:
    """What the network makes of a film that does not exist.

    Attributes:
        vector: (D,) feature vector.
        unknown_words: words of the title that no film of the data set has; the network reads them all as the same.
        cut_words: words beyond the length that the network reads.
    """

    vector: Array
    unknown_words: tuple[str, ...]
    cut_words: tuple[str, ...]


def invented_movie(bundle: Bundle, dataset: Dataset, title: str, genres: Sequence[str]) -> Invented:
    """Return the feature vector of a film of which only title and genres are known.

    It has no id and nobody has rated it. A network with histories leaves out the id of a film without ratings. One
    without cannot: its vector is the mean over what the film would be with the id of each film there is.

    Args:
        bundle: the trained network.
        dataset: what it was trained on.
        title: as people say it, without year.
        genres: names that the data set has; at least one.

    Raises:
        ConfigError: if the title has no word, or a genre is unknown or none is given.
    """
    words = title_words(title)
    unknown = [genre for genre in genres if genre not in dataset.genres]
    if not words:
        raise ConfigError("title", title, "at least one word")
    if unknown or not genres:
        raise ConfigError("genres", list(genres), f"at least one of {', '.join(dataset.genres)}")
    config = bundle.info.model
    encoder = FeatureEncoder(dataset, config.title_length)
    own = padded([encoder.genres.indices(dict.fromkeys(genres)).tolist()], max(len(genres), 1))
    ids = [UNK_INDEX] if config.history_size else list(range(NUM_RESERVED, bundle.model.sizes.movies))
    tensors = MovieTensors(
        torch.tensor(ids),
        torch.from_numpy(own).expand(len(ids), -1),
        encoder.encode_title(title).expand(len(ids), -1),
    )
    nobody = unrated(dataset.num_users) if config.history_size else None
    with torch.inference_mode():
        vectors = bundle.model.movie_tower(tensors, nobody).features
    read = words[: config.title_length]
    return Invented(
        vectors.mean(dim=0).numpy(),
        tuple(word for word in dict.fromkeys(read) if word not in encoder.words),
        tuple(words[config.title_length :]),
    )


def mean_of(bundle: Bundle, movie_indices: Sequence[int] | NDArray[np.integer[Any]]) -> Array:
    """Return (D,): the mean of the feature vectors of some films.

    Raises:
        ConfigError: if there are none, or one is out of range.
    """
    rows = np.asarray(movie_indices, dtype=np.int64)
    number = len(bundle.movie_features)
    if not len(rows) or rows.min() < 0 or rows.max() >= number:
        raise ConfigError("movie_indices", rows.tolist()[:5], f"at least one row from 0 to {number - 1}")
    mean: Array = bundle.movie_features[rows].mean(axis=0)
    return mean


def taste_of(bundle: Bundle, dataset: Dataset, user_index: int) -> Array:
    """Return (D,): where a person's taste lies among the films.

    People and films have feature vectors in spaces of their own, so the person's vector has no place among films. This
    is the mean of the vectors of the films that the person loves: those rated 4 stars and more, among the ratings that
    the vectors were made of (none of the test part); where there are none, those that the person rated best.

    Raises:
        UnknownIdError: if there is no such row.
        ConfigError: if the person rated nothing that the network knows.
    """
    if not 0 <= user_index < dataset.num_users:
        raise UnknownIdError("user", f"at row {user_index}", dataset.name)
    rows = np.flatnonzero(is_known(dataset, bundle.info) & (dataset.user_indices == user_index))
    if not len(rows):
        raise ConfigError("user_index", user_index, "somebody with ratings that the network knows")
    stars = dataset.ratings["rating"].to_numpy()[rows]
    return mean_of(bundle, dataset.movie_indices[rows[stars >= min(HIGH_STARS, stars.max())]])


class Placer:
    """Finds places on a finished map. Made once for a map; safe to use from any thread.

    Args:
        features: (N, D) vectors of what is on the map.
        positions: (N, dims) their places.
        settings: how the map was made.

    Raises:
        ConfigError: if the sizes do not fit.
    """

    def __init__(self, features: NDArray[Any], positions: NDArray[Any], settings: LayoutSettings) -> None:
        if positions.shape != (len(features), settings.dims):
            raise ConfigError("positions", positions.shape, f"of shape {(len(features), settings.dims)}")
        self._features, self._settings = features, settings
        self._lock = threading.Lock()
        if settings.method == "pca":
            mean = features.mean(axis=0, dtype=np.float64)
            self._mean, self._axes = mean, principal_axes(features.astype(np.float64) - mean, settings.dims)
            return
        snapped = np.round(positions.astype(np.float64) / _GRID) * _GRID
        self._centre = (snapped.max(axis=0) + snapped.min(axis=0)) / 2
        self._map = _map_of(features, snapped - self._centre, settings)

    def place(self, vectors: NDArray[Any]) -> Array:
        """Return (n, dims): places of (n, D) vectors; each is placed as if it were alone, the same one always alike.

        Raises:
            ConfigError: if the vectors have another size.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self._features.shape[1]:
            raise ConfigError("vectors", vectors.shape, f"rows of {self._features.shape[1]} numbers")
        places = np.zeros((len(vectors), self._settings.dims), dtype=np.float32)
        if self._settings.method == "pca":
            places[:, : self._axes.shape[1]] = (vectors.astype(np.float64) - self._mean) @ self._axes
        elif len(vectors):
            with self._lock:  # openTSNE moves the map to its centre, where it already is
                places[:] = self._map.transform(vectors, perplexity=_perplexity(len(self._features))) + self._centre
        return places


def _perplexity(num_points: int) -> float:
    return min(PERPLEXITY, num_points / 3)


def _map_of(features: NDArray[Any], positions: NDArray[np.float64], settings: LayoutSettings) -> Any:  # noqa: ANN401
    """The map as openTSNE has it: places, and how new points find their neighbours."""
    from openTSNE import TSNEEmbedding  # noqa: PLC0415  (takes a second to import)
    from openTSNE.affinity import Affinities, joint_probabilities_nn  # noqa: PLC0415

    class Neighborhoods(Affinities):  # type: ignore[misc]  # openTSNE has no types
        """Exact neighbours of new points; the map itself has been laid out and needs no affinities any more."""

        def __init__(self) -> None:
            super().__init__()
            self.P = sparse.csr_matrix((len(features), len(features)))

        def to_new(self, data: NDArray[Any], perplexity: float, *, return_distances: bool) -> Any:  # noqa: ANN401, ARG002
            count = max(1, min(len(features), int(3 * perplexity)))
            found = [nearest_to(features, vector, count, settings.metric) for vector in data]
            indices = np.concatenate([each.indices for each in found]).astype(np.int64)
            values = distances(np.concatenate([each.values for each in found]), settings.metric)
            options = {"symmetrize": False, "normalization": "point-wise", "n_reference_samples": len(features)}
            return joint_probabilities_nn(indices, values, [perplexity], **options), indices, values

    method = objective if len(features) <= SMALL else "bh" if settings.dims == 3 else "fft"
    return TSNEEmbedding(positions, affinities=Neighborhoods(), negative_gradient_method=method, n_jobs=1)


def unrated(num_users: int) -> History:
    """Return the history of one film that none of the people have rated."""
    start, nothing, no_value = torch.zeros(2, dtype=torch.int64), torch.zeros(0, dtype=torch.int64), torch.zeros(0)
    empty = Sparse(start, nothing, no_value, torch.zeros(num_users + 1, dtype=torch.int64), nothing, no_value)
    return History(empty, empty, torch.zeros(1), torch.zeros(1))
