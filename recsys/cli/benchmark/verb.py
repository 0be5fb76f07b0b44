"""The verb benchmark: speed, each time beside the plain way of doing the same, in one run on one machine.

Times swing with what else a machine does, so ratios are what to compare. Here are the verb and the short measurements;
`recsys.cli.benchmark.plain`, `benchmark_rmse` and `benchmark_scale` have those of training that take minutes,
`benchmark_map` has those of the film map in a browser, `benchmark_rate` those of stars, dials and questions there,
`benchmark_theatre` those of a run that is watched.
"""

import logging
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from recsys.bundle import load_bundle
from recsys.cli.benchmark.map import film_map
from recsys.cli.benchmark.parts import Effort, Measured, elsewhere, median_seconds, quick
from recsys.cli.benchmark.plain import plain
from recsys.cli.benchmark.rate import rate
from recsys.cli.benchmark.rmse import time_to_rmse
from recsys.cli.benchmark.scale import scale
from recsys.cli.benchmark.theatre import theatre
from recsys.cli.benchmark.why import why
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.interrupts import INTERRUPTED
from recsys.cli.loading import chosen, load_data
from recsys.config import preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.histories import History
from recsys.data.lines import Layout
from recsys.data.rating_lines import read_ratings
from recsys.data.sources import load
from recsys.device import describe, pick_device
from recsys.errors import ConfigError, MatineeError, MissingPackageError, NoModelError, NotHereError
from recsys.model import TwoTower
from recsys.provenance import commit
from recsys.recommend import Recommender
from recsys.recommend.inside import Inside
from recsys.threads import num_threads_for, torch_threads, usable_cores

_LARGE_BATCH = 8192

_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What is to be measured.

    Attributes:
        only: names of measurements; all if empty.
        repeats: runs of each measurement.
        is_quick: do as little as shows that everything runs.
        device: where training is measured.
    """

    only: tuple[str, ...] = ()
    repeats: int = 3
    is_quick: bool = False
    device: str = "auto"


class Problem(NamedTuple):
    """Why a measurement has no results, or not all.

    Attributes:
        measurement: its name.
        state: "skipped" where this machine or data set lacks what it needs, "failed", or "interrupted".
        problem: in a line.
    """

    measurement: str
    state: Literal["skipped", "failed", "interrupted"]
    problem: str


def run(asked: Asked, *, dataset: str | None, as_json: bool) -> int:
    """Measure and answer. A measurement that cannot be made, or fails, costs the others nothing.

    As a table, the results of each measurement are written when they are there; as JSON, all at the end, which may be
    Ctrl-C.

    Args:
        asked: what.
        dataset: name of the data set; by default the one that the app opens.
        as_json: answer with one JSON object.

    Returns:
        The exit status: 1 if a measurement failed, or was asked for by name and cannot be made here; 130 if it was
        interrupted.

    Raises:
        ConfigError: if there is no measurement of a name.
        DeviceError: if the device is not there.
    """
    for name in asked.only:
        if name not in _MEASUREMENTS:
            raise ConfigError("--only", name, f"one of {', '.join(_MEASUREMENTS)}")
    machine = _machine(pick_device(asked.device))
    effort = (quick(asked.repeats) if asked.is_quick else Effort(asked.repeats))._replace(device=asked.device)
    results: list[Measured] = []
    problems: list[Problem] = []
    data = load_data(dataset).dataset
    for name in asked.only or _MEASUREMENTS:
        say(f"measuring {name}")
        found: list[Measured] = []
        problem = _measured(name, data, effort, found)
        results += found
        problems += [problem] if problem else []
        _tell(name, found, problem, as_json=as_json)
        if problem and problem.state == "interrupted":
            break
    if as_json:
        about: dict[str, object] = {"dataset": data.name, "machine": machine, "commit": commit()}
        about |= {"repeats": asked.repeats, "is_quick": asked.is_quick}
        values = {"results": [m._asdict() for m in results], "problems": [p._asdict() for p in problems]}
        answer_json({**about, **values})
    else:
        say(f"{data.name}, medians of {asked.repeats}, {machine['device']}, load {machine['load']}")
    return _status(asked, problems)


def _measured(name: str, dataset: Dataset, effort: Effort, found: list[Measured]) -> Problem | None:
    """Make one measurement; what it finds is added to `found` as it comes."""
    try:
        for measured in _MEASUREMENTS[name](dataset, effort):
            found.append(measured)
            say(f"  {measured.name}: {'' if measured.value is None else f'{measured.value:.4g} '}{measured.unit}")
    except KeyboardInterrupt:
        return Problem(name, "interrupted", "by the keyboard; what came before it stands.")
    except (NotHereError, MissingPackageError, NoModelError) as error:
        return Problem(name, "skipped", str(error))
    except Exception as error:  # whatever goes wrong in one measurement, the others go on
        _log.debug("measurement %s failed", name, exc_info=True)
        text = str(error) if isinstance(error, MatineeError) else f"{type(error).__name__}: {error}"
        return Problem(name, "failed", text)
    return None


def _tell(name: str, found: list[Measured], problem: Problem | None, *, as_json: bool) -> None:
    """Say why results are missing; write those that are there, unless they are to be part of one object."""
    if problem:
        say(f"{name}: {problem.state}, {problem.problem}")
    if as_json or not (found or problem):
        return
    rows: list[tuple[object, ...]] = [(m.name, m.value, m.unit, m.plain, m.ratio, m.note) for m in found]
    rows += [(name, None, problem.state, None, None, problem.problem)] if problem else []
    answer_table(name, ("what", "value", "unit", "plain way", "times better", "note"), rows)


def _status(asked: Asked, problems: list[Problem]) -> int:
    if any(problem.state == "interrupted" for problem in problems):
        return INTERRUPTED
    return int(any(problem.state == "failed" or problem.measurement in asked.only for problem in problems))


def _machine(device: torch.device) -> dict[str, object]:
    """What the times depend on; the load is that of the minute before."""
    return {
        **{"system": platform.platform(), "processor": platform.processor(), "cores": usable_cores()},
        **{"device": describe(device), "torch": torch.__version__, "threads": torch.get_num_threads()},
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
    info = chosen(dataset)
    seconds = median_seconds(lambda: load_bundle(info.folder, dataset), effort.repeats)
    return [Measured("bundle", seconds, "s", None, None, "load and check")]


def _recommending(dataset: Dataset, effort: Effort) -> list[Measured]:
    """One person's full ranking, beside running the whole network for it."""
    model = Recommender(dataset, load_bundle(chosen(dataset).folder, dataset))
    inside = Inside(model)
    user_id = int(dataset.users["user_id"].iloc[0])
    rows = torch.arange(dataset.num_movies)
    first = rows[:1]
    histories: tuple[History | None, History | None] = (None, None)
    if inside.table is not None:
        histories = inside.table.histories(torch.ones(len(inside.table), dtype=torch.bool), first)

    def plain() -> None:
        with torch.inference_mode():
            inside.model(inside.users.rows(first), inside.movies, histories, user_rows=rows * 0, movie_rows=rows)

    ours = median_seconds(lambda: model.recommend(user_id), 20 * effort.repeats)
    all_again = median_seconds(plain, 5 * effort.repeats)
    note = f"all {dataset.num_movies:,} films; plain: the network once more"
    return [Measured("recommend", 1000 * ours, "ms", 1000 * all_again, all_again / ours, note)]


def _training(dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Steps that encode each user and film of the batch once, beside steps that do so for every rating."""
    for size in (preset("article")[1].batch_size, _LARGE_BATCH):
        ours, plain_way = (_rate(dataset, size, effort, is_plain=is_plain) for is_plain in (False, True))
        note = f"batch {size:,}; plain: towers run for every rating"
        yield Measured("training", ours, "ratings/s", plain_way, ours / plain_way, note)


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
    arguments = name, (effort.repeats, effort.num_steps), threads, effort.device
    return float(elsewhere("recsys.cli.benchmark.verb:article_rate", *arguments, environment=environment))


def article_rate(name: str, work: tuple[int, int], threads: int, device: str) -> float:
    """Return the ratings a second of the article's training step on a data set; work is repeats and steps of each."""
    effort = Effort(*work, device=device)
    with torch_threads(threads):
        return _rate(load(name).dataset, preset("article")[1].batch_size, effort, is_plain=False)


def _rate(dataset: Dataset, size: int, effort: Effort, *, is_plain: bool) -> float:
    """Ratings a second of steps of `size` ratings."""
    steps = _steps(dataset, size, effort, is_plain=is_plain)
    return size * effort.num_steps / median_seconds(steps, effort.repeats)


def _steps(dataset: Dataset, size: int, effort: Effort, *, is_plain: bool) -> Callable[[], None]:
    """Return an action of some training steps on random ratings."""
    config = preset("article")[0]
    device = pick_device(effort.device)
    encoder = FeatureEncoder(dataset, config.title_length)
    users, movies = encoder.encode_users(dataset).to(device), encoder.encode_movies(dataset).to(device)
    ratings = encoder.encode_ratings(dataset)
    model = TwoTower(config, encoder.sizes).to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    rng = np.random.default_rng(0)

    def action() -> None:
        for _ in range(effort.num_steps):
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


_MEASUREMENTS: dict[str, Callable[[Dataset, Effort], Iterable[Measured]]] = {
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
    "map": film_map,
    "rate": rate,
    "theatre": theatre,
}
