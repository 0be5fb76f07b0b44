"""Traits: known answers for who has what, and for how telling it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys.data.dataset import Dataset
from recsys.insight.maps import traits
from recsys.insight.maps.traits import Members, movie_traits, telling, user_traits

FILMS = [
    ("The Night of the Zombie", 1981, ("Horror",)),
    ("Zombie II", 1987, ("Horror", "Comedy")),
    ("Zombie, Come Home", 1988, ("Horror",)),
    ("A Quiet Home", 1993, ("Drama",)),
    ("Rain", None, ("Drama",)),
    ("Home and Rain", 1999, ("Drama", "Comedy")),
]


def small() -> Dataset:
    """Six films, four people. Person 1 rates horror only; film 5 has no rating."""
    movies = pd.DataFrame(
        {
            "movie_id": [10, 20, 30, 40, 50, 60],
            "title": [title for title, _, _ in FILMS],
            "year": pd.array([year for _, year, _ in FILMS], dtype="Int64"),
            "genres": [genres for _, _, genres in FILMS],
            "raw": "",
        }
    )
    users = pd.DataFrame(
        {
            "user_id": [1, 2, 3, 4],
            "gender": ["F", "M", "M", "M"],
            "age": [1, 18, 18, 56],
            "age_group": [0, 1, 1, 6],
            "occupation": ["student", "student", "writer", "retired"],
            "raw": "",
        }
    )
    pairs = [(1, 10), (1, 20), (1, 30), (2, 40), (2, 60), (3, 40), (3, 10), (4, 40)]
    ratings = pd.DataFrame(pairs, columns=["user_id", "movie_id"]).assign(rating=[5, 4, 5, 2, 2, 3, 1, 4], timestamp=0)
    return Dataset("synthetic", users, movies, ratings, "made for a test")


def column(members: Members, kind: str, value: str | int) -> list[int]:
    return members.has[:, members.names.index((kind, value))].toarray().ravel().astype(int).tolist()


def test_films_have_genres_decades_and_words_of_three_titles() -> None:
    members = movie_traits(small())
    assert column(members, "genre", "Horror") == [1, 1, 1, 0, 0, 0]
    assert column(members, "decade", 1980) == [1, 1, 1, 0, 0, 0]
    assert column(members, "decade", 1990) == [0, 0, 0, 1, 0, 1]
    assert column(members, "word", "zombie") == [1, 1, 1, 0, 0, 0]
    assert column(members, "word", "home") == [0, 0, 1, 1, 0, 1]
    words = {value for kind, value in members.names if kind == "word"}
    assert words == {"zombie", "home"}  # "rain" is in two, "the" in one, "of" says nothing


def test_films_are_rarely_often_poorly_and_highly_rated(monkeypatch) -> None:
    monkeypatch.setattr(traits, "_MIN_RATINGS", 1)
    members = movie_traits(small())  # 2, 1, 1, 3, 0, 1 ratings; means 3, 4, 5, 3, -, 2
    assert column(members, "popularity", "rare") == [0, 1, 1, 0, 1, 1]
    assert column(members, "popularity", "famous") == [0, 0, 0, 1, 0, 0]
    assert column(members, "acclaim", "low") == [0, 0, 0, 0, 0, 1]
    assert column(members, "acclaim", "high") == [0, 0, 1, 0, 0, 0]


def test_a_film_with_few_ratings_has_no_acclaim() -> None:
    members = movie_traits(small())
    assert column(members, "acclaim", "low") == column(members, "acclaim", "high") == [0] * 6


def test_people_have_gender_age_occupation_and_activity() -> None:
    members = user_traits(small())
    assert column(members, "gender", "F") == [1, 0, 0, 0]
    assert column(members, "age", 1) == [0, 1, 1, 0]
    assert column(members, "occupation", "student") == [1, 1, 0, 0]
    assert column(members, "activity", "few") == [1, 1, 1, 1]
    assert column(members, "activity", "most") == [0, 0, 0, 0]


def test_people_have_the_genres_that_they_rate_more_of_than_others() -> None:
    """Of 8 ratings 4 are of horror: 0.5. Person 1: (3 + 5 * 0.5) / (3 + 5) = 0.69, just short of 1.4 * 0.5."""
    members = user_traits(small())
    assert column(members, "genre", "Horror") == [0, 0, 0, 0]
    more = small()
    extra = pd.DataFrame({"user_id": [2, 3, 4, 4], "movie_id": [50, 50, 50, 60], "rating": 3, "timestamp": 0})
    more = replace(more, ratings=pd.concat([more.ratings, extra], ignore_index=True))
    # 4 of 12: (3 + 5 / 3) / 8 = 0.58 against 1.4 / 3 = 0.47; drama 8 of 12, nobody has 1.4 times as much
    members = user_traits(more)
    assert column(members, "genre", "Horror") == [1, 0, 0, 0]
    assert column(members, "genre", "Drama") == [0, 0, 0, 0]


def made(has: np.ndarray, kind: str = "genre") -> Members:
    return Members(tuple((kind, f"t{column}") for column in range(has.shape[1])), sparse.csr_matrix(has.astype(float)))


def test_the_score_is_the_log_odds_ratio_with_a_prior_in_standard_deviations() -> None:
    """20 inside of which 15 have it, 80 outside of which 5 have it; overall 0.2, so the prior is 2.5 and 8.5."""
    has = np.zeros((100, 1))
    has[:15] = has[95:] = 1
    groups = np.repeat([0, 1], [20, 80])
    (trait,), nothing = telling(made(has), groups, 2)
    cells = [17.5, 13.5, 7.5, 83.5]
    ratio = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    assert trait.score == pytest.approx(ratio / np.sqrt(sum(1 / cell for cell in cells)))
    assert (trait.kind, trait.value, trait.share_inside, trait.share_outside) == ("genre", "t0", 0.75, 0.0625)
    assert nothing == ()  # the other group has less of it: that is no trait


def test_the_most_telling_comes_first_and_what_all_have_alike_says_nothing() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1], [100, 300])
    has = np.stack([rng.random(400) < np.where(groups == 0, p, q) for p, q in ((0.5, 0.5), (0.5, 0.2), (0.9, 0.1))], 1)
    found = telling(made(has), groups, 2)
    assert [trait.value for trait in found[0]] == ["t2", "t1"]
    assert found[0][0].score > found[0][1].score > traits.MIN_SCORE


def test_those_of_no_group_count_outside() -> None:
    has = np.zeros((60, 1))
    has[:10] = 1
    groups = np.full(60, -1)
    groups[:10] = 0
    (found,) = telling(made(has), groups, 1)
    assert (found[0].share_inside, found[0].share_outside) == (1, 0)


def test_a_trait_of_everybody_or_of_nobody_says_nothing() -> None:
    groups = np.repeat([0, 1], 20)
    assert telling(made(np.ones((40, 1))), groups, 2) == [(), ()]
    assert telling(made(np.zeros((40, 1))), groups, 2) == [(), ()]


def test_a_word_of_two_films_is_no_trait_and_of_three_it_is() -> None:
    groups = np.repeat([0, 1], [20, 2000])
    for number, expected in ((2, 0), (3, 1)):
        has = np.zeros((2020, 1))
        has[:number] = 1
        assert len(telling(made(has, "word"), groups, 2)[0]) == expected


def test_all_values_can_be_handed_on_as_they_are(dataset) -> None:
    for members in (movie_traits(dataset), user_traits(dataset)):
        assert members.has.shape[1] == len(members.names) == len(set(members.names))
        assert {type(value) for _, value in members.names} <= {str, int}
