"""A process that is killed in the middle of an epoch: its bundle is that of the last complete epoch, and goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys.bundle import load_bundle, read_info
from recsys.training import TrainingJob
from recsys.training.recording import load_recording
from tests.core.cli_calls import ROOT
from tests.core.conftest import HISTORY_MODEL, HISTORY_TRAIN, MODEL, TRAIN
from tests.core.job_watching import SECONDS, start

CHILD = """
import sys, threading
from pathlib import Path
import torch
from recsys.data.synthetic import synthetic
from recsys.training import TrainingJob
from tests.core.job_watching import is_paused, start, until
from tests.core.test_killed_run import RUNS

torch.set_num_threads(1)
dataset = synthetic(num_users=150, num_movies=90, num_ratings=6_000, seed=0)
model, train = RUNS[sys.argv[2]]
job = TrainingJob()
start(job, dataset, train, model, folder=Path(sys.argv[1]), is_paused=True)
for epochs in (1, 2):
    until(job, is_paused)
    job.step_epoch()
    until(job, lambda status: is_paused(status) and status.epoch == epochs)
for batches in (1, 2, 3):  # into the third epoch
    job.step_batch()
    until(job, lambda status: is_paused(status) and status.batch == batches)
print("in the middle of an epoch", flush=True)
threading.Event().wait()
"""
RUNS = {"article": (MODEL, replace(TRAIN, epochs=4)), "default": (HISTORY_MODEL, HISTORY_TRAIN)}


def killed(folder: Path, name: str) -> None:
    """Train in a process of its own until the middle of the third epoch, and kill it there."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), name],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle of an epoch\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(SECONDS) == -signal.SIGKILL
    finally:
        process.kill()
        process.stdout.close()
        process.wait(SECONDS)


@pytest.mark.parametrize("name", RUNS)
def test_a_killed_run_goes_on_to_the_curve_of_one_that_was_not(dataset, tmp_path, name) -> None:
    torch.set_num_threads(1)  # as in the other process: the weights that histories start from depend on it, a little
    model, train = RUNS[name]
    folder = tmp_path / "killed"
    killed(folder, name)
    info = read_info(folder)
    assert (info.epochs_done, info.run.batch, info.is_finished) == (2, 0, False)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".killed")] == []
    job = TrainingJob()
    job.resume(dataset, folder, device="cpu")
    assert job.wait(SECONDS)
    resumed = job.status()
    assert resumed.state == "finished"
    start(job, dataset, train, model, folder=tmp_path / "whole")
    assert job.wait(SECONDS)
    for name_of in ("train_loss", "validation_mse", "validation_mae", "learning_rate"):
        curves = [[getattr(report, name_of) for report in status.reports] for status in (resumed, job.status())]
        assert curves[0] == curves[1]
    again, whole = (load_bundle(path, dataset) for path in (folder, tmp_path / "whole"))
    for key, weights in whole.model.state_dict().items():
        assert np.array_equal(weights.numpy(), again.model.state_dict()[key].numpy())
    assert load_recording(folder).snapshots[-1].epoch == train.epochs
