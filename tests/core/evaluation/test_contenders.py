"""Contenders: all answer the same questions, learn nothing from what is held out, and repeat themselves."""

import json
from dataclasses import replace

import numpy as np
import pytest

from recsys.config import DataConfig
from recsys.data.splits import Split
from recsys.errors import MissingPackageError, StoppedError
from recsys.evaluation import contenders as listed
from recsys.evaluation.baselines import BiasBaseline, MeanBaseline
from recsys.evaluation.contenders import Baseline, contenders
from recsys.evaluation.ease import Ease
from recsys.evaluation.metrics import star_errors
from recsys.evaluation.protocol import evaluate_lists
from recsys.evaluation.scores import KEYS
from recsys.evaluation.tuning import Search, grid
from recsys.training import contender as training_contender
from recsys.training import steps
from recsys.training.contender import NetworkContender, networks
from tests.core.conftest import CPU, DATA, HISTORY_MODEL, HISTORY_TRAIN, MODEL, TRAIN

STARS = {"mean", "biases", "item_knn", "surprise_svd", "surprise_svd_tuned", "quick_network"}
CHEAP = {"mean", "biases", "popularity", "item_knn", "ease", "ease_liked"}
QUICK = NetworkContender("quick_network", DATA, "article", MODEL, replace(TRAIN, epochs=1), CPU)
ALL = [*contenders(DATA).values(), QUICK]


@pytest.fixture(scope="module", params=ALL, ids=lambda contender: contender.key)
def contender(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(contender, dataset, split):
    return contender.fit(dataset, split)


def answers(fitted, dataset, split) -> tuple[np.ndarray | None, np.ndarray]:
    test = split.test.numpy()
    stars = fitted.predict(dataset.user_indices[test], dataset.movie_indices[test])
    return stars, fitted.score_users(np.arange(dataset.num_users))


def test_the_table_lists_every_contender_in_its_order() -> None:
    keys = [*contenders(DATA), *networks(DATA)]
    assert keys == [key for key in KEYS if key in keys]
    assert set(KEYS) == set(keys)
    assert {key for key, one in (contenders(DATA) | networks(DATA)).items() if one.is_cheap} == CHEAP


def test_stars_and_scores_have_their_shapes_and_are_finite(contender, fitted, dataset, split) -> None:
    stars, scores = answers(fitted, dataset, split)
    assert (stars is not None) == (contender.key in STARS)
    if stars is not None:
        assert stars.shape == (len(split.test),)
        assert np.isfinite(stars).all()
    assert scores.shape == (dataset.num_users, dataset.num_movies)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    some = np.array([7, 3, 7])
    assert fitted.score_users(some) == pytest.approx(scores[some], abs=1e-4)


def test_held_out_ratings_change_no_prediction(contender, fitted, dataset, split, spoiled) -> None:
    stars, scores = answers(fitted, dataset, split)
    again = contender.fit(spoiled, split)
    test = split.test.numpy()
    other = again.predict(dataset.user_indices[test], dataset.movie_indices[test])
    assert np.array_equal(again.score_users(np.arange(dataset.num_users)), scores)
    assert (other is None and stars is None) or np.array_equal(other, stars)


@pytest.mark.parametrize("key", contenders(DATA))
def test_other_training_ratings_do_change_it(key, dataset, split) -> None:
    half = split._replace(train=split.train[::2])
    whole, part = (contenders(DATA)[key].fit(dataset, one).score_users(np.arange(9)) for one in (split, half))
    assert not np.array_equal(whole, part)


def test_settings_are_json(contender) -> None:
    assert json.loads(json.dumps(dict(contender.config))) == dict(contender.config)


@pytest.mark.parametrize("key", ["surprise_svd", "surprise_svd_tuned", "implicit_als"])
def test_the_seed_of_the_split_starts_the_random_numbers(key, dataset, split) -> None:
    first, other = (
        contenders(DataConfig("synthetic", seed=seed))[key].fit(dataset, split).score_users(np.arange(5))
        for seed in (0, 1)
    )
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("key", ["surprise_svd", "surprise_svd_tuned"])
def test_factorisation_of_stars_beats_the_mean(key, dataset, split) -> None:
    test = split.test.numpy()
    stars = dataset.ratings["rating"].to_numpy(dtype=np.float64)[test]
    both = [
        star_errors(answers(contenders(DATA)[one].fit(dataset, split), dataset, split)[0], stars)["rmse"]
        for one in (key, "mean")
    ]
    assert both[0] < both[1]


def test_stars_are_those_that_the_library_itself_predicts(by_hand) -> None:
    surprise = pytest.importorskip("surprise")
    triples = [(1, 4, 5), (1, 2, 1), (2, 4, 4), (3, 2, 2), (3, 1, 5)]
    dataset, split = by_hand(triples, [(4, 3, 3)], movie_ids=(4, 2, 1, 3))
    fitted = contenders(DATA)["surprise_svd"].fit(dataset, split)
    table = dataset.ratings.iloc[:5][["user_id", "movie_id", "rating"]]
    train = surprise.Dataset.load_from_df(table, surprise.Reader(rating_scale=(1, 5))).build_full_trainset()
    model = surprise.SVD(random_state=DATA.seed).fit(train)
    for user_id, movie_id in [(1, 4), (3, 4), (4, 4), (2, 3), (4, 3)]:  # the last three: unknown user, film, both
        expected = model.predict(user_id, movie_id, clip=False).est
        where = np.array([dataset.user_index(user_id)]), np.array([dataset.movie_index(movie_id)])
        assert fitted.predict(*where) == pytest.approx(expected)


def test_a_missing_package_is_named_with_the_command_that_installs_it(dataset, split, monkeypatch) -> None:
    monkeypatch.setattr(listed, "find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match="pip install scikit-surprise") as caught:
        contenders(DATA)["surprise_svd"].fit(dataset, split)
    assert (caught.value.contender, caught.value.package) == ("surprise_svd", "scikit-surprise")
    assert contenders(DATA)["ease"].fit(dataset, split).score_users(np.array([0])).shape == (1, dataset.num_movies)


def test_a_baseline_is_given_all_rows_but_those_of_the_test_part(dataset, split) -> None:
    given = []
    Baseline("spy", lambda _, rows, _settings: given.append(rows)).fit(dataset, split)
    assert np.array_equal(given[0], np.setdiff1d(np.arange(dataset.num_ratings), split.test.numpy()))


def test_all_learn_from_the_training_and_the_validation_part_and_say_so(dataset, split) -> None:
    listed_ones = contenders(DATA) | networks(DATA)
    assert {one.config["learned_from"] for one in listed_ones.values()} == {"training and validation part"}
    known = len(split.train) + len(split.validation)
    liked = int((np.delete(dataset.ratings["rating"].to_numpy(), split.test.numpy()) >= 4).sum())
    for key, one in listed_ones.items():
        assert one.num_ratings(dataset, split) == (liked if key == "ease_liked" else known)


@pytest.mark.parametrize(("model", "train"), [(MODEL, TRAIN), (HISTORY_MODEL, HISTORY_TRAIN)])
def test_a_network_is_trained_on_the_same_ratings_as_the_others(model, train, dataset, split, monkeypatch) -> None:
    trained_on = []

    def loss(steps, *arguments):
        parts = steps._tables[-1] if hasattr(steps, "_tables") else steps._ratings
        trained_on.append(len(parts.stars))
        return wrapped(steps, *arguments)

    kind = steps.HistorySteps if model.history_size else steps.RatingSteps
    wrapped = kind.loss
    monkeypatch.setattr(kind, "loss", loss)
    replace(QUICK, model=model, train=train).fit(dataset, split)
    assert set(trained_on) == {len(split.train) + len(split.validation)}


def test_free_settings_are_chosen_on_the_validation_part_and_the_search_is_written_down(dataset, split) -> None:
    ease = contenders(DATA)["ease"].tuned(dataset, split)
    [choice] = ease.config["chosen"]
    assert (choice["on"], choice["by"]) == ("validation part", "ndcg@10")
    assert [one["penalty"] for one in choice["tried"]] == [200.0, 350.0, 500.0, 800.0, 1250.0]
    assert ease.config["penalty"] == max(choice["tried"], key=lambda one: one["ndcg@10"])["penalty"]
    shown = Split(split.train, split.test[:0], split.validation)
    for one in choice["tried"]:
        fitted = Ease(dataset, split.train.numpy(), penalty=one["penalty"])
        quality = evaluate_lists(dataset, shown, fitted.score_users)["ndcg@10"]
        assert one["ndcg@10"] == pytest.approx(quality, abs=1e-5)
    assert json.loads(json.dumps(dict(ease.config))) == dict(ease.config)


@pytest.mark.parametrize("key", ["item_knn", "ease_liked"])
def test_the_test_part_has_no_say_in_what_is_chosen(key, dataset, split, spoiled) -> None:
    once, again = (contenders(DATA)[key].tuned(data, split).config for data in (dataset, spoiled))
    assert once == again
    assert all(len({one[choice["by"]] for one in choice["tried"]}) > 1 for choice in once["chosen"])


def test_each_choice_goes_on_with_what_was_chosen_before(dataset, split) -> None:
    given = []

    def make(data, rows, settings):
        given.append(dict(settings))
        return BiasBaseline(data, rows) if settings["first"] == 2 else MeanBaseline(data, rows)

    searches = Search("rmse", grid(first=(1, 2, 3))), Search("rmse", grid(second=(5, 4)))
    found = Baseline("spy", make, {"first": 1, "second": 9}, searches).tuned(dataset, split)
    assert given == [
        {"first": 1, "second": 9},
        {"first": 2, "second": 9},
        {"first": 3, "second": 9},
        {"first": 2, "second": 5},
        {"first": 2, "second": 4},
    ]
    assert found.settings == {"first": 2, "second": 5}  # the first of two equal ones


def test_where_nothing_is_free_or_there_is_no_validation_part_settings_stay(dataset, split) -> None:
    assert "chosen" not in contenders(DATA)["biases"].tuned(dataset, split).config
    whole = Split(split.train, split.validation[:0], split.test)
    assert contenders(DATA)["ease"].tuned(dataset, whole).config == contenders(DATA)["ease"].config


def test_a_contender_is_fitted_again_as_its_score_says() -> None:
    config = contenders(DATA)["ease"].config | {"penalty": 800.0, "num_ratings": 3}
    assert contenders(DATA)["ease"].like(config).settings == {"penalty": 800.0}


def test_networks_take_their_settings_from_presets(monkeypatch) -> None:
    preset = {"article": training_contender.PRESETS["article"], "default": (MODEL, TRAIN)}
    monkeypatch.setattr("recsys.config.PRESETS", preset)
    monkeypatch.setattr(training_contender, "PRESETS", preset)
    found = networks(DataConfig("synthetic", seed=3))
    assert list(found) == ["article_dot", "article_mlp", "default"]
    assert [found[key].config["model"]["head"] for key in found] == ["dot", "mlp", MODEL.head]
    assert {found[key].config["train"]["seed"] for key in found} == {3}
    assert found["default"].config["model"] == MODEL.to_dict()


def test_a_network_tells_its_epochs_and_can_be_stopped(dataset, split) -> None:
    told = []
    two = replace(QUICK, train=replace(TRAIN, epochs=2), on_report=told.append)
    fitted = two.fit(dataset, split)
    assert [report.epoch for report in told] == [1, 2]
    assert fitted.fit_seconds == pytest.approx(sum(report.seconds for report in told))
    with pytest.raises(StoppedError):
        replace(two, should_stop=lambda: True).fit(dataset, split)
