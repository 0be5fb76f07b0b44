"""Which groups would like a film: those who have not rated it, counted and averaged."""

import numpy as np
import pytest

from recsys.errors import UnknownIdError
from recsys.recommend import Recommender
from recsys.recommend.audiences import groups_who_would_like


@pytest.fixture(scope="module")
def model(dataset, bundle) -> Recommender:
    return Recommender(dataset, bundle)


@pytest.mark.parametrize("field", ["gender", "age_group", "occupation"])
def test_a_group_is_the_people_who_have_not_rated_the_film(model, dataset, field):
    movie_id = int(dataset.movies["movie_id"].iloc[5])
    raters = set(dataset.ratings_of_movie(movie_id)["user_id"])
    stars = np.clip(model.bundle.stars_of_movie(dataset.movie_index(movie_id)), 1, 5)
    found = {group.group: group for group in groups_who_would_like(model, movie_id, field)}
    for value in set(dataset.users[field]):
        rows = [i for i, user in enumerate(dataset.users.itertuples()) if getattr(user, field) == value]
        new = [i for i in rows if dataset.users["user_id"].iloc[i] not in raters]
        if new:
            assert found[value].num_people == len(new)
            assert found[value].stars == pytest.approx(float(np.mean(stars[new])), abs=1e-5)
        else:
            assert value not in found
    assert sum(group.num_people for group in found.values()) == dataset.num_users - len(raters)


def test_an_unknown_film_is_refused(model):
    with pytest.raises(UnknownIdError):
        groups_who_would_like(model, 999_999, "gender")
