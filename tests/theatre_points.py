"""An invented recording for the theatre's tests: films that leave one heap, a list that is known, filters that grow."""

import numpy as np
from numpy.typing import NDArray

from recsys.training.recording import Norm, Recording, Snapshot

NUM_MOVIES, NUM_EPOCHS, WATCHED = 60, 5, 3
LISTS = (
    (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    (1, 3, 2, 4, 5, 6, 7, 8, 9, 11),
    (3, 1, 2, 4, 5, 6, 7, 8, 11, 12),
    (12, 3, 1, 2, 4, 5, 6, 7, 8, 11),
    (12, 3, 1, 2, 4, 5, 6, 7, 8, 11),
    (12, 3, 2, 1, 4, 5, 6, 7, 8, 11),
)
"""Ids of the films of the list at each epoch."""


def recording(num_epochs: int = NUM_EPOCHS, *, num_movies: int = NUM_MOVIES) -> Recording:
    """Return a run of some epochs; a longer one goes on from a shorter one."""
    shots = tuple(snapshot(epoch, num_movies) for epoch in range(num_epochs + 1))
    batches = np.arange(1, 4 * num_epochs + 1) / 4
    curve = np.column_stack([batches, 2 / (1 + np.ceil(batches))]).astype(np.float32)
    return Recording(WATCHED, shots, curve.reshape(-1, 2))


def snapshot(epoch: int, num_movies: int = NUM_MOVIES) -> Snapshot:
    """Return how the network stood after an epoch."""
    angle = np.arange(num_movies) * 2.399963
    radius = (1 + epoch) * np.sqrt(np.arange(num_movies) + 0.5)
    ids = LISTS[min(epoch, len(LISTS) - 1)]
    norms = {
        "movie_id": Norm(10.0 + epoch, 4 / 2**epoch if epoch else None),
        "title_filters": Norm(2.0, 0.5 if epoch else None),
        "head": Norm(3.0, 0.0 if epoch else None),
    }
    return Snapshot(
        epoch=epoch,
        positions=np.column_stack([2 * radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32),
        top_movie_ids=np.array(ids, dtype=np.int64),
        top_stars=np.linspace(4 + epoch / 10, 3, len(ids)).astype(np.float32),
        norms=norms,
        filters=tuple(filters(epoch, width) for width in (2, 3)),
        seconds=0.01,
    )


def filters(epoch: int, width: int) -> NDArray[np.float32]:
    """Return (2, W, 4) filters: noise that a weight of each filter leaves by 0.1 an epoch."""
    values = np.random.default_rng(width).uniform(-0.2, 0.2, (2, width, 4))
    values[:, 0, 0] = 0.1 * epoch
    return values.astype(np.float32)
