"""Where data sets come from, and what is tried when."""

import pytest

from recsys.data import sources
from recsys.errors import ConfigError, DataFileError, SourceError
from tests.core.data import movielens_files as files
from tests.core.data.web_server import outcomes


def test_with_nothing_reachable_the_synthetic_data_set_is_there():
    located = sources.load()
    assert located.dataset.name == "synthetic"
    assert outcomes(located) == [
        ("ml-1m", "folder", "skipped"),
        ("ml-1m", "cache", "skipped"),
        ("ml-1m", "grouplens", "failed"),
        ("ml-100k", "folder", "skipped"),
        ("ml-100k", "cache", "skipped"),
        ("ml-100k", "grouplens", "failed"),
        ("ml-100k", "wheel", "failed"),
        ("synthetic", "synthetic", "found"),
    ]
    assert all(attempt.problem for attempt in located.attempts[:-1])


def test_the_folder_may_hold_the_data_set_or_be_it(tmp_path, monkeypatch):
    folder = files.write_ml_1m(tmp_path / "ml-1m")
    for root in (tmp_path, folder):
        monkeypatch.setenv("MATINEE_DATA", str(root))
        located = sources.load()
        assert outcomes(located) == [("ml-1m", "folder", "found")]
        assert str(folder) in located.dataset.source


def test_ml_100k_is_found_in_either_form(tmp_path, monkeypatch):
    for write in (files.write_ml_100k, files.write_recbole):
        write(tmp_path / write.__name__ / "ml-100k")
        monkeypatch.setenv("MATINEE_DATA", str(tmp_path / write.__name__))
        assert sources.load("ml-100k").dataset.num_movies == 5
        assert sources.load().dataset.name == "ml-100k"


def test_a_damaged_folder_is_recorded_and_the_next_place_is_tried(tmp_path, monkeypatch):
    (files.write_ml_1m(tmp_path / "ml-1m") / "ratings.dat").unlink()
    files.write_ml_100k(tmp_path / "ml-100k")
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path))
    located = sources.load()
    assert located.dataset.name == "ml-100k"
    assert located.attempts[0].outcome == "failed"
    assert isinstance(located.attempts[0].error, DataFileError)


def test_a_damaged_folder_is_an_error_when_its_data_set_was_named(tmp_path, monkeypatch):
    (files.write_ml_1m(tmp_path / "ml-1m") / "ratings.dat").unlink()
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path))
    with pytest.raises(DataFileError, match=r"ratings\.dat: is missing"):
        sources.load("ml-1m")


def test_a_folder_that_is_not_there_is_an_error_when_named_and_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("MATINEE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match="names no folder"):
        sources.load("ml-1m")
    assert "names no folder" in sources.load().attempts[0].problem


def test_a_named_data_set_that_cannot_be_had_lists_what_was_tried():
    with pytest.raises(SourceError) as caught:
        sources.load("ml-100k")
    for part in ("folder", "cache", "grouplens", "wheel"):
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_offline_means_that_nothing_is_asked(server, monkeypatch):
    monkeypatch.setenv("MATINEE_OFFLINE", "1")
    skipped = [a.source for a in sources.load().attempts if a.problem == "MATINEE_OFFLINE is set."]
    assert skipped == ["grouplens", "grouplens", "wheel"]
    assert server.requests == []


def test_an_unknown_name_is_refused():
    with pytest.raises(ConfigError):
        sources.load("ml-20m")
