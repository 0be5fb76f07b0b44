"""The title check: errors with titles as trained, shuffled and zeroed, for known films and for held-out ones."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.splits import Split, random_split
from recsys.data.synthetic import synthetic
from recsys.errors import ConfigError
from recsys.report import RateChange
from recsys.training import title_check
from recsys.training.title_check import SHARE_HELD_OUT, WAYS, Part, TitleCheck, measure_title
from recsys.training.trainer import Trainer
from tests.core.conftest import CPU, HISTORY_MODEL, HISTORY_TRAIN, MODEL, TRAIN

KINDS = {"article": (MODEL, TRAIN), "default": (HISTORY_MODEL, HISTORY_TRAIN)}
PART = Part(10, 200, {"trained": 0.9, "shuffled": 0.95, "zeroed": 1.0}, 0.01)
CHECK = TitleCheck(PART, "network", PART, 0.1, 0, 10, 5, 1.5)


def trained(dataset: Dataset, split: Split, kind: str, **changes: object) -> Trainer:
    model, train = KINDS[kind]
    encoder = FeatureEncoder(dataset, model.title_length)
    trainer = Trainer(dataset, split, encoder, model=model, train=replace(train, **changes), device=CPU)
    list(trainer.epochs())
    return trainer


@pytest.fixture(scope="module", params=KINDS)
def trainer(request, dataset, split) -> Trainer:
    """A network that has not learned from the validation part."""
    return trained(dataset, split, request.param, final_share=0.0)


@pytest.fixture(scope="module")
def check(trainer, dataset, split) -> TitleCheck:
    return measure_title(dataset, split, trainer, with_held_out=True)


@pytest.fixture
def companions(monkeypatch):
    """What is trained, as it is made."""
    made = []

    class Watched(Trainer):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options)
            made.append((self, arguments, options))

    monkeypatch.setattr(title_check, "Trainer", Watched)
    return made


def told_by_titles() -> tuple[Dataset, Split]:
    """Films whose title says how many stars they get, to within one."""
    base = synthetic(num_users=150, num_movies=90, num_ratings=6_000, seed=3)
    words, stars = ("bad", "fair", "good"), (1, 3, 5)
    kinds = np.arange(90) % 3
    movies = base.movies.assign(title=[f"{words[kind]} film" for kind in kinds])
    movies["genres"] = [("Drama",)] * 90
    noise = np.random.default_rng(0).integers(-1, 2, size=base.num_ratings)
    rating = np.clip(np.array(stars)[kinds[base.movie_indices]] + noise, 1, 5)
    ratings = base.ratings.assign(
        rating=pd.Series(rating, index=base.ratings.index, dtype=base.ratings["rating"].dtype)
    )
    dataset = Dataset("synthetic", base.users, movies, ratings, "invented for this test")
    return dataset, random_split(dataset.num_ratings, DataConfig("synthetic"))


def test_for_known_films_the_error_as_trained_is_that_of_the_network(check, trainer, dataset, split) -> None:
    users, movies = trainer.encode()
    known = np.isin(dataset.movie_indices[split.validation], np.unique(dataset.movie_indices[split.train]))
    rows = split.validation[torch.from_numpy(known)].numpy()
    pairs = (torch.from_numpy(index[rows]) for index in (dataset.user_indices, dataset.movie_indices))
    stars = trainer.model.stars_of_pairs(users, movies, **dict(zip(("user_rows", "movie_rows"), pairs, strict=True)))
    errors = np.clip(stars.numpy(), 1, 5) - dataset.ratings["rating"].to_numpy()[rows]
    assert check.known.rmse["trained"] == pytest.approx(float(np.sqrt((errors.astype(float) ** 2).mean())), abs=1e-6)
    assert check.known.num_ratings == len(rows)
    assert check.known.num_films == len(np.unique(dataset.movie_indices[rows]))


def test_zeroed_is_the_error_of_the_network_with_a_title_branch_that_says_nothing(
    check, dataset, split, trainer
) -> None:
    cnn = trainer.model.movie_tower.title
    kept = {name: tensor.clone() for name, tensor in cnn.state_dict().items()}
    with torch.no_grad():
        for convolution in cnn.convolutions:
            convolution.weight.zero_()
            convolution.bias.zero_()
    silent = measure_title(dataset, split, trainer, with_held_out=False)
    cnn.load_state_dict(kept)
    assert silent.known.rmse["trained"] == pytest.approx(check.known.rmse["zeroed"], abs=1e-6)
    assert silent.known.rmse["shuffled"] == pytest.approx(silent.known.rmse["trained"], abs=1e-9)
    assert silent.known.shuffled_sd == pytest.approx(0, abs=1e-9)
    assert check.known.rmse["zeroed"] != pytest.approx(check.known.rmse["trained"], abs=1e-9)


def test_a_title_that_tells_the_stars_is_missed_where_it_is_swapped() -> None:
    dataset, split = told_by_titles()
    found = measure_title(dataset, split, trained(dataset, split, "article", epochs=5), with_held_out=True)
    for part in (found.known, found.held_out):
        assert part.rmse["shuffled"] - part.rmse["trained"] > max(0.3, 2 * part.shuffled_sd)
        assert part.rmse["zeroed"] - part.rmse["trained"] > 0.3


def test_a_title_is_not_missed_by_a_network_that_knows_the_same_from_the_ratings() -> None:
    dataset, split = told_by_titles()
    found = measure_title(dataset, split, trained(dataset, split, "default", epochs=10), with_held_out=True)
    assert abs(found.known.rmse["shuffled"] - found.known.rmse["trained"]) < 0.02


def test_the_companion_knows_nothing_of_the_films_it_is_asked_about(trainer, dataset, split, companions) -> None:
    found = measure_title(dataset, split, trainer, with_held_out=True)
    ((_, (smaller, parts, encoder), options),) = companions
    known = np.unique(dataset.movie_indices[split.train])
    held_out = np.flatnonzero(~dataset.movies["movie_id"].isin(smaller.movies["movie_id"]))
    assert len(held_out) == round(SHARE_HELD_OUT * len(known))
    assert set(held_out) <= set(known)
    tested = dataset.movie_indices[split.validation]
    assert found.held_out.num_ratings == np.isin(tested, held_out).sum()
    assert found.held_out.num_films == np.isin(held_out, tested).sum()
    assert (options["model"], options["train"]) == (trainer.model.config, trainer.config)
    assert encoder.sizes.movies == trainer.model.sizes.movies - len(held_out)
    columns = ["user_id", "movie_id", "rating"]
    others = dataset.ratings.iloc[split.train.numpy()].merge(smaller.movies[["movie_id"]], on="movie_id")
    assert smaller.ratings.iloc[parts.train.numpy()][columns].to_numpy().tolist() == others[columns].to_numpy().tolist()
    assert (len(parts.validation), len(parts.test)) == (0, 0)


def test_a_network_that_has_learned_from_the_validation_part_leaves_all_answers_to_its_companion(
    dataset, split, companions
) -> None:
    trainer = trained(dataset, split, "default")
    assert any(report.validation_mse is None for report in trainer.reports)
    found = measure_title(dataset, split, trainer, with_held_out=True)
    ((companion, (smaller, *_), options),) = companions
    assert options["train"] == replace(trainer.config, final_share=0.0)
    assert found.known_by == "companion"
    users, movies = companion.encode()
    ids = dataset.movies["movie_id"].to_numpy()[dataset.movie_indices[split.validation]]
    rows = split.validation.numpy()[np.isin(ids, dataset.ratings["movie_id"].to_numpy()[split.train])]
    rows = rows[dataset.ratings["movie_id"].iloc[rows].isin(smaller.movies["movie_id"])]
    places = smaller.movies["movie_id"].searchsorted(dataset.ratings["movie_id"].iloc[rows])
    pairs = {"user_rows": torch.from_numpy(dataset.user_indices[rows]), "movie_rows": torch.from_numpy(places)}
    errors = companion.model.stars_of_pairs(users, movies, **pairs).numpy().clip(1, 5)
    errors = errors - dataset.ratings["rating"].to_numpy()[rows]
    assert found.known.num_ratings == len(rows)
    assert found.known.rmse["trained"] == pytest.approx(float(np.sqrt((errors.astype(float) ** 2).mean())), abs=1e-5)
    for alone in (False, True):  # stopped, or never begun
        assert measure_title(dataset, split, trainer, with_held_out=alone, should_stop=lambda: True) is None


def test_shuffling_the_stars_of_the_test_part_changes_nothing(check, trainer, dataset, split) -> None:
    stars = dataset.ratings["rating"].to_numpy(copy=True)
    stars[split.test.numpy()] = np.random.default_rng(0).permutation(stars[split.test.numpy()])
    changed = replace(dataset, ratings=dataset.ratings.assign(rating=stars))
    again = measure_title(changed, split, trainer, with_held_out=True)
    assert replace(again, seconds=0) == replace(check, seconds=0)


def test_films_that_the_companion_knows_are_to_it_what_they_were_in_its_training(
    trainer, dataset, split, companions
) -> None:
    measure_title(dataset, split, trainer, with_held_out=True)
    ((companion, (smaller, _, encoder), _),) = companions
    users, parts = title_check._encoded(dataset, split, title_check._Network(companion, encoder))
    of_all = companion.model.movie_tower.mixed(parts)
    expected_users, expected = companion.encode()
    is_seen = torch.tensor(dataset.movies["movie_id"].isin(smaller.movies["movie_id"]).tolist())
    assert torch.equal(users.features, expected_users.features)
    assert torch.allclose(of_all.features[is_seen], expected.features, atol=1e-5)
    assert torch.allclose(of_all.bias[is_seen], expected.bias, atol=1e-5)
    assert not of_all.bias[~is_seen].any()


def test_the_companion_gets_the_learning_rates_that_were_set_by_hand(dataset, split, companions) -> None:
    trainer = trained(dataset, split, "article", epochs=3)
    trainer.rate_changes = (RateChange(1.0, 1e-9), RateChange(2.5, None))
    measure_title(dataset, split, trainer, with_held_out=True)
    ((companion, *_),) = companions
    assert companion.rate_changes == trainer.rate_changes
    rates = [report.learning_rate for report in companion.reports]
    assert rates == [TRAIN.learning_rate, 1e-9, TRAIN.learning_rate]


def test_a_rate_that_was_set_at_the_start_counts_from_the_first_batch(dataset, split, companions, monkeypatch) -> None:
    trainer = trained(dataset, split, "article", epochs=1)
    trainer.rate_changes = (RateChange(0.0, 1e-9),)
    rates = []

    def step(self: Trainer) -> tuple[float, int]:
        rates.append(self.learning_rate)
        return Trainer._step(self)

    monkeypatch.setattr(title_check.Trainer, "_step", step)  # the watched class, not the trainer's own
    measure_title(dataset, split, trainer, with_held_out=True)
    assert len(rates) == companions[0][0].num_batches
    assert set(rates) == {1e-9}


def test_shuffled_is_the_mean_over_swaps_that_leave_no_film_its_own_title(check, trainer, dataset, split) -> None:
    films = np.unique(dataset.movie_indices[split.train])
    encoder = FeatureEncoder(dataset, trainer.model.config.title_length)
    users, parts = title_check._encoded(dataset, split, title_check._Network(trainer, encoder))
    rated = split.validation.numpy()[np.isin(dataset.movie_indices[split.validation], films)]
    stars = dataset.ratings["rating"].to_numpy(dtype=float)[rated]
    rows = (torch.from_numpy(index[rated]) for index in (dataset.user_indices, dataset.movie_indices))
    pairs = dict(zip(("user_rows", "movie_rows"), rows, strict=True))
    errors = []
    for number in range(title_check.NUM_SHUFFLES):
        origin = title_check._swapped(len(films), np.random.default_rng((0, 1, number)))
        assert sorted(origin) == list(range(len(films)))
        assert not (origin == np.arange(len(films))).any()
        title = parts.values["title"].clone()
        title[films] = parts.values["title"][films[origin]]
        movies = trainer.model.movie_tower.mixed(parts._replace(values={**parts.values, "title": title}))
        predicted = trainer.model.stars_of_pairs(users, movies, **pairs).numpy().clip(1, 5)
        errors.append(float(np.sqrt(((predicted - stars) ** 2).mean())))
    assert check.known.rmse["shuffled"] == pytest.approx(np.mean(errors), abs=1e-7)
    assert check.known.shuffled_sd == pytest.approx(np.std(errors, ddof=1), rel=1e-3)


def test_one_film_alone_has_no_title_to_swap_with(trainer, dataset, split) -> None:
    network = title_check._Network(trainer, FeatureEncoder(dataset, trainer.model.config.title_length))
    films = np.unique(dataset.movie_indices[split.validation])
    assert title_check._measured(dataset, split, network, films=films[:1], seed=0) is None
    assert title_check._measured(dataset, split, network, films=films[:2], seed=0).num_films == 2


def test_one_seed_gives_one_answer_and_another_holds_out_other_films(check, trainer, dataset, split) -> None:
    again = measure_title(dataset, split, trainer, with_held_out=True)
    assert replace(again, seconds=0) == replace(check, seconds=0)
    other = measure_title(dataset, split, trainer, with_held_out=True, seed=1)
    assert other.held_out != check.held_out
    assert other.known.rmse["trained"] == check.known.rmse["trained"]
    assert other.known.rmse["shuffled"] != check.known.rmse["shuffled"]


def test_the_network_is_left_as_it_is(trainer, dataset, split) -> None:
    before = trainer.checkpoint()
    measure_title(dataset, split, trainer, with_held_out=True)
    after = trainer.checkpoint()
    assert all(torch.equal(before.tensors[name], after.tensors[name]) for name in before.tensors)
    assert (before.position, before.reports) == (after.position, after.reports)


@pytest.mark.parametrize("batches", [0, 1, 7])
def test_a_companion_that_is_stopped_leaves_the_known_films(check, trainer, dataset, split, batches) -> None:
    asked = iter(range(batches))
    found = measure_title(dataset, split, trainer, with_held_out=True, should_stop=lambda: next(asked, None) is None)
    assert found.held_out is None
    assert found.known == check.known


def test_without_held_out_films_no_companion_is_trained(check, trainer, dataset, split, companions) -> None:
    found = measure_title(dataset, split, trainer, with_held_out=False)
    assert companions == []
    assert found.held_out is None
    assert found.known == check.known


@pytest.mark.parametrize("with_held_out", [True, False])
def test_progress_goes_from_0_to_1_and_never_back(trainer, dataset, split, with_held_out) -> None:
    told: list[float] = []
    measure_title(dataset, split, trainer, with_held_out=with_held_out, on_progress=told.append)
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)


@pytest.mark.parametrize("with_held_out", [True, False])
def test_without_a_validation_part_there_is_no_check(dataset, split, with_held_out) -> None:
    nothing = split._replace(validation=split.validation[:0])
    trainer = trained(dataset, nothing, "article", epochs=1)
    assert measure_title(dataset, nothing, trainer, with_held_out=with_held_out) is None


def test_a_check_comes_back_from_json(check) -> None:
    for each in (check, CHECK, replace(CHECK, held_out=None)):
        assert TitleCheck.from_dict(json.loads(json.dumps(each.to_dict()))) == each
    assert set(check.known.rmse) == set(WAYS)
    assert (check.share, check.seed) == (SHARE_HELD_OUT, 0)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"share": 0.0},
        {"share": "a tenth"},
        {"seed": -1},
        {"seed": 0.5},
        {"num_shuffles": 0},
        {"epochs": True},
        {"seconds": float("nan")},
        {"seconds": None},
        {"known": None},
        {"known_by": "somebody"},
        {"known": {**CHECK.to_dict()["known"], "num_films": 0}},
        {"known": {**CHECK.to_dict()["known"], "num_ratings": "many"}},
        {"known": {**CHECK.to_dict()["known"], "rmse": {"trained": 0.9, "shuffled": 1.0}}},
        {"known": {**CHECK.to_dict()["known"], "rmse": {"trained": 0.9, "shuffled": 1.0, "zeroed": -1.0}}},
        {"known": {**CHECK.to_dict()["known"], "rmse": [0.9, 1.0, 1.1]}},
        {"known": {**CHECK.to_dict()["known"], "rmse": list(WAYS)}},
        {"known": {**CHECK.to_dict()["known"], "rmse": dict.fromkeys(WAYS, 10**400)}},
        {"seconds": 10**400},
        {"held_out": {**CHECK.to_dict()["known"], "shuffled_sd": float("inf")}},
        {"held_out": {"num_films": 3}},
        {"held_out": 7},
        {"anything": 1},
    ],
)
def test_a_check_that_is_not_one_is_refused(spoiled) -> None:
    with pytest.raises(ConfigError):
        TitleCheck.from_dict({**CHECK.to_dict(), **spoiled})


def test_a_check_that_lacks_a_field_is_refused() -> None:
    for name in CHECK.to_dict():
        with pytest.raises(ConfigError):
            TitleCheck.from_dict({key: value for key, value in CHECK.to_dict().items() if key != name})
