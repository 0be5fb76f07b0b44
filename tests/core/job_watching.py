"""How the tests of the one background run start it and wait for it."""

import threading
from collections.abc import Callable

from recsys.training import JobStatus, TrainingJob
from tests.core.conftest import DATA, MODEL, TRAIN

SECONDS = 60


def start(job: TrainingJob, dataset, train=TRAIN, model=MODEL, **kwargs) -> None:
    """Start a run of the small network."""
    job.start(dataset, data=DATA, model=model, train=train, device="cpu", **kwargs)


def until(job: TrainingJob, condition: Callable[[JobStatus], bool]) -> JobStatus:
    waiting = threading.Event()
    for _ in range(SECONDS * 100):
        status = job.status()
        if condition(status):
            return status
        waiting.wait(0.01)
    raise AssertionError(job.status())


def is_paused(status: JobStatus) -> bool:
    return status.state == "paused"
