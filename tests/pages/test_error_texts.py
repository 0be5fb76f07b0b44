"""Errors and circumstances in the reader's language: no English sentence stands in a Chinese one unmarked."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.kit import i18n, messages
from recsys import errors
from recsys.data import sources
from recsys.data.sources import Attempt
from recsys.errors import PROBLEMS, Problem

FOLDER = Path("a") / "b"
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
MARKED = re.compile(r"`[^`]*`（英文原文）")
PLAIN = "must be a thing that nobody knows"
ERRORS = (
    errors.ConfigError("epochs", 0, "from 1 to 10000"),
    errors.DataError(f"ml-1m: {PLAIN}."),
    errors.SourceError("http", Problem("unset", name="X")),
    errors.SourceError("http", PLAIN),
    errors.ArchiveError("http", Problem("hash")),
    errors.DataFileError("ratings.dat", 3, "stars", PLAIN),
    errors.BundleError(FOLDER, "is `damaged` ![x](y)"),
    errors.ForeignBundleError(FOLDER, PLAIN),
    errors.ScoreboardError(FOLDER, PLAIN),
    errors.TrainingError(PLAIN),
)


def problem(key: str) -> Problem:
    """One of a kind, with something for each of its values."""
    names = re.findall(r"{(\w+)}", PROBLEMS[key])
    return Problem(key, **{name: Problem("no_pip") if name == "problem" else "X" for name in names})


@pytest.fixture(params=i18n.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[i18n.Language]:
    with i18n.speaking(request.param):
        yield request.param


@pytest.mark.parametrize("key", PROBLEMS)
def test_every_problem_of_a_source_is_said_in_each_language_with_all_its_values(key: str, language) -> None:
    said = messages.problem_text(problem(key))
    assert said.count("X") == str(problem(key)).count("X")
    assert language == "en" or not SENTENCE.search(said)


def test_a_problem_survives_a_copy() -> None:
    copied = copy.copy(problem("unreachable"))
    assert (copied, copied.key, copied.values) == (problem("unreachable"), "unreachable", {"host": "X", "reason": "X"})


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_no_english_stands_unmarked_in_a_chinese_sentence(error: errors.MatineeError) -> None:
    with i18n.speaking("zh"):
        text = messages.error_text(error)
    assert not SENTENCE.search(MARKED.sub("", text))
    assert text.count("`") in {0, 2}
    assert "。。" not in text


def test_what_became_of_each_place_is_said_in_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(sources.DATA_VARIABLE, str(tmp_path))
    monkeypatch.setenv(sources.OFFLINE_VARIABLE, "1")
    with i18n.speaking("zh"):
        lines = messages.attempts_text(sources.load().attempts)
        lines += messages.attempts_text([Attempt("ml-1m", "cache", "x", "failed", "broke in a way of its own.")])
    assert len(lines) > 4
    assert [line for line in lines if SENTENCE.search(MARKED.sub("", line))] == []
