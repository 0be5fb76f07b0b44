"""Because you rated X, and what if: the network asked again, and asked really."""

import numpy as np
import pytest
import torch

from recsys.data.dataset import Dataset
from recsys.errors import ConfigError
from recsys.model import Vectors
from recsys.recommend import Recommender, Traits
from recsys.recommend.answers import Weights
from recsys.recommend.because import Because, difference
from recsys.recommend.inside import Inside


@pytest.fixture(scope="module")
def because(inside: Inside) -> Because:
    return Because(inside)


@pytest.fixture
def person(model: Recommender, dataset: Dataset):
    return model.person(int(dataset.users["user_id"].iloc[3]))


@pytest.fixture
def film(dataset: Dataset) -> int:
    return int(dataset.movies["movie_id"].iloc[7])


def really_without(inside: Inside, row: int, movies: list[int]) -> Vectors:
    """What the tower makes of a person with some ratings hidden."""
    table = inside.table
    hidden = (table.users == row) & torch.isin(table.movies, torch.tensor(movies))
    history, _ = table.histories(~hidden, torch.tensor([row]))
    with torch.inference_mode():
        return inside.model.user_tower(inside.users.rows(torch.tensor([row])), history)


def points(because: Because, vectors: Vectors, row: int) -> float:
    """By how many points a film lies above the films of the background, each asked by itself."""
    head, films = because.inside.model.head, because.inside.bundle.movie_vectors
    with torch.inference_mode():
        scores = head.list_scores(vectors, films)[0]
    return float(scores[row] - scores[because._background.movies].mean())


def test_leaving_out_each_rating_at_once_is_really_leaving_it_out(because, inside, person, film, dataset):
    user, row = dataset.user_index(person.user_id), dataset.movie_index(film)
    before = points(because, really_without(inside, user, []), row)
    effects = because.effects(person, film)
    assert {effect.movie_id: effect.given for effect in effects} == dict(person.known)
    for effect in effects:
        after = points(because, really_without(inside, user, [dataset.movie_index(effect.movie_id)]), row)
        assert effect.change == pytest.approx(before - after, abs=1e-5)


def test_the_largest_gain_comes_first(because, person, film):
    changes = [effect.change for effect in because.effects(person, film)]
    assert changes == sorted(changes, reverse=True)


def test_only_the_ratings_that_the_network_read_count(because, person, film):
    assert len(person.known) < len(person.ratings)
    assert len(because.effects(person, film)) == len(person.known)


def test_leaving_out_the_only_rating_leaves_somebody_without_ratings(because, inside, person, film):
    only = dict(list(person.known.items())[:1])
    sums = because._reading(only).without_each()
    assert sums.num_ratings.tolist() == [0]
    mixed = because._mixed(person, person.traits, sums)
    row = inside.dataset.user_index(person.user_id)
    everything = inside.table.movies[inside.table.users == row].tolist()
    nothing = really_without(inside, row, everything)
    assert mixed.features.numpy() == pytest.approx(nothing.features.numpy(), abs=1e-6)
    assert float(mixed.bias) == pytest.approx(0)


def test_without_a_change_nothing_changes_at_all(because, model, person, film):
    same = because.changed(person)
    assert np.array_equal(same.features, person.features)
    assert same.bias == person.bias
    found = difference(model, person, same, film)
    assert (found.entered, found.left) == ((), ())
    assert found.stars_before == found.stars_after


def test_another_trait_is_what_the_tower_makes_of_it(because, inside, person, dataset):
    row = dataset.user_index(person.user_id)
    other = "F" if person.traits.gender == "M" else "M"
    users = inside.users_with(gender=other).rows(torch.tensor([row]))
    history, _ = inside.table.histories(torch.ones(len(inside.table), dtype=torch.bool), torch.tensor([row]))
    with torch.inference_mode():
        expected = inside.model.user_tower(users, history).features[0].numpy()
    found = because.changed(person, person.traits._replace(gender=other))
    assert found.features == pytest.approx(expected, abs=1e-5)
    assert found.traits.gender == other


def test_without_a_rating_the_film_still_counts_as_seen(because, person):
    left_out = next(iter(person.known))
    found = because.changed(person, without=left_out)
    assert left_out not in found.known
    assert left_out in found.ratings


def above(model: Recommender, because: Because, person, row: int) -> float:
    """By how many points a film lies above those of the background in a person's list."""
    scores = model.scores_for(person)
    return float(scores[row] - scores[because._background.movies.numpy()].mean())


def test_without_a_rating_points_change_by_what_it_does(because, model, person, film, dataset):
    """The level of the person is another one too, for all films alike."""
    row = dataset.movie_index(film)
    for effect in because.effects(person, film)[:3]:
        found = because.changed(person, without=effect.movie_id)
        assert found.bias != person.bias
        change = above(model, because, person, row) - above(model, because, found, row)
        assert change == pytest.approx(effect.change, abs=1e-4)


def test_the_strongest_rating_of_each_film_is_the_first_of_its_effects(because, person, dataset):
    films = dataset.movies["movie_id"].tolist()[:12]
    for weights in (None, Weights(0.0, 1.0), Weights(1.0, 0.0)):
        found = because.strongest(person, films, weights)
        for film, strongest in zip(films, found, strict=True):
            first = because.effects(person, film, weights)[0]
            assert strongest.change == pytest.approx(first.change, abs=1e-9)
            assert (strongest.movie_id, strongest.given) == (first.movie_id, first.given)


def test_what_comes_in_and_what_falls_out_are_as_many(because, model, person, film, dataset):
    traits = Traits("F", 6, dataset.occupations[0])
    found = difference(model, person, because.changed(person, traits), film, k=5)
    assert len(found.entered) == len(found.left)
    before = {movie.movie_id for movie in model.recommend_for(person, k=5)}
    assert not before & {movie.movie_id for movie in found.entered}
    assert {movie.movie_id for movie in found.left} <= before


@pytest.mark.parametrize(
    "traits", [Traits(), Traits("F", 2, "wizard"), Traits("X", 2, "artist"), Traits("F", 7, "artist")]
)
def test_traits_that_nobody_has_are_refused(because, person, traits):
    with pytest.raises(ConfigError):
        because.changed(person, traits)


def test_a_network_without_histories_has_no_ratings_to_name(dataset, bundle, film):
    model = Recommender(dataset, bundle)
    because = Because(Inside(model))
    person = model.person(int(dataset.users["user_id"].iloc[3]))
    assert not because.reads_ratings
    assert because.effects(person, film) == []
    assert because.strongest(person, [film, film]) == [None, None]
    moved = because.changed(person, person.traits._replace(age_group=(person.traits.age_group + 1) % 7))
    assert not np.array_equal(moved.features, person.features)


def test_a_visitor_is_made_anew_without_each_rating(inside, fold_in, model, dataset, film):
    rated = dict(zip(dataset.movies["movie_id"].iloc[[2, 5, 9]].tolist(), (5, 2, 4), strict=True))
    visitor, because, row = fold_in.person(rated), Because(inside, fold_in), dataset.movie_index(film)
    for effect in because.effects(visitor, film):
        others = fold_in.person({i: given for i, given in rated.items() if i != effect.movie_id})
        answers = model.ordering.answers
        scores = [answers.stars(who.vectors)[0] + answers.watch(who.vectors)[0] for who in (visitor, others)]
        expected = [float(each[row] - each[because._background.movies.numpy()].mean()) for each in scores]
        assert effect.change == pytest.approx(expected[0] - expected[1], abs=1e-4)
    moved = because.changed(visitor, Traits("F", None, None), without=next(iter(rated)))
    assert len(moved.known) == len(rated) - 1
    assert dict(moved.ratings) == rated


def test_a_visitor_without_fold_in_is_refused(because, fold_in, film):
    with pytest.raises(ConfigError):
        because.changed(fold_in.person({film: 5}))
