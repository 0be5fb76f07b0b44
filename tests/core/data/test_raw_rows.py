"""What the files say, shown as it is."""

import pandas as pd
import pytest

from recsys.data import raw_rows
from recsys.errors import UnknownIdError
from tests.core.data.test_statistics import hand_sized


@pytest.mark.parametrize("below", [".", "synthetic"])
def test_files_in_a_folder_or_below_it_are_shown_with_their_size_and_letters(tmp_path, below) -> None:
    folder = tmp_path / below
    folder.mkdir(exist_ok=True)
    (folder / "users.dat").write_bytes(b"1::F::18::2::1\n")
    (folder / "movies.dat").write_bytes("10::Cérémonie, La (1995)::Drama\r\n".encode("latin-1"))
    (folder / "ratings.dat").write_bytes(b"1::10::5::9\n1::20::4::9\n")
    users, movies, ratings = raw_rows.raw_files(hand_sized(), tmp_path, num_lines=1)
    assert (users.name, users.num_bytes, users.num_rows) == ("users.dat", 15, 3)
    assert movies.first_lines == ("10::Cérémonie, La (1995)::Drama",)
    assert ratings.first_lines == ("1::10::5::9",)


def test_invented_data_never_was_a_file_but_has_rows(tmp_path) -> None:
    for folder in (None, tmp_path):
        files = raw_rows.raw_files(hand_sized(), folder)
        assert [file.num_bytes for file in files] == [None, None, None]
        assert files[2].first_lines[0] == "1::10::5::946684800"


def test_rows_of_a_person_name_their_films_and_unknown_times_stay_unknown() -> None:
    table = raw_rows.ratings_by_user(hand_sized(), 1)
    assert table[["movie_id", "title", "rating"]].to_numpy().tolist() == [
        [10, "Ten", 5],
        [20, "Twenty", 4],
        [30, "Thirty", 3],
    ]
    assert table["time"].tolist()[:2] == [pd.Timestamp("2000-01-01"), pd.Timestamp("2000-01-01")]
    assert pd.isna(table["time"].iloc[2])


def test_rows_of_a_film_name_the_people_who_rated_it() -> None:
    table = raw_rows.ratings_of_movie(hand_sized(), 10)
    assert table[["user_id", "occupation", "rating"]].to_numpy().tolist() == [
        [1, "artist", 5],
        [2, "writer", 1],
        [5, "writer", 3],
    ]


def test_a_film_that_nobody_rated_has_no_rows_and_a_strange_id_is_an_error() -> None:
    assert raw_rows.ratings_of_movie(hand_sized(), 40).empty
    with pytest.raises(UnknownIdError, match="no user with id 9"):
        raw_rows.ratings_by_user(hand_sized(), 9)
