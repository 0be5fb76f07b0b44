"""The plan of the network: every parameter in one box, every shape as the network has it, for any config."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
import torch

from recsys.bundle import Bundle
from recsys.config import PRESETS, ModelConfig
from recsys.data.encoder import FeatureEncoder
from recsys.insight.network_plan import NetworkPlan, plan
from recsys.model import TwoTower

ARTICLE, DEFAULT = PRESETS["article"][0], PRESETS["default"][0]
CONFIGS = {
    "article": ARTICLE,
    "mlp": replace(ARTICLE, head="mlp"),
    "hidden": replace(ARTICLE, head="mlp", mlp_hidden=7),
    "default": DEFAULT,
    "windows": replace(DEFAULT, windows=(1, 6), num_filters=3, feature_size=11),
}


@pytest.fixture(params=CONFIGS.values(), ids=list(CONFIGS))
def config(request: pytest.FixtureRequest) -> ModelConfig:
    return cast("ModelConfig", request.param)


@pytest.fixture
def model(config: ModelConfig, dataset) -> TwoTower:
    return TwoTower(config, FeatureEncoder(dataset, config.title_length).sizes)


@pytest.fixture
def drawn(config: ModelConfig, model: TwoTower) -> NetworkPlan:
    return plan(cast("Bundle", SimpleNamespace(info=SimpleNamespace(model=config), model=model)))


def test_every_parameter_of_the_model_is_in_one_box(drawn: NetworkPlan, model: TwoTower) -> None:
    named = [name for box in drawn.boxes for name, _ in box.weights]
    assert sorted(named) == sorted(name for name, _ in model.named_parameters())
    shapes = {name: tuple(value.shape) for name, value in model.named_parameters()}
    assert all(shapes[name] == shape for box in drawn.boxes for name, shape in box.weights)
    assert drawn.num_parameters == sum(value.numel() for value in model.parameters())


def test_every_edge_leads_on_from_a_box_to_a_later_one(drawn: NetworkPlan) -> None:
    columns = {box.key: box.column for box in drawn.boxes}
    assert len(columns) == len(drawn.boxes)
    assert all(columns[start] < columns[end] for start, end in drawn.edges)
    fed, feeding = {end for _, end in drawn.edges}, {start for start, _ in drawn.edges}
    assert {box.key for box in drawn.boxes if box.kind == "answer"} == set(columns) - feeding
    assert {box.key for box in drawn.boxes if box.kind in ("embedding", "history")} == set(columns) - fed


def test_what_a_dense_layer_gives_is_as_wide_as_its_weights(drawn: NetworkPlan) -> None:
    dense = [box for box in drawn.boxes if box.kind in ("dense", "mix")]
    assert dense
    for box in dense:
        assert box.shape[-1] == next(shape for name, shape in box.weights if name.endswith("weight"))[0]


def test_what_is_joined_is_what_the_next_layer_reads(drawn: NetworkPlan) -> None:
    boxes = {box.key: box for box in drawn.boxes}
    for side in ("user", "movie"):
        (read,) = (shape[1] for name, shape in boxes[f"{side}.mix"].weights if name.endswith("weight"))
        assert boxes[f"{side}.join"].shape[-1] == read


def test_each_window_gives_what_the_network_gives(drawn: NetworkPlan, model: TwoTower, config: ModelConfig) -> None:
    found = model.movie_tower.title.responses(torch.ones(2, config.title_length, dtype=torch.int64))
    windows = [box for box in drawn.boxes if box.kind == "convolution"]
    assert [box.shape[1:] for box in windows] == [tuple(each.shape[1:]) for each in found]
