"""The verb benchmark: speed, each time beside the plain way of doing the same, in one run on one machine.

Times swing with what else a machine does, so ratios are what to compare. Here are the verb and the short measurements;
`recsys.cli.benchmark_plain`, `benchmark_rmse` and `benchmark_scale` have those of training that take minutes,
`benchmark_map` has those of the film map in a browser, `benchmark_rate` those of stars, dials and questions there,
`benchmark_theatre` those of a run that is watched.
"""

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from recsys.bundle import load_bundle
from recsys.cli.benchmark_parts import Effort, Measured, elsewhere, median_seconds, quick
from recsys.cli.benchmark_plain import plain
from recsys.cli.benchmark_rate import rate
from recsys.cli.benchmark_rmse import time_to_rmse
from recsys.cli.benchmark_scale import scale
from recsys.cli.benchmark_theatre import theatre
from recsys.cli.benchmark_why import why
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import load_data
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.lines import Layout
from recsys.data.rating_lines import read_ratings
from recsys.data.sources import load
from recsys.device import describe, pick_device
from recsys.errors import BenchmarkError, ConfigError, MissingPackageError
from recsys.model import TwoTower
from recsys.provenance import commit
from recsys.recommend import Recommender
from recsys.store import best_bundle
from recsys.threads import num_threads_for, usable_cores

_LARGE_BATCH = 8192


def run(only: list[str], *, dataset: str | None, repeats: int, is_quick: bool, as_json: bool) -> None:
    """Measure and answer.

    Args:
        only: names of measurements; all if empty.
        dataset: name of the data set; by default the one that the app opens.
        repeats: runs of each measurement.
        is_quick: do as little as shows that everything runs.
        as_json: answer with one JSON object.

    Raises:
        ConfigError: if there is no measurement of a name.
        BenchmarkError, MissingPackageError: if what was asked for by name cannot be measured here; what was not is
            skipped.
    """
    for name in only:
        if name not in _MEASUREMENTS:
            raise ConfigError("--only", name, f"one of {', '.join(_MEASUREMENTS)}")
    data = load_data(dataset).dataset
    machine = _machine()
    results: list[Measured] = []
    for name in only or _MEASUREMENTS:
        say(f"measuring {name}")
        try:
            results += _MEASUREMENTS[name](data, quick(repeats) if is_quick else Effort(repeats))
        except (BenchmarkError, MissingPackageError) as error:
            if name in only:
                raise
            say(f"{name}: skipped, {error}")
    if as_json:
        values = [measured._asdict() for measured in results]
        about = {"dataset": data.name, "machine": machine, "commit": commit(), "repeats": repeats, "is_quick": is_quick}
        answer_json({**about, "results": values})
        return
    rows = [(m.name, m.value, m.unit, m.plain, m.ratio, m.note) for m in results]
    title = f"{data.name}, median of {repeats}, {machine['device']}"
    answer_table(title, ("what", "value", "unit", "plain way", "times better", "note"), rows)


def _machine() -> dict[str, object]:
    """What the times depend on; the load is that of the minute before."""
    return {
        **{"system": platform.platform(), "processor": platform.processor(), "cores": usable_cores()},
        **{"device": describe(pick_device()), "torch": torch.__version__, "threads": torch.get_num_threads()},
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _reading(dataset: Dataset, effort: Effort) -> list[Measured]:
    """ratings.dat: this reader with all its checks, beside pandas' Python engine without any."""
    columns = ["user_id", "movie_id", "rating", "timestamp"]
    users, movies = (table.iloc[:, 0].to_numpy() for table in (dataset.users, dataset.movies))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.dat"
        lines = ("::".join(map(str, row)) + "\n" for row in dataset.ratings[columns].itertuples(index=False))
        path.write_text("".join(lines))
        ours = median_seconds(lambda: read_ratings(path, Layout("::", tuple(columns)), users, movies), effort.repeats)
        plain_way = median_seconds(lambda: _read_with_pandas(path, columns), effort.repeats)
    note = f"{dataset.num_ratings:,} ratings checked; plain: pandas, engine='python'"
    return [Measured("reading", ours, "s", plain_way, plain_way / ours, note)]


def _read_with_pandas(path: Path, columns: list[str]) -> pd.DataFrame:
    return pd.read_table(path, sep="::", header=None, names=columns, engine="python")


def _tensors(dataset: Dataset, effort: Effort) -> list[Measured]:
    """From files to tensors, fingerprint included."""

    def action() -> None:
        again = load(dataset.name).dataset
        encoder = FeatureEncoder(again, preset("article")[0].title_length)
        _ = again.fingerprint, encoder.encode_users(again), encoder.encode_movies(again), encoder.encode_ratings(again)

    seconds = median_seconds(action, effort.repeats)
    return [Measured("tensors", seconds, "s", None, None, "files to tensors, with fingerprint")]


def _bundle(dataset: Dataset, effort: Effort) -> list[Measured]:
    info = best_bundle(dataset)
    if info is None:
        say(f"bundle: skipped, no model for {dataset.name}")
        return []
    seconds = median_seconds(lambda: load_bundle(info.folder, dataset), effort.repeats)
    return [Measured("bundle", seconds, "s", None, None, "load and check")]


def _recommending(dataset: Dataset, effort: Effort) -> list[Measured]:
    """One person's full ranking, beside running the whole network for it."""
    info = best_bundle(dataset)
    if info is None:
        say(f"recommend: skipped, no model for {dataset.name}")
        return []
    bundle = load_bundle(info.folder, dataset)
    model = Recommender(dataset, bundle)
    encoder = FeatureEncoder(dataset, info.model.title_length)
    users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
    user_id = int(dataset.users["user_id"].iloc[0])
    rows = torch.arange(dataset.num_movies)

    def plain() -> None:
        with torch.inference_mode():
            bundle.model(users.rows(torch.zeros(1, dtype=torch.int64)), movies, user_rows=rows * 0, movie_rows=rows)

    ours = median_seconds(lambda: model.recommend(user_id), 20 * effort.repeats)
    all_again = median_seconds(plain, 5 * effort.repeats)
    note = f"all {dataset.num_movies:,} films; plain: the network once more"
    return [Measured("recommend", 1000 * ours, "ms", 1000 * all_again, all_again / ours, note)]


def _training(dataset: Dataset, effort: Effort) -> list[Measured]:
    """Steps that encode each user and film of the batch once, beside steps that do so for every rating."""
    results = []
    for size in (preset("article")[1].batch_size, _LARGE_BATCH):
        ours, plain_way = (_rate(dataset, size, effort, is_plain=is_plain) for is_plain in (False, True))
        note = f"batch {size:,}; plain: towers run for every rating"
        results.append(Measured("training", ours, "ratings/s", plain_way, ours / plain_way, note))
    return results


def _threads(dataset: Dataset, effort: Effort) -> list[Measured]:
    """A small step as the trainer takes it, beside one with all threads, which spin while they wait."""
    size = preset("article")[1].batch_size
    ours = _rate_elsewhere(dataset.name, effort, threads=num_threads_for(size), policy="PASSIVE")
    plain_way = _rate_elsewhere(dataset.name, effort, threads=usable_cores(), policy="ACTIVE")
    note = f"batch {size:,}; plain: torch as it comes"
    return [Measured("threads", ours, "ratings/s", plain_way, ours / plain_way, note)]


def _rate_elsewhere(name: str, effort: Effort, *, threads: int, policy: str) -> float:
    """Measure training in a process of its own, since the policy is read when torch is imported."""
    environment = {**os.environ, "OMP_WAIT_POLICY": policy}
    arguments = name, effort.repeats, effort.num_steps, threads
    return float(elsewhere("recsys.cli.benchmarks:article_rate", *arguments, environment=environment))


def article_rate(name: str, repeats: int, num_steps: int, threads: int) -> float:
    """Return the ratings a second of the article's training step on a data set."""
    torch.set_num_threads(threads)
    return _rate(load(name).dataset, preset("article")[1].batch_size, Effort(repeats, num_steps), is_plain=False)


def _rate(dataset: Dataset, size: int, effort: Effort, *, is_plain: bool) -> float:
    """Ratings a second of steps of `size` ratings."""
    steps = _steps(dataset, size, effort.num_steps, is_plain=is_plain)
    return size * effort.num_steps / median_seconds(steps, effort.repeats)


def _steps(dataset: Dataset, size: int, num_steps: int, *, is_plain: bool) -> Callable[[], None]:
    """Return an action of some training steps on random ratings."""
    config = preset("article")[0]
    device = pick_device()
    encoder = FeatureEncoder(dataset, config.title_length)
    users, movies = encoder.encode_users(dataset).to(device), encoder.encode_movies(dataset).to(device)
    ratings = encoder.encode_ratings(dataset)
    model = TwoTower(config, encoder.sizes).to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    rng = np.random.default_rng(0)

    def action() -> None:
        for _ in range(num_steps):
            rows = torch.from_numpy(rng.integers(0, dataset.num_ratings, size))
            user, movie, stars = (column[rows].to(device) for column in ratings)
            user_rows = movie_rows = torch.arange(size, device=device)
            if not is_plain:
                user, user_rows = torch.unique(user, return_inverse=True)
                movie, movie_rows = torch.unique(movie, return_inverse=True)
            predicted = model(users.rows(user), movies.rows(movie), user_rows=user_rows, movie_rows=movie_rows)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(functional.mse_loss(predicted, stars))
            optimizer.step()

    return action


def _map(dataset: Dataset, effort: Effort) -> list[Measured]:
    """The page of the film map in a browser, and its layouts."""
    from recsys.cli.benchmark_map import film_map

    return film_map(dataset, effort)


_MEASUREMENTS: dict[str, Callable[[Dataset, Effort], list[Measured]]] = {
    "reading": _reading,
    "tensors": _tensors,
    "bundle": _bundle,
    "recommend": _recommending,
    "why": why,
    "training": _training,
    "threads": _threads,
    "plain": plain,
    "time_to_rmse": time_to_rmse,
    "scale": scale,
    "map": _map,
    "rate": rate,
    "theatre": theatre,
}
