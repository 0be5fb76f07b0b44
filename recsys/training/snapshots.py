"""Recorder: takes the snapshots of a run, and sees to it that they cost little time and little room.

A snapshot is taken before the first step and after each epoch. It changes nothing of the run: no weight, no random
number. One that would bring the time of all of them above `MAX_SHARE` of the training time is left out, except the
first and the last; where they take more than `MAX_BYTES`, every other one goes.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recsys.data.dataset import Dataset
from recsys.evaluation.metrics import top_k
from recsys.model import Vectors
from recsys.training.recording import PARTS, TOP, Array, Norm, Recording, Snapshot
from recsys.training.trainer import Trainer

MAX_SHARE = 0.05
"""Of the training time."""
FIRST_EPOCHS = 3
"""What a class waits for is paid for by the whole run to come, not only by the epochs so far."""
MAX_BYTES = 8_000_000
"""Of the recording in a bundle: a snapshot of the 3,883 films of ml-1m takes 23 KB, one of 90,000 films 370 KB."""

_PREFIXES = {
    "user_tower.embeddings.": "user_fields",
    "user_tower.layers.": "user_fields",
    "user_tower.history.": "user_history",
    "user_tower.mix.": "mix",
    "movie_tower.movie.": "movie_id",
    "movie_tower.movie_layer.": "movie_id",
    "movie_tower.genres.": "genres",
    "movie_tower.genres_layer.": "genres",
    "movie_tower.title.words.": "title_words",
    "movie_tower.title.convolutions.": "title_filters",
    "movie_tower.history.": "movie_history",
    "movie_tower.mix.": "mix",
    "head.": "head",
}


class Recorder:
    """The snapshots of one run.

    Args:
        dataset: all ratings.
        watched_user: id of the person whose list is followed; a typical one by default.
        recording: of the run so far, where it goes on; its person stays the watched one.

    Raises:
        UnknownIdError: if there is no such person.
    """

    def __init__(self, dataset: Dataset, watched_user: int | None = None, recording: Recording | None = None) -> None:
        before = Recording(watched_user) if recording is None or not recording.snapshots else recording
        user = typical_user(dataset) if before.watched_user is None else before.watched_user
        self.recording = replace(before, watched_user=user)
        self._user_index = dataset.user_index(user)
        self._movie_ids = dataset.movies["movie_id"].to_numpy(dtype=np.int64)
        self._rated = dataset.movie_indices[dataset.rating_rows_of_user(user)]
        self._every = 1
        self._encoding_seconds = self._rest_seconds = 0.0  # of the last snapshot that needed them

    @property
    def seconds(self) -> float:
        """Time that all snapshots took."""
        return sum(shot.seconds for shot in self.recording.snapshots)

    def share(self, trainer: Trainer) -> float:
        """Return the time of all snapshots as a share of the training time."""
        trained = _training_seconds(trainer)
        return self.seconds / trained if trained else 0.0

    def take(self, trainer: Trainer) -> bool:
        """Take a snapshot of a run that stands between two epochs, unless there is one or it would cost too much.

        Returns:
            Was one taken?
        """
        epoch, shots = trainer.position.epoch, self.recording.snapshots
        is_end = not shots or epoch == trainer.config.epochs
        is_due = is_end or (epoch % self._every == 0 and self._is_cheap(trainer))
        if not is_due or (shots and shots[-1].epoch >= epoch):
            return False
        started, is_encoded = time.perf_counter(), trainer.has_latest_vectors
        vectors = trainer.latest_vectors()
        encoded = time.perf_counter()
        shot = self._snapshot(trainer, *vectors)
        done = time.perf_counter()
        self._rest_seconds = done - encoded
        self._encoding_seconds = self._encoding_seconds if is_encoded else encoded - started
        shot = replace(shot, seconds=done - started)
        self.recording = replace(self.recording, snapshots=self._thinned((*shots, shot)))
        return True

    def _is_cheap(self, trainer: Trainer) -> bool:
        """Would another snapshot cost as little as it may, if it takes as long as the last one?"""
        expected = self._rest_seconds if trainer.has_latest_vectors else self._encoding_seconds + self._rest_seconds
        epoch, trained = trainer.position.epoch, _training_seconds(trainer)
        if 1 <= epoch <= FIRST_EPOCHS:
            trained *= trainer.config.epochs / epoch
        return self.seconds + expected <= MAX_SHARE * trained

    def _thinned(self, shots: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
        """Let every other snapshot go, and then take only every other one, while they take too much room."""
        while len(shots) > 2 and sum(shot.num_bytes for shot in shots) > MAX_BYTES:
            self._every *= 2
            shots = (*(shot for shot in shots[:-1] if shot.epoch % self._every == 0), shots[-1])
        return shots

    def _snapshot(self, trainer: Trainer, users: Vectors, movies: Vectors) -> Snapshot:
        before = self.recording.snapshots[-1].positions if self.recording.snapshots else None
        ids, stars = self._top(trainer, users, movies)
        convolutions = trainer.model.movie_tower.title.convolutions
        return Snapshot(
            epoch=trainer.position.epoch,
            positions=_halved(turned_onto(principal_positions(movies.features.cpu().numpy()), before)),
            top_movie_ids=ids,
            top_stars=stars,
            norms=MappingProxyType(norms_of(trainer)),
            filters=tuple(_halved(_array(part.weight).transpose(0, 2, 1)) for part in _each(convolutions)),
            seconds=0.0,
        )

    @torch.inference_mode()
    def _top(self, trainer: Trainer, users: Vectors, movies: Vectors) -> tuple[NDArray[np.int64], Array]:
        """(10,) ids of the best films that the watched person has not rated, equal ones by id, and their stars."""
        head = trainer.model.head
        user = Vectors(*(column[self._user_index : self._user_index + 1] for column in users))
        scores = _array(head.list_scores(user, movies))[0].copy()
        scores[self._rated] = -np.inf
        best = top_k(scores[None], self._movie_ids, min(TOP, len(scores) - len(self._rated)))[0]
        stars = _array(head.score_matrix(user, movies))[0][best]
        return self._movie_ids[best], np.clip(stars, 1, 5)


def typical_user(dataset: Dataset) -> int:
    """Return the id of a person who rated as many films as the median person, the first of these."""
    counts = dataset.num_ratings_by_user
    row = np.argsort(counts, kind="stable")[len(counts) // 2]
    return int(dataset.users["user_id"].iloc[row])


def principal_positions(vectors: Array) -> Array:
    """Return (M, 2) principal components of (M, D) vectors, D of 2 or more, the larger first, their mean at 0.

    By the eigenvectors of the D x D covariance (Pearson 1901): its size does not grow with the films. By torch, whose
    threads sleep while they wait: numpy's spin, and on a busy machine take twenty times as long for it.
    """
    rows = torch.from_numpy(vectors)
    centred = rows - rows.mean(dim=0)
    _, axes = torch.linalg.eigh((centred.T @ centred).double())  # (D, D), the largest last
    positions = centred @ axes[:, -2:].flip(1).float()
    return np.pad(_array(positions), ((0, 0), (0, 2 - positions.shape[1])))


def turned_onto(positions: Array, before: Array | None) -> Array:
    """Return (N, 2) positions turned, and mirrored where that helps, to lie closest to those before.

    Orthogonal Procrustes (Schoenemann 1966): nothing is stretched, so distances stay what they are.
    """
    if before is None:
        return positions
    left, _, right = np.linalg.svd(positions.astype(np.float64).T @ before.astype(np.float64))
    turned: Array = positions @ (left @ right).astype(np.float32)
    return turned


def norms_of(trainer: Trainer) -> dict[str, Norm]:
    """Return the norms of each part of a network: of the weights that predict, and of the last gradient."""
    weights: dict[str, list[Tensor]] = {}
    gradients: dict[str, list[Tensor]] = {}
    for name, parameter in trainer.model.named_parameters():
        weights.setdefault(_part_of(name), []).append(parameter.detach())
    for name, parameter in trainer.trained.named_parameters():
        if parameter.grad is not None:
            gradients.setdefault(_part_of(name), []).append(parameter.grad)
    return {
        part: Norm(_length(weights[part]), _length(gradients[part]) if part in gradients else None)
        for part in PARTS
        if part in weights
    }


def parts_of(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of a network, of those in `PARTS`, from the names of its weights."""
    return frozenset(map(_part_of, names))


def _part_of(name: str) -> str:
    return next(part for prefix, part in _PREFIXES.items() if name.startswith(prefix))


def _length(tensors: list[Tensor]) -> float:
    return float(torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors]).norm())


def _each(convolutions: nn.ModuleList) -> Iterator[nn.Conv1d]:
    yield from (part for part in convolutions if isinstance(part, nn.Conv1d))


def _array(tensor: Tensor) -> Array:
    array: Array = tensor.detach().float().cpu().numpy()
    return array


def _halved(values: Array) -> Array:
    """Round to half precision at once, so that what is watched is what is kept."""
    return np.ascontiguousarray(values).astype(np.float16).astype(np.float32)


def _training_seconds(trainer: Trainer) -> float:
    return sum(report.seconds for report in trainer.reports)
