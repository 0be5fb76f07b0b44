"""The curve of newcomers: the numbers of its file in words and with their origin, and a sentence without a file."""

import csv
import io

import pytest

from pages.kit import i18n, newcomer_curve, resources
from pages.kit.cards import to_csv
from recsys.studies.scores import COUNTS, Gap, NewcomerRow, NewcomerScores, own_file, save
from tests.pages.conftest import LANGUAGES, all_text, open_app


def scores_of(dataset) -> NewcomerScores:
    """Newcomers who get better with each rating."""
    none = Gap(0.0, 0.0, 0.0)
    rows = [
        NewcomerRow("popularity", None, None, 0.1, None, none),
        NewcomerRow("known", None, 0.85, 0.3, none, Gap(0.2, 0.1, 0.3)),
    ]
    for n in COUNTS:
        gap, gain = Gap(0.1 - n / 200, 0.05 - n / 200, 0.15 - n / 200), Gap(n / 100, n / 100 - 0.02, n / 100 + 0.02)
        rows.append(NewcomerRow("biases", n, 1.0, None, gap, None))
        ways = ("random", "random_untold", "offered", "offered_untold")
        rows += [NewcomerRow(who, n, 0.85 + gap.value, 0.1 + gain.value, gap, gain, 3.0 * n) for who in ways]
    return NewcomerScores(
        rows=tuple(rows),
        num_people=20,
        num_test_ratings=345,
        seed=0,
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        split="p80",
        split_seed=0,
        config={},
        commit=None,
        machine="a machine",
        seconds=1.0,
        created="2025-01-02T03:04:05+00:00",
        command="python -m recsys newcomers --dataset synthetic",
    )


@pytest.fixture
def result(own_house):
    """Kept where the page looks for it."""
    found = scores_of(resources.dataset())
    save(found)
    yield found
    own_file(found.dataset).unlink()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_was_measured_and_where_it_comes_from(result, language):
    app = open_app("scoreboard", lang=language, part="newcomers")
    assert not app.exception
    said = all_text(app)
    for part in ("0.900", "+0.050", "0.200", "2.0", "0.850"):
        assert part in said
    caption = " ".join(one.value for one in app.caption)
    assert result.fingerprint in caption
    assert result.command in caption
    assert "345" in caption
    assert "{" not in caption


def test_without_a_result_the_page_says_how_to_measure(own_house):
    app = open_app("scoreboard", lang="en", part="newcomers")
    assert not app.exception
    assert "python -m recsys newcomers --dataset synthetic" in app.info[0].value


def test_a_damaged_result_is_a_sentence(own_house):
    file = own_file("synthetic")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{")
    try:
        app = open_app("scoreboard", lang="en", part="newcomers")
        assert not app.exception
        assert "cannot be used" in app.warning[0].value
    finally:
        file.unlink()


def test_both_halves_draw_every_contender_that_has_a_value(result, monkeypatch):
    monkeypatch.setattr("pages.kit.i18n.language", lambda: "en")
    monkeypatch.setattr("pages.kit.theme.is_dark", lambda: False)
    left, right = (
        [trace.name.replace("<br>", " ") for trace in newcomer_curve.figure(result, measure).data]
        for measure in newcomer_curve.MEASURES
    )
    assert left == [i18n.TEXTS["en"][f"newcomers.who.{who}"] for who in newcomer_curve.CURVES | {"known": {}}]
    assert len(left) == len(right) == 5
    assert i18n.TEXTS["en"]["newcomers.who.popularity"] in right
    assert i18n.TEXTS["en"]["newcomers.who.biases"] not in right


def test_the_table_has_every_row_with_its_origin(result):
    text = to_csv(newcomer_curve.records(result), {}).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(result.rows)
    assert {row["fingerprint"] for row in rows} == {result.fingerprint}
    assert rows[0]["rmse"] == ""
