"""How the process shares the processor: with other processes, and training with serving.

Imports nothing that computes at its top, so that it can be called before anything that does.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

ONE_THREAD_BATCH = 1024
"""Up to this batch size one thread is used: far faster than two on a busy machine, 0.75 of them on a quiet one."""


def share_cores() -> None:
    """Let threads of numerical libraries sleep while they wait for each other. Call it before torch is imported.

    By default they spin. On a machine that does anything else besides, a step of small operations then takes many
    times as long (`python -m recsys benchmark --only threads` measures it).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def num_threads_for(batch_size: int) -> int:
    """Return how many threads a training step should use.

    One for small batches: faster where the machine is shared, it leaves the other cores to the visitors of the app,
    and a run gives the same numbers whatever the number of cores.
    """
    return 1 if batch_size <= ONE_THREAD_BATCH else os.cpu_count() or 1


def serve_side_by_side() -> None:
    """Let each product of numpy's matrices use one thread, for all of this process.

    A server's visitors are its parallel work. Their products are small: with a thread on every core these mostly wait
    for each other, and a star given on the page Rate costs two cores nearly twice the time (`python -m
    tests.load.rating`).
    """
    _limit(1)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let products of large matrices use all cores, and go back to what was before."""
    before = matrix_threads()
    _limit(os.cpu_count() or 1)
    try:
        yield
    finally:
        _limit(before)


def matrix_threads() -> int:
    """Return how many threads the products of numpy's matrices may use; 1 where that is not known."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415  (looks for libraries that are imported by now)

    found = ThreadpoolController().select(internal_api="openblas").info()
    return max((each["num_threads"] for each in found), default=1)


def _limit(count: int) -> None:
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415

    ThreadpoolController().select(internal_api="openblas").limit(limits=count)
