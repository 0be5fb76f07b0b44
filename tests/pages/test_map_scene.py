"""What the film map is sent: the container, its limits, and the routes that serve it."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import sleep
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette

from pages.film_map import scene as map_scene
from pages.film_map.scene import Column, Scene
from pages.kit import published
from pages.kit.published import Shelf

TYPES = {"f4": "<f4", "u4": "<u4", "i2": "<i2", "u2": "<u2", "u1": "u1"}


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the container as the browser does: header, and arrays and lists of texts by name."""
    whole = gzip.decompress(data)
    assert whole[:4] == b"MTN1"
    length = int.from_bytes(whole[4:8], "little")
    assert (8 + length) % 8 == 0
    header = json.loads(whole[8 : 8 + length])
    body = whole[8 + length :]
    parts: dict[str, Any] = {}
    for name, (kind, offset, count) in header["places"].items():
        assert offset % 8 == 0
        if kind == "text":
            parts[name] = body[offset : offset + count].decode().split("\n")
        else:
            parts[name] = np.frombuffer(body, TYPES[kind], count, offset)
    return header, parts


def small_scene(titles: list[str]) -> Scene:
    count = len(titles)
    return Scene(
        ids=np.arange(100, 100 + count),
        titles=titles,
        lines=[("1999", "Drama")] * count,
        sizes=np.linspace(0, 1, count),
        weights=np.arange(count),
        columns=(
            Column("genre", "Genre", "category", np.zeros(count, int), ("Drama",)),
            Column("mean", "Mean", "number", np.full(count, np.nan), digits=2, unit=" ★"),
        ),
        cards=["#112233"] * count,
    )


HOSTILE = ["<b>", "</script>", "quote \" ' `", "😀", "مرحبا", "back\\slash", "", "&amp;", "ſt"]


def test_a_scene_comes_out_as_it_went_in():
    header, parts = unpack(map_scene.encode(small_scene(HOSTILE)))
    assert parts["titles"] == HOSTILE
    assert parts["ids"].tolist() == list(range(100, 109))
    assert parts["sizes"] == pytest.approx(np.linspace(0, 1, 9), abs=1e-6)
    assert [column["name"] for column in header["columns"]] == ["genre", "mean"]
    assert header["columns"][1]["unit"] == " ★"
    assert np.isnan(parts[header["columns"][1]["array"]]).all()
    assert header["card_colors"] == ["#112233"]


def test_the_best_known_point_comes_first_and_ties_keep_their_order():
    scene = replace(small_scene(["a", "b", "c", "d"]), weights=np.array([1, 7, 7, 2]))
    assert unpack(map_scene.encode(scene))[1]["order"].tolist() == [1, 2, 3, 0]


def test_few_different_texts_travel_once():
    scene = replace(small_scene([str(n) for n in range(40)]), lines=[(str(n), ["x", "y"][n % 2]) for n in range(40)])
    _, parts = unpack(map_scene.encode(scene))
    assert parts["line1"] == ["x", "y"]
    assert [parts["line1"][code] for code in parts["line1#"]] == ["x", "y"] * 20
    assert "line0#" not in parts


def test_a_line_break_in_a_title_does_not_shift_the_others():
    assert unpack(map_scene.encode(small_scene(["a\nb", "c\r\n\td", "e"])))[1]["titles"] == ["a b", "c d", "e"]


def test_a_scene_without_points_can_be_sent():
    header, parts = unpack(map_scene.encode(small_scene([])))
    assert header["count"] == 0
    assert len(parts["ids"]) == 0


def test_equal_scenes_give_equal_bytes():
    assert map_scene.encode(small_scene(["a", "b"])) == map_scene.encode(small_scene(["a", "b"]))


def test_a_part_that_is_too_short_is_named():
    with pytest.raises(ValueError, match="sizes"):
        map_scene.encode(replace(small_scene(["a", "b"]), sizes=np.ones(1)))
    with pytest.raises(ValueError, match="column mean"):
        map_scene.encode(
            replace(small_scene(["a", "b"]), columns=(Column("mean", "Mean", "number", np.ones(3)),)),
        )


@pytest.mark.parametrize("places", [np.zeros((4, 3)), np.zeros(4), np.array([[0.0, np.nan]])])
def test_a_layout_that_cannot_be_drawn_is_refused(places):
    with pytest.raises(ValueError, match="layout"):
        map_scene.encode_layout(places)


def test_layout_neighbours_clusters_and_frames_keep_their_numbers():
    places = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    assert unpack(map_scene.encode_layout(places))[1]["positions"] == pytest.approx(places.reshape(-1))
    header, parts = unpack(map_scene.encode_neighbors(np.array([[1, 2], [0, 2]]), np.array([[0.5, 0.25]] * 2)))
    assert (header["count"], header["k"]) == (2, 2)
    assert parts["indices"].tolist() == [1, 2, 0, 2]
    assert parts["values"].tolist() == [0.5, 0.25] * 2
    clusters = map_scene.encode_clusters(
        np.array([0, -1]), np.array([1, 0]), coarse_names=["A"], fine_names=["B <i>", "C"]
    )
    _, parts = unpack(clusters)
    assert parts["coarse"].tolist() == [0, -1]
    assert parts["fine_names"] == ["B <i>", "C"]
    header, parts = unpack(map_scene.encode_frames([places, places * 2], first=3, state="running", step="s", share=0.5))
    assert (header["first"], header["num_frames"], header["state"]) == (3, 2, "running")
    assert parts["positions"].reshape(2, 5, 2)[1] == pytest.approx(places * 2)


def test_frames_may_be_none_yet():
    header, parts = unpack(map_scene.encode_frames([], first=0, state="queued"))
    assert header["num_frames"] == 0
    assert len(parts["positions"]) == 0


def test_what_is_published_is_made_once_for_everybody():
    shelf, made = Shelf(), []

    def make() -> bytes:
        made.append(1)
        return b"abc"

    assert shelf.publish(("scene", "en"), make) == shelf.publish(("scene", "en"), make)
    assert len(made) == 1
    assert shelf.publish("other name", lambda: b"abc") == shelf.publish(("scene", "en"), make)


def test_the_oldest_piece_is_dropped_and_comes_back_when_it_is_published_again():
    shelf = Shelf(max_bytes=10)
    first = shelf.publish("first", lambda: b"1" * 6)
    second = shelf.publish("second", lambda: b"2" * 6)
    assert shelf.piece(first) is None
    assert shelf.piece(second) is not None
    assert shelf.publish("first", lambda: b"1" * 6) == first
    assert shelf.piece(first) is not None


def test_what_was_asked_for_lately_stays():
    shelf = Shelf(max_bytes=13)
    first, second = shelf.publish("first", lambda: b"1" * 6), shelf.publish("second", lambda: b"2" * 6)
    shelf.piece(first)
    shelf.publish("third", lambda: b"3" * 6)
    assert shelf.piece(first) is not None
    assert shelf.piece(second) is None


def test_a_piece_larger_than_the_limit_is_kept_alone():
    shelf = Shelf(max_bytes=3)
    assert shelf.piece(shelf.publish("large", lambda: b"12345")) is not None


def test_only_so_many_functions_are_kept():
    shelf = Shelf(max_live=2)
    words = [shelf.answer(name, lambda number: b"") for name in "abc"]
    assert [shelf.function(word) is None for word in words] == [True, False, False]


def ask(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask the routes, without a server."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:  # a browser's test in the same process leaves a loop running in this one
        thread.submit(lambda: asyncio.run(Starlette(routes=published.routes())(scope, receive, send))).result()
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    fresh = Shelf()
    monkeypatch.setattr(published, "SHELF", fresh)
    return fresh


def test_who_comes_while_something_is_made_waits_for_it(shelf):
    has_begun, may_end, made = Event(), Event(), []

    def make() -> bytes:
        made.append(1)
        has_begun.set()
        assert may_end.wait(60)
        return b"points"

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shelf.publish, "scene", make)
        assert has_begun.wait(60)
        second = threads.submit(shelf.publish, "scene", make)
        while second.running() is False:
            sleep(0.01)
        sleep(0.1)
        may_end.set()
        assert first.result(60) == second.result(60)
    assert made == [1]


def test_a_browser_keeps_what_it_got_for_good(shelf):
    address = published.publish("scene", lambda: gzip.compress(b"points"))
    status, head, body = ask(address, accept_encoding="gzip, br")
    assert (status, head["content-encoding"], gzip.decompress(body)) == (200, "gzip", b"points")
    assert "immutable" in head["cache-control"]
    again, _, nothing = ask(address, if_none_match=head["etag"])
    assert (again, nothing) == (304, b"")


def test_a_client_without_gzip_gets_plain_bytes(shelf):
    status, head, body = ask(published.publish("scene", lambda: gzip.compress(b"points")))
    assert (status, body) == (200, b"points")
    assert "content-encoding" not in head


def test_what_is_not_published_is_not_found_and_that_is_not_remembered(shelf):
    status, head, _ = ask("/map-data/00112233445566778899aabbccddeeff")
    assert (status, head["cache-control"]) == (404, "no-store")


def test_a_live_address_answers_numbers_only(shelf):
    def double(number: int) -> bytes:
        if number > 10:
            raise LookupError(number)
        return gzip.compress(str(2 * number).encode())

    address = published.publish_live("double", double)
    status, head, body = ask(f"{address}?at=4", accept_encoding="gzip")
    assert (status, gzip.decompress(body), head["cache-control"]) == (200, b"8", "no-store")
    for wrong in ("?at=11", "?at=-1", "?at=x", "?at=٣", "?at=999999999999999999999"):
        assert ask(address + wrong)[0] == 404, wrong


def test_addresses_lie_under_the_path_of_the_app(shelf, monkeypatch):
    monkeypatch.setattr(published.st, "get_option", lambda name: "below/this/" if name == "server.baseUrlPath" else "")
    address = published.publish("scene", lambda: gzip.compress(b"points"))
    assert address.startswith("/below/this/map-data/")
    assert ask(address, accept_encoding="gzip")[0] == 200
