"""Together: one list for several people, by the mean of their predicted stars or by the lowest."""

import numpy as np
import pytest

from recsys.errors import ConfigError
from recsys.recommend import Recommender
from recsys.recommend.person import Person, Traits
from recsys.recommend.together import LEAST, MOST, POOL, WAYS, together, watch_logs
from tests.core.cli_calls import refusal, values_of


@pytest.fixture(scope="module", params=["bundle", "history_bundle"])
def model(request, dataset) -> Recommender:
    return Recommender(dataset, request.getfixturevalue(request.param))


@pytest.fixture
def people(model) -> list[Person]:
    return [model.person(int(user_id)) for user_id in model.dataset.users["user_id"].iloc[[3, 30, 60]]]


def pool_of(model: Recommender, people: list[Person], k: int) -> np.ndarray:
    """The films that may enter, by plain sorting."""
    ids = model.dataset.movies["movie_id"].to_numpy()
    unseen = np.array([all(movie_id not in person.ratings for person in people) for movie_id in ids.tolist()])
    likely = watch_logs(model, people)
    if likely is None:
        return unseen
    order = sorted(np.flatnonzero(unseen), key=lambda row: (-likely.mean(axis=0)[row], ids[row]))
    pool = np.zeros(len(ids), dtype=bool)
    pool[order[: POOL * k]] = True
    return pool


@pytest.mark.parametrize("way", WAYS)
def test_the_list_is_the_best_of_the_pool(model, people, way) -> None:
    found = together(model, people, way=way, k=3)
    ids = model.dataset.movies["movie_id"].to_numpy()
    stars = np.stack([model.stars_for(person) for person in people])
    cut = np.clip(stars, 1, 5)
    value, whole = ((of.mean(axis=0, dtype=float) if way == "average" else of.min(axis=0)) for of in (cut, stars))
    pool = pool_of(model, people, 3)
    expected = sorted(np.flatnonzero(pool), key=lambda row: (-value[row], -whole[row], ids[row]))[:3]
    assert [film.movie_id for film in found.movies] == ids[expected].tolist()
    assert found.num_pool == pool.sum()
    for film in found.movies:
        row = model.dataset.movie_index(film.movie_id)
        assert film.stars == pytest.approx(np.clip(stars[:, row], 1, 5))
        assert (film.mean, film.least) == pytest.approx((np.mean(film.stars), min(film.stars)))


def test_the_order_is_that_of_the_stars_that_are_shown(model, people, monkeypatch) -> None:
    """6 and 3 stars are shown as 5 and 3: less than 4.4 each, and no better than 5 and 3, save between those two."""
    rows = np.full((2, model.dataset.num_movies), 2.0, dtype=np.float32)
    rows[:, :3] = [[5.0, 4.4, 6.0], [3.0, 4.4, 3.0]]
    own = {people[0].user_id: rows[0], people[1].user_id: rows[1]}
    monkeypatch.setattr(model, "stars_for", lambda person: own[person.user_id])
    found = together(model, people[:2], k=model.dataset.num_movies, hide_seen=False)
    ids = model.dataset.movies["movie_id"].tolist()
    assert [film.movie_id for film in found.movies[:3]] == [ids[1], ids[2], ids[0]]
    assert [film.mean for film in found.movies] == sorted((film.mean for film in found.movies), reverse=True)


def test_nobody_gets_a_film_that_one_of_them_has_rated(model, people) -> None:
    found = together(model, people, k=50)
    seen = {movie_id for person in people for movie_id in person.ratings}
    assert found.num_seen == len(seen)
    assert not seen & {film.movie_id for film in found.movies}
    shown = together(model, people, k=model.dataset.num_movies, hide_seen=False)
    assert shown.num_seen == 0
    assert len(shown.movies) == model.dataset.num_movies


def test_least_misery_has_no_lower_worst_film_than_the_average(model, people) -> None:
    worst = {way: min(film.least for film in together(model, people, way=way, k=5).movies) for way in WAYS}
    assert worst["misery"] >= worst["average"]
    means = {way: np.mean([film.mean for film in together(model, people, way=way, k=5).movies]) for way in WAYS}
    assert means["average"] >= means["misery"] - 1e-6


def test_who_is_alone_with_the_list_gives_up_nothing(model, people) -> None:
    twins = [people[0], people[0]]
    found = together(model, twins, k=4)
    assert found.least_happy is None
    assert [share.gives_up for share in found.shares] == [0.0, 0.0]
    found = together(model, people, k=4)
    assert all(share.alone >= share.stars - 1e-6 for share in found.shares)
    if found.least_happy is not None:
        assert found.shares[found.least_happy].gives_up == max(share.gives_up for share in found.shares)


def test_a_visitor_may_be_one_of_them(model, people) -> None:
    movie_id = int(model.dataset.movies["movie_id"].iloc[0])
    other = people[1]
    visitor = Person(None, Traits(), {movie_id: 5}, {movie_id: 5}, other.features, other.bias)
    found = together(model, [people[0], visitor], k=5)
    assert movie_id not in {film.movie_id for film in found.movies}
    assert len(found.shares) == 2


def test_people_who_have_seen_everything_get_an_empty_list(model, people) -> None:
    everything = dict.fromkeys(model.dataset.movies["movie_id"].tolist(), 3)
    person = Person(None, Traits(), everything, everything, people[0].features, people[0].bias)
    found = together(model, [people[0], person])
    assert (found.movies, found.shares, found.least_happy, found.num_pool) == ((), (), None, 0)


@pytest.mark.parametrize("number", [LEAST - 1, MOST + 1])
def test_too_few_or_too_many_people_are_refused(model, people, number) -> None:
    with pytest.raises(ConfigError, match="people must be 2 to 5"):
        together(model, (people * 2)[:number])


def test_the_command_lists_films_for_people_together(capsys, trained) -> None:
    folder, _ = trained
    asked = ["together", "--bundle", str(folder), "--user", "1", "--user", "2", "--way", "misery", "-k", "3"]
    values = values_of(capsys, *asked)
    assert values["way"] == "misery"
    assert [person["user_id"] for person in values["people"]] == [1, 2]
    assert len(values["movies"]) == 3
    for movie in values["movies"]:
        assert movie["least"] == min(movie["stars"])
    assert "people must be 2 to 5" in refusal(capsys, "together", "--user", "1", status=2)
    assert "different people" in refusal(capsys, "together", "--user", "1", "--user", "1", status=2)
    assert "999999" in refusal(capsys, "together", "--bundle", str(folder), "--user", "1", "--user", "999999")


def test_the_command_measures_groups_and_a_flip(capsys, trained) -> None:
    folder, _ = trained
    values = values_of(capsys, "fairness", "--bundle", str(folder), "--by", "age", "--flip", "gender=swapped")
    assert values["groups"][0]["group"] == "everyone"
    assert sum(row["num_users"] for row in values["groups"][1:]) == values["groups"][0]["num_users"]
    assert values["lists"]["num_places"] == 10 * values["groups"][0]["num_users"]
    assert values["flip"]["groups"][0]["num_users"] == values["groups"][0]["num_users"]
    message = refusal(capsys, "fairness", "--bundle", str(folder), "--flip", "height=2", status=2)
    assert "flip must be one of gender=" in message
