"""The network: shapes, padding, gradients, determinism, both heads and both combiners."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from recsys.config import ModelConfig
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.vocabulary import PAD_INDEX
from recsys.model import MlpHead, TitleCNN, TwoTower, Vectors, gathered
from recsys.model.heads import make_head
from recsys.model.layers import SeededDropout

CONFIGS = [
    ModelConfig(),
    ModelConfig(combiner="mean", init=0.05),
    ModelConfig(head="mlp"),
    ModelConfig(head="mlp", mlp_hidden=16, windows=(1, 3), num_filters=5),
]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def pairs(dataset: Dataset, count: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(dataset.user_indices[:count]), torch.from_numpy(dataset.movie_indices[:count])


def predict(model: TwoTower, dataset: Dataset, encoder: FeatureEncoder, count: int = 32) -> torch.Tensor:
    users, movies = pairs(dataset, count)
    return model(encoder.encode_users(dataset), encoder.encode_movies(dataset), user_rows=users, movie_rows=movies)


def vectors(count: int, *, seed: int = 0) -> Vectors:
    source = torch.Generator().manual_seed(seed)
    return Vectors(torch.rand(count, 200, generator=source), torch.rand(count, generator=source))


def seeded(model: TwoTower) -> TwoTower:
    for module in model.modules():
        if isinstance(module, SeededDropout):
            module.reseed(0, torch.device("cpu"))
    return model


@pytest.mark.parametrize("config", CONFIGS)
def test_predictions_have_the_shape_of_the_targets(config, dataset, encoder) -> None:
    model = TwoTower(config, encoder.sizes)
    for count in (1, 32):
        assert predict(model, dataset, encoder, count).shape == (count,)


@pytest.mark.parametrize("config", CONFIGS)
def test_every_parameter_receives_a_gradient_and_is_in_the_state_dict(config, dataset, encoder) -> None:
    model = seeded(TwoTower(config, encoder.sizes)).train()
    functional.mse_loss(predict(model, dataset, encoder), torch.full((32,), 4.0)).backward()
    states = model.state_dict()
    for name, parameter in model.named_parameters():
        assert name in states
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_the_state_dict_names_the_convolutions_of_all_windows(encoder) -> None:
    names = TwoTower(ModelConfig(), encoder.sizes).state_dict()
    shapes = {n: tuple(v.shape) for n, v in names.items() if "convolutions" in n and "weight" in n}
    assert sorted(shapes.values()) == [(8, 32, width) for width in (2, 3, 4, 5)]


@pytest.mark.parametrize("config", CONFIGS)
def test_evaluation_is_deterministic_and_training_is_not(config, dataset, encoder) -> None:
    model = seeded(TwoTower(config, encoder.sizes)).eval()
    assert torch.equal(predict(model, dataset, encoder), predict(model, dataset, encoder))
    model.train()
    assert not torch.equal(predict(model, dataset, encoder), predict(model, dataset, encoder))


def test_features_have_the_sizes_of_the_article(dataset, encoder) -> None:
    model = TwoTower(ModelConfig(), encoder.sizes).eval()
    users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
    assert model.user_tower(users).features.shape == (dataset.num_users, 200)
    assert model.movie_tower(movies).features.shape == (dataset.num_movies, 200)
    assert model.user_tower.mix.in_features == 128
    assert model.movie_tower.mix.in_features == 96
    assert model.movie_tower.title(movies.title).shape == (dataset.num_movies, 32)


def test_one_seed_gives_one_network_and_another_seed_another(encoder) -> None:
    first, second, third = (TwoTower(ModelConfig(), encoder.sizes, seed=seed).state_dict() for seed in (3, 3, 4))
    torch.manual_seed(99)  # the generator of the process has no say
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], third[name]) for name in first)


@pytest.mark.parametrize("init", [1.0, 0.05])
def test_embeddings_start_uniform_within_init(init, encoder) -> None:
    words = TwoTower(ModelConfig(init=init), encoder.sizes).movie_tower.title.words.weight
    assert init * 0.98 < words.abs().max() <= init
    assert torch.equal(words[PAD_INDEX], torch.zeros_like(words[PAD_INDEX]))


@pytest.mark.parametrize("tokens", [[], [7], [7, 8], [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]])
def test_padding_changes_no_title_feature(tokens) -> None:
    cnn = TitleCNN(30, ModelConfig(), generator())
    short = torch.tensor([tokens + [PAD_INDEX] * (15 - len(tokens))])
    long = torch.tensor([tokens + [PAD_INDEX] * (40 - len(tokens))])
    assert torch.allclose(cnn(short), cnn(long), atol=1e-6)


@pytest.mark.parametrize("combiner", ["sum", "mean"])
def test_padding_changes_no_genre_vector(combiner, encoder) -> None:
    tower = TwoTower(ModelConfig(combiner=combiner), encoder.sizes).movie_tower
    assert torch.allclose(
        tower.combined_genres(torch.tensor([[2, 3]])), tower.combined_genres(torch.tensor([[2, 3, 0, 0, 0]]))
    )


def test_the_combiner_mean_divides_by_the_number_of_genres(encoder) -> None:
    by_sum = TwoTower(ModelConfig(combiner="sum"), encoder.sizes).movie_tower
    by_mean = TwoTower(ModelConfig(combiner="mean"), encoder.sizes).movie_tower
    genres = torch.tensor([[2, 3, 4, 0], [2, 0, 0, 0]])
    expected = by_sum.combined_genres(genres) / torch.tensor([[3.0], [1.0]])
    assert torch.allclose(by_mean.combined_genres(genres), expected)


def test_the_title_cnn_agrees_with_the_convolution_written_out() -> None:
    config = replace(ModelConfig(), windows=(2,), num_filters=3)
    cnn = TitleCNN(30, config, generator())
    tokens = torch.tensor([[5, 6, 7, *[PAD_INDEX] * 12]])
    words = cnn.words(tokens)[0].detach()  # (15, 32)
    convolution = cnn.convolutions[0].requires_grad_(False)
    expected = [
        max(
            float(torch.relu((convolution.weight[k] * words[start : start + 2].T).sum() + convolution.bias[k]))
            for start in (0, 1)
        )
        for k in range(3)
    ]
    assert torch.allclose(cnn(tokens)[0], torch.tensor(expected), atol=1e-6)


def test_winners_name_the_window_that_gave_the_response() -> None:
    cnn = TitleCNN(30, ModelConfig(), generator())
    tokens = torch.tensor([[5, 6, 7, 8, 9, 10, *[PAD_INDEX] * 9]])
    winners = cnn.winners(tokens)
    assert torch.equal(winners.response, cnn(tokens))
    for start, width in zip(winners.start[0].tolist(), winners.width.tolist(), strict=True):
        assert start + width <= 6


@pytest.mark.parametrize("config", [ModelConfig(), ModelConfig(head="mlp"), ModelConfig(head="mlp", mlp_hidden=7)])
def test_the_articles_heads_score_pairs_and_everybody_alike_and_order_lists_by_stars(config) -> None:
    head = make_head(config, generator())
    users, movies = vectors(3), vectors(4)
    matrix = head.score_matrix(users, movies)
    assert matrix.shape == (3, 4)
    for row in range(3):
        of_pairs = head(gathered(users, torch.full((4,), row)), movies)
        assert torch.allclose(matrix[row], of_pairs, atol=1e-5)
    assert torch.equal(head.list_scores(users, movies), matrix)


def test_the_articles_mlp_head_is_additive_and_a_hidden_layer_is_not() -> None:
    users, movies = vectors(2), vectors(2, seed=1)

    def interaction(head: MlpHead) -> float:
        m = head.score_matrix(users, movies)
        return float((m[0, 0] - m[0, 1] - m[1, 0] + m[1, 1]).detach().abs())

    assert interaction(MlpHead(ModelConfig(head="mlp"), generator())) < 1e-5
    assert interaction(MlpHead(ModelConfig(head="mlp", mlp_hidden=32), generator())) > 1e-4


def test_dropout_keeps_the_mean_and_follows_its_own_generator() -> None:
    dropout = SeededDropout(0.5).train()
    dropout.reseed(1, torch.device("cpu"))
    torch.manual_seed(1)
    first = dropout(torch.ones(100_000))
    torch.manual_seed(2)
    dropout.reseed(1, torch.device("cpu"))
    assert torch.equal(first, dropout(torch.ones(100_000)))
    assert abs(float(first.mean()) - 1) < 0.02
    assert set(first.unique().tolist()) == {0.0, 2.0}
