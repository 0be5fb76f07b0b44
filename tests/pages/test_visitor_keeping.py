"""What a visitor's browser kept comes back into a session, whichever page is first; what cannot be read is named."""

import json
from typing import Any

import pytest

from pages.kit import component_code, i18n, visitor_ratings
from pages.rate import keeping as visitor_keeping
from recsys.errors import RatingFileError
from recsys.recommend import Recommender, kept
from recsys.recommend.kept import Choice, Record, Stars
from tests.pages.conftest import PAGES, OpenPage, all_text, taste
from tests.pages.test_rate_page import sent


class Rerun(Exception):  # noqa: N818 - no error, as Streamlit's own
    """The callback has asked for a run."""


@pytest.fixture
def session(house, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session of this test's own; a rerun ends a callback, as in the app."""
    own: dict[str, Any] = {}

    def rerun(*scope: object) -> None:
        raise Rerun(*scope)

    monkeypatch.setattr(visitor_keeping.st, "session_state", own)
    monkeypatch.setattr(visitor_keeping.st, "rerun", rerun)
    return own


@pytest.fixture
def films(model: Recommender) -> list[int]:
    return model.dataset.movies["movie_id"].tolist()


def found(text: object) -> tuple[object, ...]:
    """What is run again after a browser told what it has; () for the whole page."""
    with pytest.raises(Rerun) as asked:
        visitor_keeping.take_over({"number": 1, "text": text})
    return asked.value.args


def test_ratings_of_a_browser_come_back_and_the_page_is_drawn_with_them_once(session, model, films):
    text = kept.to_text(Record({films[0]: Stars(5, 10), films[1]: Stars(2, 9)}), model.dataset)
    assert found(text) == ()
    assert list(visitor_ratings.ratings().items()) == [(films[1], 2), (films[0], 5)]
    assert found(text) == (visitor_ratings.KEEPING,)


def test_stars_given_before_the_browser_answered_are_not_lost(session, model, films):
    visitor_ratings.rate(films[0], 1)
    found(kept.to_text(Record({films[0]: Stars(5, 10), films[1]: Stars(2, 9)}), model.dataset))
    assert visitor_ratings.ratings() == {films[0]: 1, films[1]: 2}


def test_answers_that_no_page_had_heard_come_back_with_what_was_kept_and_the_later_counts(session, model, films):
    text = kept.to_text(Record({films[0]: Stars(5, 10), films[1]: Stars(2, 9)}), model.dataset)
    answers = [
        {"do": "rate", "number": 2, "id": films[0], "stars": 1, "at": 12},
        {"do": "rate", "number": 1, "id": films[0], "stars": 3, "at": 11},
        {"do": "drop", "number": 1, "id": films[1], "stars": 0, "at": 8},
        {"do": "skip", "number": 3, "id": films[2], "stars": 0, "at": 13},
        {"do": "rate", "number": 4, "id": films[3], "stars": 4, "at": 2**60},
        {"do": "rate", "number": 5, "id": 999_999, "stars": 4, "at": 14},
        {"do": "rate", "number": 6, "id": films[4], "stars": 4, "at": "x"},
        {"do": "rate", "number": 7, "id": films[5], "stars": 9, "at": 15},
        None,
    ]
    with pytest.raises(Rerun):
        visitor_keeping.take_over({"number": 1, "text": text, "answers": answers})
    assert visitor_ratings.ratings() == {films[0]: 1, films[1]: 2, films[3]: 4}
    assert visitor_ratings.skipped() == (films[2],)
    visitor_ratings.rate(films[3], 2)  # a browser's clock that is ahead of ours loses against what is said later
    assert visitor_ratings.record().stars[films[3]].stars == 2


def test_a_page_notes_answers_in_the_browser_only_where_it_may_keep_them(open_page: OpenPage, model, films) -> None:
    app = open_page("rate", lang="en")
    told, keeper = sent(app, "rate_offers"), sent(app, "visitor_keeper")
    assert told["way"] == f"{keeper['way']}{keeper['session']} rate_offers"
    assert set(keeper["answered"]) == {"rate_offers", "rate_mine", "film_own_stars"}
    app.toggle("rate_keep").set_value(False).run()
    app.run()
    assert sent(app, "rate_offers")["way"] == ""


@pytest.mark.parametrize("text", ["{", "[]", "x" * (kept.MAX_BYTES + 1), '{"format": NaN}'])
def test_what_cannot_be_read_changes_nothing_and_is_not_overwritten_unasked(session, films, english, text):
    visitor_ratings.rate(films[0], 4)
    assert found(text) == ()
    assert visitor_ratings.ratings() == {films[0]: 4}
    assert visitor_keeping.is_refused()
    assert "cannot be read" in str(visitor_keeping.trouble())
    visitor_keeping.overwrite()
    assert visitor_keeping.trouble() is None


def test_a_readable_record_ends_the_trouble_with_one_that_was_not(session, model, films):
    found("{")
    assert found(kept.to_text(Record({films[0]: Stars(5, 10)}), model.dataset)) == ()
    assert not visitor_keeping.is_refused()


@pytest.mark.parametrize("came", [None, 7, "x", [], {}, {"number": 1}, {"text": None}, {"text": 5}])
def test_what_no_browser_of_ours_sends_is_left_aside(session, came):
    visitor_keeping.take_over(came)
    visitor_keeping._note_trouble(came)
    assert not session.get(visitor_keeping._TROUBLE)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("what", visitor_keeping.TROUBLES)
def test_every_trouble_has_a_sentence(session, what, language, monkeypatch):
    monkeypatch.setattr(i18n, "language", lambda: language)
    with pytest.raises(Rerun):
        visitor_keeping._note_trouble(what)
    assert visitor_keeping.trouble()


def test_the_code_knows_the_troubles_and_the_limit_of_the_page():
    code = (component_code.PAGES / "rate" / "browser" / "keeping.js").read_text("utf-8")
    assert f'const ALL = "{visitor_keeping.PLACES}";' in code
    assert all(f'"{what}"' in code for what in visitor_keeping.TROUBLES)
    assert f"const LONGEST = {kept.MAX_BYTES:_};" in code


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_what_the_session_knows(open_page: OpenPage, model, films, page: str) -> None:
    app = open_page(page, lang="en")
    app.session_state[visitor_ratings._KEY] = taste(model, {films[0]: 5})
    app.run()
    told = sent(app, "visitor_keeper")
    assert model.dataset.fingerprint in told["place"]
    assert json.loads(told["record"])["stars"] == {str(films[0]): [5, 1]}


def test_the_page_says_what_is_wrong_and_offers_to_throw_it_away(open_page: OpenPage) -> None:
    app = open_page("rate", lang="en")
    app.session_state[visitor_keeping._REFUSED] = RatingFileError("json", "is no JSON", None, "![x](y)")
    app.run()
    assert "no valid JSON" in all_text(app)
    assert "![x]" not in all_text(app)
    assert sent(app, "visitor_keeper")["refused"] is True
    app.button("rate_overwrite").click().run()
    assert sent(app, "visitor_keeper")["refused"] is False


def test_a_choice_against_keeping_is_taken_over(session, model, films):
    assert found(kept.to_text(Record(choice=Choice(False, 5)), model.dataset)) == ()
    assert visitor_ratings.record().choice.is_kept is False


def test_ratings_kept_for_another_data_set_are_said(open_page: OpenPage) -> None:
    app = open_page("rate", lang="en")
    assert "another data set" not in all_text(app)
    app.session_state[visitor_keeping._ELSEWHERE] = True
    app.run()
    assert "another data set" in all_text(app)
