"""Watching a run from two tabs, and coming back by URL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve
from tests.browser.visit import PATIENCE, Visitor


@pytest.fixture
def busy_server(model_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server of its own, to train on."""
    shutil.copytree(model_home, tmp_path / "home")
    with serve(tmp_path / "home") as address:
        yield address


def test_a_run_is_seen_from_a_second_tab_survives_the_first_and_stops(busy_server: str, visitor: Visitor) -> None:
    watcher = visitor(busy_server).open("/training?lang=zh")
    expect(watcher.locator(".st-key-training_start button").first).to_be_visible()
    starter = visitor(busy_server).open("/training?lang=en&from=quick&epochs=900&batch_size=2048")
    starter.locator(".st-key-training_start button").first.click()
    expect(starter.locator(".st-key-training_stop button").first).to_be_visible()
    starter.context.close()
    expect(watcher.locator(".st-key-training_panel")).to_contain_text("训练进行中", timeout=PATIENCE)
    batches = watcher.locator(".st-key-training_rates [data-testid=stMetricValue]").first
    shown = batches.inner_text()
    expect(batches).not_to_have_text(shown, timeout=PATIENCE)
    expect(watcher.locator(".st-key-training_panel .js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    watcher.locator(".st-key-training_stop button").first.click()
    expect(watcher.locator(".st-key-training_panel")).to_contain_text("已停止", timeout=PATIENCE)
    expect(watcher.locator(".st-key-training_start button").first).to_be_visible()
    expect(watcher.locator(".st-key-bundle_1")).to_contain_text("/ 900 轮")


def test_an_epoch_is_trained_and_its_model_is_used_by_the_app(busy_server: str, visitor: Visitor) -> None:
    page = visitor(busy_server).open("/training?lang=en&from=quick&epochs=1&batch_size=4096&split=p90")
    page.locator(".st-key-training_start button").first.click()
    expect(page.get_by_text("Finished and kept")).to_be_visible(timeout=2 * PATIENCE)
    page.get_by_role("button", name="Use in the app").and_(page.locator(":enabled")).click()
    expect(page.locator(".st-key-bundle_0")).to_contain_text("P90")
    expect(page.locator(".st-key-bundle_0")).to_contain_text("in use")
    start = visitor(busy_server).open("/?lang=en")
    expect(start.locator("[data-testid=stMain]")).to_contain_text("P90")


def test_a_view_of_the_data_reopens_from_its_url(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/data?lang=en&part=ratings")
    page.get_by_role("radio", name="Genre").or_(page.get_by_role("button", name="Genre")).first.click()
    page.wait_for_url("**by=genre*")
    page.reload()
    expect(page.get_by_text("counts in each of them")).to_be_visible()
