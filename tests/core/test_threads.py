"""How the process shares the processor."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys import threads
from recsys.threads import (
    _limit_matrices,
    all_cores,
    matrix_threads,
    serve_side_by_side,
    share_cores,
    torch_threads,
    usable_cores,
)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, of_torch, turn = matrix_threads(), torch.get_num_threads(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(turn)
    _limit_matrices(before)
    torch.set_num_threads(of_torch)


def threads_of_a_visitor() -> int:
    """How many threads torch uses in a thread that starts now, as each run of a page does."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(torch.get_num_threads).result()


def test_a_server_has_one_thread_for_each_computation_until_a_large_one_asks_for_all(monkeypatch) -> None:
    monkeypatch.setattr(threads, "usable_cores", lambda: 2)
    assert np.ones((2, 2)) @ np.ones(2) == pytest.approx([2, 2])
    torch.set_num_threads(2)
    serve_side_by_side()
    assert (matrix_threads(), torch.get_num_threads(), threads_of_a_visitor()) == (1, 1, 1)
    with all_cores():
        assert (matrix_threads(), torch.get_num_threads()) == (2, 2)
    assert (matrix_threads(), torch.get_num_threads(), threads_of_a_visitor()) == (1, 1, 1)


def test_in_a_server_nobody_waits_long_for_a_turn_at_python() -> None:
    of_python = 0.005
    sys.setswitchinterval(of_python)  # a server that was made before in this process has changed it already
    serve_side_by_side()
    assert sys.getswitchinterval() <= of_python / 5


def test_the_number_of_threads_comes_back_after_a_failure() -> None:
    serve_side_by_side()
    with pytest.raises(ZeroDivisionError), all_cores():
        raise ZeroDivisionError
    assert (matrix_threads(), torch.get_num_threads()) == (1, 1)


def limits(folder: Path, **texts: str) -> tuple[tuple[str, ...], ...]:
    """The files that tell of a container's limit, some of them there."""
    for name, text in texts.items():
        (folder / name).write_text(text)
    return (str(folder / "max"),), (str(folder / "quota"), str(folder / "period"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, 8),
        ({"max": "max 100000\n"}, 8),
        ({"max": "200000 100000\n"}, 2),
        ({"max": "150000 100000\n"}, 2),  # one and a half: the half would lie idle
        ({"max": "10000 100000\n"}, 1),
        ({"max": "1600000 100000\n"}, 8),
        ({"quota": "300000\n", "period": "100000\n"}, 3),
        ({"quota": "-1\n", "period": "100000\n"}, 8),
        ({"max": "what is this"}, 8),
    ],
)
def test_the_limit_of_a_container_counts(tmp_path, monkeypatch, texts, expected) -> None:
    monkeypatch.setattr(threads, "_QUOTAS", limits(tmp_path, **texts))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert usable_cores() == expected
    assert threads.num_threads_for(100_000) == expected
    assert threads.num_threads_for(256) == 1


def test_the_cores_that_the_process_was_given_count_and_not_those_of_the_machine(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(threads, "_QUOTAS", limits(tmp_path))
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert usable_cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")  # as on macOS
    assert usable_cores() == 64


@pytest.mark.parametrize(
    ("quota", "before", "expected"),
    [
        ("300000 100000", {}, {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "3"}),
        ("max 100000", {}, {"OMP_WAIT_POLICY": "PASSIVE"}),
        ("300000 100000", {"OMP_NUM_THREADS": "5"}, {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "5"}),
    ],
)
def test_numerical_libraries_that_see_no_container_are_told_of_its_limit(
    tmp_path, monkeypatch, quota, before, expected
) -> None:
    monkeypatch.setattr(threads, "_QUOTAS", limits(tmp_path, max=quota))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os, "environ", before)
    share_cores()
    assert before == expected


def test_torchs_number_of_threads_is_another_for_a_while_and_comes_back_after_a_failure() -> None:
    before = torch.get_num_threads()
    with torch_threads(before + 1):
        assert torch.get_num_threads() == before + 1
    with pytest.raises(ZeroDivisionError), torch_threads(before + 1):
        raise ZeroDivisionError
    assert torch.get_num_threads() == before
