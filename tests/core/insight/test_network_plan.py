"""The network plan: whatever the network is, its boxes have its shapes and all of its parameters."""

from dataclasses import replace

import pytest
import torch

from recsys.config import ModelConfig
from recsys.data.histories import table_of
from recsys.data.vocabulary import NUM_RESERVED
from recsys.insight.network_plan import plan, plan_of
from recsys.model import TwoTower
from tests.core.conftest import CPU, HISTORY_MODEL

CONFIGS = {
    "article": ModelConfig(),
    "mlp": ModelConfig(head="mlp", combiner="mean"),
    "hidden": ModelConfig(head="mlp", mlp_hidden=7, title_dropout=0.0),
    "one window": ModelConfig(windows=(1,), num_filters=3, id_size=5),
    "two alike": ModelConfig(windows=(3, 3)),
    "default": HISTORY_MODEL,
    "default without dropout": replace(HISTORY_MODEL, id_dropout=0.0, title_dropout=0.0),
}


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def model(request, encoder) -> TwoTower:
    return TwoTower(request.param, encoder.sizes).eval()


def keys(model: TwoTower) -> set[str]:
    return {box.key for box in plan_of(model).boxes}


def test_the_parameters_of_all_boxes_are_those_of_the_network(model) -> None:
    drawn = plan_of(model)
    assert drawn.num_parameters == sum(parameter.numel() for parameter in model.parameters())
    assert drawn.num_parameters == sum(box.num_parameters for box in drawn.boxes)


def test_every_tensor_of_the_network_stands_in_one_box_with_its_shape(model) -> None:
    drawn = [weight for box in plan_of(model).boxes for weight in box.weights]
    assert sorted(drawn) == sorted((name, tuple(tensor.shape)) for name, tensor in model.state_dict().items())


def test_arrows_lead_from_box_to_box_and_never_back(model) -> None:
    drawn = plan_of(model)
    columns = {box.key: box.column for box in drawn.boxes}
    assert len(columns) == len(drawn.boxes)
    assert all(columns[start] < columns[end] for start, end in drawn.edges)


def test_only_inputs_have_no_arrow_to_them_and_only_answers_none_from_them(model) -> None:
    drawn = plan_of(model)
    kinds = {box.key: box.kind for box in drawn.boxes}
    ends, starts = {end for _, end in drawn.edges}, {start for start, _ in drawn.edges}
    assert {kinds[key] for key in kinds.keys() - ends} == {"input"}
    assert {kinds[key] for key in kinds.keys() - starts} <= {"stars", "watch", "noise"}
    assert "head.stars" in kinds.keys() - starts


def test_joined_numbers_are_as_many_as_come_in(model) -> None:
    drawn = plan_of(model)
    boxes = {box.key: box for box in drawn.boxes}
    for joined in (box for box in drawn.boxes if box.kind == "join"):
        coming = [boxes[start].sizes[-1] for start, end in drawn.edges if end == joined.key]
        assert joined.sizes[-1] == sum(coming)


def test_sizes_are_those_that_come_out_of_the_network(model, dataset, encoder) -> None:
    """Each box with trained numbers is a module; what comes out of it in a forward pass has the box's sizes."""
    found: dict[str, tuple[int, ...]] = {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda _module, _inputs, out, name=name: found.update({name: out}))
    users, movies = encoder.encode_users(dataset), encoder.encode_movies(dataset)
    everything = torch.arange(dataset.num_ratings)
    table = table_of(dataset, encoder.encode_ratings(dataset), everything, CPU)
    of_users, of_movies = table.histories(everything >= 0) if model.config.history_size else (None, None)
    with torch.inference_mode():
        vectors = model.user_tower(users, of_users), model.movie_tower(movies, of_movies)
        model.head(*(each._replace(features=each.features[:50], bias=each.bias[:50]) for each in vectors))
    measured = 0
    for box in plan_of(model).boxes:
        module = box.weights[0][0].rsplit(".", 1)[0] if box.weights else ""
        if module in found and box.num_parameters and isinstance(found[module], torch.Tensor):
            shape = tuple(found[module].shape[-len(box.sizes) + 1 :])
            assert all(size in (None, got) for size, got in zip(box.sizes[1:], shape, strict=True)), box.key
            measured += 1
    assert measured >= 12


def test_letters_stand_for_what_the_config_says(model, dataset) -> None:
    drawn, config = plan_of(model), model.config
    assert drawn.axes["W"] == config.windows
    assert (drawn.axes["L"], drawn.axes["K"], drawn.axes["D"]) == (15, config.num_filters, config.feature_size)
    assert (drawn.axes["U"], drawn.axes["M"]) == (dataset.num_users, dataset.num_movies)
    assert drawn.axes["M"] == model.sizes.movies - NUM_RESERVED
    assert drawn.axes.get("H", 0) == config.history_size


def test_each_window_has_its_convolution_and_its_maximum(model) -> None:
    boxes = {box.key: box for box in plan_of(model).boxes}
    for number, width in enumerate(model.config.windows):
        convolution = boxes[f"movie.title.window{number + 1}"]
        assert convolution.shape == ("B", "K", "L" if width == 1 else f"L-{width - 1}")
        assert convolution.sizes == (None, model.config.num_filters, 16 - width)
        assert (f"movie.title.window{number + 1}", f"movie.title.window{number + 1}.max") in plan_of(model).edges
    assert f"movie.title.window{len(model.config.windows) + 1}" not in boxes


def test_each_head_has_its_own_boxes(encoder) -> None:
    heads = {
        name: {key for key in keys(TwoTower(CONFIGS[name], encoder.sizes)) if key.startswith("head.")}
        for name in ("article", "mlp", "hidden", "default")
    }
    assert heads["article"] == {"head.match", "head.stars"}
    assert heads["mlp"] == {"head.first", "head.stars"}
    assert heads["hidden"] == {"head.first", "head.last", "head.stars"}
    assert {"head.watch", "head.noise", "head.match"} < heads["default"]


def test_what_a_network_has_not_is_not_drawn(encoder) -> None:
    article, full, without = (keys(TwoTower(CONFIGS[n], encoder.sizes)) for n in ("article", "default", "hidden"))
    assert {key for key in full if "history" in key} == {"user.history", "movie.history"}
    assert not any("history" in key or "bias" in key for key in article)
    assert "movie.movie.dense.dropout" in full
    assert "movie.movie.dense.dropout" not in article
    assert "movie.title.dropout" in article
    assert "movie.title.dropout" not in without
    assert {"movie.genres.sum"} == {key for key in article if key.startswith("movie.genres.") and "sum" in key}
    assert "movie.genres.mean" in keys(TwoTower(CONFIGS["mlp"], encoder.sizes))


def test_a_loaded_model_is_drawn_from_its_own_tensors(history_bundle) -> None:
    drawn = plan(history_bundle)
    assert drawn.num_parameters == sum(parameter.numel() for parameter in history_bundle.model.parameters())
    assert all(box.side == box.key.split(".")[0] for box in drawn.boxes)
