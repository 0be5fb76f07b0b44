"""The Training page: what can be asked for, one run for everybody, and who may do what with it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from pages.kit import i18n, resources
from pages.kit.frame import ASSETS
from pages.kit.i18n import t
from pages.training import form as training_form
from recsys.config import DataConfig, ModelConfig, first_visit, preset
from recsys.errors import NonFiniteLossError
from recsys.training import JobStatus
from tests.pages.conftest import all_text, keys, open_app

QUICK = {"lang": "en", "from": "quick", "batch_size": 4096}


@pytest.fixture
def paused(own_house: resources.House) -> Iterator[AppTest]:
    """A session that has started a run which waits before its first batch."""
    app = open_app("training", part="new", epochs=500, **QUICK)
    app.button(key="training_start_paused").click().run()
    assert not app.exception
    assert until(own_house, "paused")
    app.run()
    yield app
    own_house.job.stop()
    assert own_house.job.wait(60)


def until(house: resources.House, state: str) -> bool:
    """Wait until the run is in a state."""
    for _ in range(600):
        if house.job.status().state == state:
            return True
        house.job._thread.join(0.1)
    return False


def test_a_run_is_started_finishes_and_is_kept_without_pushing_itself_into_the_app(own_house: resources.House) -> None:
    app = open_app("training", part="new", epochs=1, **QUICK)
    before = own_house.recommender
    app.button(key="training_start").click().run()
    assert "part" not in app.query_params, "the theatre is shown once a run begins"
    assert own_house.job.wait(120)
    app.run()
    assert not app.exception
    assert "finished and kept" in app.success[0].value
    assert own_house.recommender is before


def test_a_run_starts_paused_and_goes_batch_by_batch_then_epoch_by_epoch(own_house, paused: AppTest) -> None:
    job = own_house.job
    assert job.status().batch == 0
    paused.button(key="training_batch").click().run()
    assert until(own_house, "paused")
    paused.run()
    assert until_batch(own_house, (0, 1))
    paused.button(key="training_epoch").click().run()
    assert until_batch(own_house, (1, 0))
    assert job.status().state == "paused"


def until_batch(house: resources.House, place: tuple[int, int]) -> bool:
    """Wait until the run stands after so many epochs and batches."""
    for _ in range(600):
        status = house.job.status()
        if (status.epoch, status.batch, status.state) == (*place, "paused"):
            return True
        house.job._thread.join(0.1)
    return False


def test_another_session_sees_whose_run_it_is_and_steers_it(own_house: resources.House, paused: AppTest) -> None:
    second = open_app("training", lang="en")
    assert "Visitor 1 started this run." in all_text(second)
    second.button(key="training_go_on").click().run()
    assert until(own_house, "training")
    second.run()
    second.button(key="training_pause").click().run()
    assert until(own_house, "paused")
    paused.run()
    said = all_text(paused)
    assert "You started this run. Visitor 2 paused it." in said
    assert "training_go_on" in keys(paused)
    assert "training_pause" not in keys(paused)


def test_a_closed_session_changes_nothing_and_another_one_stops_the_run(own_house: resources.House) -> None:
    first = open_app("training", part="new", epochs=500, **QUICK)
    first.button(key="training_start").click().run()
    del first
    assert own_house.job.status().is_running
    second = open_app("training", lang="en")
    second.button(key="training_stop").click().run()
    assert own_house.job.wait(60)
    second.run()
    assert not second.exception
    assert "stopped and is kept" in second.info[0].value


def test_the_learning_rate_is_halved_typed_and_given_back_while_it_runs(own_house, paused: AppTest) -> None:
    rate = own_house.job.status().train.learning_rate
    paused.button(key="training_rate_half").click().run()
    paused.button(key="training_batch").click().run()
    assert until_batch(own_house, (0, 1))
    assert [change.learning_rate for change in own_house.job.status().rate_changes] == [rate / 2]
    paused.run()
    paused.number_input(key="training_new_rate").set_value(0.25).run()
    assert paused.number_input(key="training_new_rate").value is None, "the box is empty again"
    paused.number_input(key="training_new_rate").set_value(99).run()
    assert "from 0.000001 to 1" in paused.toast[0].value
    paused.button(key="training_batch").click().run()
    assert until_batch(own_house, (0, 2))
    paused.button(key="training_rate_back").click().run()
    paused.button(key="training_batch").click().run()
    assert until_batch(own_house, (0, 3))
    assert [change.learning_rate for change in own_house.job.status().rate_changes] == [rate / 2, 0.25, None]


def test_who_gets_in_line_may_start_before_the_others(own_house: resources.House, paused: AppTest) -> None:
    second = open_app("training", lang="en")
    second.button(key="turns_join").click().run()
    paused.run()
    assert "In line for the next run: Visitor 2." in all_text(paused)
    paused.button(key="training_stop").click().run()
    assert own_house.job.wait(60)
    first = open_app("training", lang="en", part="new")
    assert first.button(key="training_start").disabled
    assert "Next turn: Visitor 2" in all_text(first)
    second.query_params["part"] = "new"
    second.run()
    assert "It is your turn" in all_text(second)
    assert not second.button(key="training_start").disabled
    own_house.job.turns.leave("2")


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"title_length": 3}, "A window of 4, 5 words does not fit into titles of 3 words"),
        ({"windows": ","}, "has no window"),
    ],
)
def test_what_cannot_work_is_named_before_it_starts(own_house, settings, rule) -> None:
    app = open_app("training", part="new", lang="en", **settings)
    assert not app.exception
    assert rule in app.error[0].value
    assert app.button(key="training_start").disabled
    assert app.button(key="training_start_paused").disabled


def test_every_knob_shows_its_sentence_and_every_number_its_range(own_house: resources.House) -> None:
    said = all_text(open_app("training", part="new", lang="en", **{"from": "default"}))
    for knob in training_form.KNOBS:
        assert training_form.t(f"knob.{knob}.help") in said, knob
    assert said.count("From ") == sum(
        isinstance(knob, training_form.knobs.Range) for knob in training_form.KNOBS.values()
    )


def test_a_number_out_of_range_is_refused_in_words_and_nothing_starts_until_it_is_put_right(own_house) -> None:
    app = open_app("training", part="new", lang="en", epochs=7)
    app.number_input(key="url_epochs").set_value(5000).run()
    assert (
        "5,000 is out of range. Type a number from 1 to 1,000; the last one that can be used is 7" in app.error[0].value
    )
    assert app.number_input(key="url_epochs").value == 5000
    assert app.button(key="training_start").disabled
    assert app.button(key="training_start_paused").disabled
    assert app.query_params["epochs"] in ("7", ["7"])
    app.number_input(key="url_epochs").set_value(8).run()
    assert not app.error
    assert not app.button(key="training_start").disabled


def test_a_number_out_of_range_is_forgotten_with_another_starting_point(own_house: resources.House) -> None:
    app = open_app("training", part="new", lang="en")
    app.number_input(key="url_seed").set_value(-1).run()
    assert "out of range" in app.error[0].value
    app.segmented_control(key="url_from").set_value("quick").run()
    assert not app.error
    assert app.number_input(key="url_seed").value == first_visit()[1].seed


@pytest.mark.parametrize(("num_ratings", "words"), [(25_000, "the same as"), (1_000_209, "12 epochs instead of 30")])
def test_the_quick_start_says_what_it_is_for_the_data_set(english: None, num_ratings: int, words: str) -> None:
    assert words in training_form._quick_text(num_ratings)


def test_knobs_start_from_the_url_and_go_back_to_the_preset(own_house: resources.House) -> None:
    app = open_app("training", part="new", lang="en", head="mlp", mlp_hidden=64, init="0.05", epochs=9, seed=3)
    assert app.number_input(key="url_mlp_hidden").value == 64
    assert app.number_input(key="url_init").value == 0.05
    assert app.number_input(key="url_epochs").value == 9
    app.segmented_control(key="url_from").set_value("quick").run()
    _, quick = first_visit(own_house.located.dataset.num_ratings)
    assert app.number_input(key="url_epochs").value == quick.epochs
    assert "head" not in app.query_params
    assert app.query_params["from"] in ("quick", ["quick"])


@pytest.mark.parametrize(
    "nonsense",
    [
        {"epochs": "-1"},
        {"init": "nan"},
        {"batch_size": "1e99"},
        {"head": "tail"},
        {"windows": "99,x"},
        {"device": "abacus"},
        {"title_check": "perhaps"},
        {"run": "../../etc"},
    ],
)
def test_settings_that_make_no_sense_never_break_the_page(own_house: resources.House, nonsense) -> None:
    app = open_app("training", part="new", lang="en", **nonsense)
    assert not app.exception
    assert app.number_input(key="url_epochs").value == preset("default")[1].epochs


def test_the_person_and_the_title_check_that_were_chosen_are_what_the_run_gets(own_house: resources.House) -> None:
    app = open_app("training", part="new", user=7, epochs=500, **QUICK)
    app.button(key="training_start_paused").click().run()
    assert until(own_house, "paused")
    assert own_house.job.status().watched_user == 7
    assert own_house.job.recording().watched_user == 7


def test_holding_nothing_out_is_allowed_and_its_price_is_said(own_house: resources.House) -> None:
    app = open_app("training", part="new", lang="en", split="none")
    assert "no honest error" in all_text(app)
    assert not app.button(key="training_start").disabled


def test_a_failed_run_says_why_and_what_to_do(own_house: resources.House, monkeypatch) -> None:
    error = NonFiniteLossError(epoch=1, batch=7, loss=float("inf"))
    monkeypatch.setattr(own_house.job, "_status", JobStatus("failed", error=error))
    app = open_app("training", lang="en")
    assert not app.exception
    assert "smaller learning rate" in app.error[0].value


def test_a_new_run_starts_from_the_preset_that_the_app_itself_uses(own_house: resources.House) -> None:
    app = open_app("training", part="new", lang="en")
    assert app.segmented_control(key="url_from").value == "default"
    assert app.number_input(key="url_learning_rate").value == preset("default")[1].learning_rate


@pytest.mark.parametrize(
    ("language", "words"), [("en", "larger than that of biases alone"), ("zh", "比“只用偏置”还大")]
)
def test_what_is_said_of_the_articles_network_is_what_the_scoreboard_measured(language, words) -> None:
    with i18n.speaking(language):
        assert words in t("training.from.article.text")
    for name in ("ml-1m", "ml-100k"):
        rows = json.loads((ASSETS / "scoreboard" / f"{name}.json").read_text(encoding="utf-8"))["scores"]
        errors = {row["contender"]: row["metrics"].get("rmse") for row in rows if row["split"] == "p80"}
        assert min(errors["article_dot"], errors["article_mlp"]) > errors["biases"]


def test_the_articles_settings_are_the_preset() -> None:
    values = training_form.values_of("article", 1_000_209)
    model, train = preset("article")
    assert model == ModelConfig()
    assert (values["init"], values["learning_rate"], values["batch_size"]) == (model.init, train.learning_rate, 256)


def test_a_kept_run_says_after_which_epoch_it_was_validated_and_how_it_went_through_people(own_house) -> None:
    model, train = first_visit()
    own_house.job.start(
        own_house.located.dataset,
        data=DataConfig("synthetic"),
        model=model,
        train=replace(train, epochs=4, final_share=0.5),
        preset="default",
    )
    assert own_house.job.wait(120)
    said = all_text(open_app("training", part="kept", lang="en"))
    assert "; after epoch 2; the weights have learned from these ratings since)" in said
    assert f"{train.steps_per_epoch} groups of people an epoch" in said
