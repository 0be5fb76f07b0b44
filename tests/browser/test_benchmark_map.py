"""The benchmark of the film map: that it measures all it says, with few films. Times are not looked at."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from recsys.cli.benchmark import map as benchmark_map
from recsys.cli.benchmark import verb as benchmarks
from recsys.cli.benchmark.browser import Server, Traffic, serving, tab
from recsys.cli.benchmark.map_page import MapPage
from recsys.cli.benchmark.verb import Asked
from tests.browser.server_process import Process

PARTS = {
    *("open_first", "open_title", "open_new", "open_again", "open_inside"),
    *("lines", "list", "zoom", "bytes_visit", "bytes_click", "memory"),
}


def test_clicks_are_on_different_dots_and_each_is_answered(server: str, browser: Browser) -> None:
    with tab(browser) as page:
        traffic = Traffic(page)
        shown = MapPage(page, server)
        assert 0 < shown.titled() < shown.opened()
        before = traffic.total
        assert before > 100_000  # Streamlit's own code came by HTTP
        heard = []
        for seed in range(3):
            (click,) = shown.clicks(1, seed=seed)
            assert click.lines > 0
            assert click.list > 0
            heard.append(shown.root.get_attribute("data-lines"))
        assert len(set(heard)) == 3
        assert traffic.socket > 0
        assert traffic.total > before


def test_turning_the_wheel_moves_the_map_and_ends_when_it_is_still(server: str, browser: Browser) -> None:
    with tab(browser) as page:
        shown = MapPage(page, server)
        zoom = "(root) => root.matineeMap.panels[0].camera.zoom"
        far = shown.root.evaluate(zoom)
        assert shown.zoom(1) > 0
        near = shown.root.evaluate(zoom)
        assert near > 3 * far
        assert shown.root.get_attribute("data-view") == "still"
        assert shown.zoom(-1) > 0
        assert shown.root.evaluate(zoom) == pytest.approx(far, rel=0.05)


def test_the_quick_benchmark_measures_the_map_in_every_way(
    served: tuple[str, Process], model_home: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    """With the browser and, for the film map of the data set, the server of the other tests."""
    monkeypatch.setenv("MATINEE_HOME", str(model_home))
    monkeypatch.setenv("MATINEE_OFFLINE", "1")
    monkeypatch.setattr(benchmark_map, "browsing", lambda: nullcontext(browser))
    monkeypatch.setattr(
        benchmark_map, "serving", lambda world: serving(world) if world else nullcontext(Server(*served))
    )
    monkeypatch.setattr(benchmark_map, "MAPS_BEFORE", 1)
    monkeypatch.setattr(benchmark_map, "AT_REST", 100)
    assert benchmarks.run(Asked(("map",), repeats=1, is_quick=True), dataset="synthetic", as_json=True) == 0
    results = {result["name"]: result for result in json.loads(capsys.readouterr().out)["results"]}
    expected = {f"map_{count}_{part}" for count in (400, 3_000) for part in PARTS}
    if sys.platform != "linux":
        expected -= {f"map_{count}_memory" for count in (400, 3_000)}
    assert expected <= results.keys()
    assert {"layout_tsne", "layout_trustworthiness", "layout_continuity"} <= results.keys()
    assert all(result["value"] > 0 for name, result in results.items() if not name.endswith("_memory"))
    assert {result["unit"] for result in results.values()} == {"ms", "kB", "MiB", "s", "share"}
