"""How the process shares the processor: with other processes, and training with serving.

Imports nothing that computes, so that it can be called before anything that does.
"""

import os

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
