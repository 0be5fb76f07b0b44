"""The page of the title CNN: what the URL says is what the picture is told, and the parts below it."""

import base64
import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pages.kit import resources
from pages.title_cnn import component as title_component
from pages.title_cnn import link as title_view
from pages.title_cnn import network as title_network
from pages.title_cnn import scene as title_scene
from pages.title_cnn import words as title_words
from pages.title_cnn.change import LEAST, UNKNOWN
from recsys.data.encoder import title_words as words_of
from recsys.training.title_check import Part, TitleCheck
from tests.pages.conftest import LANGUAGES, OpenPage, Told, all_text

HOSTILE = "<b>Bold</b> ![](http://x) :smile: $x$ مرحبا 🎬 黄土地"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the picture was told, one entry a run; its callbacks are there too."""
    calls: Told = []
    monkeypatch.setattr(title_component.COMPONENT, "_mount", lambda **what: calls.append(what))
    return calls


def floats(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def words(told: dict[str, Any]) -> list[str]:
    return [word["text"] for word in told["data"]["title"]["words"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", title_view.LEVELS)
def test_every_level_opens_from_its_url(open_page: OpenPage, shown: Told, level: str, language: str) -> None:
    app = open_page("title_cnn", lang=language, level=level, movie=3, width=3, filter=2)
    assert not app.exception
    assert not app.error
    at = shown[-1]["data"]["at"]
    assert (at["level"], at["filter"]) == (level, 8 + 1)


def test_words_say_that_the_picture_is_loading_until_the_browser_hides_them(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", movie=3)
    assert "Loading the network's numbers" in all_text(app)


def test_without_a_place_the_strongest_filter_is_shown_where_it_is_strongest(open_page: OpenPage, shown: Told) -> None:
    open_page("title_cnn", lang="en", movie=3)
    title, at = shown[-1]["data"]["title"], shown[-1]["data"]["at"]
    sums = [floats(window["before"]).reshape(title["filters"], -1) for window in title["windows"]]
    strongest = np.concatenate([each.max(axis=1) for each in sums])
    assert at["filter"] == strongest.argmax()
    assert at["position"] == sums[at["filter"] // 8][at["filter"] % 8].argmax()


@pytest.mark.parametrize(
    "params",
    [
        {"width": 9},
        {"width": 2, "filter": 99},
        {"filter": "three"},
        {"width": 2, "filter": 1, "at": 500},
        {"level": "x"},
    ],
)
def test_a_place_that_there_is_not_shows_the_usual_one(
    open_page: OpenPage, shown: Told, params: dict[str, object]
) -> None:
    app = open_page("title_cnn", lang="en", movie=3, **params)
    assert not app.exception
    title, at = shown[-1]["data"]["title"], shown[-1]["data"]["at"]
    assert at["level"] == "overview"
    assert at["position"] < title["windows"][at["filter"] // 8]["positions"]


def test_a_title_of_ones_own_is_read_as_it_is_typed(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", title=HOSTILE, genre="Drama")
    assert not app.exception
    assert app.text_input(key="title_own").value == HOSTILE
    assert words(shown[-1]) == words_of(HOSTILE)
    assert shown[-1]["data"]["title"]["text"] == HOSTILE


def test_the_line_for_a_changed_title_takes_as_much_as_the_page_does(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", movie=3, edit="x" * (title_view.MAX_TITLE + 1))
    assert not app.exception
    data = shown[-1]["data"]
    assert data["max_title"] == len(data["title"]["text"]) == title_view.MAX_TITLE


def test_a_very_long_title_is_cut_and_the_rest_is_named(open_page: OpenPage, shown: Told) -> None:
    open_page("title_cnn", lang="en", title=" ".join(f"w{i}" for i in range(300)))
    title = shown[-1]["data"]["title"]
    length = resources.recommender().bundle.info.model.title_length  # type: ignore[union-attr]
    assert len(title["words"]) == length
    assert title["cut"] == [f"w{i}" for i in range(length, 300)]


def test_no_word_at_all_leaves_the_bias(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", title="   ", part="words")
    assert not app.exception
    title = shown[-1]["data"]["title"]
    assert title["words"] == []
    assert [window["padded"] for window in title["windows"]] == [2, 3, 4, 5]


def test_choosing_a_title_of_ones_own_begins_with_the_films(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", movie=3)
    own = shown[-1]["data"]["title"]["text"]
    app.segmented_control(key="title_of").set_value("own").run()
    assert app.text_input(key="title_own").value == own
    app.text_input(key="title_own").set_value("Another Night").run()
    assert words(shown[-1]) == ["another", "night"]
    assert app.query_params["title"] in ("Another Night", ["Another Night"])


def test_another_film_forgets_the_changed_word(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", movie=3, edit="Something Else")
    assert shown[-1]["data"]["before"] is not None
    app.selectbox(key="choose_movie").select(9).run()
    assert "edit" not in app.query_params
    assert shown[-1]["data"]["before"] is None


def test_a_changed_word_shows_before_and_after(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", movie=3, edit=HOSTILE)
    assert not app.exception
    data = shown[-1]["data"]
    assert data["title"]["text"] == HOSTILE
    assert data["before"]["text"] == resources.dataset().movie(3).title
    assert "\\<b\\>Bold\\</b\\>" in all_text(app)
    labels = [metric.label for metric in app.metric]
    assert labels[0] == "Filters that answer otherwise"


def test_a_suggested_change_can_be_taken(open_page: OpenPage, shown: Told) -> None:
    app = open_page("title_cnn", lang="en", title="One Two Three")
    app.button(key="title_try_unknown").click().run()
    assert words(shown[-1]) == [UNKNOWN.lower(), "two", "three"]
    app.button(key="title_try_reverse").click().run()
    assert words(shown[-1]) == ["three", "two", "one"]


def test_the_same_title_typed_again_is_no_change(open_page: OpenPage, shown: Told) -> None:
    open_page("title_cnn", lang="en", title="One Two", edit="One Two")
    assert shown[-1]["data"]["before"] is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["change", "words", "worth", "network"])
def test_every_part_opens_from_its_url(open_page: OpenPage, shown: Told, part: str, language: str) -> None:
    app = open_page("title_cnn", lang=language, movie=3, part=part)
    assert not app.exception
    assert not app.error
    assert app.segmented_control(key="url_part").value == part


@pytest.mark.parametrize("method", ["leave_one_out", "shapley"])
def test_the_word_that_mattered_most_is_named(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    told: Told = []
    monkeypatch.setattr(title_words.COMPONENT, "_mount", lambda **what: told.append(what))
    app = open_page("title_cnn", lang="en", title="*One* Two Three", user=4, part="words", method=method)
    assert not app.exception
    effects = floats(told[-1]["data"]["to_stars"])
    most = ["one", "two", "three"][int(np.abs(effects).argmax())]
    assert f"“**{most}**” moved the prediction for Person 4 most" in all_text(app)
    assert [word["known"] for word in told[-1]["data"]["words"]] == [
        word["known"] for word in shown[-1]["data"]["title"]["words"]
    ]


@pytest.mark.parametrize(
    ("size", "answer"), [(4.9e-5, "No word moved"), (-4.9e-5, "No word moved"), (6e-5, "up by 0.0001")]
)
def test_a_word_that_does_next_to_nothing_moves_nothing_and_its_bar_is_short(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, size: float, answer: str
) -> None:
    told: Told = []
    monkeypatch.setattr(title_words.COMPONENT, "_mount", lambda **what: told.append(what))
    attributed = title_words.attribution
    monkeypatch.setattr(
        title_words,
        "attribution",
        lambda *what: dataclasses.replace(attributed(*what), to_stars=np.array([size, 0], np.float32)),
    )
    app = open_page("title_cnn", lang="en", title="One Two", part="words")
    assert not app.exception
    assert answer in all_text(app)
    data = told[-1]["data"]
    assert data["least"] > 10 * abs(size)
    assert "{least}" in data["texts"]["hint"]


def test_a_changed_word_says_which_filters_answer_otherwise_and_what_it_does_to_the_stars(
    open_page: OpenPage, shown: Told, house: resources.House
) -> None:
    assert house.recommender is not None
    probe = title_scene.probe_of(house.recommender)
    own = probe.own_title(2)
    movie_id, user_id = (int(house.recommender.dataset.movies["movie_id"].iloc[2]), 5)
    other = " ".join([*own.split()[:-1], "zzyzx"])  # filters that kept other words do not change
    films = [probe.film(text, movie_index=2) for text in (own, other)]
    index = house.recommender.dataset.user_index(user_id)
    before, after = (probe.stars(film, index) for film in films)
    changed = int((np.abs(films[1].title.features - films[0].title.features) > LEAST).sum())
    assert 0 < changed < len(films[0].title.features)
    app = open_page("title_cnn", lang="en", movie=movie_id, user=user_id, edit=other, part="change")
    metrics = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert metrics[next(label for label in metrics if label.startswith("Filters"))][0].startswith(f"{changed} /")
    stars = next(found for label, found in metrics.items() if found[1])
    assert stars == (f"{after:.4f}", f"{after - before:+.4f}")
    assert len(app.dataframe[0].value) == changed


def test_the_diagram_is_of_the_loaded_model(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, house: resources.House
) -> None:
    told: Told = []
    monkeypatch.setattr(title_network.COMPONENT, "_mount", lambda **what: told.append(what))
    open_page("title_cnn", lang="en", movie=3, part="network")
    assert house.recommender is not None
    model = house.recommender.bundle.model
    assert told[-1]["data"]["parameters"] == f"{sum(value.numel() for value in model.parameters()):,}"
    labels = [box["label"] for box in told[-1]["data"]["boxes"] if re.search(r"window\d+$", box["key"])]
    assert labels == [f"Window {width}" for width in model.config.windows]


def check(grows: float, deviation: float, *, zeroed: float = 0.91) -> dict[str, Any]:
    part = Part(10, 100, {"trained": 0.9, "shuffled": 0.9 + grows, "zeroed": zeroed}, deviation)
    return TitleCheck(part, "network", None, 0.1, 0, 10, 5, 60.0).to_dict()


@pytest.mark.parametrize(
    ("grows", "deviation", "verdict"),
    [
        (0.0001, 0.00002, "0.00010 stars (the 10 shuffles differ by ± 0.00002). That can be measured"),
        (0.01, 0.001, "help by that much"),
        (0.001, 0.001, "nothing that can be measured"),
        (-0.01, 0.001, "do harm"),
    ],
)
def test_what_titles_add_is_judged_by_the_spread_of_the_shuffles(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, house: resources.House, grows, deviation, verdict
) -> None:
    assert house.recommender is not None
    info = house.recommender.bundle.info
    monkeypatch.setitem(info.__dict__, "title_check", check(grows, deviation))
    app = open_page("title_cnn", lang="en", movie=3, part="worth")
    assert not app.exception
    assert verdict in all_text(app)
    assert "This part was not measured" in all_text(app)


@pytest.mark.parametrize(
    ("zeroed", "verdict"),
    [
        (0.9302, "grows by 0.0302 stars"),
        (0.8601, "better with zeros"),
        (0.9019, "changes by 0.00190 stars"),
    ],
)
def test_the_page_says_what_happens_without_any_title(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, house: resources.House, zeroed, verdict
) -> None:
    assert house.recommender is not None
    monkeypatch.setitem(house.recommender.bundle.info.__dict__, "title_check", check(0, 0.001, zeroed=zeroed))
    assert verdict in all_text(open_page("title_cnn", lang="en", movie=3, part="worth"))


def test_where_it_was_not_measured_the_page_says_how_to(
    open_page: OpenPage, shown: Told, monkeypatch: pytest.MonkeyPatch, house: resources.House
) -> None:
    assert house.recommender is not None
    monkeypatch.setitem(house.recommender.bundle.info.__dict__, "title_check", None)
    app = open_page("title_cnn", lang="en", movie=3, part="worth")
    assert not app.exception
    assert "not measured for the model in use" in app.info[0].value
