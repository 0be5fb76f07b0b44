"""What the picture of the title CNN is sent: the network's own numbers, unrounded; and what it tells the page."""

import base64
import gzip
import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pages.kit import component, component_code, i18n, state
from pages.kit import published as map_route
from pages.title_cnn import component as title_component
from pages.title_cnn import network as title_network
from pages.title_cnn import scene as title_scene
from pages.title_cnn import words as title_words
from pages.title_cnn.component import Actions, Place, Stop
from recsys.insight import network_plan
from recsys.recommend import Recommender

FOLDER = component_code.PAGES / "title_cnn" / "browser"
CODES = tuple(module.COMPONENT.code for module in (title_component, title_words, title_network))
PARTS = ("movie", "genres", "title", "history")


def floats(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def published(address: str) -> Any:
    piece = map_route.SHELF.piece(address.rsplit("/", 1)[-1])
    assert piece is not None
    return json.loads(gzip.decompress(piece.body))


def test_numbers_come_back_as_they_were() -> None:
    values = np.array([[0.1, -2.5e-7], [np.float32(1) / 3, 4.0]], dtype=np.float32)
    assert floats(title_scene.packed(values)).tolist() == values.ravel().tolist()
    assert floats(title_scene.packed(values.T)).tolist() == values.T.ravel().tolist()


def test_every_sum_follows_from_what_is_sent(model: Recommender) -> None:
    probe = title_scene.probe_of(model)
    net = published(title_scene.net_address(model))
    size = model.bundle.info.model.id_size
    for text in (probe.own_title(0), "One", "", "a b c d e f g h"):
        sent = title_scene.of_title(probe.trace(text), size)
        embeddings = floats(sent["embeddings"]).reshape(-1, size)
        padded = np.concatenate([embeddings, np.zeros((5, size), np.float32)])
        for number, window in enumerate(sent["windows"]):
            before = floats(window["before"]).reshape(sent["filters"], window["positions"])
            for filter_ in range(sent["filters"]):
                at = number * sent["filters"] + filter_
                weights = floats(net["weights"][at]).reshape(window["width"], size)
                sums = [
                    float(
                        (padded[start : start + window["width"]].astype(np.float64) * weights).sum() + net["bias"][at]
                    )
                    for start in range(window["positions"])
                ]
                assert sums == pytest.approx(before[filter_].tolist(), abs=1e-6)


def test_what_the_parts_add_makes_the_vector(model: Recommender) -> None:
    film = title_scene.probe_of(model).film("Some Title", movie_index=2)
    sent = title_scene.of_film(film, 3.5)
    total = sum((floats(part["added"]).astype(np.float64) for part in sent["parts"]), floats(sent["mix_bias"]))
    assert np.tanh(total) == pytest.approx(floats(sent["vector"]), abs=1e-5)


def test_a_film_that_nobody_rated_is_known_as_such(model: Recommender) -> None:
    probe = title_scene.probe_of(model)
    films = [probe.film("Some Title"), probe.film("Some Title", movie_index=2)]
    assert [title_scene.of_film(film, None)["unrated"] for film in films] == [True, False]
    ratings = [{part.name: part.values for part in film.parts}["history"] for film in (films[0], probe.film("B"))]
    assert ratings[0].any()
    assert ratings[0].tolist() == ratings[1].tolist()  # "the same for every film without ratings"


def test_the_gallery_is_made_when_it_is_asked_for(model: Recommender) -> None:
    answer = map_route.SHELF.function(title_scene.gallery_address(model).rsplit("/", 1)[-1])
    assert answer is not None
    found = json.loads(gzip.decompress(answer(0)))
    assert len(found["filters"]) == title_scene.probe_of(model).num_features
    for filter_ in found["filters"]:
        assert filter_["below"] == sorted(filter_["below"])
        for kind in ("known", "all"):
            responses = [peak["response"] for peak in filter_[kind]["peaks"]]
            assert responses == sorted(responses, reverse=True)
    with pytest.raises(LookupError):
        answer(1)


def test_a_response_stands_above_as_many_titles_as_are_weaker(model: Recommender) -> None:
    """The browser draws a straight line between the steps (`shareBelow` in pages/title_cnn/browser/filter_view.js)."""
    answer = map_route.SHELF.function(title_scene.gallery_address(model).rsplit("/", 1)[-1])
    assert answer is not None
    found = title_scene.gallery_of(model)
    for number, sent in enumerate(json.loads(gzip.decompress(answer(0)))["filters"]):
        responses = found.features[:, number]
        smallest = responses[responses > 0].min()
        steps = np.linspace(0, sent["highest"], len(sent["below"]))
        said = np.interp(smallest, steps, sent["below"])
        assert said == pytest.approx(found.rank_of(number, smallest), abs=0.05)


def test_a_film_of_the_gallery_is_one_of_the_catalogue(model: Recommender) -> None:
    answer = map_route.SHELF.function(title_scene.gallery_address(model).rsplit("/", 1)[-1])
    assert answer is not None
    titles = {
        int(i): str(text) for i, text in zip(*(model.dataset.movies[c] for c in ("movie_id", "title")), strict=True)
    }
    named = [film for each in json.loads(gzip.decompress(answer(0)))["filters"] for film in each["all"]["won"]]
    assert named
    assert all(titles[film["id"]] == film["title"] for film in named)


def test_known_films_are_those_with_many_ratings(model: Recommender) -> None:
    answer = map_route.SHELF.function(title_scene.gallery_address(model).rsplit("/", 1)[-1])
    assert answer is not None
    found = json.loads(gzip.decompress(answer(0)))
    counts = dict(zip(model.dataset.movies["movie_id"], model.dataset.num_ratings_by_movie, strict=True))
    first = [each["known"]["peaks"][0]["films"][0]["id"] for each in found["filters"] if each["known"]["peaks"]]
    assert first
    assert all(counts[film] >= found["least"] for film in first)


def behind(edges: Iterable[tuple[str, str]], key: str) -> set[str]:
    """All that a box flows into, directly or not."""
    next_to = {stop for start, stop in edges if start == key}
    return next_to.union(*(behind(edges, stop) for stop in next_to))


def test_what_flows_through_a_box_that_is_passed_over_flows_on(model: Recommender) -> None:
    plan = network_plan.plan(model.bundle)
    boxes, edges = title_network.shown(plan)
    drawn = {box.key for box in boxes}
    assert {box.key for box in plan.boxes} - drawn, "nothing is passed over"
    assert {end for edge in edges for end in edge} == drawn
    for key in drawn:
        assert behind(edges, key) == behind(plan.edges, key) & drawn


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.entry)
def test_the_modules_join(code: component_code.Code) -> None:
    assert f"// title_cnn/browser/{code.entry}" in code.script()
    assert f"export default {code.name}.component" in code.module()


def test_every_module_is_needed_by_an_entry() -> None:
    joined = "".join(code.script() for code in CODES)
    assert [path.name for path in FOLDER.glob("*.js") if f"// title_cnn/browser/{path.name}\n" not in joined] == []


def test_every_text_that_is_asked_for_is_sent_and_no_other() -> None:
    code = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    asked = set(re.findall(r'\bt\("(\w+)"', code))
    assert asked - {*title_component.TEXTS, *title_words.TEXTS, *title_network.TEXTS, *i18n.joiners()} == set()
    # Names that are put together or handed on are strings in the code too.
    named = (
        set(re.findall(r'"(\w+)"', code)) | {f"part_{part}" for part in PARTS} | {f"says_part_{part}" for part in PARTS}
    )
    assert set(title_component.TEXTS) - named == set()


class Heard:
    """Actions that note what they were called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    @property
    def actions(self) -> Actions:
        return Actions(
            lambda stop: self.calls.append(("place", stop)),
            lambda text: self.calls.append(("edit", text)),
        )


@pytest.mark.parametrize(
    ("event", "sent", "call"),
    [
        (
            "place",
            {"level": "sum", "width": 2, "filter": 3, "at": 1, "rare": True, "number": 4},
            ("place", Stop("sum", 2, 3, 1, is_rare=True)),
        ),
        ("edited", {"value": "<b>", "number": 5}, ("edit", "<b>")),
        ("edited", {"value": None, "number": 6}, ("edit", None)),
    ],
)
def test_what_is_done_in_the_picture_reaches_the_page(
    monkeypatch: pytest.MonkeyPatch, english: None, event: str, sent: dict[str, Any], call: tuple[Any, ...]
) -> None:
    mounted: dict[str, Any] = {}
    session: dict[str, Any] = {}
    monkeypatch.setattr(title_component.COMPONENT, "_mount", lambda **what: mounted.update(what))
    monkeypatch.setattr(component.st, "session_state", session)
    monkeypatch.setattr(state, "link", lambda kind, wanted: f"film?{kind}={wanted}&lang=en")
    heard = Heard()
    title_component.title_cnn(
        key="it", scene={}, place=Place("overview", 0, 0), person="Person 1", actions=heard.actions
    )
    assert mounted["data"]["link"] == {"before": "film?movie=", "behind": "&lang=en"}
    session["it"] = {event: sent}
    mounted[f"on_{event}_change"]()
    assert heard.calls == [call]
    assert session["it_heard"] == sent["number"]
    session["it"] = {event: None}
    mounted[f"on_{event}_change"]()
    assert len(heard.calls) == 1
