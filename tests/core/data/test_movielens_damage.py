"""Damaged files give an error that names file, line and field; nothing is repaired in silence, no row is lost."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.data.movielens import read_ml_1m, read_ml_100k
from recsys.errors import DataFileError
from tests.core.data import movielens_files as files


def error_of(read, folder) -> DataFileError:
    with pytest.raises(DataFileError) as caught:
        read(folder)
    assert str(caught.value).startswith(caught.value.file)
    assert "\n" not in str(caught.value)
    return caught.value


def change(folder, name: str, old: str, new: str, encoding: str = "latin-1") -> None:
    path = folder / name
    content = path.read_bytes()
    assert content.count(old.encode(encoding)) == 1, "the damage must hit one place"
    path.write_bytes(content.replace(old.encode(encoding), new.encode(encoding)))


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field"),
    [
        ("users.dat", "2::M::56::16::70072", "2::M::56::16", 2, None),
        ("users.dat", "2::M::56", "2::M::56::56", 2, None),
        ("users.dat", "2::M::56", "2::X::56", 2, "gender"),
        ("users.dat", "2::M::56", "2::m::56", 2, "gender"),
        ("users.dat", "2::M::56", "2::M::57", 2, "age"),
        ("users.dat", "::16::70072", "::21::70072", 2, "occupation"),
        ("users.dat", "::16::70072", "::-1::70072", 2, "occupation"),
        ("users.dat", "::16::70072", "::writer::70072", 2, "occupation"),
        ("users.dat", "2::M::56", "1::M::56", 2, "user_id"),
        ("users.dat", "2::M::56", "-2::M::56", 2, "user_id"),
        ("users.dat", "2::M::56", "0::M::56", 2, "user_id"),
        ("users.dat", "2::M::56", "::M::56", 2, "user_id"),
        ("users.dat", "2::M::56", "99999999999::M::56", 2, "user_id"),
        ("users.dat", "2::M::56", "2\x00::M::56", 2, None),
        ("users.dat", "2::M::56", "\n2::M::56", 2, None),
        ("movies.dat", "1406::", "1::", 2, "movie_id"),
        ("movies.dat", "1406::", "x::", 2, "movie_id"),
        ("movies.dat", "1406::", "", 2, None),
        ("movies.dat", "::Drama", "::Dramma", 2, "genres"),
        ("movies.dat", "::Drama", "::", 2, "genres"),
        ("movies.dat", "::Drama", "::Drama|", 2, "genres"),
        ("movies.dat", "::Drama", "::Drama|Drama", 2, "genres"),
        ("movies.dat", "::Drama", "", 2, None),
        ("movies.dat", "Cérémonie, La (1995)", "", 2, "title"),
        ("movies.dat", "Matrix, The (1999)", "Matrix, The (9999)", 3, "year"),
        ("movies.dat", "Matrix, The", "Matrix\x85 The", 3, None),
        ("ratings.dat", "1::1406::3", "1::1406::6", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::0", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::3.5", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::-3", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::nan", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::1e400", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406:: 3", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1::1406::" + "9" * 400, 2, "rating"),
        ("ratings.dat", "1::1406::3", "3::1406::3", 2, "user_id"),
        ("ratings.dat", "1::1406::3", "1::1407::3", 2, "movie_id"),
        ("ratings.dat", "1::1406::3", "-1::1406::3", 2, "user_id"),
        ("ratings.dat", "1::1406::3", "1::123456789012::3", 2, "movie_id"),
        ("ratings.dat", "1::1406::3", "1::1::3", 2, None),
        ("ratings.dat", "1::1406::3", "1:1406::3", 2, None),
        ("ratings.dat", "1::1406::3", "1:x:1406::3", 2, None),
        ("ratings.dat", "1::1406::3", "1::1406:::3", 2, "rating"),
        ("ratings.dat", "1::1406::3", "1;;1406;;3", 2, None),
        ("ratings.dat", "1::1406::3::978302109", "1::1406::3", 2, None),
        ("ratings.dat", "1::1406::3::978302109", "1::1406::3::978302109::1", 2, None),
        ("ratings.dat", "::978302109", "::soon", 2, "timestamp"),
        ("ratings.dat", "::978302109", "::9783021099", 2, "timestamp"),
        ("ratings.dat", "::978302109", "::-978302109", 2, "timestamp"),
        ("ratings.dat", "::978302109\n", "::978302109", 2, None),
        ("ratings.dat", "1::1406::3", "\n1::1406::3", 2, None),
        ("ratings.dat", "1::1406::3", "１::1406::3".encode().decode("latin-1"), 2, None),
    ],
)
def test_a_damaged_line_is_named(tmp_path, file, old, new, line, field):
    change(files.write_ml_1m(tmp_path), file, old, new)
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line, error.field) == (file, line, field)


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field"),
    [
        ("u.user", "2|7|F", "2|seven|F", 2, "age"),
        ("u.user", "2|7|F", "2|-7|F", 2, "age"),
        ("u.user", "|other|", "|wizard|", 2, "occupation"),
        ("u.item", "267|unknown||||1", "267|unknown||||2", 3, "unknown"),
        ("u.item", "267|unknown||||1", "267|unknown|||1", 3, None),
        ("u.data", "1\t1623\t5", "1\t1623\t", 2, "rating"),
        ("u.data", "1\t1623\t5", "1 1623\t5", 2, None),
        ("u.data", "1\t1623\t5", "9\t1623\t5", 2, "user_id"),
    ],
)
def test_a_damaged_line_of_ml_100k_is_named(tmp_path, file, old, new, line, field):
    change(files.write_ml_100k(tmp_path), file, old, new)
    error = error_of(read_ml_100k, tmp_path)
    assert (error.file, error.line, error.field) == (file, line, field)


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field"),
    [
        ("ml-100k.user", "age:token", "years:token", 1, None),
        ("ml-100k.item", "Animation Children's Comedy", "Animation Comedies", 2, "genres"),
        ("ml-100k.inter", "user_id:token\t", "", 1, None),
        ("ml-100k.inter", "1\t1623\t5", "1\t1623\t7", 3, "rating"),
        ("ml-100k.inter", "1\t1623\t5", "1\t1624\t5", 3, "movie_id"),
    ],
)
def test_a_damaged_line_of_an_atomic_file_is_named(tmp_path, file, old, new, line, field):
    change(files.write_recbole(tmp_path), file, old, new, "utf-8")
    error = error_of(read_ml_100k, tmp_path)
    assert (error.file, error.line, error.field) == (file, line, field)


@pytest.mark.parametrize("file", ["users.dat", "movies.dat", "ratings.dat"])
@pytest.mark.parametrize("content", [None, b"", b"\n\n  \n"])
def test_a_missing_or_empty_file_is_named(tmp_path, file, content):
    path = files.write_ml_1m(tmp_path) / file
    path.unlink() if content is None else path.write_bytes(content)
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line, error.field) == (file, None, None)


def test_a_file_of_nothing_but_a_header_is_named(tmp_path):
    (files.write_recbole(tmp_path) / "ml-100k.inter").write_text(files.RATINGS_RECBOLE[0] + "\n")
    assert error_of(read_ml_100k, tmp_path).file == "ml-100k.inter"


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    path = files.write_ml_1m(tmp_path) / "movies.dat"
    path.unlink()
    path.mkdir()
    assert error_of(read_ml_1m, tmp_path).file == "movies.dat"


def test_swapped_files_are_noticed(tmp_path):
    files.write_ml_1m(tmp_path)
    content = (tmp_path / "users.dat").read_bytes()
    (tmp_path / "users.dat").write_bytes((tmp_path / "movies.dat").read_bytes())
    (tmp_path / "movies.dat").write_bytes(content)
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line) == ("users.dat", 1)


def test_a_utf8_copy_of_movies_is_refused_and_not_misread(tmp_path):
    (files.write_ml_1m(tmp_path) / "movies.dat").write_text(files.text(files.MOVIES_1M), encoding="utf-8", newline="")
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line) == ("movies.dat", 2)
    assert "UTF-8" in error.problem
    assert "Latin-1" in error.problem


def test_a_latin1_copy_of_an_atomic_file_is_refused(tmp_path):
    (files.write_recbole(tmp_path) / "ml-100k.item").write_bytes(files.text(files.MOVIES_RECBOLE).encode("latin-1"))
    error = error_of(read_ml_100k, tmp_path)
    assert (error.file, error.line) == ("ml-100k.item", 6)


@pytest.mark.parametrize("file", ["users.dat", "movies.dat", "ratings.dat"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_refused(tmp_path, file, encoding):
    path = files.write_ml_1m(tmp_path) / file
    path.write_bytes(path.read_bytes().decode("latin-1").encode(encoding))
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line) == (file, 1)


def test_a_duplicate_rating_names_both_lines(tmp_path):
    path = files.write_ml_1m(tmp_path) / "ratings.dat"
    path.write_text(path.read_text() + "1::1::4::978300999\n")
    error = error_of(read_ml_1m, tmp_path)
    assert error.line == 5
    assert "line 1" in error.problem


@pytest.mark.parametrize("num_bytes", range(1, 18))
def test_ratings_cut_off_inside_the_last_line_are_refused(tmp_path, num_bytes):
    path = files.write_ml_1m(tmp_path) / "ratings.dat"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 1 - num_bytes])
    error = error_of(read_ml_1m, tmp_path)
    assert (error.file, error.line) == ("ratings.dat", 4)


def test_genres_cut_off_inside_the_last_line_are_refused(tmp_path):
    path = files.write_ml_1m(tmp_path) / "movies.dat"
    path.write_bytes(path.read_bytes()[:-4])
    assert error_of(read_ml_1m, tmp_path).field == "genres"


NUMBER = st.integers(-2, 6).map(str) | st.sampled_from(["1406", "2571", "", "x", "5.0", "+1", "1_0", "²"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.lists(NUMBER, min_size=3, max_size=5), min_size=1, max_size=4))
def test_ratings_are_read_as_they_stand_or_refused(tmp_path, rows):
    lines = ["::".join(row) for row in rows]
    (files.write_ml_1m(tmp_path) / "ratings.dat").write_bytes(files.text(lines).encode("latin-1"))
    is_sound = len({tuple(row[:2]) for row in rows}) == len(rows) and all(
        len(row) == 4
        and row[0] in {"1", "2", "4"}
        and row[1] in {"1", "1406", "2571"}
        and row[2] in {"1", "2", "3", "4", "5"}
        and re.fullmatch(r"[0-9]+", row[3])
        for row in rows
    )
    if is_sound:
        assert read_ml_1m(tmp_path).ratings.values.tolist() == [list(map(int, row)) for row in rows]
    else:
        assert error_of(read_ml_1m, tmp_path).file == "ratings.dat"
