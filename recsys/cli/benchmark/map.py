"""The film map as its readers feel it: clicks, zoom, opening, bytes and memory, with real films and with 90,000.

The app runs in a process of its own, a headless Chromium with software WebGL opens the page, and the mouse is moved
and pressed (`recsys.cli.benchmark.map_page`). The 90,000 films are invented (`recsys.cli.benchmark.world`). What the
layouts cost and keep is measured beside it, without a browser.

Measured on two cores that others used too (load 3 to 8), medians of 20, beside the Plotly chart that was there first
(medians of 5 to 8, within the same hour):

                                          3,883 films           90,000 films
                                          Plotly      map       Plotly      map
    click on a dot -> lines               none        29 ms     none        70 ms
    click on a dot -> list beside         175 ms      156 ms    720 ms      211 ms
    wheel, 15 ticks, until settled        1.7 s       1.2 s     11 s        1.2 s
    address -> drawn, new browser         3.2 s       1.7 s*    9.7 s       2.1 s
    bytes of a click                      35 kB       7.5 kB    35 kB       8.2 kB
    memory of the server, one more map    0.2 MiB     0.1 MiB   42 MiB      0.2 MiB

    * median of 8 at load 3, of which 1.0 s until Streamlit shows the title; reloaded 1.0 s, by the link on the start
      page 0.4 s. At load 6, median of 20: 2.5 s, 1.3 s and 0.6 s.
"""

import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.bundle import load_bundle
from recsys.cli.benchmark.browser import Server, Traffic, browsing, check_opened, serving, tab
from recsys.cli.benchmark.layouts import of_layouts
from recsys.cli.benchmark.map_page import NUM_TICKS, MapPage
from recsys.cli.benchmark.parts import Effort, Measured
from recsys.cli.benchmark.world import make_world
from recsys.cli.console import say
from recsys.cli.loading import chosen
from recsys.data.dataset import Dataset

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MAPS_BEFORE = 3
"""Open maps that do not count: they pay for what all share."""
AT_REST = 1_500
"""Milliseconds after which all that a click or a visit sets off is over."""


def film_map(dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Measure the layouts of the film map, and its page.

    Raises:
        NoModelError: if there is no model of the data set.
        MissingPackageError: if Playwright is not installed.
        NotHereError: if there is no Chromium, or if the app opens another data set.
        BenchmarkError: if server or page do not do what they should.
    """
    bundle = load_bundle(chosen(dataset).folder, dataset)
    say("layouts")
    yield from of_layouts(bundle, effort)
    check_opened(dataset)
    with browsing() as browser, tempfile.TemporaryDirectory() as folder:
        yield from of_page(browser, {}, dataset.num_movies, effort)
        say(f"inventing {effort.num_films:,} films")
        world = make_world(Path(folder), effort.num_films)
        yield from of_page(browser, world.variables, effort.num_films, effort)


def of_page(browser: "Browser", variables: Mapping[str, str], count: int, effort: Effort) -> Iterator[Measured]:
    """Measure the page of one app.

    Args:
        browser: a Chromium.
        variables: of the environment, for the server.
        count: films in it.
        effort: how often; the median counts.
    """
    say(f"film map of {count:,} films")
    with serving(variables) as server:
        for part in (_opening, _hands, _bytes, _memory):
            yield from part(browser, server, count, effort)


def _opening(browser: "Browser", server: Server, count: int, effort: Effort) -> list[Measured]:
    """From an address to the picture: the server's first visit, new visitors, visitors who were there before."""
    with tab(browser) as page:
        first = MapPage(page, server.address).opened()
    title, new, again, inside = [], [], [], []
    for _ in range(effort.repeats):
        with tab(browser) as page:
            shown = MapPage(page, server.address)
            new.append(shown.opened())
            title.append(shown.titled())
            again.append(shown.reloaded())
            inside.append(shown.from_start())
    name = f"map_{count}_open"
    return [
        _median(f"{name}_first", [first], "ms", "address -> map drawn, first visit of a server that is still loading"),
        _median(f"{name}_title", title, "ms", "address -> title of the page, in the visits of the next line"),
        _median(f"{name}_new", new, "ms", "address -> map drawn, in a browser that has never been there"),
        _median(f"{name}_again", again, "ms", "reload -> map drawn"),
        _median(f"{name}_inside", inside, "ms", "link on the start page -> map drawn"),
    ]


def _hands(browser: "Browser", server: Server, count: int, effort: Effort) -> list[Measured]:
    """Clicks and the wheel."""
    with tab(browser) as page:
        shown = MapPage(page, server.address)
        page.wait_for_timeout(AT_REST)
        clicks = shown.clicks(effort.repeats)
        zooms = [shown.zoom(1 if turn % 2 == 0 else -1) for turn in range(effort.repeats)]
    name, wheel = f"map_{count}", f"wheel, {NUM_TICKS} ticks, nearer and away in turn -> all still"
    return [
        _median(f"{name}_lines", [click.lines for click in clicks], "ms", "click on a dot -> lines to its neighbours"),
        _median(f"{name}_list", [click.list for click in clicks], "ms", "click on a dot -> list beside the map"),
        _median(f"{name}_zoom", zooms, "ms", wheel),
    ]


def _bytes(browser: "Browser", server: Server, count: int, effort: Effort) -> list[Measured]:
    """What comes over the wire for a visit and for a click."""
    with tab(browser) as page:
        traffic = Traffic(page)
        shown = MapPage(page, server.address)
        page.wait_for_timeout(AT_REST)
        visit, sizes = traffic.total, []
        for turn in range(effort.repeats):
            before = traffic.total
            shown.clicks(1, seed=turn)
            page.wait_for_timeout(AT_REST)
            sizes.append((traffic.total - before) / 1000)
    return [
        _median(
            f"map_{count}_bytes_visit", [visit / 1000], "kB", "first visit of a browser, Streamlit's own code included"
        ),
        _median(f"map_{count}_bytes_click", sizes, "kB", "click on a dot, web socket and HTTP"),
    ]


def _memory(browser: "Browser", server: Server, count: int, effort: Effort) -> list[Measured]:
    """What one more open map costs the server."""
    with ExitStack() as tabs:

        def open_maps(number: int) -> float | None:
            for _ in range(number):
                page = tabs.enter_context(tab(browser))
                MapPage(page, server.address)
                page.wait_for_timeout(AT_REST)
            return server.memory()

        before = open_maps(MAPS_BEFORE)
        after = open_maps(effort.num_maps)
    if before is None or after is None:
        return []
    note = f"server, one more open map, mean of {effort.num_maps} after {MAPS_BEFORE}"
    return [Measured(f"map_{count}_memory", (after - before) / effort.num_maps, "MiB", None, None, note)]


def _median(name: str, values: list[float], unit: str, note: str) -> Measured:
    spread = f"{note}; from {min(values):.4g} to {max(values):.4g}" if len(values) > 1 else note
    return Measured(name, statistics.median(values), unit, None, None, spread)
