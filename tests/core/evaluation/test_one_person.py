"""One person under the protocol: nothing known enters a list, and only liked test films count."""

import numpy as np
import pytest

from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.errors import UnknownIdError
from recsys.evaluation.contenders import contenders
from recsys.evaluation.one_person import parts_of, top_list, which_is_test
from recsys.evaluation.protocol import evaluate_lists
from tests.core.conftest import DATA


class ByIndex:
    """Scores that rise with the index of the film, two at a time."""

    def __init__(self, num_movies: int) -> None:
        self.scores = (np.arange(num_movies) // 2).astype(np.float32)

    def predict(self, _users, _movies) -> None:
        """No stars."""

    def score_users(self, user_indices):
        return np.tile(self.scores, (len(user_indices), 1))


def test_a_list_leaves_out_known_films_and_breaks_ties_by_id(by_hand) -> None:
    dataset, _ = by_hand([(1, 3, 5)], [(1, 1, 4), (1, 4, 2)])
    is_test = np.array([stars != 5 for stars in dataset.ratings["rating"]])
    person = parts_of(dataset, is_test, 1)
    assert person.known == {3: 5}
    assert person.test == {1: 4, 4: 2}
    assert person.liked == {1}
    # Scores of the films 1 to 4: 0, 0, 1, 1.
    assert top_list(dataset, ByIndex(4), person) == [4, 1, 2]
    assert top_list(dataset, ByIndex(4), person, k=1) == [4]


@pytest.mark.parametrize("split", ["p80", "p90"])
def test_the_parts_of_all_people_are_the_split(dataset: Dataset, split) -> None:
    is_test = which_is_test(dataset, DataConfig("synthetic", split))
    people = [parts_of(dataset, is_test, user_id) for user_id in dataset.users["user_id"].tolist()]
    assert sum(len(person.test) for person in people) == is_test.sum()
    assert sum(len(person.known) for person in people) == (~is_test).sum()


def test_lists_of_single_people_hit_as_often_as_the_protocol_counts(dataset: Dataset, split) -> None:
    fitted = contenders(DATA)["ease"].fit(dataset, split)
    is_test = which_is_test(dataset, DATA)
    people = [parts_of(dataset, is_test, user_id) for user_id in dataset.users["user_id"].tolist()]
    hits = [bool(person.liked & set(top_list(dataset, fitted, person))) for person in people if person.liked]
    assert np.mean(hits) == pytest.approx(evaluate_lists(dataset, split, fitted.score_users)["hr@10"])


def test_an_unknown_person_is_an_error(dataset: Dataset) -> None:
    with pytest.raises(UnknownIdError):
        parts_of(dataset, which_is_test(dataset, DATA), 999_999)
