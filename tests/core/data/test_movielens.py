"""Sound files give the right tables; the three forms agree."""

import numpy as np
import pandas as pd
import pytest

from recsys.data.dataset import AGE_GROUP_STARTS
from recsys.data.movielens import age_group, read_ml_1m, read_ml_100k
from tests.core.data import movielens_files as files

PUBLISHED = {"ml-1m": (6_040, 3_883, 1_000_209), "ml-100k": (943, 1_682, 100_000)}


def test_ml_1m_becomes_the_right_tables(tmp_path):
    dataset = read_ml_1m(files.write_ml_1m(tmp_path))
    assert dataset.name == "ml-1m"
    assert dataset.users.values.tolist() == [
        [1, "F", 1, 0, "school-student", files.USERS_1M[0]],
        [2, "M", 56, 6, "self-employed", files.USERS_1M[1]],
        [4, "M", 25, 2, "scientist", files.USERS_1M[2]],
    ]
    assert dataset.movies["title"].tolist() == ["Toy Story", "La Cérémonie", "The Matrix"]
    assert dataset.movies["year"].tolist() == [1995, 1995, 1999]
    assert dataset.movies["genres"].tolist()[0] == ("Animation", "Children's", "Comedy")
    assert dataset.movies["raw"].tolist() == files.MOVIES_1M
    assert dataset.ratings.values.tolist() == [list(map(int, line.split("::"))) for line in files.RATINGS_1M]
    assert dataset.ratings.dtypes.tolist() == [np.int64] * 4


def test_both_forms_of_ml_100k_give_the_same_tables(tmp_path):
    grouplens = read_ml_100k(files.write_ml_100k(tmp_path / "a"))
    recbole = read_ml_100k(files.write_recbole(tmp_path / "b"))
    assert grouplens.fingerprint == recbole.fingerprint
    for table in ("users", "movies", "ratings"):
        one, other = (getattr(dataset, table).drop(columns="raw", errors="ignore") for dataset in (grouplens, recbole))
        pd.testing.assert_frame_equal(one, other)


def test_ml_100k_reads_its_oddities_right(tmp_path):
    movies = read_ml_100k(files.write_recbole(tmp_path)).movies.set_index("movie_id")
    assert movies.loc[267, "title"] == "unknown"
    assert pd.isna(movies.loc[267, "year"])
    assert movies.loc[267, "genres"] == ("unknown",)
    assert (movies.loc[1412, "title"], movies.loc[1412, "year"]) == ("Land Before Time III", 1995)
    assert movies.loc[1623, "title"] == "La Cérémonie"


def test_grouplens_form_wins_where_both_lie(tmp_path):
    files.write_recbole(files.write_ml_100k(tmp_path))
    assert read_ml_100k(tmp_path).movies["raw"].iloc[0].startswith("1|Toy Story (1995)|")


@pytest.mark.parametrize("file", ["users.dat", "movies.dat", "ratings.dat"])
def test_windows_line_ends_and_a_missing_last_line_end_change_nothing(tmp_path, file):
    sound = read_ml_1m(files.write_ml_1m(tmp_path))
    path = tmp_path / file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_ml_1m(tmp_path).fingerprint == sound.fingerprint
    path.write_bytes(path.read_bytes().rstrip(b"\r\n"))
    assert read_ml_1m(tmp_path).fingerprint == sound.fingerprint
    path.write_bytes(path.read_bytes() + b"\n\n\n")
    changed = read_ml_1m(tmp_path)
    assert changed.fingerprint == sound.fingerprint
    for table in ("users", "movies", "ratings"):
        pd.testing.assert_frame_equal(getattr(changed, table), getattr(sound, table))


def test_a_part_of_an_edition_says_that_it_is_one(tmp_path):
    assert read_ml_1m(files.write_ml_1m(tmp_path)).source.endswith("(4 of the 1,000,209 published ratings)")


def test_age_groups_start_where_ml_1m_says():
    assert [age_group(age) for age in AGE_GROUP_STARTS] == list(range(7))
    assert [age_group(age) for age in (7, 17, 24, 34, 44, 49, 55, 73)] == [0, 0, 1, 2, 3, 4, 5, 6]


@pytest.mark.real_data
def test_the_real_files_are_read_whole(real_dataset):
    counts = (real_dataset.num_users, real_dataset.num_movies, real_dataset.num_ratings)
    assert counts == PUBLISHED[real_dataset.name]
    assert "published" not in real_dataset.source


@pytest.mark.real_data
def test_the_real_titles_read_right(real_dataset):
    titles = set(real_dataset.movies["title"])
    assert {"La Cérémonie", "Toy Story", "The Tin Drum (Die Blechtrommel)"} <= titles
    assert ("The Matrix" in titles) == (real_dataset.name == "ml-1m")
    assert not [title for title in titles if title.endswith((", The", ", A", ", An", ", La", ", Le", ", Les", ", L'"))]
    assert not [title for title in titles if "Ã" in title or "\ufffd" in title or "&#" in title]
    assert real_dataset.movies["year"].isna().sum() == {"ml-1m": 0, "ml-100k": 1}[real_dataset.name]


@pytest.mark.real_data
def test_the_real_ratings_are_spread_as_published(real_dataset):
    stars = np.bincount(real_dataset.ratings["rating"], minlength=6)[1:].tolist()
    expected = {
        "ml-1m": [56_174, 107_557, 261_197, 348_971, 226_310],
        "ml-100k": [6_110, 11_370, 27_145, 34_174, 21_201],
    }
    assert stars == expected[real_dataset.name]
