"""How the process shares the processor: with other processes, and training with serving.

Imports nothing that computes at its top, so that it can be called before anything that does.
"""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ONE_THREAD_BATCH = 1024
"""Up to this batch size one thread is used: far faster than two on a busy machine, 0.75 of them on a quiet one."""

_TURN = 0.0005
"""Seconds that a thread may go on while others wait for Python; with its own 0.005 thirty visitors wait far longer."""

MAX_THREADS = 256
"""That a run may ask for."""

_QUOTAS = (
    ("/sys/fs/cgroup/cpu.max",),  # version 2: quota and period in one file
    ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
)


def share_cores() -> None:
    """Let threads of numerical libraries sleep while they wait for each other. Call it before torch is imported.

    By default they spin. On a machine that does anything else besides, a step of small operations then takes many
    times as long (`python -m recsys benchmark --only threads` measures it).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if usable_cores() < _allowed_cores():  # what these libraries see by themselves
        os.environ.setdefault("OMP_NUM_THREADS", str(usable_cores()))


def usable_cores() -> int:
    """Return how many cores this process may use, at least 1: by its affinity and by the limit of its container."""
    quotas = (share for files in _QUOTAS if (share := _quota(files)) is not None)
    return max(1, min([_allowed_cores(), *(math.ceil(share) for share in quotas)]))


def _allowed_cores() -> int:
    """Return the number of cores that the system may put this process on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(files: tuple[str, ...]) -> float | None:
    """Return the cores' worth of time that a container may use, from the files that say so; None without a limit."""
    try:
        words = " ".join(Path(file).read_text(encoding="ascii") for file in files).split()
        quota, period = (float(word) for word in words)
    except (OSError, ValueError):  # no such file, or "max": no limit
        return None
    return quota / period if quota > 0 and period > 0 else None


def num_threads_for(batch_size: int) -> int:
    """Return how many threads a training step should use: one for small batches, else one for each core.

    One for small batches: faster where the machine is shared, and it leaves the other cores to the visitors of the app.
    """
    return 1 if batch_size <= ONE_THREAD_BATCH else usable_cores()


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch use so many threads, and the former number afterwards.

    Sums that several threads share are added up in another order by another number of threads: their last bits differ.
    """
    import torch  # noqa: PLC0415  (see above: `share_cores` comes before it)

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def serve_side_by_side() -> None:
    """Let each computation of numpy and torch use one thread, for all of this process.

    A server's visitors are its parallel work. What they ask for is small: with a thread on every core these mostly wait
    for each other, and a star given on the page Rate costs two cores nearly twice the time (`python -m
    tests.load.rating`). Who has something large to compute asks for more: `all_cores`, `torch_threads`.

    Threads take turns at Python itself. Each operation of torch gives the turn away and waits for the next one, so an
    answer of fifty operations waits fifty times while others compute: turns are to be short.
    """
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)  # of this thread, and of all that start from now on
    _limit_matrices(1)
    sys.setswitchinterval(_TURN)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let the computations of this thread use all cores, and go back to what was before."""
    before = matrix_threads()
    _limit_matrices(usable_cores())
    try:
        with torch_threads(usable_cores()):
            yield
    finally:
        _limit_matrices(before)


def matrix_threads() -> int:
    """Return how many threads the products of numpy's matrices may use; 1 where that is not known."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415  (looks for libraries that are imported by now)

    found = ThreadpoolController().select(internal_api="openblas").info()
    return max((each["num_threads"] for each in found), default=1)


def _limit_matrices(count: int) -> None:
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415

    ThreadpoolController().select(internal_api="openblas").limit(limits=count)
