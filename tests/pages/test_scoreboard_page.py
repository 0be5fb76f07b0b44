"""The Scoreboard page: every part in both languages, sentences that follow the numbers, and measuring from the page."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import i18n, label_places, resources
from pages.ui.scoreboard_scope import value_text
from pages.ui.scoreboard_table import MARK, styled
from recsys.config import DataConfig
from recsys.evaluation.board_reading import DIRECTIONS
from recsys.evaluation.bundle_scores import bundle_key
from recsys.evaluation.contenders import contenders
from recsys.evaluation.one_person import parts_of, which_is_test
from recsys.evaluation.scoreboard import Scoreboard, own_scores_file, save_score, score
from recsys.evaluation.scores import Score
from recsys.evaluation.scoring_job import Entrant, ScoringStatus
from tests.pages.conftest import LANGUAGES, all_text, open_app

DATA = DataConfig("synthetic")
PARTS = ("table", "sampled", "groups", "lists", "again")
CHEAP = ("mean", "biases", "popularity", "ease")
PATIENCE = 120


@pytest.fixture(scope="module")
def scores(trained_house: resources.House) -> list[Score]:
    """A few contenders, measured once."""
    assert trained_house.located is not None
    dataset = trained_house.located.dataset
    return [score(contenders(DATA)[key], dataset, DATA) for key in CHEAP]


@pytest.fixture
def own_house(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[resources.House]:
    """A server of its own with a trained model and no score, so that what is measured stays in this test."""
    shutil.copytree(home, tmp_path / "home")
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    built = resources.House()
    assert built.is_ready.wait(PATIENCE)
    monkeypatch.setattr(resources, "house", lambda: built)
    yield built
    built.scoring.stop()
    assert built.scoring.wait(PATIENCE)


@pytest.fixture
def board(own_house: resources.House, scores: list[Score]) -> list[Score]:
    """The server's scoreboard holds these."""
    for one in scores:
        save_score(one)
    return scores


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def names(*contender_keys: str) -> list[str]:
    return [i18n.TEXTS["en"][f"contender.{key}"] for key in contender_keys]


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
    assert "no MAE: Popularity, EASE \\(all ratings\\) put films in order" in all_text(app)


def test_the_best_of_each_column_is_marked_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.i18n.language", lambda: "en")
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
    codes = [code.value for code in app.code]
    assert [one.command for one in board] == [code for code in codes if code.startswith("python -m recsys scoreboard")]
    assert '{"penalty": 500.0, "learned_from": "training and validation part"}' in codes


def test_the_csv_has_the_columns_of_origin(board, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, str] = {}
    monkeypatch.setattr(
        "pages.ui.components.download", lambda text, *, file_name, key: taken.update({key: text, "name": file_name})
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
    assert "**Biases** comes first in both RMSE (★) (0.0500 ★) and NDCG@10 (0.9990)." in said


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


def test_two_lists_hide_what_is_known_and_mark_hits(board, own_house: resources.House) -> None:
    data = resources.dataset()
    is_test = which_is_test(data, DATA)
    user = next(user for user in data.users["user_id"].tolist() if len(parts_of(data, is_test, user).liked) > 5)
    own_house.scoring.fit(data, DATA, [Entrant("popularity"), Entrant("biases")])
    assert own_house.scoring.wait(PATIENCE)
    app = open_app("scoreboard", lang="en", part="lists", user=user, left="popularity", right="biases")
    assert not app.exception
    person = parts_of(data, is_test, user)
    fitted = own_house.scoring.fitted(data, DATA, Entrant("popularity"))
    assert fitted is not None
    popular = [data.movies["movie_id"].iloc[index] for index in (-fitted.num_ratings).argsort(kind="stable")]
    wanted = [int(movie_id) for movie_id in popular if movie_id not in person.known][:10]
    hits = len(person.liked & set(wanted))
    said = all_text(app)
    assert f"**{hits} hits** among 10 (of {len(person.liked)} possible)" in said
    assert f"the {len(person.known)} films that this person rated in the training and validation parts" in said


def test_the_apps_own_model_is_one_of_the_two_and_needs_no_fit(board, own_house: resources.House) -> None:
    app = open_app("scoreboard", lang="en", part="lists")
    assert own_house.recommender is not None
    assert app.selectbox(key="url_left").value == bundle_key(own_house.recommender.bundle)
    assert "(in use)" in app.selectbox(key="url_left").options[-1]
    assert own_house.scoring.wait(PATIENCE)
    assert own_house.scoring.status().keys == ("popularity",)


def test_a_fit_that_was_stopped_is_not_begun_again_by_itself(board, own_house, monkeypatch) -> None:
    stopped = ScoringStatus("stopped", "fit", DATA, ("ease",), version=3)
    monkeypatch.setattr(own_house.scoring, "_status", stopped)
    app = open_app("scoreboard", lang="en", part="lists", right="ease")
    assert own_house.scoring.status() is stopped
    app.button(key="lists_again").click().run()
    assert own_house.scoring.wait(PATIENCE)
    assert own_house.scoring.status().state == "finished"


def test_measuring_saves_and_shows_the_old_beside_the_new(board: list[Score], own_house: resources.House) -> None:
    app = open_app("scoreboard", lang="en", part="again")
    assert app.button(key="again_go").disabled
    pills = next(group for group in app.button_group if group.key == "again_which")
    pills.set_value(["popularity"]).run()
    app.button(key="again_go").click().run()
    assert own_house.scoring.wait(PATIENCE)
    app.run()
    assert not app.exception
    assert "Measured and saved: 1" in app.success[0].value
    kept = Scoreboard.load(resources.dataset()).score_of("popularity")
    assert kept is not None
    assert kept.created >= board[2].created
    value = f"{kept.metrics['ndcg@10']:.4f}"
    assert f"NDCG@10: {value} before, **{value}** now" in all_text(app)


def test_on_an_empty_board_everything_is_measured_with_one_click(own_house: resources.House) -> None:
    app = open_app("scoreboard", lang="en", board="p90-3")
    app.button(key="measure_first").click().run()
    assert own_house.scoring.wait(PATIENCE)
    app.run()
    assert not app.exception
    measured = Scoreboard.load(resources.dataset(), "p90", 3).scores
    assert [one.contender for one in measured] == ["mean", "biases", "popularity", "item_knn", "ease", "ease_liked"]
    assert app.dataframe[0].value["contender"].tolist() == names(*(one.contender for one in measured))


def test_what_is_missing_on_a_board_is_offered_too(board, own_house: resources.House) -> None:
    app = open_app("scoreboard", lang="en")
    assert "Not measured on this split yet: Item\\-kNN, EASE \\(4 ★ up\\)" in all_text(app)
    app.button(key="measure_rest").click().run()
    assert own_house.scoring.wait(PATIENCE)
    assert own_house.scoring.status().keys == ("item_knn", "ease_liked")
    app.run()
    assert "measure_rest" not in keys(app)


def test_the_apps_model_is_measured_once_and_not_offered_again(board, own_house: resources.House) -> None:
    assert own_house.recommender is not None
    key = bundle_key(own_house.recommender.bundle)
    app = open_app("scoreboard", lang="en")
    app.button(key=f"measure_{key}").click().run()
    assert own_house.scoring.wait(PATIENCE)
    app.run()
    assert not app.exception
    assert f"measure_{key}" not in keys(app)
    assert app.dataframe[0].value["contender"].tolist()[-1].endswith("[synthetic-1]")


def test_a_model_of_another_split_is_not_compared_on_this_one(board, own_house: resources.House) -> None:
    save_score(replace(board[0], split="p90"))
    app = open_app("scoreboard", lang="en", board="p90-0")
    assert "was trained on another split" in all_text(app)
    assert not [key for key in keys(app) if key.startswith("measure_bundle")]


def test_work_under_way_is_seen_by_everybody_and_blocks_a_second_one(board, own_house, monkeypatch) -> None:
    running = ScoringStatus("running", "measure", DATA, ("mean", "ease"), position=1, step="lists", share=0.9)
    monkeypatch.setattr(own_house.scoring, "_status", running)
    app = open_app("scoreboard", lang="en", part="again")
    assert not app.exception
    assert "scoring_stop" in keys(app)
    assert app.button(key="again_go").disabled
    monkeypatch.setattr(own_house.scoring, "_status", ScoringStatus())


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
    monkeypatch.setattr("pages.ui.i18n.language", lambda: "en")
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
