"""What a session knows about the visitor: ratings, skipped films, traits."""

from types import SimpleNamespace
from typing import Any

import pytest

from pages.kit import resources, visitor_ratings
from recsys.errors import UnknownIdError
from recsys.recommend import Recommender
from recsys.recommend.person import Traits


@pytest.fixture
def session(house: resources.House, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session of this test's own."""
    own: dict[str, Any] = {}
    monkeypatch.setattr(visitor_ratings.st, "session_state", own)
    return own


@pytest.fixture
def films(model: Recommender) -> list[int]:
    return model.dataset.movies["movie_id"].tolist()


def test_the_newest_rating_stands_last_and_a_changed_one_keeps_its_place(session, films):
    for movie_id, stars in zip(films[:3], (3, 4, 5), strict=True):
        visitor_ratings.rate(movie_id, stars)
    visitor_ratings.rate(films[0], 1)
    assert list(visitor_ratings.ratings().items()) == [(films[0], 1), (films[1], 4), (films[2], 5)]
    visitor_ratings.rate(films[1], None)
    assert visitor_ratings.ratings() == {films[0]: 1, films[2]: 5}


@pytest.mark.parametrize("stars", [0, 6, True, 3.0, "4"])
def test_other_stars_are_refused(session, films, stars):
    with pytest.raises(ValueError, match="from 1 to 5"):
        visitor_ratings.rate(films[0], stars)
    assert visitor_ratings.ratings() == {}


def test_films_of_no_data_set_are_refused(session, films):
    for act in (lambda: visitor_ratings.rate(99_999_999, 3), lambda: visitor_ratings.skip(99_999_999)):
        with pytest.raises(UnknownIdError):
            act()
    with pytest.raises(UnknownIdError):
        visitor_ratings.replace_all({films[0]: 3, 99_999_999: 4}, Traits())
    assert visitor_ratings.ratings() == {}


def test_ratings_given_for_another_data_set_are_not_those_of_this_one(session, films, monkeypatch):
    visitor_ratings.rate(films[0], 5)
    real = resources.dataset()
    other = SimpleNamespace(fingerprint="another", movie_index=real.movie_index)
    monkeypatch.setattr(resources, "dataset", lambda: other)
    assert visitor_ratings.ratings() == {}


def test_what_is_handed_out_is_a_copy(session, films):
    visitor_ratings.rate(films[0], 5)
    visitor_ratings.ratings().clear()
    assert visitor_ratings.ratings() == {films[0]: 5}


def test_nobody_without_ratings_somebody_with_them(session, films, model):
    assert visitor_ratings.person(model) is None
    visitor_ratings.say(Traits(gender="F"))
    assert visitor_ratings.person(model) is None
    visitor_ratings.rate(films[0], 5)
    person = visitor_ratings.person(model)
    assert person.user_id is None
    assert (person.ratings, person.traits) == ({films[0]: 5}, Traits(gender="F"))
    assert visitor_ratings.person(model) is person
    visitor_ratings.rate(films[0], 1)
    assert visitor_ratings.person(model) is not person


def test_the_favourites_are_the_head_of_the_list_without_what_was_rated(session, films, model):
    assert visitor_ratings.favourites(model) == ()
    visitor_ratings.rate(films[0], 5)
    found = visitor_ratings.favourites(model)
    assert found == tuple(film.movie_id for film in model.recommend_for(visitor_ratings.person(model), k=10))
    assert films[0] not in found


def test_every_change_that_moves_the_list_has_a_version_of_its_own(session, films):
    versions = [visitor_ratings.version()]
    for act in (
        lambda: visitor_ratings.rate(films[0], 5),
        lambda: visitor_ratings.say(Traits(age_group=2)),
        lambda: visitor_ratings.replace_all({films[1]: 2}, Traits()),
        visitor_ratings.clear,
    ):
        act()
        versions.append(visitor_ratings.version())
    assert len(set(versions)) == len(versions)
    visitor_ratings.skip(films[0])
    assert visitor_ratings.version() == versions[-1]
    assert visitor_ratings.skipped() == (films[0],)


def test_clearing_forgets_all_of_it(session, films):
    visitor_ratings.rate(films[0], 5)
    visitor_ratings.skip(films[1])
    visitor_ratings.say(Traits(gender="M"))
    visitor_ratings.clear()
    assert (visitor_ratings.ratings(), visitor_ratings.skipped(), visitor_ratings.traits()) == ({}, (), Traits())


def test_a_model_without_histories_has_no_newcomers(session, films, model, monkeypatch):
    visitor_ratings.rate(films[0], 5)
    monkeypatch.setattr(visitor_ratings.FoldIn, "serves", staticmethod(lambda bundle: False))
    assert visitor_ratings.fold_in(model) is None
    assert visitor_ratings.person(model) is None


def test_what_changes_nothing_is_no_new_version(session, films):
    visitor_ratings.rate(films[0], 4)
    visitor_ratings.say(Traits(gender="F"))
    before = visitor_ratings.version()
    visitor_ratings.rate(films[0], 4)
    visitor_ratings.rate(films[1], None)
    visitor_ratings.say(Traits(gender="F"))
    assert visitor_ratings.version() == before
    visitor_ratings.rate(films[0], 5)
    assert visitor_ratings.version() > before


def test_undo_gives_a_film_what_it_had_before(session, films):
    visitor_ratings.rate(films[0], 2)
    visitor_ratings.rate(films[0], 5)
    visitor_ratings.rate(films[0], None)
    visitor_ratings.skip(films[1])
    visitor_ratings.undo()
    assert visitor_ratings.skipped() == ()
    seen = []
    for _ in range(3):
        visitor_ratings.undo()
        seen.append(visitor_ratings.ratings())
    assert seen == [{films[0]: 5}, {films[0]: 2}, {}]
    assert visitor_ratings.undo() is None


def test_what_was_forgotten_or_replaced_cannot_be_undone(session, films):
    visitor_ratings.rate(films[0], 2)
    visitor_ratings.clear()
    assert visitor_ratings.undo() is None
    visitor_ratings.rate(films[0], 2)
    visitor_ratings.replace_all({films[1]: 3}, Traits())
    assert visitor_ratings.undo() is None
    assert visitor_ratings.ratings() == {films[1]: 3}


def test_another_session_has_the_same_after_a_merge_and_forgets_with_the_first(session, films, monkeypatch):
    def as_session(own: dict[str, Any]) -> None:
        monkeypatch.setattr(visitor_ratings.st, "session_state", own)

    other: dict[str, Any] = {}
    visitor_ratings.rate(films[0], 5)
    visitor_ratings.rate(films[1], 4)
    visitor_ratings.rate(films[1], None)
    visitor_ratings.say(Traits("F"))
    first = visitor_ratings.record()
    as_session(other)
    visitor_ratings.rate(films[2], 3)
    visitor_ratings.merge(first)
    assert visitor_ratings.ratings() == {films[2]: 3, films[0]: 5}
    assert visitor_ratings.traits() == Traits("F")
    both = visitor_ratings.record()
    as_session(session)
    visitor_ratings.merge(both)
    assert visitor_ratings.record() == both
    visitor_ratings.clear()
    gone = visitor_ratings.record()
    as_session(other)
    visitor_ratings.merge(gone)
    assert (visitor_ratings.ratings(), visitor_ratings.traits()) == ({}, Traits())
    visitor_ratings.rate(films[2], 1)
    assert visitor_ratings.ratings() == {films[2]: 1}


def test_a_merge_that_brings_nothing_new_is_no_new_version(session, films):
    visitor_ratings.rate(films[0], 5)
    before = visitor_ratings.version()
    visitor_ratings.merge(visitor_ratings.record())
    visitor_ratings.keep_in_browser(False)
    assert visitor_ratings.version() == before
    assert visitor_ratings.record().choice.is_kept is False
