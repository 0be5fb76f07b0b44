"""What a sent bundle says of itself is believed only where a run of this app could have written it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from recsys.bundle import RECORDING, read_info, store
from recsys.bundle.exchange import import_bundle
from recsys.errors import BundleError
from tests.core.sent_bundles import changed, refused, tampered

HUGE = 10**400
TITLE_PART = {"num_films": 1, "num_ratings": 1, "rmse": dict.fromkeys(("trained", "shuffled", "zeroed"), 1.0)}
TITLE = {"held_out": None, "share": 0.1, "seed": 0, "num_shuffles": 1, "epochs": 1, "seconds": 1.0}
ERRORS = {"mse": 1.0, "rmse": 1.0, "mae": 1.0}


def title(**part) -> dict:
    return {**TITLE, "known_by": "network", "known": {**TITLE_PART, "shuffled_sd": 0.0, **part}}


FIELDS = {
    "seconds": (HUGE, -1.0, "long", float("nan")),
    "created": ("yesterday", "", "2026-11-24T18:02:57", "9" * 5_000),
    "name": ("", " ", "x" * 81, "a\u202eb", "a\n# b"),
    "device": ("x" * 201, "a\nb"),
    "command": ("x" * 5_001, "python\nrm"),
    "commit": (["a"] * 100, "a\nb"),
    "preset": ("nope", "default " * 100),
    "versions": ([], {"python": "3\n"}, {str(number): "1" for number in range(51)}),
    "metrics": (
        {"evil": ERRORS},
        {"test": {"rmse": 1.0}},
        {"validation": {**ERRORS, "rmse": -1.0}},
        {"validation": {**ERRORS, "ndcg@10": float("nan")}},
        {"validation": {**ERRORS, "mae": HUGE}},
        {"test": {**ERRORS, **{str(number): 1.0 for number in range(50)}}},
        [],
    ),
    "baselines": ({"evil": {"test_rmse": 1.0}}, {"mean": {"test_rmse": -1.0}}, {"mean": {"evil": 1.0}}),
    "rate_changes": (
        [{"epoch": 0.0, "learning_rate": float("nan")}],
        [{"epoch": 0.0, "learning_rate": -3.0}],
        [{"epoch": -1.0, "learning_rate": 0.1}],
        [{"epoch": 0.5, "learning_rate": 0.1}, {"epoch": 0.25, "learning_rate": None}],
        [[1, 2]],
        5,
    ),
    "validation_epoch": (None, 0, 4, 1.5, "3"),
    "num_threads": (0, 257, 1.5, True, "2"),
    "title_check": (
        [],
        {},
        title(rmse=["trained", "shuffled", "zeroed"]),
        title(rmse={**TITLE_PART["rmse"], "trained": HUGE}),
        title(num_films=0.5),
    ),
}
SPOILED = [(field, value) for field, values in FIELDS.items() for value in values]


@pytest.mark.parametrize(("field", "value"), SPOILED, ids=lambda each: str(each)[:30])
def test_a_claim_that_no_run_could_make_is_refused(copy, dataset, field, value) -> None:
    refused(tampered(copy, lambda values: values.update({field: value})), dataset, "is not complete|fit together")


RUN = {"epoch": (-5, 1.5, True, HUGE, 99), "batch": (-1, "1"), "seconds": (HUGE, -1.0), "is_finished": (1, "yes")}
RUN_SPOILED = [(field, value) for field, values in RUN.items() for value in values]


@pytest.mark.parametrize(("field", "value"), RUN_SPOILED, ids=lambda each: str(each)[:30])
def test_a_run_that_stands_nowhere_is_refused(copy, dataset, field, value) -> None:
    refused(tampered(copy, lambda values: values["run"].update({field: value})), dataset, "fit together")


@pytest.mark.parametrize(
    ("config", "changes"),
    [("train", {"epochs": 7.5}), ("train", {"seed": 10**30}), ("data", {"seed": 0.5}), ("model", {"blend": True})],
    ids=str,
)
def test_a_config_of_other_kinds_of_numbers_is_refused(copy, dataset, config, changes) -> None:
    refused(tampered(copy, lambda values: values[config].update(changes)), dataset, "fit together")


LINE = {
    "validation_mse": (-1.0,),
    "train_loss": (-1.0, None),
    "seconds": (HUGE, None),
    "epoch": (True, 0, 2, 1.0),
    "learning_rate": (-1, float("inf")),
    "ratings_per_second": (-1.0,),
}
LINES = [(field, value) for field, values in LINE.items() for value in values]


@pytest.mark.parametrize(("field", "value"), LINES, ids=lambda each: str(each)[:30])
def test_a_curve_that_no_run_could_have_is_refused(copy, dataset, field, value) -> None:
    lines = [json.loads(line) for line in (copy / "epochs.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[0][field] = value
    (copy / "epochs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    refused(tampered(copy, lambda _: None), dataset, "fit together")


def test_a_number_beyond_all_floats_hides_no_other_bundle(copy, dataset, kept, monkeypatch) -> None:
    tampered(copy, lambda values: values.update(seconds=HUGE))
    with pytest.raises(BundleError, match="not complete"):
        read_info(copy)
    monkeypatch.setattr(store, "_all_folders", lambda: [copy, kept])
    assert [info.folder for info in store.list_bundles(dataset)] == [kept]


HONEST = {
    "no_metrics": {"metrics": {}, "baselines": {}, "validation_epoch": None},
    "nothing_held_out": {
        "metrics": {"validation": {}, "test": {}},
        "baselines": {"mean": {}, "biases": {}},
        "validation_epoch": None,
    },
    "many_threads": {"num_threads": 64},
    "nobody_counted_threads": {"num_threads": None},
    "changed_rates": {"rate_changes": [{"epoch": 0.5, "learning_rate": 0.1}, {"epoch": 0.5, "learning_rate": None}]},
    "checked_title": {"title_check": title()},
    "another_language": {"name": "我的第一次训练 🎬"},
}


@pytest.mark.parametrize("name", HONEST)
def test_what_an_honest_run_says_is_believed(copy, dataset, name) -> None:
    info = import_bundle(tampered(copy, lambda values: values.update(HONEST[name])), dataset)
    assert info.name == HONEST[name].get("name", read_info(copy).name)


def test_a_run_that_was_stopped_is_taken(make_run, dataset, tmp_path) -> None:
    run = make_run(tmp_path / "run")
    asked = iter(range(3))
    for _ in run.trainer.epochs(lambda: next(asked, None) is None):
        pass
    run.keep()
    info = import_bundle(tampered(tmp_path / "run", lambda _: None), dataset)
    assert not info.is_finished
    assert (info.epochs_done, info.run.batch) == (0, 3)


def without(*prefixes):
    return lambda arrays: {name: array for name, array in arrays.items() if not name.startswith(prefixes)}


def with_(name, change):
    return lambda arrays: {**arrays, name: np.ascontiguousarray(change(arrays))}


RECORDINGS = {
    "films_that_are_not_there": with_("top_movie_ids", lambda arrays: arrays["top_movie_ids"] * 0 + 10**9),
    "a_film_twice": with_("top_movie_ids", lambda arrays: arrays["top_movie_ids"][:, :1].repeat(10, axis=1)),
    "nobody": with_("watched_user", lambda arrays: arrays["watched_user"] * 0 + 10**9),
    "no_filters": without("filters."),
    "no_norms": without("norm."),
    "norms_of_fewer_parts": without("norm.mix"),
    "other_filters": with_("filters.0", lambda _: np.zeros((1, 3000, 9, 9), np.float16)),
    "many_filters": lambda arrays: arrays | {f"filters.{number}": arrays["filters.0"] for number in range(100)},
    "later_epochs": with_("epoch", lambda arrays: arrays["epoch"] + 1_000),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_of_another_run_is_refused(copy, dataset, name) -> None:
    save_file(RECORDINGS[name](load_file(copy / RECORDING)), copy / RECORDING)
    refused(changed(copy), dataset, "fit together")


def test_a_recording_with_a_list_that_is_none_is_refused(copy, dataset) -> None:
    arrays = load_file(copy / RECORDING)
    flat = {name: np.ascontiguousarray(arrays[name][:, 0]) for name in ("top_movie_ids", "top_stars")}
    save_file(arrays | flat, copy / RECORDING)
    refused(changed(copy), dataset, "at most 10 films")


def test_the_name_of_a_kept_run_can_be_exchanged(copy, dataset) -> None:
    longest = replace(read_info(copy), name="x" * store.MAX_NAME)
    assert import_bundle(changed(copy, longest), dataset).name == longest.name
