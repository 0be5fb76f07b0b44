"""Title check: what does a film's title add to the prediction of its stars?

Run at the end of a training and kept in its bundle. The error on the validation part is measured three times: with the
titles as trained, with titles swapped among the films (shuffled), and with the numbers of the title CNN set to 0. By
how much the error grows is what the title was good for: permutation importance (Breiman 2001, section 10) of a branch.

For a film with many ratings there is little left that a title could tell. So the same is measured for films of which
the network knows nothing: a second network, the companion, is trained without a tenth of the films and asked about
those. They are to it what a new film is in life: not in its catalogue, so that it has no history, an id that was never
trained, and perhaps words that nobody has ever seen.

No training looks at the test part, and so neither does this. A network that has learned from the validation part too
cannot be asked about it: then the companion, which never does, is asked about the films that it knows as well.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recsys.config import last_validated
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.histories import table_of
from recsys.data.splits import Split
from recsys.errors import ConfigError
from recsys.evaluation.metrics import star_errors
from recsys.model import MovieParts, Vectors
from recsys.training.trainer import Trainer, never

WAYS = ("trained", "shuffled", "zeroed")
SHARE_HELD_OUT = 0.1
NUM_SHUFFLES = 10
_KNOWN_PROGRESS = 0.05  # share of the work that the trained network itself takes, beside the training of a companion

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """The errors for one kind of films.

    Attributes:
        num_films: films with validation ratings.
        num_ratings: their validation ratings.
        rmse: in stars, predictions clipped to [1, 5], by the name in `WAYS`; of "shuffled" the mean over all shuffles.
        shuffled_sd: standard deviation of the RMSE over the shuffles.
    """

    num_films: int
    num_ratings: int
    rmse: Mapping[str, float]
    shuffled_sd: float

    def __post_init__(self) -> None:
        for name, number in (("num_films", self.num_films), ("num_ratings", self.num_ratings)):
            if not _is_count(number):
                raise ConfigError(name, number, "a whole number from 1")
        is_mapping = isinstance(self.rmse, Mapping)
        if not is_mapping or set(self.rmse) != set(WAYS) or not all(map(_is_size, self.rmse.values())):
            raise ConfigError("rmse", repr(self.rmse)[:200], f"a number from 0 for each of {', '.join(WAYS)}")
        if not _is_size(self.shuffled_sd):
            raise ConfigError("shuffled_sd", self.shuffled_sd, "a number from 0")


@dataclass(frozen=True)
class TitleCheck:
    """What titles add, for known films and for new ones.

    Attributes:
        known: films with training ratings.
        known_by: who predicted those: the trained "network" itself, or the "companion" where that one has learned from
            the validation part.
        held_out: films that the companion has never seen; None where no companion was trained to its end.
        share: of the films with training ratings that the companion does without.
        seed: of the choice of those films, and of the shuffles.
        num_shuffles: how often titles were swapped.
        epochs: of the companion, as of the network itself.
        seconds: that all of this took.
    """

    known: Part
    known_by: Literal["network", "companion"]
    held_out: Part | None
    share: float
    seed: int
    num_shuffles: int
    epochs: int
    seconds: float

    def __post_init__(self) -> None:
        if not (_is_size(self.share) and 0 < self.share < 1):
            raise ConfigError("share", self.share, "between 0 and 1")
        for name in ("num_shuffles", "epochs"):
            if not _is_count(getattr(self, name)):
                raise ConfigError(name, getattr(self, name), "a whole number from 1")
        if self.known_by not in ("network", "companion"):
            raise ConfigError("known_by", repr(self.known_by)[:200], '"network" or "companion"')
        if not _is_count(self.seed, least=0):
            raise ConfigError("seed", self.seed, "a whole number from 0")
        if not _is_size(self.seconds):
            raise ConfigError("seconds", self.seconds, "a number from 0")

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        parts = {"known": self.known, "held_out": self.held_out}
        shown = {name: part and {**vars(part), "rmse": dict(part.rmse)} for name, part in parts.items()}
        return {**vars(self), **shown}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a check from `to_dict()`'s answer.

        Raises:
            ConfigError: if a field is unknown, missing, of a wrong type or out of range.
        """
        try:
            held_out = values["held_out"]
            parts = {"known": Part(**values["known"]), "held_out": None if held_out is None else Part(**held_out)}
            return cls(**{**values, **parts})
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError("title_check", repr(values)[:200], "complete and of the right types") from error


def _ignored(_share: float) -> None:
    pass


def measure_title(
    dataset: Dataset,
    split: Split,
    trainer: Trainer,
    *,
    with_held_out: bool,
    on_progress: Callable[[float], None] = _ignored,
    should_stop: Callable[[], bool] = never,
    seed: int = 0,
) -> TitleCheck | None:
    """Measure on the validation part what the title adds.

    Args:
        dataset: what the trainer trains on.
        split: its parts.
        trainer: has finished; its network, configs and device are used, and it is left as it is. The companion gets
            the learning rates that were set by hand, too.
        with_held_out: train a companion too, which takes about as long as the training did.
        on_progress: called with the share that is done, from 0 to 1.
        should_stop: asked before every batch of the companion; once it says yes there is no answer for held-out films.
        seed: of the films that are held out, and of the shuffles.

    Returns:
        The check, or None where no film has both training and validation ratings, or nobody can be asked about them.

    Raises:
        NonFiniteLossError: if the companion's training fails.
    """
    started = time.perf_counter()
    on_progress(0.0)
    films = np.unique(dataset.movie_indices[split.train.numpy()])
    encoder = FeatureEncoder(dataset, trainer.model.config.title_length)
    own = None if _has_learned_validation(trainer) else _Network(trainer, encoder)
    known = own and _measured(dataset, split, own, films=films, seed=seed)
    if own is not None and known is None:
        return None
    held_out = None
    if with_held_out and len(split.validation):
        on_progress(_KNOWN_PROGRESS)
        rng = np.random.default_rng((seed, 0))
        chosen = np.sort(rng.choice(films, size=max(1, round(SHARE_HELD_OUT * len(films))), replace=False))

        def progress(share: float) -> None:
            on_progress(_KNOWN_PROGRESS + (1 - 2 * _KNOWN_PROGRESS) * share)

        smaller = _without(dataset, split, chosen)
        companion = smaller and _companion(*smaller, trainer, on_progress=progress, should_stop=should_stop)
        if companion is not None:
            held_out = _measured(dataset, split, companion, films=chosen, seed=seed)
            known = known or _measured(dataset, split, companion, films=np.setdiff1d(films, chosen), seed=seed)
    on_progress(1.0)
    if known is None:
        return None
    by: Literal["network", "companion"] = "companion" if own is None else "network"
    seconds = time.perf_counter() - started
    return TitleCheck(known, by, held_out, SHARE_HELD_OUT, seed, NUM_SHUFFLES, trainer.config.epochs, seconds)


def _has_learned_validation(trainer: Trainer) -> bool:
    return last_validated(trainer.model.config, trainer.config) < trainer.config.epochs


class _Network(NamedTuple):
    """A trained network and the vocabularies that it was trained with."""

    trainer: Trainer
    encoder: FeatureEncoder


def _without(dataset: Dataset, split: Split, films: Indices) -> tuple[Dataset, Split] | None:
    """A data set and its training part without some films, nothing held out; None if nothing is left to train on."""
    is_kept = ~np.isin(dataset.movie_indices, films)
    places = torch.from_numpy(np.cumsum(is_kept) - 1)
    kept = torch.from_numpy(is_kept)
    train = places[split.train[kept[split.train]]]
    if not len(train):
        return None
    movies = dataset.movies.drop(index=dataset.movies.index[films]).reset_index(drop=True)
    ratings = dataset.ratings[is_kept].reset_index(drop=True)
    smaller = Dataset(dataset.name, dataset.users, movies, ratings, dataset.source)
    return smaller, Split(train, train[:0], train[:0])


def _companion(
    dataset: Dataset,
    split: Split,
    trainer: Trainer,
    *,
    on_progress: Callable[[float], None],
    should_stop: Callable[[], bool],
) -> _Network | None:
    """A network trained as another one was, on other data, the training part alone; None if it was stopped."""
    model, train = trainer.model.config, replace(trainer.config, final_share=0.0)
    encoder = FeatureEncoder(dataset, model.title_length)
    device, num_threads = trainer.device, trainer.num_threads
    companion = Trainer(dataset, split, encoder, model=model, train=train, device=device, num_threads=num_threads)

    def stops() -> bool:
        epochs = companion.position.epoch + companion.position.batch / companion.num_batches
        companion.rate_changes = tuple(change for change in trainer.rate_changes if change.epoch <= epochs)
        on_progress(epochs / train.epochs)
        return should_stop()

    for _ in companion.epochs(stops):
        pass
    return _Network(companion, encoder) if companion.position.epoch == train.epochs else None


def _measured(dataset: Dataset, split: Split, network: _Network, *, films: Indices, seed: int) -> Part | None:
    """The errors on the validation ratings of some films; titles are swapped among those, so one film has no answer."""
    trainer = network.trainer
    rated = split.validation.numpy()
    rated = rated[np.isin(dataset.movie_indices[rated], films)]
    if not len(rated) or len(films) < 2:
        return None
    users, parts = _encoded(dataset, split, network)
    own, rows = parts.values["title"], torch.from_numpy(films).to(trainer.device)
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[rated]
    pairs = {
        "user_rows": torch.from_numpy(dataset.user_indices[rated]).to(trainer.device),
        "movie_rows": torch.from_numpy(dataset.movie_indices[rated]).to(trainer.device),
    }

    def rmse(title: Tensor) -> float:
        movies = trainer.model.movie_tower.mixed(MovieParts({**parts.values, "title": title}, parts.bias))
        predicted = trainer.model.stars_of_pairs(users, movies, **pairs)
        return star_errors(predicted.cpu().numpy(), stars)["rmse"]

    with torch.inference_mode():
        orders = [_swapped(len(films), np.random.default_rng((seed, 1, number))) for number in range(NUM_SHUFFLES)]
        swapped = [own.index_copy(0, rows, own[rows[torch.from_numpy(order)]]) for order in orders]
        shuffled = [rmse(title) for title in swapped]
        errors = {"trained": rmse(own), "shuffled": float(np.mean(shuffled)), "zeroed": rmse(torch.zeros_like(own))}
    num_films = len(np.unique(dataset.movie_indices[rated]))
    return Part(num_films, len(rated), errors, float(np.std(shuffled, ddof=1)))


def _swapped(size: int, rng: np.random.Generator) -> Indices:
    """(size,) whose title each one gets: never its own, along a random cycle through all (Sattolo 1986)."""
    order, origin = rng.permutation(size), np.empty(size, dtype=np.int64)
    origin[order] = np.roll(order, 1)
    return origin


def _encoded(dataset: Dataset, split: Split, network: _Network) -> tuple[Vectors, MovieParts]:
    """Vectors of all users, and what the branches say of all films, dropout off; of the training part alone.

    A film that the network was trained without has no history, and an id, genres and words as far as they are known.
    """
    trainer, encoder = network
    users, _ = trainer.encode()
    movies, tower = encoder.encode_movies(dataset).to(trainer.device), trainer.model.eval().movie_tower
    with torch.inference_mode():
        if tower.history is None:
            return users, tower.parts(movies)
        is_seen = np.isin(dataset.movies["movie_id"].to_numpy(), encoder.movies.things)
        known = split.train[torch.from_numpy(is_seen[dataset.movie_indices])[split.train]]
        table = table_of(dataset, encoder.encode_ratings(dataset), known, trainer.device)
        visible = torch.ones(len(table), dtype=torch.bool, device=trainer.device)
        return users, tower.parts(movies, table.histories(visible)[1])


def _is_count(value: object, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_size(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
