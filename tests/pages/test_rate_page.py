"""The page Rate: what stands there before and after stars, and what an answer changes."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.kit import visitor_ratings
from pages.rate import about as rate_about
from pages.rate import offers as rate_offers
from pages.rate.component import Answer
from recsys.errors import RatingFileError
from recsys.recommend import Recommender, rating_file
from recsys.recommend.person import Traits
from tests.pages.conftest import OpenPage, all_text, keys, taste

PARTS = {"rate_offers": "offers", "rate_mine": "mine"}


def sent(app: AppTest, key: str) -> dict[str, Any]:
    """What a component of the page was told."""
    found = next(each.proto for each in app.get("bidi_component") if f"-{key}" in each.proto.id)
    return json.loads(found.json)


def ids(app: AppTest, key: str) -> list[int]:
    return [film["id"] for film in sent(app, key)[PARTS[key]]]


@pytest.fixture
def films(model: Recommender) -> list[int]:
    return model.dataset.movies["movie_id"].tolist()


def rated(app: AppTest, model: Recommender, ratings: dict[int, int], *skipped: int) -> AppTest:
    """The page for somebody with these ratings."""
    app.session_state[visitor_ratings._KEY] = taste(model, ratings, *skipped)
    return app.run()


def test_before_the_first_star_the_popular_films_say_that_they_are_nobodys(open_page: OpenPage) -> None:
    app = open_page("rate", lang="en")
    assert not app.exception
    assert "Nobody is known yet" in all_text(app)
    assert len(ids(app, "rate_offers")) == rate_offers.NUM_OFFERS
    assert sent(app, "rate_map")["trail"] == []


def test_with_stars_there_is_a_list_a_dot_and_a_way_back(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5, films[1]: 2})
    assert not app.exception
    assert "Your ratings (2)" in all_text(app)
    assert ids(app, "rate_mine") == [films[1], films[0]]
    assert not {films[0], films[1]} & set(ids(app, "rate_offers"))
    told = sent(app, "rate_map")
    assert len(told["trail"]) == 1
    assert len(told["films"]) == 10
    assert not set(told["films"]) & {films[0], films[1]}


def test_the_way_grows_with_each_change_and_says_which(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    app.session_state[visitor_ratings._KEY] = taste(model, {films[0]: 5, films[1]: 1}, version=1)
    app.run()
    way = sent(app, "rate_map")["trail"]
    assert len(way) == 2
    assert model.dataset.movie(films[1]).title in way[1][2]
    app.run()
    assert len(sent(app, "rate_map")["trail"]) == 2


def test_a_searched_film_comes_first_and_the_box_is_empty_again(open_page: OpenPage, model, films) -> None:
    app = open_page("rate", lang="en")
    wanted = next(film for film in films if film not in ids(app, "rate_offers"))
    app.selectbox("rate_search_film").select(wanted).run()
    assert ids(app, "rate_offers")[0] == wanted
    assert app.selectbox("rate_search_film").value is None


def test_what_one_says_of_oneself_stays_and_can_be_taken_back(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    app.selectbox("rate_gender").select("F").run()
    assert app.session_state[visitor_ratings._KEY].traits == Traits(gender="F")
    app.run()
    assert app.selectbox("rate_gender").value == "F"
    app.selectbox("rate_gender").set_value(None).run()
    assert app.session_state[visitor_ratings._KEY].traits == Traits()


def test_forgetting_everything_begins_anew(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5}, films[3])
    app.button("rate_clear_now").click().run()
    assert "Nobody is known yet" in all_text(app)
    assert sent(app, "rate_map")["trail"] == []


def test_ratings_survive_other_pages_and_the_other_language(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    app.switch_page("home/view.py").run()
    app.switch_page("rate/view.py").run()
    app.button("switch_language").click().run()
    assert "你的评分（1）" in all_text(app)


def test_a_model_without_histories_says_so_and_leads_to_training(open_page: OpenPage, monkeypatch) -> None:
    monkeypatch.setattr(visitor_ratings.FoldIn, "serves", staticmethod(lambda bundle: False))
    app = open_page("rate", lang="en")
    assert not app.exception
    assert "cannot serve somebody new" in all_text(app)
    assert any("training" in each.proto.page for each in app.get("page_link"))


@pytest.fixture
def session(house, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session of this test's own; a rerun is noted and nothing more."""
    own: dict[str, Any] = {"reruns": []}
    for module in (visitor_ratings, rate_offers, rate_about):
        monkeypatch.setattr(module.st, "session_state", own)
    monkeypatch.setattr(rate_offers.st, "rerun", lambda *which: own["reruns"].append(which))
    return own


def test_answers_are_taken_in_their_order_and_draw_only_what_they_change(session, films) -> None:
    rate_offers.take([Answer("rate", films[0], 5), Answer("rate", films[1], 2), Answer("skip", films[2], 0)])
    rate_offers.take([Answer("rate", films[0], 1), Answer("drop", films[1], 0), Answer("rate", 99_999_999, 3)])
    assert visitor_ratings.ratings() == {films[0]: 1}
    assert visitor_ratings.skipped() == (films[2],)
    assert session["reruns"] == [(rate_offers.FRAGMENTS,)] * 2


def test_a_film_without_an_answer_keeps_its_place(session, model) -> None:
    folding = visitor_ratings.fold_in(model)
    first = [one.movie_id for one in rate_offers._shown(model, folding)]
    rate_offers.take([Answer("rate", first[1], 5)])
    second = [one.movie_id for one in rate_offers._shown(model, folding)]
    assert [second[0], *second[2:]] == [first[0], *first[2:]]
    assert second[1] not in first
    rate_offers.take([Answer("skip", second[0], 0)])
    third = [one.movie_id for one in rate_offers._shown(model, folding)]
    assert third[1:] == second[1:]
    assert third[0] not in {*first, *second}


def test_a_searched_film_takes_the_first_place_once(session, model, films) -> None:
    folding = visitor_ratings.fold_in(model)
    shown = [one.movie_id for one in rate_offers._shown(model, folding)]
    rate_offers.pick(shown[2])
    assert next(one.movie_id for one in rate_offers._shown(model, folding)) == shown[2]
    assert len({one.movie_id for one in rate_offers._shown(model, folding)}) == rate_offers.NUM_OFFERS


def bring(session: dict[str, Any], content: bytes) -> None:
    session[rate_about._FILE] = SimpleNamespace(getvalue=lambda: content)
    rate_about._read()


def test_a_file_takes_the_place_of_what_was_rated(session, model, films) -> None:
    visitor_ratings.rate(films[5], 1)
    said = Traits(gender="M", age_group=3)
    bring(session, rating_file.to_json(model.dataset, {films[0]: 4, films[1]: 2}, said).encode())
    assert visitor_ratings.ratings() == {films[0]: 4, films[1]: 2}
    assert visitor_ratings.traits() == said
    assert session[rate_about._BROUGHT] == 2


def test_a_list_is_not_compared_with_that_of_the_ratings_before_a_file(session, model, films) -> None:
    session["moved_list"] = {"who": "of the one before"}
    bring(session, b"nonsense")
    assert "moved_list" in session
    bring(session, rating_file.to_json(model.dataset, {films[0]: 4}, Traits()).encode())
    assert "moved_list" not in session


def test_how_much_a_film_tells_is_said_by_the_best_there_is_and_not_by_its_neighbours(english) -> None:
    said = [rate_offers._reason(rate_offers._Shown(1, 0.5, telling)) for telling in (0.2, 0.6, 0.95)]
    assert [text.split("; ")[1] for text in said] == [
        "tells something about you",
        "tells much about you",
        "hardly any film tells more about you",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"x" * 200_000, b'{"ratings": NaN}'])
def test_a_damaged_file_is_named_and_changes_nothing(session, films, content) -> None:
    visitor_ratings.rate(films[5], 1)
    bring(session, content)
    assert isinstance(session[rate_about._PROBLEM], RatingFileError)
    assert visitor_ratings.ratings() == {films[5]: 1}
    assert rate_about._BROUGHT not in session


def test_a_file_without_ratings_takes_nothing_away(session, model, films) -> None:
    visitor_ratings.rate(films[5], 1)
    bring(session, b"movie_id,stars\n")
    assert session[rate_about._PROBLEM].rule == "none"
    assert visitor_ratings.ratings() == {films[5]: 1}


def test_what_was_said_about_a_file_is_forgotten_with_the_ratings(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    app.session_state[rate_about._BROUGHT] = 1
    app.session_state["moved_list"] = {"who": "of the one before"}
    app.button("rate_clear_now").click().run()
    assert rate_about._BROUGHT not in app.session_state
    assert "moved_list" not in app.session_state


def test_a_film_once_unknown_comes_when_it_is_searched(session, model, films) -> None:
    folding = visitor_ratings.fold_in(model)
    rate_offers.take([Answer("skip", films[3], 0)])
    rate_offers.pick(films[3])
    assert rate_offers._shown(model, folding)[0].movie_id == films[3]
    rate_offers.take([Answer("skip", films[3], 0)])
    assert films[3] not in [one.movie_id for one in rate_offers._shown(model, folding)]


def test_a_rated_film_that_is_searched_shows_its_stars(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    app.selectbox("rate_search_film").select(films[0]).run()
    assert [film["stars"] for film in sent(app, "rate_offers")["offers"]] == [5, 0, 0, 0]


def test_where_all_films_are_skipped_they_can_be_asked_for_again(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {}, *films)
    app.session_state[rate_offers._SHOWN] = []
    app.run()
    assert "no further film" in all_text(app)
    app.button("rate_ask_again").click().run()
    assert not app.exception
    assert len(ids(app, "rate_offers")) == rate_offers.NUM_OFFERS


def test_the_last_answer_can_be_undone_and_its_film_stands_where_it_stood(session, model) -> None:
    folding = visitor_ratings.fold_in(model)
    first = [one.movie_id for one in rate_offers._shown(model, folding)]
    rate_offers.take([Answer("rate", first[1], 5)])
    rate_offers._shown(model, folding)
    rate_offers.take([Answer("skip", first[3], 0)])
    rate_offers._shown(model, folding)
    for _ in range(2):
        rate_offers._undo(rate_offers.FRAGMENTS)
        rate_offers._shown(model, folding)
    assert [one.movie_id for one in rate_offers._shown(model, folding)] == first
    assert (visitor_ratings.ratings(), visitor_ratings.skipped()) == ({}, ())
    assert visitor_ratings.last_done() is None


def test_undo_says_what_it_takes_back(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    assert app.button("rate_undo").disabled
    held = app.session_state[visitor_ratings._KEY]
    done = visitor_ratings.Done(films[0], 5, False, 2)
    app.session_state[visitor_ratings._KEY] = replace(held, done=(done,))
    app.run()
    assert app.button("rate_undo").help.startswith("Take back 5 stars for ")
    assert not app.button("rate_undo").disabled


def test_where_all_this_is_kept_is_said_and_can_be_ended(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {films[0]: 5})
    assert "kept in this browser alone" in all_text(app)
    assert str(films[0]) in sent(app, "visitor_keeper")["record"]
    app.toggle("rate_keep").set_value(False).run()
    assert "Nothing is kept" in all_text(app)
    assert json.loads(sent(app, "visitor_keeper")["record"])["stars"] == {}
    assert app.session_state[visitor_ratings._KEY].ratings == {films[0]: 5}


def test_films_that_one_does_not_know_can_be_forgotten_too(open_page: OpenPage, model, films) -> None:
    app = rated(open_page("rate", lang="en"), model, {}, films[3])
    app.button("rate_clear_now").click().run()
    assert not app.exception
    assert app.session_state[visitor_ratings._KEY].skipped == ()
    assert "rate_clear_now" not in keys(app)
