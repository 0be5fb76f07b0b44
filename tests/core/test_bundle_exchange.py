"""Exchange: an exported bundle is the same elsewhere; what is no honest bundle leaves nothing behind."""

import io
import json
import stat
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from recsys import files
from recsys.bundle import RECORDING, load_bundle, load_training_state, read_info, store
from recsys.bundle import checking as bundle_checking
from recsys.bundle import exchange as bundle_exchange
from recsys.bundle.exchange import MEMBERS, export_bundle, import_bundle
from recsys.bundle.info import INFO
from recsys.config import ModelConfig
from recsys.data.synthetic import synthetic
from recsys.errors import BundleError, ForeignBundleError, FullError
from recsys.training import TrainingJob
from recsys.training.recording import load_recording
from tests.core.conftest import HISTORY_MODEL, HISTORY_TRAIN
from tests.core.job_watching import start
from tests.core.sent_bundles import changed, members_of, refused, zipped


@pytest.fixture
def archive(kept):
    return export_bundle(read_info(kept), with_training_state=True)


def test_an_imported_bundle_is_the_one_that_was_exported(kept, archive, dataset) -> None:
    info = import_bundle(archive, dataset)
    before, after = load_bundle(kept, dataset), load_bundle(info.folder, dataset)
    assert replace(info, folder=kept) == before.info
    everybody = np.arange(dataset.num_users)
    assert np.array_equal(before.stars_of(everybody), after.stars_of(everybody))
    assert set(after.maps) == set(before.maps)
    assert load_recording(info.folder).snapshots[0].top_movie_ids.shape == (10,)
    assert load_training_state(info.folder).keys() == load_training_state(kept).keys()
    assert store.best_bundle(dataset).folder == info.folder


def test_without_the_training_state_it_is_smaller_and_cannot_go_on(kept, archive, dataset) -> None:
    small = export_bundle(read_info(kept), with_training_state=False)
    assert len(small) < len(archive) / 2
    info = import_bundle(io.BytesIO(small), dataset)
    assert info.is_finished
    assert not info.can_resume


def test_a_file_on_the_disk_is_imported_too_and_twice_gives_two(archive, dataset, tmp_path) -> None:
    (tmp_path / "run.zip").write_bytes(archive)
    folders = {import_bundle(tmp_path / "run.zip", dataset).folder for _ in range(2)}
    assert len(folders) == len(store.list_bundles(dataset)) == 2


def test_one_bundle_gives_one_file(kept, archive) -> None:
    assert export_bundle(read_info(kept), with_training_state=True) == archive


def test_an_article_network_in_half_precision_is_exchanged_too(bundle, dataset, tmp_path) -> None:
    info = bundle.halved().save(tmp_path / "half")
    again = load_bundle(import_bundle(export_bundle(info, with_training_state=True), dataset).folder, dataset)
    assert again.is_half


def test_a_damaged_bundle_is_not_exported(copy) -> None:
    info = read_info(copy)
    (copy / "epochs.jsonl").write_text("changed", encoding="utf-8")
    with pytest.raises(BundleError, match="damaged"):
        export_bundle(info, with_training_state=False)


@pytest.mark.parametrize("data", [b"", b"\x80\x04pickle", b"PK\x05\x06", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(data, dataset) -> None:
    refused(data, dataset, "is no archive|lacks")


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
def test_a_cut_off_archive_is_refused(archive, dataset, cut) -> None:
    refused(archive[: int(len(archive) * cut)], dataset, "cut off|belongs to no bundle")


NAMES = ("model.pkl", "../bundle.json", "/etc/passwd", "a/bundle.json", "bundle.json/", "C:\\bundle.json", "b\0.json")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_belongs_to_no_bundle_is_refused(archive, dataset, name) -> None:
    members = members_of(archive)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for known, content in members.items():
            target.writestr(known, content)
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name
        target.writestr(info, b"x")
    refused(buffer.getvalue(), dataset, "belongs to no bundle|cut off")


def test_a_link_is_refused(archive, dataset) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in members_of(archive).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == "map.npz" else 0
            target.writestr(info, content)
    refused(buffer.getvalue(), dataset, "link")


def test_a_file_that_is_there_twice_is_refused(archive, dataset) -> None:
    buffer = io.BytesIO(archive)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as target:
        target.writestr("map.npz", b"x")
    refused(buffer.getvalue(), dataset, "twice")


@pytest.mark.parametrize("name", [name for name in MEMBERS if name not in (RECORDING, "training.safetensors")])
def test_an_archive_that_lacks_a_file_is_refused(archive, dataset, name) -> None:
    members = members_of(archive)
    del members[name]
    refused(zipped(members), dataset, f"lacks {name}")


def test_too_large_an_archive_is_refused_before_it_is_unpacked(archive, dataset, monkeypatch) -> None:
    monkeypatch.setattr(bundle_exchange, "MAX_BYTES", 1_000)
    monkeypatch.setattr(bundle_exchange, "_unpack", None)
    refused(archive, dataset, "larger than 1000 bytes")


def test_many_imported_bundles_are_enough_by_number_and_by_size(archive, dataset, monkeypatch) -> None:
    first = import_bundle(archive, dataset)
    monkeypatch.setattr(bundle_exchange, "MAX_IMPORTED", 1)
    with pytest.raises(FullError) as caught:
        import_bundle(archive, dataset)
    assert (caught.value.rule, caught.value.limit) == ("count", 1)
    monkeypatch.setattr(bundle_exchange, "MAX_IMPORTED", 2)
    monkeypatch.setattr(bundle_exchange, "MAX_IMPORTED_BYTES", 3 * files.size_of(first.folder) // 2)
    with pytest.raises(FullError) as caught:
        import_bundle(archive, dataset)
    assert caught.value.rule == "bytes"
    assert [folder.name for folder in store.own_bundles_folder().iterdir()] == [first.folder.name]
    store.delete(first)
    assert import_bundle(archive, dataset).is_finished


def test_nothing_is_imported_or_trained_on_a_disk_that_is_nearly_full(archive, dataset, monkeypatch) -> None:
    monkeypatch.setattr(files, "MIN_FREE", 10**18)
    with pytest.raises(FullError) as caught:
        import_bundle(archive, dataset)
    assert caught.value.rule == "disk"
    job = TrainingJob()
    with pytest.raises(FullError, match="Delete kept runs first"):
        start(job, dataset)
    assert not job.status().is_running
    assert not store.own_bundles_folder().exists()


def test_sizes_are_counted_and_not_believed(archive, dataset, monkeypatch) -> None:
    monkeypatch.setattr(bundle_exchange, "_check_members", lambda _: None)
    monkeypatch.setattr(bundle_exchange, "MAX_BYTES", 1_000)
    refused(archive, dataset, "larger than 1000 bytes")


@pytest.mark.parametrize("name", [*MEMBERS])
def test_a_changed_byte_in_any_file_is_found(archive, dataset, name) -> None:
    members = members_of(archive)
    content = bytearray(members[name])
    # in bundle.json the byte in the middle may be the last digit of a number, which can be the same number with another
    place = content.index(b"vocabulary") if name == INFO else len(content) // 2
    content[place] ^= 1
    refused(zipped(members | {name: bytes(content)}), dataset, "damaged|changed|cannot be read|complete")


def test_a_bundle_of_other_data_is_refused(archive) -> None:
    other = synthetic(num_users=150, num_movies=90, num_ratings=6_000, seed=1)
    refused(archive, other, "was trained on", ForeignBundleError)


def test_a_bundle_of_an_unknown_format_is_refused(archive, dataset) -> None:
    members = members_of(archive)
    values = json.loads(members["bundle.json"]) | {"format": 99}
    refused(zipped(members | {"bundle.json": json.dumps(values).encode()}), dataset, "format 99")


LARGER = (
    {"feature_size": 4096},
    {"id_size": 4096},
    {"num_filters": 4096},
    {"windows": tuple([15] * 100_000)},
    {"windows": (2, 3, 4, 6)},
    {"history_size": 4096},
    {"head": "mlp", "history_size": 0, "mlp_hidden": 4096},
)


@pytest.mark.parametrize("changes", LARGER, ids=str)
def test_a_network_larger_than_its_weights_is_refused_before_it_is_made(copy, dataset, changes, monkeypatch) -> None:
    monkeypatch.setattr(bundle_checking, "load_bundle", None)
    refused(changed(copy, replace(read_info(copy), model=replace(HISTORY_MODEL, **changes))), dataset, "config")


def test_a_layout_that_is_packed_a_thousand_times_smaller_is_refused_before_it_is_read(copy, dataset, monkeypatch):
    monkeypatch.setattr(bundle_checking, "load_bundle", None)
    np.savez_compressed(copy / "map.npz", **{"movies-pca-2d": np.zeros((1_000_000, 2), dtype=np.float32)})
    refused(changed(copy), dataset, "layout in 2 or 3")


def test_a_layout_of_objects_is_refused(copy, dataset) -> None:
    np.savez(copy / "map.npz", **{"movies-pca-2d": np.full((dataset.num_movies, 2), None)})
    refused(changed(copy), dataset, "layout in 2 or 3")


def test_a_training_state_of_another_network_is_refused(copy, dataset) -> None:
    state = load_file(copy / "training.safetensors")
    state["adam.exp_avg.movie_tower.mix.bias"] = np.zeros(7, dtype=np.float32)
    save_file(state, copy / "training.safetensors")
    refused(changed(copy), dataset, "training state differs")


def test_a_training_state_that_is_not_finite_is_refused(copy, dataset) -> None:
    state = load_file(copy / "training.safetensors")
    state["adam.exp_avg.movie_tower.mix.bias"][0] = np.nan
    save_file(state, copy / "training.safetensors")
    refused(changed(copy), dataset, "must be finite")


@pytest.mark.parametrize("name", ["features.safetensors", "weights.safetensors"])
def test_what_is_left_over_in_a_file_is_refused(copy, dataset, name) -> None:
    save_file({**load_file(copy / name), "more": np.zeros(3, dtype=np.float32)}, copy / name)
    refused(changed(copy), dataset, "fit together")


def test_a_file_that_the_bundle_does_not_name_is_refused(kept, dataset) -> None:
    small = members_of(export_bundle(read_info(kept), with_training_state=False))
    stowaway = (kept / "training.safetensors").read_bytes()
    refused(zipped(small | {"training.safetensors": stowaway}), dataset, "must name each file")


@pytest.mark.parametrize("field", ["epoch", "train_loss", "seconds", "validation_mse"])
def test_a_curve_of_words_is_refused(copy, dataset, field) -> None:
    lines = [json.loads(line) for line in (copy / "epochs.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[0][field] = "<b>"
    (copy / "epochs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    refused(changed(copy), dataset, "must be a number")


def test_a_curve_of_endless_depth_is_refused(copy, dataset) -> None:
    (copy / "epochs.jsonl").write_text("[" * 100_000, encoding="utf-8")
    refused(changed(copy), dataset, "fit together|damaged")


def test_a_title_check_that_is_none_is_refused(copy, dataset) -> None:
    refused(changed(copy, replace(read_info(copy), title_check={"known": 3})), dataset, "title_check")


def test_a_config_out_of_range_is_refused(archive, dataset, monkeypatch) -> None:
    members = members_of(archive)
    values = json.loads(members["bundle.json"])
    values["train"]["epochs"] = 10**9
    monkeypatch.setattr("recsys.bundle.info._checksum", lambda _: values["checksum"])
    refused(zipped(members | {"bundle.json": json.dumps(values).encode()}), dataset, "epochs")


def test_the_test_network_is_one_with_everything(kept) -> None:
    assert read_info(kept).model == HISTORY_MODEL != ModelConfig()
    assert read_info(kept).train == HISTORY_TRAIN
