"""A world of any size to try the app on: invented films in the files of ML-1M, and a bundle that nobody trained.

The feature vectors are random numbers in clusters, three to a genre, and the kept layout is the plane that they were
made from: near on the map is near in all numbers, as on a good t-SNE map, without the minutes that one would take.
Stars and lists that such a model predicts mean nothing; what it costs to show them does not depend on that.
"""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from recsys.bundle import Bundle, Features
from recsys.bundle.info import BundleInfo, RunState
from recsys.config import DataConfig, ModelConfig, command_line, preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.movielens import FILES_1M, read_ml_1m
from recsys.data.synthetic import synthetic
from recsys.device import describe
from recsys.insight.maps.layouts import LayoutSettings
from recsys.model import TwoTower

Floats = NDArray[np.float32]

NAME, DATASET = "invented-1", "ml-1m"
_PER_GENRE = 3
_NEAR, _FAR = 0.35, 6.0
"""Spread of a cluster, and of the centres of all clusters, on the plane."""
_NOISE = 0.02


class World(NamedTuple):
    """Folders of a world.

    Attributes:
        data: for MATINEE_DATA.
        home: for MATINEE_HOME; it holds the bundle.
    """

    data: Path
    home: Path

    @property
    def variables(self) -> dict[str, str]:
        """What to put into the environment of a server that shall open this world and no other."""
        return {"MATINEE_DATA": str(self.data), "MATINEE_HOME": str(self.home), "MATINEE_OFFLINE": "1"}


class Clusters(NamedTuple):
    """N points in clusters.

    Attributes:
        features: (N, D).
        places: (N, 2), the plane that the features were made from.
    """

    features: Floats
    places: Floats


def make_world(
    folder: Path,
    num_movies: int = 90_000,
    *,
    num_users: int = 6_040,
    num_ratings: int = 1_000_000,
    model: ModelConfig | None = None,
    seed: int = 0,
) -> World:
    """Write a world into a folder.

    Args:
        folder: it may be there, and holds no world yet.
        num_movies: films, at least 1.
        num_users: people, at least 1.
        num_ratings: at most one in two of all pairs of a person and a film.
        model: what the network is; by default the network of the preset `default`.
        seed: one seed gives one world.

    Raises:
        ConfigError: if a count is out of range.
        BundleError: if the folder cannot be written.
    """
    world = World(folder / "data", folder / "home")
    files = world.data / DATASET
    files.mkdir(parents=True)
    _write(synthetic(num_users, num_movies, num_ratings, seed), files)
    dataset = read_ml_1m(files)
    untrained_bundle(dataset, model or preset("default")[0], seed).save(world.home / "data" / "bundles" / NAME)
    return world


def untrained_bundle(dataset: Dataset, model: ModelConfig, seed: int = 0) -> Bundle:
    """Return a bundle whose network knows nothing and whose features are random numbers in clusters."""
    rng = np.random.default_rng(seed)
    encoder = FeatureEncoder(dataset, model.title_length)
    genre_row = {genre: row for row, genre in enumerate(dataset.genres)}
    genre = np.array([genre_row[genres[0]] for genres in dataset.movies["genres"]])
    age = dataset.users["age_group"].to_numpy()
    movies, users = (clustered(kind, model.feature_size, rng) for kind in (genre, age))
    features = Features(
        movies.features,
        users.features,
        rng.normal(0.0, 0.3, dataset.num_movies).astype(np.float32),
        rng.normal(0.0, 0.3, dataset.num_users).astype(np.float32),
    )
    network = TwoTower(model, encoder.sizes, seed=seed)
    return Bundle(_info(dataset, encoder, model), network.eval(), features, _maps(movies, users), reports=())


def clustered(kind: NDArray[np.int64], size: int, rng: Generator) -> Clusters:
    """Return points in clusters, a few to a kind.

    Args:
        kind: (N,) what each point is, numbers from 0.
        size: D.
        rng: decides everything.
    """
    num_clusters = _PER_GENRE * (int(kind.max()) + 1)
    cluster = _PER_GENRE * kind + rng.integers(0, _PER_GENRE, len(kind))
    middles = rng.normal(0.0, _FAR / 2, (num_clusters, 2))
    places = middles[cluster] + rng.normal(0.0, _NEAR, (len(kind), 2))
    centres = rng.normal(0.0, 0.2, (num_clusters, size))
    axes = rng.normal(0.0, 0.3, (2, size))
    features = centres[cluster] + (places - middles[cluster]) @ axes + rng.normal(0.0, _NOISE, (len(kind), size))
    return Clusters(np.tanh(features).astype(np.float32), places.astype(np.float32))


def _maps(movies: Clusters, users: Clusters) -> dict[str, Floats]:
    return {LayoutSettings().key: movies.places, LayoutSettings(of="users").key: users.places}


def _write(dataset: Dataset, folder: Path) -> None:
    """Write the tables as ML-1M has them; the lines of people and films are there already."""
    ratings = dataset.ratings[["user_id", "movie_id", "rating", "timestamp"]]
    lines = "::".join(["%d"] * ratings.shape[1])
    of_file = {
        "users.dat": dataset.users["raw"].tolist(),
        "movies.dat": dataset.movies["raw"].tolist(),
        "ratings.dat": [lines % row for row in ratings.itertuples(index=False)],
    }
    for name in FILES_1M:
        (folder / name).write_text("\n".join(of_file[name]) + "\n", encoding="latin-1")


def _info(dataset: Dataset, encoder: FeatureEncoder, model: ModelConfig) -> BundleInfo:
    data, train = DataConfig.from_dict({"dataset": dataset.name}), preset("default")[1]
    return BundleInfo(
        folder=Path(),
        name="invented, not trained",
        preset="default",
        data=data,
        model=model,
        train=train,
        fingerprint=dataset.fingerprint,
        vocabulary=encoder.fingerprint,
        metrics={},
        baselines={},
        run=RunState(is_finished=True),
        seconds=0.0,
        command=command_line(data, model, train, preset_name="default"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        device=describe(torch.device("cpu")),
        versions={"python": platform.python_version()},
    )
