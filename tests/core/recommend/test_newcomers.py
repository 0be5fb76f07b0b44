"""Newcomers are in no training, are measured on the same films as everybody, and the result keeps its origin."""

import json
from dataclasses import replace

import numpy as np
import pytest

from recsys.data.splits import random_split
from recsys.errors import BundleError, ConfigError, ScoreboardError
from recsys.evaluation.baselines import BIAS_CONFIG, BiasBaseline
from recsys.evaluation.protocol import known_rows
from recsys.provenance import commit
from recsys.recommend import Recommender, Traits
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.studies.judging import Errors, Judge, biased, offered
from recsys.studies.newcomers import draw, measure, others, train_without
from recsys.studies.scores import COUNTS, known_newcomers, own_file, read, save

PEOPLE = 12


@pytest.fixture(scope="module")
def study(dataset, history_bundle):
    return draw(dataset, history_bundle, count=PEOPLE, seed=3)


@pytest.fixture(scope="module")
def without(study, tmp_path_factory):
    """The network that does not know the people, and the reports of its training."""
    reports = []
    bundle = train_without(study, tmp_path_factory.mktemp("without") / "network", on_report=reports.append)
    return bundle, reports


@pytest.fixture(scope="module")
def scores(study, without):
    return measure(study, without[0], command="python -m recsys newcomers")


@pytest.fixture(scope="module")
def fold_in(study, without):
    return FoldIn(Inside(Recommender(others(study), without[0])))


def test_the_people_have_enough_ratings_to_show_and_something_to_find(study, dataset):
    stars = dataset.ratings["rating"].to_numpy()
    assert len(set(study.people.tolist())) == PEOPLE
    for user, known, test in zip(study.people, study.known, study.test, strict=True):
        assert len(known) >= max(COUNTS)
        assert stars[test].max() >= 4
        assert set(dataset.user_indices[np.concatenate([known, test])]) == {user}
        assert not set(known) & set(test)


def test_one_seed_draws_the_same_people_and_ratings(study, dataset, history_bundle):
    again, other = (draw(dataset, history_bundle, count=PEOPLE, seed=seed) for seed in (3, 4))
    assert np.array_equal(again.people, study.people)
    assert all(np.array_equal(one, two) for one, two in zip(again.known, study.known, strict=True))
    assert not np.array_equal(other.people, study.people)


def test_the_others_are_everybody_else_without_test_ratings(study, dataset, history_bundle):
    left = others(study)
    ids = set(dataset.users["user_id"].iloc[study.people])
    assert left.num_users == dataset.num_users - PEOPLE
    assert left.num_movies == dataset.num_movies
    assert not ids & set(left.users["user_id"])
    assert not ids & set(left.ratings["user_id"])
    known = known_rows(random_split(dataset.num_ratings, history_bundle.info.data))
    assert left.num_ratings == len(known) - sum(len(rows) for rows in study.known)


def test_the_network_without_them_has_the_same_settings(study, without, history_bundle):
    bundle, reports = without
    assert bundle.info.model == history_bundle.info.model
    assert bundle.info.train == history_bundle.info.train
    assert bundle.info.data.split == "none"
    assert len(reports) == history_bundle.info.train.epochs
    assert len(bundle.user_features) == others(study).num_users


def test_a_kept_network_is_not_trained_again(study, without):
    reports = []
    assert train_without(study, without[0].info.folder, on_report=reports.append).info == without[0].info
    assert reports == []


def test_a_kept_network_that_knows_them_is_refused(study, history_bundle):
    with pytest.raises(BundleError):
        train_without(study, history_bundle.info.folder)


def test_every_contender_has_its_rows(scores):
    found = [(row.who, row.num_ratings) for row in scores.rows]
    ways = [f"{way}{said}" for way in ("random", "offered") for said in ("", "_untold")]
    assert len(found) == len(set(found))
    assert set(found) == {("popularity", None), ("known", None)} | {
        (who, n) for who in ("biases", *ways) for n in COUNTS
    }
    assert scores.row("popularity").rmse is None
    assert scores.row("biases", 5).ndcg is None
    assert scores.row("random", 4) is None


def test_no_rating_is_the_same_however_the_films_are_chosen(scores):
    one, two = scores.row("random", 0), scores.row("offered", 0)
    assert (one.rmse, one.ndcg) == (two.rmse, two.ndcg)


def test_known_people_are_measured_as_the_protocol_does(study, scores, dataset, history_bundle):
    rows = np.concatenate(study.test)
    predicted = history_bundle.predict_stars(dataset.user_indices[rows], dataset.movie_indices[rows])
    errors = np.clip(predicted, 1, 5) - dataset.ratings["rating"].to_numpy()[rows]
    assert scores.row("known").rmse == pytest.approx(np.sqrt(np.mean(errors**2)), abs=1e-5)
    assert scores.row("known").rmse_gap.value == 0
    assert scores.num_test_ratings == len(rows)


def test_gaps_lie_in_their_intervals(scores):
    for row in scores.rows:
        known, popularity = scores.row("known"), scores.row("popularity")
        if row.rmse is not None:
            assert row.rmse_gap.value == pytest.approx(row.rmse - known.rmse)
            assert row.rmse_gap.low <= row.rmse_gap.value <= row.rmse_gap.high
        if row.ndcg is not None:
            assert row.ndcg_gap.value == pytest.approx(row.ndcg - popularity.ndcg)
            assert row.ndcg_gap.low <= row.ndcg_gap.value <= row.ndcg_gap.high


def test_more_ratings_cost_more_offers(scores):
    costs = [scores.row("offered", n).num_offers for n in COUNTS]
    assert costs == sorted(costs)
    assert costs[0] == 0
    assert costs[1] >= 1
    assert scores.row("random", 5).num_offers is None


def test_only_films_that_they_rated_are_answered(study, fold_in):
    chosen, counts = offered(study, fold_in, 5)
    for rows, known, row in zip(chosen, study.known, counts, strict=True):
        assert len(rows) == len(set(rows.tolist())) == 5
        assert set(rows.tolist()) <= set(known.tolist())
        assert (np.diff(row) >= 1).all()


def test_a_newcomer_is_measured_by_what_fold_in_says(study, fold_in, dataset):
    """One person by hand."""
    shown = (study.known[0][:3],)
    one = replace(study, people=study.people[:1], known=study.known[:1], test=study.test[:1])
    errors = Judge(one).newcomers(fold_in, study.known[:1], [Traits()], 3)
    person = fold_in.person(one.ratings(shown[0]))
    stars = Recommender(others(study), fold_in.inside.bundle).stars_for(person)
    true = dataset.ratings["rating"].to_numpy()[study.test[0]]
    squared = (np.clip(stars[dataset.movie_indices[study.test[0]]], 1, 5) - true) ** 2
    assert errors.squared[0] == pytest.approx(squared.sum(), rel=1e-4)
    assert 0 <= errors.ndcg[0] <= 1


def test_lists_hold_no_known_film_and_are_judged_by_what_is_liked_in_the_test_part(study, dataset):
    stars, movies = dataset.ratings["rating"].to_numpy(), dataset.movie_indices
    scores = np.random.default_rng(0).normal(size=(PEOPLE, dataset.num_movies))
    for row, known in zip(scores, study.known, strict=True):
        row[movies[known]] += 100
    expected = []
    for row, known, test in zip(scores, study.known, study.test, strict=True):
        order = [film for film in np.argsort(-row) if film not in set(movies[known].tolist())][:10]
        liked = set(movies[test[stars[test] >= 4]].tolist())
        gain = sum(1 / np.log2(place + 2) for place, film in enumerate(order) if film in liked)
        expected.append(gain / sum(1 / np.log2(place + 2) for place in range(min(10, len(liked)))))
    assert max(expected) > 0
    assert Judge(study).errors(None, scores).ndcg == pytest.approx(expected)


def test_rmse_is_over_ratings_and_its_interval_over_people(study):
    judge = Judge(study)
    num_test = np.array([len(rows) for rows in study.test])
    own, known = Errors(2.0 * num_test, None), Errors(1.0 * num_test, None)
    row = judge.row("random", 3, own, (known, own))
    assert row.rmse == pytest.approx(np.sqrt(2))
    gap = row.rmse_gap
    assert (gap.value, gap.low, gap.high) == pytest.approx((np.sqrt(2) - 1,) * 3)
    values = np.random.default_rng(0).normal(size=PEOPLE)
    gap = judge.row("random", 3, Errors(None, values), (known, Errors(None, 0 * values))).ndcg_gap
    assert gap.high - gap.low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(PEOPLE), rel=0.1)


def test_fewer_ratings_move_biases_less_far(study, dataset):
    """Those that are shown first count, and no others."""
    biases = BiasBaseline(others(study), np.arange(others(study).num_ratings))
    some, usual = study.known[0][:5], biases.mean + biases.of_movie
    rest = dataset.ratings["rating"].to_numpy()[some] - usual[dataset.movie_indices[some]]
    moved = biased(study, biases, 5)[0] - usual
    assert moved == pytest.approx(rest.sum() / (5 + BIAS_CONFIG["user_shrinkage"]))


def test_biases_move_with_the_persons_own_ratings(study, dataset):
    left = others(study)
    biases = BiasBaseline(left, np.arange(left.num_ratings))
    none, some = biased(study, biases, 0), biased(study, biases, 15)
    assert none == pytest.approx(np.tile(biases.mean + biases.of_movie, (PEOPLE, 1)))
    assert np.ptp(some - none, axis=1) == pytest.approx(0, abs=1e-9)


def test_a_result_is_read_back_as_it_was_written(scores, dataset, tmp_path):
    assert read(save(scores, tmp_path / "a.json")) == scores
    assert known_newcomers(dataset) is None
    assert save(scores) == own_file("synthetic")
    assert known_newcomers(dataset) == scores
    assert scores.commit == commit()
    assert scores.split == "p80"


def test_a_result_of_other_data_is_not_shown(scores, dataset):
    save(replace(scores, fingerprint="another"))
    assert known_newcomers(dataset) is None


@pytest.mark.parametrize("newer", ["shipped", "own"])
def test_the_newest_result_counts_whoever_measured_it(scores, dataset, tmp_path, monkeypatch, newer):
    monkeypatch.setattr("recsys.studies.scores.SHIPPED_NEWCOMERS", tmp_path)
    late = replace(scores, created="2099-01-01T00:00:00+00:00")
    save(late if newer == "shipped" else scores, tmp_path / "synthetic.json")
    save(late if newer == "own" else scores)
    assert known_newcomers(dataset) == late


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"more": 1},
        {"num_people": True},
        {"created": "yesterday"},
        {"rows": [{"who": "nobody"}]},
        {"rows": 3},
        {"seconds": "1"},
        {"seconds": None},
    ],
)
def test_a_damaged_result_is_refused(scores, tmp_path, change):
    file = save(scores, tmp_path / "a.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(ScoreboardError):
        read(file)


def test_a_gap_without_a_number_is_refused(scores, tmp_path):
    file = save(scores, tmp_path / "a.json")
    values = json.loads(file.read_text())
    next(row for row in values["rows"] if row["ndcg_gap"])["ndcg_gap"]["low"] = None
    file.write_text(json.dumps(values))
    with pytest.raises(ScoreboardError, match="missing"):
        read(file)


def test_a_missing_or_broken_file_is_refused(tmp_path):
    for text in (None, "", "[]", '{"format": 1}', "[" * 100_000):
        file = tmp_path / "a.json"
        if text is not None:
            file.write_text(text)
        with pytest.raises(ScoreboardError):
            read(file)


def test_too_many_people_or_a_model_without_histories_is_refused(dataset, bundle, history_bundle):
    with pytest.raises(ConfigError):
        draw(dataset, history_bundle, count=dataset.num_users, seed=0)
    with pytest.raises(BundleError):
        draw(dataset, bundle, count=1, seed=0)
