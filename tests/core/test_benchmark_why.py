"""The measurements of explanations: both ways answer, for both kinds of network."""

import pytest

from recsys.cli.benchmark import why as benchmark_why
from recsys.cli.benchmark.parts import Effort


@pytest.mark.parametrize(("name", "expected"), [("bundle", ["why"]), ("history_bundle", ["why", "because"])])
def test_explanations_are_measured_beside_the_plain_way(name, expected, dataset, request, monkeypatch):
    info = request.getfixturevalue(name).info
    monkeypatch.setattr(benchmark_why, "chosen", lambda _dataset: info)
    found = benchmark_why.why(dataset, Effort(1))
    assert [measured.name for measured in found] == expected
    for measured in found:
        assert measured.unit == "ms"
        assert measured.ratio == pytest.approx(measured.plain / measured.value)
