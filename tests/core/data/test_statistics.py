"""Statistics of a data set small enough to count by hand: three people, four films, six ratings."""

import numpy as np
import pandas as pd
import pytest

from recsys.data import statistics
from recsys.data.dataset import Dataset

JANUARY_2000, MARCH_2000 = 946_684_800, 951_868_800


def hand_sized(timestamps: tuple[int, ...] = (JANUARY_2000, JANUARY_2000, 0, MARCH_2000, 0, 0)) -> Dataset:
    """User 1 rated films 10, 20, 30; user 2 films 10, 20; user 5 film 10. Film 40 has no rating and no year."""
    users = pd.DataFrame(
        [(1, "F", 18, 1, "artist"), (2, "M", 25, 2, "writer"), (5, "M", 18, 1, "writer")],
        columns=["user_id", "gender", "age", "age_group", "occupation"],
    ).assign(raw="")
    movies = pd.DataFrame(
        {
            "movie_id": [10, 20, 30, 40],
            "title": ["Ten", "Twenty", "Thirty", "Forty"],
            "year": pd.array([1990, 1990, 1992, None], dtype="Int64"),
            "genres": [("Drama",), ("Comedy", "Drama"), ("Comedy",), ("Western",)],
            "raw": "",
        }
    )
    ratings = pd.DataFrame(
        {
            "user_id": [1, 1, 1, 2, 2, 5],
            "movie_id": [10, 20, 30, 10, 20, 10],
            "rating": [5, 4, 3, 1, 2, 3],
            "timestamp": timestamps,
        }
    )
    return Dataset("synthetic", users, movies, ratings, source="a test")


def test_counts_know_the_density_and_what_is_missing() -> None:
    counts = statistics.counts(hand_sized())
    assert counts == (3, 4, 6, 6 / 12, 3.0, 2.0, 1.5, 1, 3)


def test_rating_histogram_has_every_number_of_stars_and_shares_that_sum_to_one() -> None:
    table = statistics.rating_histogram(hand_sized())
    assert table["stars"].tolist() == [1, 2, 3, 4, 5]
    assert table["num_ratings"].tolist() == [1, 1, 2, 1, 1]
    assert table["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("field", "rows"),
    [
        ("gender", [["F", 1, 3, 4.0], ["M", 2, 3, 2.0]]),
        ("age_group", [[1, 2, 4, 15 / 4], [2, 1, 2, 1.5]]),
        ("occupation", [["artist", 1, 3, 4.0], ["writer", 2, 3, 2.0]]),
    ],
)
def test_ratings_by_a_field_of_the_person(field, rows) -> None:
    table = statistics.by_person(hand_sized(), field)
    assert list(table.columns) == ["group", "num_users", "num_ratings", "mean_rating"]
    assert table.to_numpy().tolist() == rows


def test_a_film_counts_in_each_of_its_genres_and_most_rated_comes_first() -> None:
    table = statistics.by_genre(hand_sized())
    assert table["genre"].tolist() == ["Drama", "Comedy", "Western"]
    assert table["num_movies"].tolist() == [2, 2, 1]
    assert table["num_ratings"].tolist() == [5, 3, 0]
    assert table["mean_rating"].tolist()[:2] == [3.0, 3.0]
    assert np.isnan(table["mean_rating"].iloc[2])


def test_films_without_a_year_are_left_out_of_the_years() -> None:
    table = statistics.by_year(hand_sized())
    assert table["year"].tolist() == [1990, 1992]
    assert table["num_movies"].tolist() == [2, 1]
    assert table["num_ratings"].tolist() == [5, 1]
    assert table["mean_rating"].tolist() == [3.0, 3.0]


def test_months_between_the_first_and_the_last_are_there_and_unknown_times_are_not() -> None:
    table = statistics.by_month(hand_sized())
    assert [f"{month:%Y-%m-%d}" for month in table["month"]] == ["2000-01-01", "2000-02-01", "2000-03-01"]
    assert table["num_ratings"].tolist() == [2, 0, 1]
    assert table["mean_rating"].iloc[0] == 4.5


def test_a_data_set_without_times_has_no_months() -> None:
    table = statistics.by_month(hand_sized(timestamps=(0,) * 6))
    assert table.empty
    assert list(table.columns) == ["month", "num_ratings", "mean_rating"]


def test_long_tail_falls_and_ends_with_all_ratings() -> None:
    tail = statistics.long_tail(hand_sized())
    assert tail["movie_id"].tolist() == [10, 20, 30, 40]
    assert tail["rank"].tolist() == [1, 2, 3, 4]
    assert tail["cumulative_share"].tolist() == pytest.approx([3 / 6, 5 / 6, 1, 1])


@pytest.mark.parametrize(("top", "share"), [(0.25, 3 / 6), (0.5, 5 / 6), (1.0, 1.0), (0.001, 3 / 6)])
def test_share_of_the_top_takes_at_least_one_film(top, share) -> None:
    assert statistics.share_of_top(statistics.long_tail(hand_sized()), top) == pytest.approx(share)


def test_activity_classes_double_and_hold_every_person_once() -> None:
    table = statistics.user_activity(hand_sized())
    assert table.to_numpy().tolist() == [[1, 1, 1], [2, 3, 2]]


def test_a_matrix_small_enough_is_drawn_cell_by_cell_with_the_fullest_corner_top_left() -> None:
    picture = statistics.matrix_picture(hand_sized())
    assert picture.filled.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]]
    assert (picture.users_per_tile, picture.movies_per_tile) == (1, 1)


def test_tiles_of_a_matrix_hold_the_share_of_their_cells_that_is_filled() -> None:
    picture = statistics.matrix_picture(hand_sized(), height=1, width=2)
    assert picture.filled.tolist() == [[5 / 6, 1 / 6]]
