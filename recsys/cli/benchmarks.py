"""The verb benchmark: speed, each time beside the plain way of doing the same, in one run on one machine.

Times swing with what else a machine does, so ratios are what to compare.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from recsys.bundle import load_bundle
from recsys.cli.console import answer_json, answer_lines, answer_table, say
from recsys.cli.loading import load_data
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.lines import Layout
from recsys.data.rating_lines import read_ratings
from recsys.data.sources import load
from recsys.device import describe, pick_device
from recsys.errors import ConfigError
from recsys.model import TwoTower
from recsys.recommend import Recommender
from recsys.store import best_bundle
from recsys.threads import num_threads_for

_NUM_STEPS = 8
_LARGE_BATCH = 8192


class Measured(NamedTuple):
    """One measurement.

    Attributes:
        name: what was measured.
        value: median over the repeats.
        unit: "s", "ms" or "ratings/s".
        plain: the plain way in the same unit, None where there is none.
        ratio: how many times better than the plain way.
        note: what the two are.
    """

    name: str
    value: float
    unit: str
    plain: float | None
    ratio: float | None
    note: str


def run(only: list[str], *, dataset: str | None, repeats: int, as_json: bool) -> None:
    """Measure and answer.

    Raises:
        ConfigError: if there is no measurement of a name.
    """
    for name in only:
        if name not in _MEASUREMENTS:
            raise ConfigError("--only", name, f"one of {', '.join(_MEASUREMENTS)}")
    data = load_data(dataset).dataset
    results: list[Measured] = []
    for name in only or _MEASUREMENTS:
        say(f"measuring {name}")
        results += _MEASUREMENTS[name](data, repeats)
    machine = {
        **{"system": platform.platform(), "processor": platform.processor(), "cores": os.cpu_count()},
        **{"device": describe(pick_device()), "torch": torch.__version__, "threads": torch.get_num_threads()},
    }
    if as_json:
        values = [measured._asdict() for measured in results]
        answer_json({"dataset": data.name, "machine": machine, "repeats": repeats, "results": values})
        return
    rows = [(m.name, m.value, m.unit, m.plain, m.ratio, m.note) for m in results]
    title = f"{data.name}, median of {repeats}, {machine['device']}"
    answer_table(title, ("what", "value", "unit", "plain way", "times better", "note"), rows)


def _seconds(action: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _reading(dataset: Dataset, repeats: int) -> list[Measured]:
    """ratings.dat: this reader with all its checks, beside pandas' Python engine without any."""
    columns = ["user_id", "movie_id", "rating", "timestamp"]
    users, movies = (table.iloc[:, 0].to_numpy() for table in (dataset.users, dataset.movies))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.dat"
        lines = ("::".join(map(str, row)) + "\n" for row in dataset.ratings[columns].itertuples(index=False))
        path.write_text("".join(lines))
        ours = _seconds(lambda: read_ratings(path, Layout("::", tuple(columns)), users, movies), repeats)
        plain = _seconds(lambda: pd.read_table(path, sep="::", header=None, names=columns, engine="python"), repeats)
    note = f"{dataset.num_ratings:,} ratings checked; plain: pandas, engine='python'"
    return [Measured("reading", ours, "s", plain, plain / ours, note)]


def _tensors(dataset: Dataset, repeats: int) -> list[Measured]:
    """From files to tensors, fingerprint included."""

    def action() -> None:
        again = load(dataset.name).dataset
        encoder = FeatureEncoder(again, preset("article")[0].title_length)
        _ = again.fingerprint, encoder.encode_users(again), encoder.encode_movies(again), encoder.encode_ratings(again)

    return [Measured("tensors", _seconds(action, repeats), "s", None, None, "files to tensors, with fingerprint")]


def _bundle(dataset: Dataset, repeats: int) -> list[Measured]:
    info = best_bundle(dataset)
    if info is None:
        say(f"bundle: skipped, no model for {dataset.name}")
        return []
    seconds = _seconds(lambda: load_bundle(info.folder, dataset), repeats)
    return [Measured("bundle", seconds, "s", None, None, "load and check")]


def _recommending(dataset: Dataset, repeats: int) -> list[Measured]:
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

    ours = _seconds(lambda: model.recommend(user_id), 20 * repeats)
    all_again = _seconds(plain, 5 * repeats)
    note = f"all {dataset.num_movies:,} films; plain: the network once more"
    return [Measured("recommend", 1000 * ours, "ms", 1000 * all_again, all_again / ours, note)]


def _training(dataset: Dataset, repeats: int) -> list[Measured]:
    """Steps that encode each user and film of the batch once, beside steps that do so for every rating."""
    results = []
    for size in (preset("article")[1].batch_size, _LARGE_BATCH):
        ours = size / _seconds(_steps(dataset, size, is_plain=False), repeats) * _NUM_STEPS
        plain = size / _seconds(_steps(dataset, size, is_plain=True), repeats) * _NUM_STEPS
        note = f"batch {size:,}; plain: towers run for every rating"
        results.append(Measured("training", ours, "ratings/s", plain, ours / plain, note))
    return results


def _threads(dataset: Dataset, repeats: int) -> list[Measured]:
    """A small step as the trainer takes it, beside one with all threads, which spin while they wait."""
    size = preset("article")[1].batch_size
    ours = _rate_elsewhere(dataset.name, repeats, threads=num_threads_for(size), policy="PASSIVE")
    plain = _rate_elsewhere(dataset.name, repeats, threads=os.cpu_count() or 1, policy="ACTIVE")
    note = f"batch {size:,}; plain: torch as it comes"
    return [Measured("threads", ours, "ratings/s", plain, ours / plain, note)]


def _rate_elsewhere(name: str, repeats: int, *, threads: int, policy: str) -> float:
    """Measure training in a process of its own, since the policy is read when torch is imported."""
    code = f"from recsys.cli.benchmarks import print_rate; print_rate({name!r}, {repeats}, {threads})"
    environment = {**os.environ, "OMP_WAIT_POLICY": policy}
    done = subprocess.run(  # noqa: S603 - a fixed command, no shell
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def print_rate(name: str, repeats: int, threads: int) -> None:
    """Write the ratings a second of the article's training step to standard output."""
    torch.set_num_threads(threads)
    size = preset("article")[1].batch_size
    rate = _NUM_STEPS * size / _seconds(_steps(load(name).dataset, size, is_plain=False), repeats)
    answer_lines([str(rate)])


def _steps(dataset: Dataset, size: int, *, is_plain: bool) -> Callable[[], None]:
    """Return an action of `_NUM_STEPS` training steps on random ratings."""
    config = preset("article")[0]
    device = pick_device()
    encoder = FeatureEncoder(dataset, config.title_length)
    users, movies = encoder.encode_users(dataset).to(device), encoder.encode_movies(dataset).to(device)
    ratings = encoder.encode_ratings(dataset)
    model = TwoTower(config, encoder.sizes).to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    rng = np.random.default_rng(0)

    def action() -> None:
        for _ in range(_NUM_STEPS):
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
        if device.type == "cuda":
            torch.cuda.synchronize()

    return action


_MEASUREMENTS: dict[str, Callable[[Dataset, int], list[Measured]]] = {
    "reading": _reading,
    "tensors": _tensors,
    "bundle": _bundle,
    "recommend": _recommending,
    "training": _training,
    "threads": _threads,
}
