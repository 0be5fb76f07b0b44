"""The preset `default` from end to end: it learns, repeats, goes on, and no held-out rating changes a bit of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from recsys.data.dataset import Dataset
from recsys.data.splits import Split
from recsys.errors import TrainingError
from recsys.evaluation.baselines import baseline_errors
from recsys.evaluation.metrics import star_errors
from recsys.training.trainer import Trainer
from tests.core.conftest import CPU, HISTORY_MODEL, HISTORY_TRAIN

BEFORE_THE_LAST = 15  # batches until the epoch that trains on the validation part too


def stop_after(batches: int):
    asked = iter(range(batches))
    return lambda: next(asked, None) is None


def train(trainer: Trainer, batches: int = 1_000) -> tuple[list[float], dict[str, Tensor]]:
    """Train; return what can be seen of it: the losses of the epochs and of the one under way, and all tensors."""
    list(trainer.epochs(stop_after(batches)))
    return [report.train_loss for report in trainer.reports] + [
        trainer.position.squared_error
    ], trainer.checkpoint().tensors


def are_equal(one: tuple[list[float], dict[str, Tensor]], other: tuple[list[float], dict[str, Tensor]]) -> bool:
    return one[0] == other[0] and all(torch.equal(one[1][name], other[1][name]) for name in one[1] | other[1])


def with_stars_shuffled(dataset: Dataset, rows: Tensor) -> Dataset:
    """The same data set with the stars of some ratings dealt out anew among them."""
    stars = dataset.ratings["rating"].to_numpy(copy=True)
    before = stars.copy()
    stars[rows.numpy()] = np.random.default_rng(0).permutation(stars[rows.numpy()])
    assert (stars != before).sum() > 100
    return replace(dataset, ratings=dataset.ratings.assign(rating=stars))


def without(dataset: Dataset, split: Split, rows: Tensor) -> tuple[Dataset, Split]:
    """The same data set without some ratings, and what is left of the split."""
    is_kept = torch.ones(dataset.num_ratings, dtype=torch.bool)
    is_kept[rows] = False
    places = is_kept.cumsum(0) - 1
    left = Split(*(places[part[is_kept[part]]] for part in split))
    return replace(dataset, ratings=dataset.ratings[is_kept.numpy()].reset_index(drop=True)), left


@pytest.fixture(scope="module")
def finished(dataset, split, encoder) -> tuple[list[float], dict[str, Tensor]]:
    """What can be seen of a run to its end."""
    return train(Trainer(dataset, split, encoder, model=HISTORY_MODEL, train=HISTORY_TRAIN, device=CPU))


def test_shuffling_the_stars_of_the_test_part_changes_no_loss_and_no_weight(
    make_history_trainer, finished, dataset, split
) -> None:
    shuffled = with_stars_shuffled(dataset, split.test)
    assert are_equal(finished, train(make_history_trainer(data=shuffled)))


def test_training_does_not_know_which_ratings_are_in_the_test_part(
    make_history_trainer, finished, dataset, split
) -> None:
    less, left = without(dataset, split, split.test)
    assert len(left.test) == 0
    assert are_equal(finished, train(make_history_trainer(data=less, parts=left)))


def test_shuffling_the_validation_part_changes_nothing_before_the_last_epochs(
    make_history_trainer, dataset, split
) -> None:
    shuffled = with_stars_shuffled(dataset, torch.cat([split.validation, split.test]))
    trainers = make_history_trainer(), make_history_trainer(data=shuffled)
    assert are_equal(*(train(trainer, BEFORE_THE_LAST) for trainer in trainers))
    assert not are_equal(*(train(trainer, 1) for trainer in trainers))  # the comparison can tell


def test_without_final_epochs_the_validation_part_is_never_trained_on(make_history_trainer, dataset, split) -> None:
    shuffled = with_stars_shuffled(dataset, torch.cat([split.validation, split.test]))
    trainers = make_history_trainer(final_share=0.0), make_history_trainer(final_share=0.0, data=shuffled)
    assert are_equal(*map(train, trainers))
    errors = [[report.validation_rmse for report in trainer.reports] for trainer in trainers]
    assert None not in errors[0]
    assert all(one != other for one, other in zip(*errors, strict=True))


def test_what_is_measured_is_encoded_without_the_validation_part(make_history_trainer, dataset, split) -> None:
    shuffled = with_stars_shuffled(dataset, split.validation)
    trainers = make_history_trainer(), make_history_trainer(data=shuffled)
    first, second = (trainer.encode()[0].features for trainer in trainers)
    assert torch.equal(first, second)
    first, second = (trainer.encode(with_validation=True)[0].features for trainer in trainers)
    assert not torch.equal(first, second)


def test_the_last_rating_of_the_training_part_does_count(make_history_trainer, dataset, split) -> None:
    shuffled = with_stars_shuffled(dataset, split.train[-500:])
    assert not are_equal(train(make_history_trainer(), 1), train(make_history_trainer(data=shuffled), 1))


@pytest.mark.parametrize("batches", [0, 1, 7, 14, 15, 17, 19])
def test_a_run_stopped_at_any_batch_goes_on_to_the_same_last_bit(make_history_trainer, finished, batches) -> None:
    stopped = make_history_trainer()
    train(stopped, batches)
    resumed = make_history_trainer()
    resumed.restore(stopped.checkpoint())
    assert are_equal(train(resumed), finished)


def test_one_seed_gives_one_network_whatever_the_process_draws(make_history_trainer) -> None:
    torch.manual_seed(1)
    first = train(make_history_trainer())
    torch.manual_seed(2)
    assert are_equal(train(make_history_trainer()), first)
    assert not are_equal(train(make_history_trainer(seed=1)), first)


def test_a_checkpoint_without_averages_is_refused_by_a_run_that_keeps_them(make_history_trainer) -> None:
    checkpoint = make_history_trainer(averaging=0.0).checkpoint()
    with pytest.raises(TrainingError, match="another network"):
        make_history_trainer().restore(checkpoint)


def test_the_network_that_predicts_is_the_average_and_not_the_last_step(make_history_trainer) -> None:
    trainer = make_history_trainer(averaging=0.9)
    _, tensors = train(trainer)
    weights = {name: t for name, t in tensors.items() if name.startswith("weight.")}
    assert all(torch.equal(trainer.model.state_dict()[name.removeprefix("weight.")], t) for name, t in weights.items())
    assert not torch.equal(tensors["weight.user_tower.mix.weight"], tensors["trained.user_tower.mix.weight"])
    _, tensors = train(make_history_trainer(averaging=0.0))
    assert not any(name.startswith("trained.") for name in tensors)


def test_it_beats_the_biases_on_ratings_that_it_has_not_seen(make_history_trainer, dataset, split) -> None:
    trainer = make_history_trainer(epochs=24)
    reports = list(trainer.epochs())
    assert reports[-1].train_loss < reports[0].train_loss
    users, movies = (torch.from_numpy(column)[split.test] for column in (dataset.user_indices, dataset.movie_indices))
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float32)[split.test.numpy()]
    errors = star_errors(trainer.predict(users, movies), stars)
    assert errors["rmse"] < baseline_errors(dataset, split, "test")["biases"]["test_rmse"] - 0.05
