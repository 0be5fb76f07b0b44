"""The dials of a list: in the URL, with what moved, what it costs, and a way back from an empty list."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.kit import cards as components
from pages.kit import i18n
from pages.lists import moved
from pages.lists.moved import badge
from recsys.recommend.moved import Moved
from tests.pages.conftest import OpenPage, all_text, keys


def cards(app: AppTest) -> list[dict[str, object]]:
    """The films of the list as they are sent to the browser."""
    for element in app.get("bidi_component"):
        if "recommended_films" in element.proto.id:
            found: list[dict[str, object]] = json.loads(element.proto.json)["items"]
            return found
    return []


def test_a_dial_writes_its_percent_into_the_url_and_the_list_says_what_moved(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5)
    before = [card["id"] for card in cards(app)]
    assert not any(card["badge"] for card in cards(app))
    assert "NDCG@10" not in all_text(app)
    app.slider(key="url_gems").set_value(-100).run()
    assert app.query_params["gems"] in ("-100", ["-100"])
    assert [card["id"] for card in cards(app)] != before
    assert any(card["badge"] for card in cards(app))
    assert "people with held-out ratings" in all_text(app)


def test_a_list_that_is_drawn_again_keeps_its_marks(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, variety=80)
    marks = [card["badge"] for card in cards(app)]
    assert any(marks)
    app.run()
    assert [card["badge"] for card in cards(app)] == marks


def test_every_card_can_be_asked_why(open_page: OpenPage) -> None:
    assert all(card["buttons"]["asked"] for card in cards(open_page("person", lang="en", user=5)))


def test_the_dials_go_back_to_standard_all_at_once(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, gems=50, variety=20, surprise=1, seed=4, k=3, exclude="Drama")
    app.button(key="dials_reset").click().run()
    assert not {"gems", "variety", "surprise", "seed", "k", "exclude"} & set(app.query_params)
    assert "dials_reset" not in keys(app)
    assert len(cards(app)) == 10


@pytest.mark.parametrize("value", ["101", "-101", "1e2", "--5", "", "nan", "999999999999999999"])
def test_a_dial_that_the_url_turns_too_far_stands_where_it_belongs(open_page: OpenPage, value: str) -> None:
    app = open_page("person", lang="en", user=5, gems=value, variety=value, loved=value)
    assert not app.exception
    assert app.slider(key="url_gems").value == 0
    assert app.slider(key="url_variety").value == 0


def test_an_empty_list_offers_to_lift_what_emptied_it(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, include="Drama", exclude="Drama")
    assert not cards(app)
    app.button(key="lift_exclude_genres").click().run()
    assert "exclude" not in app.query_params
    assert cards(app)
    assert not app.warning


def test_seen_films_come_back_when_that_is_lifted(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, unseen=0)
    assert app.toggle(key="url_unseen").value is False
    assert cards(app)


def test_a_mark_says_in_words_what_its_arrow_shows(english: None) -> None:
    change = Moved({1: 3, 2: -1}, frozenset({9}), ())
    assert badge(change, 1) == ("up", "▲3", "rose by 3")
    assert badge(change, 2) == ("down", "▼1", "fell by 1")
    found = badge(change, 9)
    assert found is not None
    assert found.kind == "new"
    assert badge(change, 5) is None


def test_somebody_elses_list_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, object] = {}
    monkeypatch.setattr(moved.st, "session_state", session)
    moved.since("x", who="one", wanted=2, shown=[1, 2], standard=lambda: [1, 2])
    assert moved.since("x", who="two", wanted=2, shown=[3, 4], standard=lambda: [3, 4]) == moved.NOTHING
    change = moved.since("x", who="two", wanted=2, shown=[4, 5], standard=lambda: [3, 4], hidden=[3])
    assert (change.places, change.new, change.gone) == ({4: 1}, {5}, ())


def test_a_filter_that_takes_many_films_away_names_some_and_counts_the_rest(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", k="50")
    app.multiselect("url_decades").set_value(["2000"]).run()
    assert not app.exception
    told = next(json.loads(each.proto.json) for each in app.get("bidi_component") if "-gone_films" in each.proto.id)
    assert len(told["items"]) == moved.MOST_GONE
    assert "more" in all_text(app)


@pytest.mark.parametrize(("language", "text"), [("en", "Ø 4.0 from 1 rating"), ("zh", "均分 4.0，1 人评分")])
def test_one_rating_is_no_plural(monkeypatch: pytest.MonkeyPatch, language: str, text: str) -> None:
    monkeypatch.setattr(i18n, "language", lambda: language)
    assert components.known_text(4.0, 1) == text
    assert "12" in components.known_text(4.0, 12)
    assert components.known_text(None, 0) == components.known_text(float("nan"), 0)
