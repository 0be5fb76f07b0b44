"""The verb map: layouts to standard output, into files and into bundles."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from recsys.bundle import load_bundle, load_training_state
from recsys.data.synthetic import synthetic
from recsys.insight.maps.projection import SHIPPED
from recsys.training.recording import load_recording, to_arrays
from tests.core.cli_calls import call, refusal, values_of


def test_map_shows_people_and_three_dimensions_too(trained, capsys, tmp_path):
    folder = str(trained[0])
    _, out, _ = call(capsys, "map", "--of", "users", "--method", "pca", "--dims", "3", "--bundle", folder)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 600
    assert list(rows[0]) == ["user_id", "gender", "age_group", "occupation", "x", "y", "z"]
    values = values_of(capsys, "map", "--of", "users", "--bundle", folder)
    assert (values["of"], values["dims"], values["num_users"], len(values["users"])) == ("users", 2, 600, 600)
    flat = str(tmp_path / "map.png")
    assert "three dimensions" in refusal(capsys, "map", "--dims", "3", "--out", flat, "--bundle", folder, status=2)


def test_map_lays_out_anew_once_and_then_has_it(trained, capsys):
    arguments = ["map", "--perplexity", "5", "--seed", "2", "--metric", "euclidean", "--bundle", str(trained[0])]
    _, first, told = call(capsys, *arguments)
    _, second, again = call(capsys, *arguments)
    assert "computing" in told
    assert "computing" not in again
    assert first == second


def test_map_keep_makes_the_maps_of_a_bundle_anew_and_loses_nothing(trained, capsys, tmp_path):
    folder, dataset = tmp_path / "bare", synthetic()
    bundle = load_bundle(trained[0], dataset)
    state, recording = load_training_state(trained[0]), to_arrays(load_recording(trained[0]))
    replace(bundle, maps={}, training_state=state, recording=recording).save(folder)
    assert load_bundle(folder, dataset).maps == {}
    answer = values_of(capsys, "map", "--keep", "--bundle", str(folder))
    assert [each["map"] for each in answer["maps"]] == [settings.key for settings in SHIPPED]
    assert [each["points"] for each in answer["maps"]] == [400, 600, 400]
    assert all(0.5 < each["trustworthiness"] <= 1 for each in answer["maps"])
    same, other = ({file.name: file.read_bytes() for file in each.iterdir()} for each in (trained[0], folder))
    assert same.keys() == other.keys()
    assert {name for name in same if same[name] != other[name]} <= {"bundle.json", "map.npz"}
    kept = load_bundle(folder, dataset).maps
    assert kept.keys() == bundle.maps.keys()
    assert all(np.array_equal(kept[key], bundle.maps[key]) for key in kept)


def test_map_goes_to_standard_output_as_csv(trained, capsys):
    status, out, _ = call(capsys, "map", "--method", "pca", "--bundle", str(trained[0]))
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert len(rows) == 400
    assert set(rows[0]) == {"movie_id", "title", "year", "genre", "x", "y"}


@pytest.mark.parametrize(
    ("suffix", "start"), [(".html", b"<!doctype html>"), (".csv", b"movie_id,"), (".png", b"\x89PNG")]
)
def test_map_goes_into_a_file(trained, capsys, tmp_path, suffix, start):
    out = tmp_path / f"map{suffix}"
    values = values_of(capsys, "map", "--out", str(out), "--bundle", str(trained[0]))
    assert (values["file"], values["num_movies"], values["method"]) == (str(out), 400, "tsne")
    assert out.read_bytes().startswith(start)


def test_map_in_html_needs_nothing_from_the_internet(trained, capsys, tmp_path):
    out = tmp_path / "map.html"
    call(capsys, "map", "--out", str(out), "--bundle", str(trained[0]))
    page = out.read_text(encoding="utf-8")
    assert "http" not in page
    assert page.count("<circle") == 400


def test_map_refuses_other_files(trained, capsys, tmp_path):
    assert ".html, .csv, .png" in refusal(
        capsys, "map", "--out", str(tmp_path / "map.pdf"), "--bundle", str(trained[0]), status=2
    )
    nowhere = str(tmp_path / "nowhere" / "map.csv")
    assert "cannot be written" in refusal(capsys, "map", "--out", nowhere, "--bundle", str(trained[0]))
