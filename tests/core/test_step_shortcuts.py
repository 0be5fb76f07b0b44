"""Shortcuts of a training step give what the long way gives."""

import pytest
import torch

from recsys.config import ModelConfig
from recsys.model import DualHead, TitleCNN, TwoTower, Vectors, gathered


def test_titles_of_mixed_lengths_have_the_features_that_each_has_alone():
    cnn = TitleCNN(30, ModelConfig(), torch.Generator().manual_seed(0))
    tokens = torch.zeros(6, 15, dtype=torch.int64)
    for row, length in enumerate((1, 6, 5, 15, 0, 2)):
        tokens[row, :length] = torch.randint(2, 30, (length,), generator=torch.Generator().manual_seed(row))
    together = cnn(tokens)
    alone = torch.cat([cnn(tokens[row : row + 1]) for row in range(len(tokens))])
    assert torch.allclose(together, alone, atol=1e-6)
    assert torch.allclose(together, cnn.winners(tokens).response, atol=1e-6)  # which does not part short from long


def test_titles_of_mixed_lengths_all_send_a_gradient():
    cnn = TitleCNN(30, ModelConfig(), torch.Generator().manual_seed(0))
    tokens = torch.zeros(2, 15, dtype=torch.int64)
    tokens[0, :2] = torch.tensor([3, 4])
    tokens[1, :9] = torch.arange(10, 19)
    cnn(tokens).sum().backward()
    moved = cnn.words.weight.grad.abs().sum(dim=1) > 0
    assert moved[[3, 4, *range(10, 19)]].all()
    assert not moved[0]


def test_pairs_projected_once_have_the_stars_of_pairs_projected_each():
    generator = torch.Generator().manual_seed(0)
    head = DualHead(ModelConfig(head="dual", history_size=4, feature_size=8), generator)
    users, movies = (
        Vectors(torch.randn(n, 8, generator=generator), torch.randn(n, generator=generator)) for n in (3, 5)
    )
    rows, columns = torch.tensor([2, 0, 0, 1]), torch.tensor([4, 4, 1, 0])
    stars, noise = head.stars_and_noise(users, movies, rows, columns)
    assert stars.shape == noise.shape == (4,)
    assert torch.allclose(stars, head(gathered(users, rows), gathered(movies, columns)), atol=1e-6)
    assert torch.allclose(stars, head.score_matrix(users, movies)[rows, columns], atol=1e-6)


@pytest.mark.parametrize("num_pairs", [0, 1, 40_000])
def test_stars_of_many_pairs_are_those_of_each_pair(encoder, num_pairs):
    model = TwoTower(ModelConfig(head="dual", history_size=4, feature_size=8), encoder.sizes)
    generator = torch.Generator().manual_seed(0)
    users, movies = (
        Vectors(torch.randn(n, 8, generator=generator), torch.randn(n, generator=generator)) for n in (3, 5)
    )
    rows, columns = (torch.randint(n, (num_pairs,), generator=generator) for n in (3, 5))
    stars = model.stars_of_pairs(users, movies, user_rows=rows, movie_rows=columns)
    assert stars.shape == (num_pairs,)
    assert not stars.requires_grad
    assert torch.allclose(stars, model.head.score_matrix(users, movies)[rows, columns], atol=1e-6)
