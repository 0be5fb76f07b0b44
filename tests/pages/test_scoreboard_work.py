"""The Scoreboard page at work: two lists, measuring, and who sees it."""

from dataclasses import replace

from pages.kit import resources
from recsys.evaluation.bundle_scores import bundle_key
from recsys.evaluation.one_person import parts_of, which_is_test
from recsys.evaluation.scoreboard import Scoreboard, save_score
from recsys.evaluation.scores import Score
from recsys.evaluation.scoring_job import Entrant, ScoringStatus
from tests.pages.conftest import all_text, keys, open_app
from tests.pages.scoreboard_parts import DATA, PATIENCE, names


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
