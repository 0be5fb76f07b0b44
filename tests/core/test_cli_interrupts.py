"""Ctrl-C: a run is kept and can go on, a second one leaves at once."""

import os
import signal
import subprocess
import sys

from recsys.cli import training
from recsys.training.run import no_layouts
from tests.core.cli_calls import ROOT, call, values_of


def test_an_interruption_keeps_a_run_that_can_go_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(training, "layouts", no_layouts)
    folder = tmp_path / "stopped"
    slow = ["--dataset", "synthetic", "--batch-size", "64", "--epochs", "200", "--device", "cpu"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "recsys", "train", *slow, "--out", str(folder), "--json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch 1:"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (130, ""), err
    assert f"--resume --out {folder}" in err
    assert "Traceback" not in err
    values = values_of(capsys, "train", "--resume", "--out", str(folder), "--epochs", "2")
    assert (values["bundle"], values["epochs"]) == (str(folder), 2)


def test_a_second_interruption_leaves_at_once():
    code = """
import os, signal
from recsys.cli.interrupts import noted_interrupts
with noted_interrupts() as is_interrupted:
    os.kill(os.getpid(), signal.SIGINT)
    assert is_interrupted()
    os.kill(os.getpid(), signal.SIGINT)
    raise SystemExit(1)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 130


def test_an_interruption_anywhere_else_ends_with_status_130(capsys, monkeypatch):
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recsys.cli.inspecting.describe_data", interrupted)
    assert call(capsys, "data")[0] == 130
