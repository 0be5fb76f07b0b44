"""A network with histories, and what asks it: made once for all of these tests."""

import pytest

from recsys.recommend import Recommender
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.inside import Inside


@pytest.fixture(scope="session")
def model(dataset, history_bundle) -> Recommender:
    return Recommender(dataset, history_bundle)


@pytest.fixture(scope="session")
def inside(model: Recommender) -> Inside:
    return Inside(model)


@pytest.fixture(scope="session")
def fold_in(inside: Inside) -> FoldIn:
    return FoldIn(inside)
