"""One user's taste and one movie's audience, on a hand-sized data set with known answers."""

import numpy as np
import pandas as pd
import pytest

from recsys.data import profiles
from recsys.data.dataset import Dataset
from recsys.data.profiles import PeopleFilter
from recsys.errors import UnknownIdError

RATINGS = [(1, 10, 5), (1, 20, 2), (1, 30, 4), (2, 10, 3), (2, 20, 4), (3, 10, 4), (3, 30, 2)]


@pytest.fixture
def small() -> Dataset:
    users = pd.DataFrame(
        {
            "user_id": [1, 2, 3, 4],
            "gender": ["F", "M", "M", "F"],
            "age": [25, 35, 25, 1],
            "age_group": [2, 3, 2, 0],
            "occupation": ["writer", "doctor", "writer", "artist"],
            "raw": ["", "", "", ""],
        }
    )
    movies = pd.DataFrame(
        {
            "movie_id": [10, 20, 30, 40],
            "title": ["A", "B", "C", "D"],
            "year": pd.array([1994, 1999, 1989, None], dtype="Int64"),
            "genres": [("Drama",), ("Comedy", "Drama"), ("Comedy",), ("War",)],
            "raw": ["", "", "", ""],
        }
    )
    columns = dict(zip(("user_id", "movie_id", "rating"), zip(*RATINGS, strict=True), strict=True))
    ratings = pd.DataFrame({name: list(values) for name, values in columns.items()} | {"timestamp": 0})
    return Dataset("synthetic", users, movies, ratings, "by hand")


def test_liking_is_the_damped_distance_from_the_mean_of_the_same_films(small: Dataset) -> None:
    taste = profiles.genre_taste(small, 1).set_index("genre")
    # Film means: 10 -> 4, 20 -> 3, 30 -> 3. User 1 gave 5, 2, 4: distances +1, -1, +1.
    assert taste.loc["Drama", "liking"] == pytest.approx(0 / (2 + profiles.DAMPING))
    assert taste.loc["Comedy", "liking"] == pytest.approx(0.0)
    assert taste.loc["Drama", "mean_rating"] == pytest.approx(3.5)
    assert taste.loc["Drama", "share"] == pytest.approx(2 / 3)
    assert taste.loc["Drama", "share_everyone"] == pytest.approx(5 / 7)


def test_genres_that_a_user_never_rated_are_left_out(small: Dataset) -> None:
    assert "War" not in set(profiles.genre_taste(small, 1)["genre"])


def test_only_genres_above_the_mean_are_loved(small: Dataset) -> None:
    # User 2: 10 -> 3 (mean 4), 20 -> 4 (mean 3): Comedy +1, Drama -1 + 1 = 0.
    assert profiles.loved_genres(small, 2) == ("Comedy",)


def test_a_user_without_ratings_has_an_empty_taste(small: Dataset) -> None:
    assert profiles.genre_taste(small, 4).empty
    assert profiles.loved_genres(small, 4) == ()
    assert profiles.rated_movies(small, 4).empty
    assert profiles.stars_of_user(small, 4)["num_ratings"].sum() == 0


def test_rated_films_come_best_first(small: Dataset) -> None:
    rated = profiles.rated_movies(small, 1)
    assert list(rated["movie_id"]) == [10, 30, 20]
    assert list(rated["mean_rating"]) == [4, 3, 3]


def test_stars_are_counted_from_one_to_five(small: Dataset) -> None:
    stars = profiles.stars_of_movie(small, 10)
    assert list(stars["stars"]) == [1, 2, 3, 4, 5]
    assert list(stars["num_ratings"]) == [0, 0, 1, 1, 1]
    assert stars["share_everyone"].sum() == pytest.approx(1)


def test_a_film_without_ratings_has_counts_of_zero_and_no_means(small: Dataset) -> None:
    assert profiles.stars_of_movie(small, 40)["share"].sum() == 0
    table = profiles.audience(small, 40, "gender")
    assert list(table["num_ratings"]) == [0, 0]
    assert table["mean_rating"].isna().all()


def test_decades_leave_out_films_without_a_year(small: Dataset) -> None:
    table = profiles.decades(small, 1)
    assert list(table["decade"]) == [1980, 1990]
    assert list(table["num_ratings"]) == [1, 2]
    assert list(table["mean_rating"]) == [4, 3.5]
    assert table["share"].sum() == pytest.approx(1)


def test_all_decades_are_those_that_have_films(small: Dataset) -> None:
    assert profiles.all_decades(small) == (1980, 1990)


def test_audience_groups_a_films_ratings_by_who_gave_them(small: Dataset) -> None:
    table = profiles.audience(small, 10, "gender").set_index("group")
    assert table.loc["F", "mean_rating"] == 5
    assert table.loc["M", "num_ratings"] == 2
    assert table.loc["M", "share_high"] == pytest.approx(0.5)


def test_every_group_of_the_data_set_is_in_the_audience(small: Dataset) -> None:
    assert list(profiles.audience(small, 30, "occupation")["group"]) == ["artist", "doctor", "writer"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (PeopleFilter(), [1, 2, 3, 4]),
        (PeopleFilter(gender="M"), [2, 3]),
        (PeopleFilter(gender="M", age_group=2), [3]),
        (PeopleFilter(occupation="writer"), [1, 3]),
        (PeopleFilter(num_ratings=(1, 2)), [2, 3]),
        (PeopleFilter(gender="F", occupation="doctor"), []),
    ],
)
def test_a_filter_lets_only_matching_people_through(small: Dataset, wanted: PeopleFilter, ids: list[int]) -> None:
    assert profiles.people(small, wanted).tolist() == ids


def test_one_seed_draws_one_person_of_those_wanted(small: Dataset) -> None:
    drawn = {seed: profiles.draw_person(small, PeopleFilter(gender="M"), seed=seed) for seed in range(20)}
    assert set(drawn.values()) == {2, 3}
    assert drawn[7] == profiles.draw_person(small, PeopleFilter(gender="M"), seed=7)


def test_seed_zero_draws_the_named_person_if_wanted(small: Dataset) -> None:
    assert profiles.draw_person(small, PeopleFilter(), seed=0, first=4) == 4
    assert profiles.draw_person(small, PeopleFilter(gender="M"), seed=0, first=4) in {2, 3}


def test_nobody_is_drawn_where_nobody_is_wanted(small: Dataset) -> None:
    assert profiles.draw_person(small, PeopleFilter(occupation="lawyer"), seed=0) is None


def test_someone_like_me_agrees_in_everything_when_somebody_does(small: Dataset) -> None:
    found = profiles.someone_like(small, gender="M", age_group=2, occupation="writer", rng=np.random.default_rng(0))
    assert found == (3, 3)


def test_someone_like_me_is_the_nearest_in_age_when_nobody_agrees_in_it(small: Dataset) -> None:
    user_id, agree = profiles.someone_like(
        small, gender="M", age_group=6, occupation="lawyer", rng=np.random.default_rng(0)
    )
    assert (user_id, agree) == (2, 1)


def test_films_that_would_read_the_same_are_told_apart_by_id(small: Dataset) -> None:
    small.movies["title"] = ["Same", "Other", "Same", "Same"]
    small.movies["year"] = pd.array([1990, 1990, 1990, None], dtype="Int64")
    labels = profiles.movie_labels(small)
    assert labels == {20: "Other (1990)", 10: "Same (1990) [10]", 30: "Same (1990) [30]", 40: "Same"}
    assert next(iter(labels)) == 20


def test_an_unknown_id_is_refused(small: Dataset) -> None:
    with pytest.raises(UnknownIdError):
        profiles.genre_taste(small, 99)
    with pytest.raises(UnknownIdError):
        profiles.audience(small, 99, "gender")
