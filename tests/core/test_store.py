"""What can be done with kept runs: rename, delete, compare; and what must stay."""

import json
import shutil
from dataclasses import replace

import pytest

from recsys.bundle import load_bundle, read_info, read_reports, store
from recsys.bundle.comparing import Difference, differences
from recsys.config import DataConfig
from recsys.errors import BundleError, ConfigError
from recsys.report import RateChange


@pytest.fixture
def own(bundle):
    """Two bundles of the user's own; the second is older, and looks better."""

    def keep(name: str, rmse: float, created: str):
        metrics = {**bundle.info.metrics, "validation": {"mse": rmse**2, "rmse": rmse, "mae": rmse}}
        info = replace(bundle.info, name=name, metrics=metrics, created=created)
        return replace(bundle, info=info).save(store.own_bundles_folder() / name)

    first = keep("first", 1.0, "2026-11-30T12:00:00+00:00")
    return first, keep("second", 0.9, "2026-11-30T11:59:59+00:00")


@pytest.fixture
def shipped(bundle, tmp_path, monkeypatch):
    """A bundle that ships with the app."""
    monkeypatch.setattr(store, "SHIPPED_MODELS", tmp_path / "models")
    shutil.copytree(bundle.info.folder, tmp_path / "models" / "synthetic")
    return read_info(tmp_path / "models" / "synthetic")


def test_a_renamed_bundle_is_the_same_under_another_name(own, dataset) -> None:
    before = load_bundle(own[0].folder, dataset)
    info = store.rename(own[0], "  Mein  erster Lauf 第一次 ")
    assert info == replace(own[0], name="Mein erster Lauf 第一次")
    after = load_bundle(own[0].folder, dataset)
    assert after.info == info
    assert (after.movie_features == before.movie_features).all()
    assert after.reports == before.reports == read_reports(own[0].folder)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b", "a\u202eb", "a\x1b[31m"])
def test_a_name_that_cannot_be_read_is_refused(own, name) -> None:
    with pytest.raises(ConfigError, match="name"):
        store.rename(own[0], name)
    assert read_info(own[0].folder) == own[0]


def test_renaming_takes_no_damage_for_granted(own) -> None:
    (own[0].folder / "epochs.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(BundleError, match="damaged"):
        store.rename(own[0], "new")


def test_a_name_that_cannot_be_written_changes_nothing(own, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recsys.files.os.replace", full)
    with pytest.raises(BundleError, match="No space left"):
        store.rename(own[0], "new")
    assert read_info(own[0].folder) == own[0]


def test_a_deleted_bundle_is_gone_and_the_others_stay(own, dataset) -> None:
    store.delete(own[0])
    assert [info.name for info in store.list_bundles(dataset)] == ["second"]
    assert [path.name for path in store.own_bundles_folder().iterdir()] == ["second"]
    assert store.unreadable_bundles() == []


def test_deleting_what_is_in_use_brings_the_latest_of_the_others_into_use(own, dataset) -> None:
    store.activate(own[1])
    assert store.best_bundle(dataset) == own[1]
    store.delete(own[1])
    assert store.best_bundle(dataset) == own[0]
    assert json.loads((store.home_data() / "active.json").read_text(encoding="utf-8")) == {}


def test_no_error_on_ratings_chooses_a_model_but_that_it_ships_or_is_the_latest(own, dataset, shipped, bundle) -> None:
    run = replace(bundle.info.run, is_finished=False)
    unfinished = replace(bundle.info, run=run, created="2099-01-01T00:00:00+00:00")
    replace(bundle, info=unfinished).save(store.own_bundles_folder() / "third")
    folders = [info.folder for info in store.list_bundles(dataset)]
    assert folders == [shipped.folder, own[0].folder, own[1].folder, store.own_bundles_folder() / "third"]
    assert store.best_bundle(dataset) == shipped
    store.activate(own[1])
    assert store.best_bundle(dataset) == own[1]


def test_deleting_another_leaves_the_choice_as_it_is(own, dataset) -> None:
    store.activate(own[1])
    store.delete(own[0])
    assert store.best_bundle(dataset) == own[1]


def test_a_new_bundle_in_the_place_of_a_deleted_one_is_not_in_use_by_itself(own, dataset, bundle) -> None:
    store.activate(own[1])
    store.delete(own[1])
    shutil.copytree(own[0].folder, own[1].folder)
    assert json.loads((store.home_data() / "active.json").read_text(encoding="utf-8")) == {}


def test_a_deleted_bundle_does_not_come_back_with_what_a_dying_process_put_aside(own) -> None:
    shutil.copytree(own[0].folder, own[0].folder.parent / ".first.old")
    store.delete(own[0])
    with pytest.raises(BundleError, match="no such folder"):
        read_info(own[0].folder)


def test_what_ships_is_told_from_what_is_ones_own(own, shipped) -> None:
    assert store.is_shipped(shipped)
    assert not store.is_shipped(own[0])


def test_what_ships_is_neither_deleted_nor_renamed(shipped) -> None:
    with pytest.raises(BundleError, match="ships"):
        store.delete(shipped)
    with pytest.raises(BundleError, match="ships"):
        store.rename(shipped, "mine")
    assert read_info(shipped.folder) == shipped


def test_a_bundle_outside_of_ones_own_folder_is_not_deleted(bundle) -> None:
    with pytest.raises(BundleError, match="Delete the folder yourself"):
        store.delete(bundle.info)
    assert bundle.info.folder.exists()


def test_a_run_does_not_differ_from_itself(bundle) -> None:
    assert differences(bundle.info, bundle.info) == ()


def test_differences_come_in_the_order_of_data_network_training_hand(bundle) -> None:
    left = bundle.info
    right = replace(
        left,
        rate_changes=(RateChange(1.0, 0.1),),
        train=replace(left.train, seed=3, epochs=7),
        model=replace(left.model, windows=(1, 2), combiner="mean"),
        data=DataConfig("synthetic", "p90"),
    )
    assert differences(left, right) == (
        Difference("data", "split", "p80", "p90"),
        Difference("model", "combiner", "sum", "mean"),
        Difference("model", "windows", (2, 3, 4, 5), (1, 2)),
        Difference("train", "epochs", 3, 7),
        Difference("train", "seed", 0, 3),
        Difference("run", "rate_changes", (), (RateChange(1.0, 0.1),)),
    )
    assert differences(right, left) == tuple(
        Difference(d.config, d.field, d.right, d.left) for d in differences(left, right)
    )


def test_what_somebody_sent_is_used_by_itself_only_where_nothing_else_is(own, dataset) -> None:
    sent = store.own_bundles_folder() / f"{store.IMPORTED}-synthetic-1"
    (store.own_bundles_folder() / "first").rename(sent)  # and is the latest
    assert [info.folder for info in store.usable_bundles(dataset)] == [own[1].folder, sent]
    store.activate(read_info(sent))
    assert store.best_bundle(dataset) == read_info(sent)
    store.delete(read_info(sent))
    assert store.best_bundle(dataset) == own[1]
