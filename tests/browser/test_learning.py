"""One run steered and watched from several tabs, the killed server, and coming back by URL."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import serve, serve_process
from tests.browser.visit import Visitor

QUICK = "/training?lang=en&part=new&from=quick&batch_size=2048"


@pytest.fixture
def busy_home(model_home: Path, tmp_path: Path) -> Path:
    """A home of its own, to train in."""
    return Path(shutil.copytree(model_home, tmp_path / "home"))


@pytest.fixture
def busy_server(busy_home: Path) -> Iterator[str]:
    """A server of its own, to train on."""
    with serve(busy_home) as address:
        yield address


def press(page: Page, key: str) -> None:
    """Press a button by its key."""
    button(page, key).click()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def kept(page: Page, place: int) -> Locator:
    """A kept run by its place in the list, from 0."""
    return page.locator("[class*=st-key-bundle_]").nth(place)


def panel(page: Page) -> Locator:
    return page.locator(".st-key-training_panel")


def test_one_starts_another_pauses_a_third_watches_and_a_fourth_closes(busy_server: str, visitor: Visitor) -> None:
    starter = visitor(busy_server).open(QUICK + "&epochs=900")
    other = visitor(busy_server).open("/training?lang=en")
    watcher = visitor(busy_server).open("/training?lang=zh")
    leaver = visitor(busy_server).open("/training?lang=en")
    press(starter, "training_start")
    expect(button(watcher, "training_pause")).to_be_enabled()
    leaver.context.close()
    batches = panel(watcher).locator(".news .numbers .value").first
    shown = batches.inner_text()
    expect(batches).not_to_have_text(shown)
    expect(watcher.locator(".st-key-training_curves_live .js-plotly-plot").first).to_be_visible()
    press(other, "training_pause")
    expect(panel(other)).to_contain_text("You paused it.")
    expect(button(starter, "training_go_on")).to_be_visible()
    expect(panel(starter)).to_contain_text("You started this run. Visitor 2 paused it.")
    expect(panel(watcher)).to_contain_text("已暂停")
    stands_at = batches.inner_text()
    press(starter, "training_batch")
    expect(batches).not_to_have_text(stands_at)
    press(watcher, "training_stop")
    expect(other.get_by_text("The run was stopped and is kept")).to_be_visible()
    other.get_by_text("Kept runs", exact=True).click()
    expect(kept(other, 1)).to_contain_text("of 900 epochs")


def test_a_run_goes_on_after_its_server_was_killed_in_the_middle_of_an_epoch(busy_home: Path, visitor: Visitor) -> None:
    with serve_process(busy_home) as (address, server):
        page = visitor(address).open(QUICK + "&epochs=900")
        press(page, "training_start")
        expect(panel(page)).to_contain_text(re.compile(r"epoch \d\d+ of 900"))
        press(page, "training_pause")  # a run that pauses is kept
        expect(panel(page)).to_contain_text("Paused")
        paused_in = int(re.findall(r"in epoch (\d+) of 900", panel(page).locator(".news .headline").inner_text())[0])
        press(page, "training_go_on")
        expect(panel(page)).to_contain_text("Training")
        page.context.close()  # before its server is gone, or the tab complains that nobody answers
        server.kill()
        server.wait()
    with serve(busy_home) as address:
        page = visitor(address).open("/training?lang=en&part=kept")
        run = kept(page, 1)
        expect(run).to_contain_text("not finished")
        done = int(re.findall(r"(\d+) of 900 epochs", run.inner_text())[0])
        assert done >= paused_in - 1
        kept(page, 1).get_by_role("button", name="Go on").click()
        page.get_by_role("dialog").get_by_role("button", name="Go on now").click()
        expect(panel(page)).to_contain_text(re.compile(r"epoch \d+ of 900"))
        seen_first = int(re.findall(r"epoch (\d+) of 900", panel(page).locator(".news .headline").inner_text())[0])
        assert seen_first > done  # and not again from the first
        press(page, "training_stop")
        expect(page.get_by_text("The run was stopped and is kept")).to_be_visible()
        page.context.close()


def test_an_epoch_is_trained_and_its_model_is_used_by_the_app(busy_server: str, visitor: Visitor) -> None:
    page = visitor(busy_server).open(QUICK + "&epochs=1&split=p90")
    press(page, "training_start")
    expect(page.get_by_text("The run is finished and kept")).to_be_visible()
    expect(page.locator(".st-key-theatre_recorded")).to_be_visible()
    page.get_by_text("Kept runs", exact=True).click()
    page.get_by_role("button", name="Use in the app").and_(page.locator(":enabled")).click()
    expect(kept(page, 0)).to_contain_text("P90")
    expect(kept(page, 0)).to_contain_text("in use")
    start = visitor(busy_server).open("/?lang=en")
    expect(start.locator("[data-testid=stMain]")).to_contain_text("P90")


def test_a_run_is_taken_home_and_brought_back(busy_server: str, visitor: Visitor, tmp_path: Path) -> None:
    page = visitor(busy_server).open("/training?lang=en&part=kept")
    kept(page, 0).get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("dialog").get_by_role("button", name="Save the file").click()
    saved.value.save_as(tmp_path / "run.zip")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_text("Import a run").click()
    page.locator(".st-key-training_import input[type=file]").set_input_files(tmp_path / "run.zip")
    expect(page.get_by_text("Imported:")).to_be_visible()
    expect(kept(page, 1)).to_be_visible()
    kept(page, 1).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(kept(page, 1)).to_have_count(0)


def test_a_view_of_the_data_reopens_from_its_url(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/data?lang=en&part=ratings")
    page.get_by_role("radio", name="Genre").or_(page.get_by_role("button", name="Genre")).first.click()
    page.wait_for_url("**by=genre*")
    page.reload()
    expect(page.get_by_text("counts in each of them")).to_be_visible()
