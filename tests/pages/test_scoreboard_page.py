"""The Scoreboard page: every part in both languages, sentences that follow the numbers, and measuring from the page."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from pages.kit import resources
from pages.scoreboard import label_places
from pages.scoreboard.scope import value_text
from pages.scoreboard.table import MARK, styled
from recsys.evaluation.board_reading import DIRECTIONS
from recsys.evaluation.scoreboard import own_scores_file, save_score
from recsys.evaluation.scores import Score
from tests.pages.conftest import LANGUAGES, all_text, keys, open_app, raw_texts
from tests.pages.scoreboard_parts import CHEAP, PARTS, names


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_from_its_url_and_names_its_data(board, part: str, language: str) -> None:
    app = open_app("scoreboard", lang=language, part=part)
    assert not app.exception
    assert not app.error
    assert app.segmented_control(key="url_part").value == part
    said = " ".join(caption.value for caption in app.caption)
    assert "P80" in said
    assert resources.dataset().fingerprint in said


@pytest.mark.parametrize("part", PARTS)
def test_without_scores_a_page_offers_to_measure_instead_of_an_empty_table(own_house, part: str) -> None:
    app = open_app("scoreboard", lang="en", part=part)
    assert not app.exception
    assert not app.dataframe
    if part in ("table", "sampled", "groups"):
        assert "measure_first" in keys(app)
        assert "Nothing has been measured" in app.info[0].value


def test_the_table_has_every_measure_and_says_why_one_is_missing(board) -> None:
    app = open_app("scoreboard", lang="en")
    table = app.dataframe[0].value
    assert table["contender"].tolist() == names(*CHEAP)
    assert table["rmse"].isna().tolist() == [False, False, True, True]
    assert table["sampled_ndcg@10"].notna().all()
    assert table["learned"].tolist() == ["24,000 ratings: training and validation part"] * len(CHEAP)
    assert "no MAE: Popularity, EASE \\(all ratings\\) put films in order" in all_text(app)


def test_the_best_of_each_column_is_marked_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.kit.i18n.language", lambda: "en")
    columns: dict[str, list[float]] = {measure: [1.0, 2.0, 3.0] for measure in DIRECTIONS}
    table = pd.DataFrame({"contender": list("abc"), **columns, "rmse": [None, 0.9, 0.8]}).astype({"rmse": float})
    html = styled(table).to_html()
    for measure, best in (("rmse", "0.8000"), ("ndcg@10", "3.0000"), ("seconds", "1.0 s")):
        marked = re.findall(rf"col{table.columns.get_loc(measure)}\" >{MARK}([^<]+)<", html)
        assert marked == [best]


def test_every_row_has_its_whole_origin_one_click_away(board) -> None:
    app = open_app("scoreboard", lang="en")
    said = all_text(app).replace("\\", "")
    for one in board:
        assert one.machine in said
    codes = raw_texts(app)
    assert [one.command for one in board] == [code for code in codes if code.startswith("python -m recsys scoreboard")]
    settings = [json.loads(code) for code in codes if code.startswith("{")]
    assert settings == [dict(one.config) for one in board]
    assert [choice["on"] for config in settings for choice in config.get("chosen", [])] == ["validation part"]


def test_the_csv_has_the_columns_of_origin(board, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, str] = {}
    monkeypatch.setattr(
        "streamlit.download_button",
        lambda label, data, *, file_name, key, **_: taken.update({key: data(), "name": file_name}),
    )
    open_app("scoreboard", lang="en")
    head, *rows = taken["scoreboard_csv"].lstrip("\ufeff").splitlines()
    wanted = {"contender", "rmse", "ndcg@10", "seconds", "dataset", "fingerprint", "split", "seed", "config", "commit"}
    assert wanted | {"machine", "created", "command"} <= set(head.split(","))
    assert len(rows) == len(board)
    assert taken["name"] == "scoreboard-synthetic-p80-seed0.csv"


def made(one: Score, key: str, **metrics: float) -> Score:
    """A score with other values, as newer than all."""
    values = {name.replace("_at_", "@"): value for name, value in metrics.items()}
    return replace(one, contender=key, metrics={**one.metrics, **values}, created="2999-01-01T00:00:00+00:00")


def test_the_sentence_under_the_chart_follows_the_numbers(board: list[Score]) -> None:
    save_score(made(board[0], "mean", rmse=0.1, ndcg_at_10=0.001))
    said = all_text(open_app("scoreboard", lang="en"))
    assert "First in RMSE (★) is **Always the mean** (0.1000 ★); in NDCG@10 it is in place 4 of 4 (0.0010)." in said
    save_score(made(board[1], "biases", rmse=0.05, ndcg_at_10=0.999))
    said = all_text(open_app("scoreboard", lang="en"))
    assert "**Biases** comes first in both RMSE (★) at 0.0500 ★ and NDCG@10 at 0.9990." in said


def test_rows_that_come_later_are_shown_too(board: list[Score]) -> None:
    for key in ("article_dot", "article_mlp", "default", "bundle:gone"):
        save_score(replace(made(board[1], key), config={"name": "An old model"}))
    app = open_app("scoreboard", lang="en")
    assert not app.exception
    shown = app.dataframe[0].value["contender"].tolist()
    assert shown == [*names(*CHEAP, "article_dot", "article_mlp", "default"), "An old model [gone]"]


@pytest.mark.parametrize(
    "axes", [("seconds", "rmse"), ("rmse", "mae"), ("ndcg@10", "ndcg@10"), ("novelty", "coverage")]
)
def test_any_two_measures_can_be_the_axes(board, axes) -> None:
    app = open_app("scoreboard", lang="en", x=axes[0], y=axes[1])
    assert not app.exception
    assert (app.selectbox(key="url_x").value, app.selectbox(key="url_y").value) == axes


def test_an_axis_is_written_into_the_url(board) -> None:
    app = open_app("scoreboard", lang="en")
    app.selectbox(key="url_x").select("seconds").run()
    assert app.query_params["x"] in ("seconds", ["seconds"])


def test_swapped_pairs_are_counted_and_named(board: list[Score]) -> None:
    for key, full, sampled in (("mean", 0.1, 0.4), ("biases", 0.2, 0.3), ("popularity", 0.3, 0.9), ("ease", 0.4, 0.95)):
        one = next(one for one in board if one.contender == key)
        save_score(made(one, key, **{"ndcg_at_10": full, "sampled_ndcg_at_10": sampled}))
    said = all_text(open_app("scoreboard", lang="en", part="sampled"))
    assert "1.5 to 4.0 times" in said
    assert "It orders 1 of 6 pairs the other way round: **Biases** is better than **Always the mean**" in said


def test_groups_show_their_size_and_only_contenders_that_predict_stars(board) -> None:
    app = open_app("scoreboard", lang="en", part="groups", group="gender", who="mean,popularity")
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table.columns) == ["group", "num_ratings", "Always the mean"]
    assert table["group"].tolist() == ["woman", "man"]
    assert table["num_ratings"].sum() == int(0.2 * resources.dataset().num_ratings)
    assert "Popularity" not in " ".join(pill.options[0] for pill in app.button_group if pill.key == "url_who")


def test_no_contender_chosen_is_said_and_stays_in_the_url(board) -> None:
    app = open_app("scoreboard", lang="en", part="groups", who="")
    assert not app.exception
    assert "Choose at least one" in app.info[0].value


def test_a_damaged_file_of_scores_is_said_with_what_to_do(own_house: resources.House) -> None:
    file = own_scores_file("synthetic")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{", encoding="utf-8")
    app = open_app("scoreboard", lang="en")
    assert not app.exception
    assert "Delete it" in app.warning[0].value
    assert "measure_first" in keys(app)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"board": "p70-0"},
        {"board": "none-0"},
        {"board": "p80--1"},
        {"board": "p80-99999999999"},
        {"x": "weight"},
        {"part": "all"},
        {"part": "groups", "group": "shoes", "who": "nobody"},
        {"part": "lists", "left": "nobody", "right": "bundle:../../x"},
        {"part": "sampled", "sampled": "mrr"},
    ],
)
def test_an_address_that_makes_no_sense_never_breaks_the_page(board, nonsense) -> None:
    app = open_app("scoreboard", lang="en", **nonsense)
    assert not app.exception
    assert not app.error


def test_an_unknown_person_is_said_and_another_one_is_shown(board) -> None:
    app = open_app("scoreboard", lang="en", part="lists", user=999_999, left="popularity", right="mean")
    assert not app.exception
    assert "no person with the id" in app.error[0].value


def test_values_carry_their_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.kit.i18n.language", lambda: "en")
    shown = {
        "rmse": value_text("rmse", 0.85859),
        "novelty": value_text("novelty", 2.4),
        "coverage": value_text("coverage", 0.2683),
        "hr@10": value_text("hr@10", 0.87081),
    }
    assert shown == {"rmse": "0.8586 ★", "novelty": "2.40 bits", "coverage": "26.8 %", "hr@10": "0.871"}
    assert [value_text("seconds", value) for value in (0.0032, 3.29, 250.4)] == ["0.003 s", "3.3 s", "250 s"]


def test_names_of_near_points_stand_on_different_sides() -> None:
    sides = label_places.places([(0.5, 0.5), (0.5, 0.52), (0.99, 0.5)], ["one", "other", "at the border"])
    assert sides[0] != sides[1]
    assert sides[2].endswith("left")
