"""The curves of a run: what is computed for them, what they are compared with, and their marks."""

import pytest

from pages.kit import resources
from pages.training import charts as training_charts
from pages.training import curves as training_curves
from pages.training.curves import by_epoch, epoch_table, recent_errors
from pages.training.words import duration
from recsys.config import preset
from recsys.evaluation.article_line import ArticleError
from recsys.report import EpochReport, RateChange
from recsys.training import JobStatus
from tests.pages.conftest import all_text, open_app

REPORTS = (EpochReport(1, 1.44, 1.21, 0.9, 0.01, 2.0, 500.0), EpochReport(2, 1.0, None, None, 0.01, 2.0, 500.0))


def test_recent_errors_undo_the_running_means_of_each_epoch() -> None:
    # Epoch 1: squared errors 4 then 1, so the running mean falls 4 -> 2.5; epoch 2 starts again with 1.
    table = recent_errors(((0.5, 4.0), (1.0, 2.5), (1.5, 1.0)))
    assert table["epoch"].tolist() == [0.5, 1.0, 1.5]
    assert table["rmse"].tolist() == pytest.approx([2, 1, 1])


def test_recent_errors_join_stretches_that_are_too_short() -> None:
    table = recent_errors(((0.25, 4.0), (0.26, 4.0), (0.5, 2.5)), step=0.2)
    assert table["epoch"].tolist() == [0.25, 0.5]
    assert table["rmse"].tolist() == pytest.approx([2, 1])


def test_a_run_whose_batches_were_not_kept_is_drawn_by_its_epochs() -> None:
    assert recent_errors(by_epoch(REPORTS))["rmse"].tolist() == pytest.approx([1.2, 1.0])


def test_an_epoch_that_was_not_validated_has_an_empty_place_in_the_table() -> None:
    table = epoch_table(REPORTS)
    assert table["validation_rmse"].isna().tolist() == [False, True]


def test_the_lines_are_the_mean_the_biases_and_the_article_with_its_part(english: None) -> None:
    baselines = {"mean": {"validation_rmse": 1.1, "test_rmse": 1.2}, "biases": {"validation_rmse": 0.9}}
    lines = training_curves.lines(baselines, ArticleError(0.95, "test", "scoreboard"))
    assert list(lines.values()) == [1.1, 0.9, 0.95]
    assert list(lines)[2] == "the article (test part)"
    assert len(training_curves.lines(baselines, None)) == 2


@pytest.mark.parametrize(("unit", "power"), [("rmse", 1), ("mse", 2)])
def test_curves_lines_and_marks_stand_where_their_numbers_say(english: None, unit, power) -> None:
    epochs = epoch_table(REPORTS)[["epoch", "validation_rmse"]].dropna().rename(columns={"validation_rmse": "rmse"})
    figure = training_charts.curves(
        recent_errors(by_epoch(REPORTS)),
        epochs,
        {"mean": 1.5},
        unit=unit,
        num_epochs=3,
        changes=(RateChange(1.5, 0.002), RateChange(2.5, None)),
    )
    assert list(figure.data[0].y) == pytest.approx([1.2**power, 1.0])
    assert list(figure.data[1].y) == pytest.approx([1.1**power])
    assert [shape.x0 for shape in figure.layout.shapes[1:]] == [1.5, 2.5]
    assert figure.layout.shapes[0].y0 == pytest.approx(1.5**power)
    said = [note.text for note in figure.layout.annotations]
    assert said[1:] == ["rate 0.002", "rate as planned"]
    low, high = figure.layout.yaxis.range
    assert low < 1 < 1.5**power < high


def test_where_the_validation_curve_ends_before_its_run_a_mark_says_why(english: None) -> None:
    epochs = epoch_table(REPORTS)[["epoch", "validation_rmse"]].dropna().rename(columns={"validation_rmse": "rmse"})
    batches = recent_errors(by_epoch(REPORTS))
    figure = training_charts.curves(batches, epochs, {}, unit="rmse", num_epochs=2, validated_until=1)
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(1, 1)]
    assert [note.text for note in figure.layout.annotations] == ["validation part joins training"]
    whole = training_charts.curves(batches, epochs, {}, unit="rmse", num_epochs=2)
    assert not whole.layout.shapes


def test_the_curves_of_a_run_know_where_it_begins_to_train_on_the_validation_part(english: None) -> None:
    model, train = preset("default")
    status = JobStatus("training", model=model, train=train, num_epochs=train.epochs)
    assert training_curves.of_status(status).validated_until == 15
    assert training_curves.of_status(status).is_validation_trained_on
    model, train = preset("article")
    status = JobStatus("training", model=model, train=train, num_epochs=train.epochs)
    assert not training_curves.of_status(status).is_validation_trained_on


def test_the_title_of_curves_says_when_the_last_error_was_measured_and_whether_it_still_stands(english: None) -> None:
    assert training_curves.title(training_curves.Curves(REPORTS[:1])).endswith(
        "on ratings never trained on 1.1000 ★ after epoch 1"
    )
    assert training_curves.title(training_curves.Curves(REPORTS)).endswith(
        "1.1000 ★ on the validation part after epoch 1, before it was trained on"
    )


def test_words_of_rates_that_were_changed_close_together_stand_below_each_other_and_the_newest_are_said(
    english,
) -> None:
    epochs = epoch_table(REPORTS)[["epoch", "validation_rmse"]].dropna().rename(columns={"validation_rmse": "rmse"})
    changes = [RateChange(place, rate) for place, rate in ((3.1, 0.1), (3.2, 0.2), (3.3, 0.3), (3.4, 0.4), (30.0, 0.5))]
    batches = recent_errors(by_epoch(REPORTS))
    figure = training_charts.curves(batches, epochs, {}, unit="rmse", num_epochs=60, changes=changes)
    notes = {note.text: note.y for note in figure.layout.annotations if note.text}
    assert list(notes) == ["rate 0.2", "rate 0.3", "rate 0.4", "rate 0.5"]
    assert len({notes[f"rate 0.{place}"] for place in (2, 3, 4)}) == 3
    assert notes["rate 0.5"] == notes["rate 0.4"] == 1
    assert len(figure.layout.shapes) == len(changes)


def test_two_runs_are_told_apart_by_colour_and_mark(english: None) -> None:
    table = epoch_table(REPORTS)[["epoch", "validation_rmse"]].assign(train_rmse=[1.2, 1.0])
    figure = training_charts.two_runs({"A": table, "B": table}, {}, unit="rmse")
    looks = {(trace.line.color, trace.marker.symbol) for trace in figure.data}
    assert len(figure.data) == 4
    assert len(looks) == 2


def test_a_curve_without_a_line_of_the_article_says_how_to_get_it(own_house: resources.House) -> None:
    said = all_text(open_app("training", lang="en"))
    assert "has not been measured on this split" in said


def test_times_are_read_easily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.kit.i18n.language", lambda: "en")
    assert [duration(seconds) for seconds in (42.4, 185, 7800)] == ["42 s", "3 min 05 s", "2 h 10 min"]
