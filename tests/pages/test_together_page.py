"""The page for several people: who is in is said by the URL, and a bad one is answered with a sentence."""

import pytest

from pages.kit import visitor_ratings
from pages.kit.i18n import TEXTS
from pages.together import people as together_people
from pages.together import shared_list as together_list
from recsys.recommend import Person, Recommender, Traits
from recsys.recommend.together import Share, together
from tests.pages.conftest import OpenPage, all_text, keys


@pytest.fixture
def visiting(model: Recommender, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A visitor who has rated a film."""
    other, rated = model.person(7), {int(model.dataset.movies["movie_id"].iloc[0]): 5}
    person = Person(None, Traits(), rated, rated, other.features, other.bias)
    monkeypatch.setattr(visitor_ratings, "person", lambda model: person)
    return person


def test_the_url_says_who_is_in(open_page: OpenPage, model: Recommender) -> None:
    app = open_page("together", lang="en", people="5,9,12", way="misery", k=4)
    assert not app.exception
    found = together(model, [model.person(user_id) for user_id in (5, 9, 12)], way="misery", k=4)
    assert [metric.value for metric in app.metric] == [f"★\u00a0{share.stars:.2f}" for share in found.shares]
    assert f"{found.num_seen:,} films are left out" in all_text(app)


def test_without_names_two_people_are_there_at_once(open_page: OpenPage) -> None:
    app = open_page("together", lang="en")
    assert len(app.metric) == 2
    assert not app.warning


@pytest.mark.parametrize("bad", ["0", "99999999", "1.5", "١", "<b>1</b>", "007", "-4"])
def test_a_bad_id_is_answered_with_a_sentence_and_the_others_stay(open_page: OpenPage, bad: str) -> None:
    app = open_page("together", lang="en", people=f"5,{bad},9")
    assert not app.exception
    assert len(app.warning) == 1
    assert "in this data set" in app.warning[0].value
    assert len(app.metric) == 2


@pytest.mark.parametrize("people", ["", ",,", "5", "5,5", "abc"])
def test_fewer_than_two_people_get_an_invitation_instead_of_a_list(open_page: OpenPage, people: str) -> None:
    app = open_page("together", lang="en", people=people)
    assert not app.exception
    assert TEXTS["en"]["together.too_few"].format(least=2) in all_text(app)


def test_more_than_five_people_are_cut_and_said(open_page: OpenPage) -> None:
    app = open_page("together", lang="en", people="1,2,3,4,5,6,7")
    assert len(app.metric) == 5
    assert "the first 5 are taken" in app.warning[0].value
    assert app.button(key="together_anybody").disabled


def test_somebody_can_be_added_and_taken_out(open_page: OpenPage) -> None:
    app = open_page("together", lang="en", people="5,9")
    assert app.button(key="together_out_5").disabled
    app.number_input(key="together_add").set_value(12).run()
    assert app.query_params["people"] in ("5,9,12", ["5,9,12"])
    assert app.number_input(key="together_add").value is None
    app.button(key="together_out_9").click().run()
    assert app.query_params["people"] in ("5,12", ["5,12"])
    app.button(key="together_anybody").click().run()
    assert len(app.metric) == 3


def test_adding_the_same_person_twice_changes_nothing(open_page: OpenPage) -> None:
    app = open_page("together", lang="en", people="5,9")
    app.number_input(key="together_add").set_value(9).run()
    assert len(app.metric) == 2


def test_a_visitor_without_ratings_is_told_why_they_are_not_in(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("together", lang="en", people="me,5,9")
    assert not app.exception
    assert TEXTS["en"]["together.unrated"] in all_text(app)
    assert len(app.metric) == 2
    monkeypatch.setattr(visitor_ratings, "fold_in", lambda model: None)
    app = open_page("together", lang="en", people="me,5,9")
    assert TEXTS["en"]["together.no_histories"] in all_text(app)


def test_a_visitor_with_ratings_may_join_and_is_in_from_the_start(
    open_page: OpenPage, model: Recommender, visiting: Person
) -> None:
    app = open_page("together", lang="en")
    assert app.metric[0].label == "You"
    app = open_page("together", lang="en", people="5,9")
    assert "together_add_me" in keys(app)
    app.button(key="together_add_me").click().run()
    assert app.query_params["people"] in ("5,9,me", ["5,9,me"])
    found = together(model, [model.person(5), model.person(9), visiting])
    assert app.metric[2].value == f"★\u00a0{found.shares[2].stars:.2f}"


def test_people_who_have_seen_everything_are_told(
    open_page: OpenPage, model: Recommender, visiting: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = dict.fromkeys(model.dataset.movies["movie_id"].tolist(), 3)
    person = Person(None, Traits(), everything, everything, visiting.features, visiting.bias)
    monkeypatch.setattr(visitor_ratings, "person", lambda model: person)
    app = open_page("together", lang="en", people="me,5")
    assert not app.exception
    assert TEXTS["en"]["together.empty"] in all_text(app)


def test_names_in_the_url_are_read_once_each(model: Recommender, english: None) -> None:
    assert together_people.read(model.dataset, None) == (None, [])
    assert together_people.read(model.dataset, " 5 ,me,5, 9,me")[0] == ["5", "me", "9"]
    assert together_people.read(model.dataset, ",".join(["x"] * 90))[0] == []


def test_what_somebody_gives_up_is_the_difference_of_the_numbers_beside_it() -> None:
    assert together_list.given_up(Share(stars=4.544, alone=4.6151)) == 0.08  # 4.54 and 4.62
    assert together_list.given_up(Share(stars=4.5, alone=4.5)) == 0
    assert together_list.given_up(Share(stars=4.6, alone=4.5)) == 0


def test_films_that_are_not_left_out_are_not_counted_as_left_out(open_page: OpenPage) -> None:
    app = open_page("together", lang="en", people="5,9", unseen=0)
    assert not app.exception
    assert "films are left out" not in all_text(app)
