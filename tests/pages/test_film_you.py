"""The film page for you: your stars, what is predicted, and why."""

import pytest

from pages.film import you as film_you
from pages.kit import visitor_ratings
from pages.rate.component import Answer
from recsys.recommend import Recommender
from tests.pages.conftest import all_text
from tests.pages.test_rate_page import sent


@pytest.fixture
def film(model: Recommender) -> int:
    return int(model.dataset.movies["movie_id"].iloc[11])


def test_stars_given_on_the_film_page_are_kept_and_can_be_taken_back(open_page, model, film, monkeypatch):
    app = open_page("film", movie=film, lang="en")
    assert sent(app, "film_own_stars")["lone"]["stars"] == 0
    own: dict[str, object] = {}
    monkeypatch.setattr(visitor_ratings.st, "session_state", own)
    monkeypatch.setattr(film_you.st, "rerun", lambda scope: None)
    film_you._take([Answer("rate", film, 2), Answer("rate", film, 4)])
    assert visitor_ratings.ratings() == {film: 4}
    app.session_state[visitor_ratings._KEY] = own[visitor_ratings._KEY]
    app.run()
    assert sent(app, "film_own_stars")["lone"]["stars"] == 4
    assert "Predicted for you" in all_text(app)
    film_you._take([Answer("drop", film, 0)])
    assert visitor_ratings.ratings() == {}


def test_what_can_be_undone_on_a_films_page_was_done_to_that_film(open_page, model, film, monkeypatch):
    app = open_page("film", movie=film, lang="en")
    own: dict[str, object] = {}
    monkeypatch.setattr(visitor_ratings.st, "session_state", own)
    other = int(model.dataset.movies["movie_id"].iloc[3])
    for rated, is_off in ((other, True), (film, False)):
        visitor_ratings.rate(rated, 4)
        app.session_state[visitor_ratings._KEY] = own[visitor_ratings._KEY]
        app.run()
        assert app.button(key="rate_undo").disabled is is_off


def test_the_last_person_has_a_prediction_and_a_reason(open_page, film, model):
    user_id = int(model.dataset.users["user_id"].iloc[4])
    app = open_page("person", user=user_id, lang="en")
    app.switch_page("film/view.py")
    app.query_params["movie"] = str(film)
    app.run()
    assert "film_why_person" in {button.key for button in app.button}
    app.button(key="film_why_person").click().run()
    assert not app.exception
    assert str(film) in app.query_params["why"]
    assert str(user_id) in app.query_params["by"]
    assert any('table class="steps"' in each.proto.body for each in app.get("html"))


def test_a_link_explains_a_film_for_a_person(open_page, film, model):
    user_id = int(model.dataset.users["user_id"].iloc[4])
    app = open_page("film", movie=film, why=film, by=user_id, lang="en")
    assert f"{model.predict_rating(user_id, film).stars:.2f}" in all_text(app)


@pytest.mark.parametrize("by", ["999999", "nobody", "-3"])
def test_a_person_who_is_none_is_said_in_a_sentence(open_page, film, by):
    app = open_page("film", movie=film, why=film, by=by, lang="en")
    assert not app.exception
    assert len(app.error) == 1


def test_a_visitor_without_ratings_is_asked_for_some(open_page, film):
    app = open_page("film", movie=film, why=film, by="me", lang="en")
    assert not app.table
    assert any("Rate a film first" in info.value for info in app.info)


def test_groups_and_people_stand_side_by_side(open_page, film):
    app = open_page("film", movie=film, lang="en")
    assert "Groups" in all_text(app)
