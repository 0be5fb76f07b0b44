"""Provenance: the commit is that of this checkout and no other, the machine is named."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from recsys import provenance
from recsys.threads import usable_cores

GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="no git")

CPU = torch.device("cpu")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = (tmp_path / "checkout").resolve()
    (folder / "recsys").mkdir(parents=True)
    (folder / "recsys" / "code.py").write_text("1\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    monkeypatch.setattr(provenance, "ROOT", folder)
    return folder


def test_the_commit_of_a_clean_checkout_is_its_head(checkout) -> None:
    assert provenance.commit() == git(checkout, "rev-parse", "HEAD")


def test_a_change_in_the_core_is_told(checkout) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    (checkout / "notes.txt").write_text("not code")
    assert provenance.commit() == head
    (checkout / "recsys" / "code.py").write_text("2\n")
    assert provenance.commit() == f"{head}+changes"
    git(checkout, "checkout", "-q", "recsys/code.py")
    (checkout / "recsys" / "new.py").write_text("3\n")
    assert provenance.commit() == f"{head}+changes"


def test_a_copy_has_no_commit_even_inside_another_checkout(checkout, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(provenance, "ROOT", checkout / "recsys")
    assert provenance.commit() is None
    monkeypatch.setattr(provenance, "ROOT", tmp_path.resolve())
    assert provenance.commit() is None


def test_a_repository_named_by_the_environment_is_not_taken_for_this_one(checkout, tmp_path, monkeypatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert provenance.commit() == git(checkout, "rev-parse", "HEAD")


def test_without_git_there_is_no_commit(checkout, monkeypatch) -> None:
    monkeypatch.setattr(provenance.shutil, "which", lambda _: None)
    assert provenance.commit() is None


def test_the_machine_is_named_by_processor_cores_and_memory(tmp_path, monkeypatch) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Some Chip 9000\nprocessor\t: 1\nmodel name\t: Some Chip 9000\n")
    monkeypatch.setattr(provenance, "_CPUINFO", cpuinfo)
    assert provenance.machine(CPU).startswith(f"Some Chip 9000, {usable_cores()} cores, ")
    monkeypatch.setattr(provenance, "_CPUINFO", tmp_path / "missing")
    assert f"{usable_cores()} cores" in provenance.machine(CPU)


def test_a_gpu_is_named_only_where_it_computed(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(provenance, "describe", lambda device: f"some {device}")
    assert "some" not in provenance.machine(CPU)
    assert provenance.machine(torch.device("cuda:1")).endswith(", some cuda:1")
