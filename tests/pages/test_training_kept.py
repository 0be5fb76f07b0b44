"""Kept runs on the Training page: used, played, named, compared, taken home, brought back, deleted after a question."""

import html
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.kit import resources
from pages.kit.i18n import escaped
from pages.training import charts as training_charts
from pages.training import compare as training_compare
from pages.training import kept as training_kept
from pages.training import words as training_words
from recsys.bundle import exchange as bundle_exchange
from recsys.bundle.exchange import export_bundle, import_bundle
from recsys.bundle.info import BundleInfo, RunState, read_info, rewrite_info
from recsys.bundle.store import list_bundles
from recsys.config import first_visit
from recsys.data.synthetic import synthetic
from recsys.errors import GoneBundleError, JobBusyError
from recsys.report import RateChange
from tests.pages.conftest import all_text, keys, open_app, train


@pytest.fixture(scope="module")
def slow_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with another learning rate and one epoch more than the one in use; read-only."""
    folder = tmp_path_factory.mktemp("slow") / "synthetic-2"
    changes = {"epochs": 2, "learning_rate": 1e-3, "final_share": 0.0}
    train(synthetic(), folder, name="slow [run](http://nowhere)", **changes)
    return folder


@pytest.fixture
def runs(own_house: resources.House, slow_run: Path) -> list[BundleInfo]:
    """Two kept runs, the one in use first."""
    used = own_house.recommender.bundle.info.folder
    shutil.copytree(slow_run, used.with_name(slow_run.name))
    return sorted(list_bundles(own_house.located.dataset), key=lambda info: info.folder != used)


def press(app: AppTest, name: str, info: BundleInfo) -> AppTest:
    """Press one of the buttons of a kept run."""
    return app.button(key=training_kept.key_of(name, info)).click().run()


def kept() -> AppTest:
    return open_app("training", part="kept", lang="en")


def test_every_number_of_a_kept_run_names_its_part_of_the_split_and_its_epoch_and_none_is_of_the_test_part(
    runs,
) -> None:
    said = all_text(kept())
    assert "after epoch 1)" in said
    assert "after epoch 2)" in said
    assert "validation RMSE" in said
    assert "test RMSE" not in said
    assert "P80" in said
    assert "Synthetic" in said


def test_a_name_from_a_person_is_shown_as_it_is_and_makes_no_link(runs) -> None:
    said = all_text(kept())
    assert r"slow \[run\]\(http" in said


@pytest.mark.parametrize("name", ["[x](http://e.vil)", "HTTPS://e.vil/a", "www.e.vil", "me@e.vil"])
def test_no_address_in_a_name_is_left_for_markdown_to_find_when_its_escapes_are_gone(name: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", escaped(name))
    assert not re.search(r"https?://|www\.|\w@", shown, re.IGNORECASE)
    assert shown.replace("\u2060", "") == name


def test_the_legend_of_two_runs_shows_a_name_as_it_was_written(english: None) -> None:
    errors = pd.DataFrame({"epoch": [1.0], "train_rmse": [1.0], "validation_rmse": [1.0]})
    figure = training_charts.two_runs({"<b>x</b> & <a href='http://e.vil'>y</a>": errors}, {}, unit="rmse")
    for line in figure.data:
        assert "<" not in line.name.replace("<br>", "")  # of the lines that a long name is broken into
        assert html.unescape(line.name).startswith("<b>x</b> & <a")


def test_a_kept_run_becomes_the_model_of_the_app(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "use", runs[1])
    assert not app.exception
    assert own_house.recommender.bundle.info.folder == runs[1].folder


def add_run_before(info: BundleInfo) -> BundleInfo:
    """Another session keeps a run that comes before all others but the one in use."""
    folder = info.folder.with_name("another-1")
    shutil.copytree(info.folder, folder)
    return rewrite_info(replace(read_info(folder), name="another", created="2099-01-01T00:00:00+00:00"))


@pytest.mark.parametrize("name", ["use", "delete", "rename", "resume"])
def test_a_button_acts_on_the_run_that_it_was_drawn_beside_though_the_list_has_shifted(own_house, runs, name) -> None:
    app = kept()
    other = add_run_before(runs[1])
    folders = [info.folder for info in list_bundles(own_house.located.dataset)]
    assert folders.index(other.folder) < folders.index(runs[1].folder)
    app = press(app, name, runs[1])
    if name == "delete":
        app.button(key="delete_yes").click().run()
    if name == "rename":
        app.text_input(key="rename_name").set_value("Group 3")
        app.button(key="rename_go").click().run()
    if name == "resume":
        app.number_input(key="resume_epochs").set_value(500)
        app.button(key="resume_go").click().run()
    assert not app.exception
    if name == "use":
        assert own_house.recommender.bundle.info.folder == runs[1].folder
    if name == "delete":
        assert not runs[1].folder.exists()
    if name == "rename":
        assert read_info(runs[1].folder).name == "Group 3"
    if name == "resume":
        assert own_house.job.status().folder == runs[1].folder
    assert read_info(other.folder) == other


@pytest.mark.parametrize("name", ["use", "delete", "rename", "resume", "export"])
def test_a_button_of_a_run_that_is_gone_says_so_and_leaves_the_run_in_its_folder_alone(own_house, runs, name) -> None:
    app = kept()
    used = own_house.recommender
    new = rewrite_info(replace(runs[1], name="new", created="2031-01-01T00:00:00+00:00"))  # in the folder of the old
    app = press(app, name, runs[1])
    assert "is not there any more as it was" in app.error[0].value
    assert not {"delete_yes", "rename_go", "resume_go", "export_state"} & set(keys(app))
    assert own_house.recommender is used
    assert read_info(new.folder) == new


def test_a_run_that_is_replaced_while_the_question_stands_is_neither_deleted_nor_exported(own_house, runs) -> None:
    app = press(kept(), "delete", runs[1])
    new = rewrite_info(replace(runs[1], name="new", created="2031-01-01T00:00:00+00:00"))
    app.button(key="delete_yes").click().run()
    assert "is not there any more as it was" in app.error[0].value
    assert read_info(new.folder) == new
    with pytest.raises(GoneBundleError):
        export_bundle(runs[1], with_training_state=False)


def test_a_kept_run_is_played_back_by_its_link(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "watch", runs[1])
    assert "part" not in app.query_params
    assert app.query_params["run"] in (runs[1].folder.name, [runs[1].folder.name])
    assert app.selectbox(key="url_run").value == runs[1].folder.name


def test_a_run_takes_another_name_everywhere_in_the_app(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "rename", runs[0])
    app.text_input(key="rename_name").set_value("Group 3")
    app.button(key="rename_go").click().run()
    assert not app.exception
    assert own_house.recommender.bundle.info.name == "Group 3"
    assert "Group 3" in all_text(open_app("person", lang="en"))


def test_a_name_of_blanks_is_not_taken(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "rename", runs[1])
    app.text_input(key="rename_name").set_value("   ")
    app.button(key="rename_go").click().run()
    assert not app.exception
    assert "blanks alone are no name" in app.error[0].value
    assert read_info(runs[1].folder).name == runs[1].name


def test_a_run_is_deleted_only_after_the_question(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "delete", runs[1])
    assert "cannot be undone" in all_text(app)
    app.button(key="delete_no").click().run()
    assert runs[1].folder.is_dir()
    app = press(app, "delete", runs[1])
    app.button(key="delete_yes").click().run()
    assert not app.exception
    assert not runs[1].folder.exists()
    assert own_house.recommender.bundle.info.folder == runs[0].folder


def test_where_the_run_in_use_is_deleted_the_latest_other_takes_its_place(own_house, runs: list[BundleInfo]) -> None:
    app = press(kept(), "delete", runs[0])
    assert "or else the latest" in app.warning[0].value
    app.button(key="delete_yes").click().run()
    assert own_house.recommender.bundle.info.folder == runs[1].folder


def test_a_run_goes_on_from_where_it_ended(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "resume", runs[1])
    assert app.number_input(key="resume_epochs").value == 3
    app.button(key="resume_go").click().run()
    assert not app.exception
    assert own_house.job.wait(120)
    assert own_house.job.status().state == "finished"
    assert [report.epoch for report in own_house.job.status().reports] == [1, 2, 3]


def test_a_run_cannot_go_on_to_an_epoch_that_it_has(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = press(kept(), "resume", runs[1])
    app.number_input(key="resume_epochs").set_value(2)
    app.button(key="resume_go").click().run()
    assert "from 3 to 1,000" in app.error[0].value
    assert not own_house.job.status().is_running


def test_what_is_exported_can_be_brought_back_and_is_another_run(own_house, runs: list[BundleInfo]) -> None:
    app = kept()
    content = export_bundle(runs[1], with_training_state=False)
    app.file_uploader(key="import_file_0").upload("run.zip", content, "application/zip").run()
    assert not app.exception
    assert "Imported" in "".join(element.value for element in app.success)
    assert len(list_bundles(own_house.located.dataset)) == 3


def test_what_is_no_export_is_refused_with_a_reason(own_house: resources.House, runs: list[BundleInfo]) -> None:
    app = kept()
    app.file_uploader(key="import_file_0").upload("run.zip", io.BytesIO(b"PK nothing").getvalue()).run()
    assert not app.exception
    assert "nothing of it is kept" in app.error[0].value
    assert "没有导入这个文件" in refused_in_chinese(b"PK nothing")
    assert len(list_bundles(own_house.located.dataset)) == 2


@pytest.mark.parametrize(("lang", "words"), [("en", "1 imported runs are kept"), ("zh", "已有 1 个导入的训练记录")])
def test_an_import_too_many_is_refused_in_words_and_the_limit_of_a_file_is_said(own_house, runs, lang, words) -> None:
    content = export_bundle(runs[1], with_training_state=False)
    import_bundle(content, own_house.located.dataset)
    app = open_app("training", part="kept", lang=lang)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle_exchange, "MAX_IMPORTED", 1)
        app.file_uploader(key="import_file_0").upload("run.zip", content, "application/zip").run()
    assert not app.exception
    assert words in app.error[0].value
    assert "100 MB" in all_text(app)
    assert app.file_uploader(key="import_file_1").proto.max_upload_size_mb == 100


def refused_in_chinese(content: bytes) -> str:
    app = open_app("training", lang="zh", part="kept")
    app.file_uploader(key="import_file_0").upload("run.zip", content, "application/zip").run()
    return str(app.error[0].value)


def test_exporting_offers_the_state_of_training_where_there_is_one(own_house, runs: list[BundleInfo]) -> None:
    app = press(kept(), "export", runs[1])
    assert not app.toggle(key="export_state").value
    assert "no film titles and no ratings" in all_text(app)


def test_comparing_names_the_difference_first_then_draws_and_measures(own_house, runs: list[BundleInfo]) -> None:
    app = press(kept(), "compare", runs[1])
    assert not app.exception
    settings, measures = (frame.value.replace(r"\\(.)", r"\1", regex=True) for frame in app.table)
    assert "Learning rate" in settings["Setting"].tolist()
    assert "Heads" not in settings["Setting"].tolist()
    validated = measures.loc[measures["Measure"].str.contains("validation")].iloc[0]
    assert "(after epoch 1)" in validated["Run A"]
    assert "(after epoch 2)" in validated["Run B"]
    assert validated["Better"] in ("A", "B")
    assert not measures["Measure"].str.contains("test").any()


def test_a_comparison_says_what_the_one_had_and_the_other_had_not(own_house, runs: list[BundleInfo]) -> None:
    app = press(kept(), "compare", runs[1])
    assert "A was trained for 1 epochs, B for 2" in app.info[0].value
    assert not app.warning


def test_runs_of_another_split_or_seed_are_measured_and_none_is_called_better(own_house, runs) -> None:
    info = runs[1]
    rewrite_info(replace(info, data=replace(info.data, split="p90"), train=replace(info.train, seed=3)))
    for lang, words in (("en", ("different ratings", "training seed 0 and 3")), ("zh", ("不同的评分", "种子 0 与 3"))):
        app = open_app("training", part="compare", lang=lang, a=runs[0].folder.name, b=runs[1].folder.name)
        assert all(word in app.warning[0].value for word in words)
        assert set(app.table[1].value.iloc[:, 3]) == {""}


def test_what_a_run_learnt_from_is_said_where_the_other_learnt_from_less(english: None, runs: list[BundleInfo]) -> None:
    model = first_visit()[0]
    less, more = (replace(info, model=model, run=replace(info.run, epoch=2)) for info in runs)
    more = replace(more, train=replace(more.train, epochs=2, final_share=0.5))
    less = replace(less, train=replace(less.train, epochs=2, final_share=0.0))
    assert "A learnt from the training part, B from the training and the validation part" in " ".join(
        training_compare.advantages(less, more)
    )
    said = training_compare.advantages(replace(less, preset="default"), replace(less, preset="article"))
    assert said == ["A began from the preset default, B from article."]


def test_a_run_compared_with_itself_says_so(own_house: resources.House, runs: list[BundleInfo]) -> None:
    name = runs[0].folder.name
    app = open_app("training", part="compare", lang="en", a=name, b=name)
    assert "same run twice" in app.info[0].value


@pytest.mark.parametrize(
    ("values", "better"), [([0.9, 0.8], "B"), ([0.8, 0.9], "A"), ([0.9, None], ""), ([0.9, 0.9], "")]
)
def test_better_is_said_only_where_it_can_be_said(english: None, values, better) -> None:
    assert training_compare._better(values) == better


def test_errors_of_weights_of_different_age_that_were_not_kept_call_no_run_better(english: None, runs) -> None:
    own, other = runs
    model, train = first_visit()
    learned = replace(own, model=model, train=replace(train, epochs=2, final_share=0.5), run=replace(own.run, epoch=2))
    assert (learned.own_validation_rmse, learned.validation_epoch, other.validation_epoch) == (None, 1, 2)
    assert training_compare.reasons_against(own, other) == []
    assert training_compare.reasons_against(learned, learned) == []
    (reason,) = training_compare.reasons_against(learned, other)
    assert "A: after epoch 1; the weights have learned from these ratings since; B: after epoch 2" in reason


def test_it_is_said_of_which_weights_an_error_is(english: None, runs) -> None:
    model, train = first_visit()
    own = replace(runs[0], model=model, train=replace(train, epochs=4, final_share=0.5), validation_epoch=2)
    said = [training_words.measured_when(replace(own, run=run)) for run in (RunState(2), RunState(2, 1), RunState(4))]
    assert said == [
        "after epoch 2",
        "after epoch 2; the weights have learned from these ratings since",
        "after epoch 2; the weights have learned from these ratings since",
    ]
    stopped = replace(own, train=replace(own.train, final_share=0.0), run=RunState(2, 1))
    assert training_words.measured_when(stopped) == "after epoch 2; training has gone on since"


def test_a_run_under_way_cannot_be_renamed_deleted_or_gone_on_with(own_house, runs: list[BundleInfo]) -> None:
    own_house.job.resume(own_house.located.dataset, runs[1].folder, epochs=500)
    app = kept()
    under_way = read_info(runs[1].folder)
    for name in ("rename", "delete", "resume", "export"):
        assert app.button(key=training_kept.key_of(name, under_way)).disabled, name
    assert training_kept.key_of("use", under_way) in keys(app)


def test_a_run_that_goes_on_while_the_question_stands_is_not_deleted(own_house, runs: list[BundleInfo]) -> None:
    app = press(kept(), "delete", runs[1])
    own_house.job.resume(own_house.located.dataset, runs[1].folder, epochs=10_000)
    app.button(key="delete_yes").click().run()
    assert not app.exception
    assert "One training run at a time" in app.error[0].value
    with pytest.raises(JobBusyError):
        own_house.rename(runs[1], "another name")
    own_house.job.stop()
    assert own_house.job.wait(120)
    assert own_house.job.status().state == "stopped"
    assert {info.folder for info in list_bundles(own_house.located.dataset)} >= {info.folder for info in runs}


def test_a_run_whose_rate_was_changed_by_hand_says_so(english: None, house: resources.House) -> None:
    info = house.recommender.bundle.info
    assert "by hand" not in training_words.made(info)
    changed = replace(info, rate_changes=(RateChange(0.5, 0.01), RateChange(1.0, None)))
    assert "learning rate changed by hand, 2×" in training_words.made(changed)
