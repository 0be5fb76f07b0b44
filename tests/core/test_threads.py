"""How the process shares the processor."""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from recsys.threads import _limit, all_cores, matrix_threads, serve_side_by_side


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = matrix_threads()
    yield
    _limit(before)


def test_a_server_has_one_thread_for_each_product_until_a_large_one_asks_for_all() -> None:
    assert np.ones((2, 2)) @ np.ones(2) == pytest.approx([2, 2])
    serve_side_by_side()
    assert matrix_threads() == 1
    with all_cores():
        assert matrix_threads() == os.cpu_count()
    assert matrix_threads() == 1


def test_the_number_of_threads_comes_back_after_a_failure() -> None:
    serve_side_by_side()
    with pytest.raises(ZeroDivisionError), all_cores():
        raise ZeroDivisionError
    assert matrix_threads() == 1
