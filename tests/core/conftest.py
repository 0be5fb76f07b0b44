"""Small, quick parts for the tests of the core."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys.bundle import Bundle, load_bundle
from recsys.config import DataConfig, ModelConfig, TrainConfig, preset
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.splits import Split, random_split
from recsys.data.synthetic import synthetic
from recsys.insight.maps.layouts import pca
from recsys.training.run import Run
from recsys.training.snapshots import Recorder
from recsys.training.trainer import Trainer
from tests.conftest import Once
from tests.core.cli_calls import QUICK, ROOT

DATA = DataConfig("synthetic")
MODEL = ModelConfig(init=0.05)
TRAIN = TrainConfig(epochs=3, batch_size=256, learning_rate=3e-3)
HISTORY_MODEL = replace(preset("default")[0], history_size=12, id_size=8, attribute_size=4, feature_size=24)
HISTORY_TRAIN = replace(preset("default")[1], epochs=4, steps_per_epoch=5, final_share=0.25)
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return synthetic(num_users=150, num_movies=90, num_ratings=6_000, seed=0)


@pytest.fixture(scope="session")
def split(dataset: Dataset) -> Split:
    return random_split(dataset.num_ratings, DATA)


@pytest.fixture(scope="session")
def encoder(dataset: Dataset) -> FeatureEncoder:
    return FeatureEncoder(dataset, MODEL.title_length)


@pytest.fixture
def make_trainer(dataset: Dataset, split: Split, encoder: FeatureEncoder):
    def make(*, model: ModelConfig = MODEL, **changes: object) -> Trainer:
        return Trainer(dataset, split, encoder, model=model, train=replace(TRAIN, **changes), device=CPU)

    return make


@pytest.fixture
def make_history_trainer(dataset: Dataset, split: Split, encoder: FeatureEncoder):
    """The preset `default`, smaller: three epochs on the training part, one on the validation part too."""

    def make(
        *,
        data: Dataset = dataset,
        parts: Split = split,
        model: ModelConfig = HISTORY_MODEL,
        num_threads: int | None = None,
        **changes,
    ) -> Trainer:
        train = replace(HISTORY_TRAIN, **changes)
        return Trainer(data, parts, encoder, model=model, train=train, device=CPU, num_threads=num_threads)

    return make


@pytest.fixture
def make_run(dataset: Dataset):
    def make(folder: Path, *, model: ModelConfig = MODEL, train: TrainConfig = TRAIN, preset: str = "article") -> Run:
        return Run.new(
            dataset, data=DATA, model=model, train=train, device=CPU, preset=preset, name="small", folder=folder
        )

    return make


@pytest.fixture(scope="session")
def bundle(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A finished run of three epochs; read-only."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    run = Run.new(
        dataset, data=DATA, model=MODEL, train=TRAIN, device=CPU, preset="article", name="small", folder=folder
    )
    assert len(list(run.trainer.epochs())) == TRAIN.epochs
    run.finish(lambda features, *_: {"movies-tsne-2d-p30-cosine-s0": pca(features.movies)})
    return load_bundle(folder, dataset)


@pytest.fixture(scope="session")
def history_run(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run of the preset `default`; read-only."""
    folder = tmp_path_factory.mktemp("bundles") / "default"
    configs = {"data": DATA, "model": HISTORY_MODEL, "train": HISTORY_TRAIN}
    run = Run.new(dataset, **configs, device=CPU, preset="default", name="histories", folder=folder)
    assert len(list(run.trainer.epochs())) == HISTORY_TRAIN.epochs
    run.finish(lambda features, *_: {"movies-tsne-2d-p30-cosine-s0": pca(features.movies)})
    return run


@pytest.fixture(scope="session")
def history_bundle(history_run: Run, dataset: Dataset) -> Bundle:
    """The bundle of a finished run of the preset `default`; read-only."""
    return load_bundle(history_run.folder, dataset)


@pytest.fixture(scope="session")
def trained(once: Once) -> tuple[Path, dict]:
    """A quickly trained bundle for the synthetic data set, and what train answered; read-only."""

    def make(folder: Path) -> None:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "recsys",
                "train",
                *QUICK,
                *("--device", "cpu"),
                "--out",
                folder / "bundle",
                "--json",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "epoch 1: training loss" in done.stderr
        (folder / "answer.json").write_text(done.stdout, "utf-8")

    folder = once("trained", make)
    return folder / "bundle", json.loads((folder / "answer.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def kept(dataset, tmp_path_factory, history_run):
    """The folder of a finished run with a recording."""
    recorder = Recorder(dataset)
    recorder.take(history_run.trainer)
    folder = tmp_path_factory.mktemp("kept") / "run"
    run = replace(history_run, info=replace(history_run.info, folder=folder), recording=recorder.recording)
    run.finish(lambda *_: {"movies-pca-2d": np.zeros((dataset.num_movies, 2), dtype=np.float32)})
    return folder


@pytest.fixture
def copy(kept, tmp_path):
    """That folder, to be changed."""
    return shutil.copytree(kept, tmp_path / "copy")
