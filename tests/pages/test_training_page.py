"""The Training page: what can be asked for, one run for everybody, and what becomes of it."""

from dataclasses import replace

import pytest

from pages.ui import resources, training_form
from pages.ui.training_progress import duration, recent_errors
from recsys.config import DataConfig, ModelConfig, first_visit, preset
from recsys.errors import NonFiniteLossError
from recsys.training import JobStatus
from tests.pages.conftest import all_text, keys, open_app

QUICK = {"lang": "en", "from": "quick", "batch_size": 4096}


def test_a_run_is_started_finishes_is_kept_and_becomes_the_model_of_the_app(own_house: resources.House) -> None:
    app = open_app("training", epochs=1, **QUICK)
    before = own_house.recommender
    app.button(key="training_start").click().run()
    assert own_house.job.wait(120)
    app.run()
    assert not app.exception
    assert "Finished and kept" in app.success[0].value
    folder = own_house.job.status().folder
    assert own_house.recommender is before, "a finished run does not push itself into the app"
    offered = [button for button in app.button if str(button.key).startswith("use_") and not button.disabled]
    assert len(offered) == 1
    offered[0].click().run()
    assert not app.exception
    assert own_house.recommender is not before
    assert own_house.recommender is not None
    assert own_house.recommender.bundle.info.folder == folder


def test_a_second_session_sees_the_run_and_can_stop_it_and_the_run_goes_on_later(own_house: resources.House) -> None:
    first = open_app("training", epochs=500, **QUICK)
    first.button(key="training_start").click().run()
    assert own_house.job.status().is_running
    del first  # closing the browser changes nothing
    second = open_app("training", lang="en")
    assert "A run is under way" in all_text(second)
    assert "training_start" not in keys(second)
    own_house.job.stop()
    assert own_house.job.wait(60)
    second.run()
    assert "Stopped and kept" in second.info[0].value
    position = next(n for n in range(5) if second.number_input(key=f"resume_epochs_{n}").value == 500)
    second.button(key=f"resume_go_{position}").click().run()
    assert not second.exception
    assert own_house.job.status().is_running


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"title_length": 3}, "windows must be widths from 1 to title"),
        ({"windows": ","}, "windows must be at least one"),
    ],
)
def test_what_cannot_work_is_refused_before_it_starts(own_house, settings, rule) -> None:
    app = open_app("training", lang="en", **settings)
    assert not app.exception
    assert rule in app.error[0].value.replace("\\", "")
    assert app.button(key="training_start").disabled


def test_knobs_start_from_the_url_and_go_back_to_the_preset(own_house: resources.House) -> None:
    app = open_app("training", lang="en", head="mlp", mlp_hidden=64, init="0.05", epochs=9, seed=3)
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
    ],
)
def test_settings_that_make_no_sense_never_break_the_page(own_house: resources.House, nonsense) -> None:
    app = open_app("training", lang="en", **nonsense)
    assert not app.exception
    assert app.number_input(key="url_epochs").value == 5


def test_holding_nothing_out_is_allowed_and_its_price_is_said(own_house: resources.House) -> None:
    app = open_app("training", lang="en", split="none")
    assert "no honest error" in all_text(app)
    assert not app.button(key="training_start").disabled


def test_a_failed_run_says_why_and_what_to_do(own_house: resources.House, monkeypatch) -> None:
    error = NonFiniteLossError(epoch=1, batch=7, loss=float("inf"))
    monkeypatch.setattr(own_house.job, "_status", JobStatus("failed", error=error))
    app = open_app("training", lang="en")
    assert not app.exception
    assert "smaller learning rate" in app.error[0].value


def test_every_number_of_a_kept_run_names_its_part_of_the_split(own_house: resources.House) -> None:
    said = all_text(open_app("training", lang="en"))
    assert "validation RMSE" in said
    assert "test RMSE" in said
    assert "P80" in said
    assert "Synthetic" in said


def test_the_articles_settings_are_the_preset() -> None:
    values = training_form.values_of("article", 1_000_209)
    model, train = preset("article")
    assert model == ModelConfig()
    assert (values["init"], values["learning_rate"], values["batch_size"]) == (model.init, train.learning_rate, 256)


def test_recent_errors_undo_the_running_means_of_each_epoch() -> None:
    # Epoch 1: squared errors 4 then 1, so the running mean falls 4 -> 2.5; epoch 2 starts again with 1.
    table = recent_errors(((0.5, 4.0), (1.0, 2.5), (1.5, 1.0)))
    assert table["epoch"].tolist() == [0.5, 1.0, 1.5]
    assert table["rmse"].tolist() == pytest.approx([2, 1, 1])


def test_recent_errors_join_stretches_that_are_too_short() -> None:
    table = recent_errors(((0.25, 4.0), (0.26, 4.0), (0.5, 2.5)), step=0.2)
    assert table["epoch"].tolist() == [0.25, 0.5]
    assert table["rmse"].tolist() == pytest.approx([2, 1])


def test_times_are_read_easily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.i18n.language", lambda: "en")
    assert [duration(seconds) for seconds in (42.4, 185, 7800)] == ["42 s", "3 min 05 s", "2 h 10 min"]


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
    said = all_text(open_app("training", lang="en"))
    assert "(after epoch 2; later ones train on that part too)" in said
    assert f"{train.steps_per_epoch} groups of people an epoch" in said
