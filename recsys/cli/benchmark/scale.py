"""What a rating costs the preset `default`, from a tenth of a million ratings to ten million.

The data sets are invented. People grow with the ratings, 165 ratings each as in ML-1M; films stay at 4,000, so that
only the number of ratings grows. A longer catalogue costs more by design, since "would they watch it" is asked of all
films: the largest size is measured once more with films that grow like the root of the ratings, as they do from one
edition of MovieLens to the next. Each size runs in a process of its own, so that its peak of memory is its own.
"""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from recsys.cli.benchmark.parts import (
    Effort,
    Measured,
    elsewhere,
    make_trainer,
    memory_results,
    peak_memory,
    train_steps,
)
from recsys.cli.console import say
from recsys.data.dataset import Dataset
from recsys.data.synthetic import synthetic

RATINGS_PER_USER = 165
NUM_MOVIES = 4_000
_SMALL, _LARGE = 1_000_000, 10_000_000


def scale(_dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Cost of a rating and memory by size, and ten million beside one."""
    small, large = (_SMALL, _LARGE) if {_SMALL, _LARGE} <= set(effort.sizes) else (effort.sizes[0], effort.sizes[-1])
    costs = {}
    for size in effort.sizes:
        costs[size] = _cost_elsewhere(size, NUM_MOVIES, effort)
        yield from _of_size(size, costs[size])
    for key in ("epoch", "predicted"):
        ratio = costs[large][key] / costs[small][key]
        note = f"cost of a rating at {large:,} ratings by that at {small:,}"
        yield Measured(f"scale_{key}", ratio, "times", None, None, note)
    num_movies = round(NUM_MOVIES * (large / small) ** 0.5)
    ratio = _cost_elsewhere(large, num_movies, effort)["epoch"] / costs[small]["epoch"]
    note = f"{large:,} ratings of {num_movies:,} films by {small:,} of {NUM_MOVIES:,}"
    yield Measured("scale_epoch_more_films", ratio, "times", None, None, note)


def _cost_elsewhere(size: int, num_movies: int, effort: Effort) -> dict[str, Any]:
    num_steps = effort.num_steps * effort.repeats
    found: dict[str, Any] = elsewhere("recsys.cli.benchmark.scale:cost", size, num_movies, num_steps, effort.device)
    say(f"{size:,} ratings of {num_movies:,} films: {found['epoch']:.3g} us a rating and epoch")
    return found


def _of_size(size: int, found: dict[str, Any]) -> list[Measured]:
    note = f"step of {1000 * found['step']:.0f} ms, {found['threads']} threads, {found['steps_per_epoch']} an epoch"
    name = f"scale_{size}"
    return [
        Measured(f"{name}_epoch", found["epoch"], "us", None, None, f"a rating of the training part an epoch; {note}"),
        Measured(f"{name}_predicted", found["predicted"], "us", None, None, "a rating predicted and learned from"),
        Measured(f"{name}_preparation", found["preparation"], "s", None, None, "from tables to the first step"),
        *memory_results(f"{name}_memory", found["memory"], "inventing the data included"),
    ]


def cost(num_ratings: int, num_movies: int, num_steps: int, device: str) -> dict[str, Any]:
    """Take some steps on synthetic ratings.

    Args:
        num_ratings: size of the data set.
        num_movies: its films.
        num_steps: how many steps count, after one that does not.
        device: where.

    Returns:
        "epoch" and "predicted": microseconds a rating, of the training part in an epoch and of those predicted;
        "step" and "preparation" in seconds, "steps_per_epoch", "threads", and "memory" as `peak_memory` has it.
    """
    dataset = synthetic(max(1, num_ratings // RATINGS_PER_USER), num_movies, num_ratings)
    started = time.perf_counter()
    trainer = make_trainer(dataset, "default", device=device)
    preparation = time.perf_counter() - started
    train_steps(trainer, 1)
    steps = [train_steps(trainer, 1) for _ in range(num_steps)]
    seconds = statistics.median(step.seconds for step in steps)
    num_predicted = statistics.median(step.num_ratings for step in steps)
    return {
        "epoch": 1e6 * seconds * trainer.num_batches / trainer.num_ratings,
        "predicted": 1e6 * seconds / num_predicted,
        **{"step": seconds, "preparation": preparation, "memory": peak_memory()},
        **{"steps_per_epoch": trainer.num_batches, "threads": trainer.num_threads},
    }
