"""The measuring of newcomers: errors and lists of each person, and what lies between two contenders.

Split off `recsys.studies.newcomers`, which says whom and why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset
from recsys.evaluation import metrics
from recsys.evaluation.baselines import BIAS_CONFIG, BiasBaseline
from recsys.evaluation.protocol import CUTOFF, LIKED_STARS
from recsys.model import Vectors
from recsys.recommend import eliciting
from recsys.recommend.fold_in import FoldIn
from recsys.recommend.ordering import Ordering
from recsys.recommend.person import Traits
from recsys.recommend.reranking import Dials
from recsys.studies.scores import Gap, NewcomerRow

RESAMPLES = 2_000
MAX_OFFERS = 300
"""Somebody who has answered too few of them stays with those answers."""

Rows = tuple[NDArray[np.int64], ...]
"""Rows of the ratings, an array for each of P people."""
Measure = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""(P,) numbers of people and (S, P) how often each one counts in S samples -> (S,)."""


@dataclass(frozen=True)
class Study:
    """Whom and what is measured.

    Attributes:
        dataset: all people and ratings.
        bundle: the model of the app, trained with everybody.
        people: (P,) ascending indices of those who are left out.
        known: each one's known ratings, in an order drawn at random.
        test: each one's test ratings.
        seed: by which people and orders were drawn.
    """

    dataset: Dataset
    bundle: Bundle
    people: NDArray[np.int64]
    known: Rows
    test: Rows
    seed: int

    def ratings(self, rows: NDArray[np.int64]) -> dict[int, int]:
        """Return rows of the ratings as movie id -> stars."""
        table = self.dataset.ratings.iloc[rows]
        return dict(zip(table["movie_id"].tolist(), table["rating"].tolist(), strict=True))

    def traits(self) -> list[Traits]:
        """Return what each of the people says."""
        users = self.dataset.users.iloc[self.people]
        columns = (users["gender"], users["age_group"].astype(int), users["occupation"])
        return [Traits(*row) for row in zip(*columns, strict=True)]


class Errors(NamedTuple):
    """What one contender does for P people.

    Attributes:
        squared: (P,) sum of squared errors over each person's test ratings; None if it predicts no stars.
        ndcg: (P,) NDCG@10 of each; None if it makes no list.
    """

    squared: NDArray[np.float64] | None
    ndcg: NDArray[np.float64] | None


class Judge:
    """Measures contenders on the test ratings of a study's people.

    Args:
        study: whom.
    """

    def __init__(self, study: Study) -> None:
        self._movies = study.dataset.movie_indices
        self._stars = study.dataset.ratings["rating"].to_numpy(dtype=np.float64)
        self._movie_ids = study.dataset.movies["movie_id"].to_numpy()
        self._study = study
        self._num_test = np.array([len(rows) for rows in study.test])
        self._draws = (
            np.random.default_rng(study.seed)
            .multinomial(len(study.people), np.full(len(study.people), 1 / len(study.people)), size=RESAMPLES)
            .astype(np.float64)
        )  # (RESAMPLES, P) how often each person is in a sample of people

    def errors(self, stars: NDArray[np.floating] | None, scores: NDArray[np.floating] | None) -> Errors:
        """Return what (P, M) predicted stars and (P, M) scores of the lists are worth."""
        squared = None
        if stars is not None:
            squared = np.array([self._squared(*pair) for pair in zip(stars, self._study.test, strict=True)])
        return Errors(squared, None if scores is None else self._ndcg(scores))

    def newcomers(self, fold_in: FoldIn, shown: Rows, traits: Sequence[Traits], num_ratings: int) -> Errors:
        """Return what newcomers get after their first so many ratings: the lists that the page Rate gives them.

        Args:
            fold_in: of a network that does not know them.
            shown: their ratings, in the order in which they are given.
            traits: what they say of themselves.
            num_ratings: how many count; somebody with fewer has all of theirs.
        """
        ratings = (self._study.ratings(rows[:num_ratings]) for rows in shown)
        vectors = np.concatenate([fold_in.vectors(own, [one]) for own, one in zip(ratings, traits, strict=True)])
        people = Vectors(*(torch.from_numpy(part.astype(np.float32)) for part in (vectors[:, 1:], vectors[:, 0])))
        ordering = Ordering(fold_in.inside.dataset, fold_in.inside.bundle)
        return self.errors(ordering.answers.stars(people), ordering.newcomers_scores(people, Dials()))

    def row(self, who: str, num_ratings: int | None, errors: Errors, against: tuple[Errors, Errors]) -> NewcomerRow:
        """Return a row of the result.

        Args:
            who: the contender.
            num_ratings: how many ratings it was shown.
            errors: its own.
            against: those of the people known in training, and of popularity.
        """
        known, popularity = against
        everybody = np.ones((1, len(self._num_test)))
        squared, ndcg = errors
        return NewcomerRow(
            who=who,
            num_ratings=num_ratings,
            rmse=None if squared is None else float(self._rmse(squared, everybody)[0]),
            ndcg=None if ndcg is None else float(ndcg.mean()),
            rmse_gap=None
            if squared is None or known.squared is None
            else self._gap(self._rmse, squared, known.squared),
            ndcg_gap=None if ndcg is None or popularity.ndcg is None else self._gap(_mean, ndcg, popularity.ndcg),
        )

    def _squared(self, stars: NDArray[np.floating], rows: NDArray[np.int64]) -> float:
        predicted = np.clip(stars[self._movies[rows]], MIN_STARS, MAX_STARS)
        return float(np.sum((predicted - self._stars[rows]) ** 2))

    def _ndcg(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """(P,) from (P, M) scores; films that the person has a known rating for are in no list."""
        scores, relevant = scores.astype(np.float64), np.zeros(scores.shape, dtype=np.bool_)
        for place, (known, test) in enumerate(zip(self._study.known, self._study.test, strict=True)):
            scores[place, self._movies[known]] = -np.inf
            relevant[place, self._movies[test[self._stars[test] >= LIKED_STARS]]] = True
        best = metrics.top_k(scores, self._movie_ids, CUTOFF)
        return metrics.ndcg_of_each(np.take_along_axis(relevant, best, axis=1), relevant.sum(axis=1))

    def _rmse(self, squared: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(S,) over samples in which each person is so often as (S, P) weights say."""
        result: NDArray[np.float64] = np.sqrt(weights @ squared / (weights @ self._num_test))
        return result

    def _gap(self, measure: Measure, own: NDArray[np.float64] | None, other: NDArray[np.float64] | None) -> Gap | None:
        """What a measure says of one less what it says of the other, over the same samples of people."""
        if own is None or other is None:
            return None
        low, high = np.quantile(measure(own, self._draws) - measure(other, self._draws), (0.025, 0.975))
        everybody = np.ones((1, len(own)))
        return Gap(float((measure(own, everybody) - measure(other, everybody))[0]), float(low), float(high))


def biased(study: Study, biases: BiasBaseline, num_ratings: int) -> NDArray[np.float64]:
    """Return (P, M) stars of films' deviations, and of each person's in their first so many known ratings."""
    stars = study.dataset.ratings["rating"].to_numpy(dtype=np.float64)
    usual: NDArray[np.float64] = biases.mean + biases.of_movie
    own = []
    for rows in study.known:
        some = rows[:num_ratings]
        rest = stars[some] - usual[study.dataset.movie_indices[some]]
        own.append(rest.sum() / (len(some) + BIAS_CONFIG["user_shrinkage"]))
    result: NDArray[np.float64] = usual + np.array(own)[:, None]
    return result


def offered(study: Study, fold_in: FoldIn, most: int) -> tuple[Rows, NDArray[np.int64]]:
    """Offer films to each of a study's people as the app does, one after the other; what they have not rated they skip.

    A film in their test part counts as not rated. They say nothing of themselves.

    Args:
        study: whom.
        fold_in: of a network that does not know them.
        most: answers at which to stop.

    Returns:
        Each one's answers as rows of the ratings, and (P, most + 1) how many films were offered until the n-th answer;
        for somebody who gave fewer, how many were offered in all.
    """
    movie_ids = study.dataset.ratings["movie_id"].to_numpy()
    rows_of, counts = [], np.zeros((len(study.people), most + 1), dtype=np.int64)
    for place, known in enumerate(study.known):
        row_of = {int(movie_ids[row]): int(row) for row in known}
        answered: list[int] = []
        skipped: list[int] = []
        while len(answered) < min(most, len(row_of)) and len(answered) + len(skipped) < MAX_OFFERS:
            rows = np.array([row_of[movie_id] for movie_id in answered], dtype=np.int64)
            person = fold_in.person(study.ratings(rows))
            ranking = eliciting.in_order(fold_in, person, skipped)
            upto = next((at for at, offer in enumerate(ranking) if offer.movie_id in row_of), len(ranking))
            skipped += [offer.movie_id for offer in ranking[:upto]]
            if upto == len(ranking):
                break
            answered.append(ranking[upto].movie_id)
            counts[place, len(answered) :] = len(answered) + len(skipped)
        counts[place, len(answered) + 1 :] = len(answered) + len(skipped)
        rows_of.append(np.array([row_of[movie_id] for movie_id in answered], dtype=np.int64))
    return tuple(rows_of), counts


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(S,) over samples in which each person is so often as (S, P) weights say."""
    result: NDArray[np.float64] = weights @ values / weights.sum(axis=1)
    return result
