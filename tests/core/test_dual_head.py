"""The head of the preset `default`: stars, watching and their blend, and what is used in training only."""

from dataclasses import replace

import pytest
import torch

from recsys.model import DotHead, DualHead, MlpHead, Vectors, gathered
from tests.core.conftest import HISTORY_MODEL

CONFIG = replace(HISTORY_MODEL, blend=1.5)
SIZE = CONFIG.feature_size


def vectors(count: int, seed: int) -> Vectors:
    source = torch.Generator().manual_seed(seed)
    return Vectors(torch.randn(count, SIZE, generator=source), torch.randn(count, generator=source))


@pytest.fixture
def head() -> DualHead:
    source = torch.Generator().manual_seed(0)
    head = DualHead(CONFIG, source).eval().requires_grad_(False)
    for parameter in head.parameters():
        parameter.uniform_(-0.5, 0.5, generator=source)
    head.mean.fill_(3.6)
    return head


USERS, MOVIES = vectors(3, 1), vectors(4, 2)


def test_pairs_get_the_stars_of_the_matrix_in_both_ways(head) -> None:
    matrix = head.score_matrix(USERS, MOVIES)
    assert matrix.shape == (3, 4)
    rows, columns = torch.tensor([0, 2, 2, 1]), torch.tensor([3, 0, 1, 1])
    expected = matrix[rows, columns]
    assert torch.allclose(head(gathered(USERS, rows), gathered(MOVIES, columns)), expected, atol=1e-5)
    assert torch.allclose(head.stars_and_noise(USERS, MOVIES, rows, columns)[0], expected, atol=1e-5)


def test_stars_are_the_mean_both_biases_and_a_scaled_product(head) -> None:
    user, movie = (Vectors(v.features[1:2], v.bias[1:2]) for v in (USERS, MOVIES))
    product = (head.user_stars(user.features) * head.movie_stars(movie.features)).sum() / SIZE**0.5
    assert float(head(user, movie)) == pytest.approx(3.6 + float(user.bias + movie.bias + product), abs=1e-5)


def test_lists_are_ordered_by_the_logit_of_watching_and_the_blend_times_the_stars(head) -> None:
    watch, stars = head.watch_matrix(USERS, MOVIES), head.score_matrix(USERS, MOVIES)
    assert torch.allclose(head.list_scores(USERS, MOVIES), watch + 1.5 * stars)
    assert torch.allclose(head.list_scores(USERS, MOVIES, -0.25), watch - 0.25 * stars)
    assert torch.equal(head.list_scores(USERS, MOVIES, 0), watch)


def test_watching_knows_no_bias(head) -> None:
    louder = MOVIES._replace(bias=MOVIES.bias + 1)
    assert torch.equal(head.watch_matrix(USERS, louder), head.watch_matrix(USERS, MOVIES))
    assert torch.allclose(head.score_matrix(USERS, louder), head.score_matrix(USERS, MOVIES) + 1, atol=1e-5)


def test_the_expected_error_is_in_no_prediction(head) -> None:
    rows, columns = torch.tensor([0, 1]), torch.tensor([2, 3])
    stars, noise = head.stars_and_noise(USERS, MOVIES, rows, columns)
    before = head.score_matrix(USERS, MOVIES), head.list_scores(USERS, MOVIES), stars
    for layer in (head.user_noise, head.movie_noise):
        layer.bias.add_(1)
    stars, louder = head.stars_and_noise(USERS, MOVIES, rows, columns)
    after = head.score_matrix(USERS, MOVIES), head.list_scores(USERS, MOVIES), stars
    assert (louder > noise).all()
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_one_person_and_one_film_keep_their_axes(head) -> None:
    users, movies, first = vectors(1, 1), vectors(1, 2), torch.tensor([0])
    assert head(users, movies).shape == (1,)
    assert [answer.shape for answer in head.stars_and_noise(users, movies, first, first)] == [(1,), (1,)]
    assert head.watch_matrix(users, movies).shape == head.score_matrix(users, movies).shape == (1, 1)


def test_the_mean_travels_with_the_weights(head) -> None:
    other = DualHead(CONFIG, torch.Generator().manual_seed(1))
    other.load_state_dict(head.state_dict())
    assert float(other.mean) == pytest.approx(3.6)


def test_a_batch_of_matrices_is_the_matrices_one_by_one(head) -> None:
    for each in (head, DotHead(), mlp(0), mlp(7)):
        users, movies = (
            Vectors(*(torch.stack(pair) for pair in zip(vectors(n, 3), vectors(n, 4), strict=True))) for n in (3, 4)
        )
        found = each.score_matrix(users, movies)
        assert found.shape == (2, 3, 4)
        for one in range(2):
            alone = each.score_matrix(*(Vectors(side.features[one], side.bias[one]) for side in (users, movies)))
            assert torch.allclose(found[one], alone, atol=1e-5)


def mlp(hidden: int) -> MlpHead:
    config = replace(HISTORY_MODEL, head="mlp", history_size=0, mlp_hidden=hidden)
    return MlpHead(config, torch.Generator().manual_seed(0)).requires_grad_(False)
