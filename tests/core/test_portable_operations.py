"""Apple's GPU lacks some of torch's operations: none of those is on the way of training, measuring and serving.

What really runs on the processor is recorded and looked up in torch's own table of kernels, which ships with it: no
such device is needed. Serving and folding in compute on the processor on every machine; they are held to the same.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import torch
import torchgen
from torch.utils._python_dispatch import TorchDispatchMode

from recsys.evaluation.of_bundle import metrics_on_test
from recsys.model import spectral
from recsys.recommend import Recommender
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside
from recsys.training.snapshots import Recorder

ON_THE_PROCESSOR = {
    "_linalg_svd": spectral.leading_factors,  # of a table of 84 columns, once a run
    "_linalg_eigh": Recorder,  # of numbers that a snapshot has copied from the device
}
"""Operations that are called with tensors of the processor whatever the device, and by whom."""


class Operations(TorchDispatchMode):
    """Notes which operations of ATen run."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        namespace, name = function._schema.name.split("::")
        if namespace == "aten":  # and not the profiler's marks
            self.names.add(f"{name}.{function._overloadname}")
        return function(*args, **(kwargs or {}))


@contextmanager
def recorded() -> Iterator[set[str]]:
    with Operations() as operations:
        yield operations.names


@cache
def table() -> dict[str, tuple[str, set[str]]]:
    """By operation and overload what it delegates to, if anything, and the devices that its kernels are for."""
    file = Path(torchgen.__file__).parent / "packaged" / "ATen" / "native" / "native_functions.yaml"
    entries = file.read_text(encoding="utf-8").split("\n- func: ")[1:]
    return {_name(entry): (_delegate(entry), _devices(entry)) for entry in entries}


def _name(schema: str) -> str:
    name = schema.split("(", 1)[0]
    return name if "." in name else f"{name}.default"


def _delegate(entry: str) -> str:
    found = re.search(r"^  structured_delegate: (\S+)$", entry, re.MULTILINE)
    return _name(found[1]) if found else ""


def _devices(entry: str) -> set[str]:
    found = re.search(r"^  dispatch:\n((?:    .*\n?)+)", entry, re.MULTILINE)
    lines = found[1].splitlines() if found else []
    return {key.strip() for line in lines for key in line.split("#")[0].split(":")[0].split(",")} - {""}


def has_kernel(name: str) -> bool:
    """Can Apple's GPU do this: by a kernel of its own, or by one that is made of other operations?"""
    delegate, devices = table()[name]
    if delegate:
        return has_kernel(delegate)
    return not devices or "MPS" in devices or any(device.startswith("Composite") for device in devices)


def missing(names: set[str]) -> list[str]:
    return sorted(name for name in names if name.split(".")[0] not in ON_THE_PROCESSOR and not has_kernel(name))


def test_the_table_knows_what_is_missing() -> None:
    with recorded() as names:
        torch.segment_reduce(torch.ones(3), "sum", offsets=torch.tensor([0, 1, 3]))
        torch.linalg.svd(torch.eye(2))
        torch.eye(2) @ torch.ones(2, 2)
    assert [name for name in sorted(names) if not has_kernel(name)] == ["_linalg_svd.default", "segment_reduce.default"]


def test_training_and_watching_it_need_nothing_that_is_missing(make_trainer, make_history_trainer, dataset) -> None:
    for make in (make_trainer, make_history_trainer):
        with recorded() as names:
            trainer = make()
            recorder = Recorder(dataset, None)
            recorder.take(trainer)
            for _ in trainer.epochs():
                recorder.take(trainer)
            trainer.restore(trainer.checkpoint())
        assert len(names) > 30
        assert missing(names) == []


def test_measuring_serving_and_folding_in_need_nothing_that_is_missing(bundle, history_bundle, dataset) -> None:
    user_id, movie_id = int(dataset.users["user_id"].iloc[0]), int(dataset.movies["movie_id"].iloc[0])
    for trained in (bundle, history_bundle):
        with recorded() as names:
            metrics_on_test(dataset, trained)
            model = Recommender(dataset, trained)
            model.recommend(user_id)
            if FoldIn.serves(trained):
                FoldIn(Inside(model)).person({movie_id: 5})
        assert len(names) > 10
        assert missing(names) == []
