"""Recommender: the article's four uses of a trained network, with their known faults mended.

Predict a rating; similar films; a person's favourites; what else the fans of a film love. Takes ids and returns ids and
numbers on the CPU. It never changes, so that all sessions may share one. Every answer is the same each time; the
article's random choice among the best is there for a caller who hands in a seed.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.bundle import Array, Bundle
from recsys.cache import Cache
from recsys.data.dataset import MAX_STARS, MIN_STARS, Dataset
from recsys.recommend.ordering import Ordering
from recsys.recommend.person import Person, Traits
from recsys.recommend.reranking import Dials, Filters, FilterTable, num_wanted, ranked, surprise

MAX_FANS = 100
MAX_MADE, MAX_RECENT = 200, 500
FAN_STARS = 4
MIN_FANS = 5
NEAR_COSINE = 0.75
"""A film is near another one if the cosine of their feature vectors is at least this,"""
MOST_NEAR = 10
"""and if it is among that many of its nearest: all films that hardly anybody rated lie near each other."""
_EVERYBODY = Filters()
_AS_IT_COMES = Dials()


class ScoredMovie(NamedTuple):
    """A film with the stars that a person is predicted to give it, in [1, 5]."""

    movie_id: int
    stars: float


class SimilarMovie(NamedTuple):
    """A film with the cosine of its feature vector and another film's, in [-1, 1]."""

    movie_id: int
    similarity: float


class LovedMovie(NamedTuple):
    """A film that some people love.

    Attributes:
        movie_id: the film.
        stars: their mean predicted stars, in [1, 5].
        lift: by how many stars their mean lies above everybody's.
    """

    movie_id: int
    stars: float
    lift: float


class ScoredUser(NamedTuple):
    """A person with the stars that they are predicted to give a film, in [1, 5]."""

    user_id: int
    stars: float


class AlsoLiked(NamedTuple):
    """What the fans of a film love.

    Attributes:
        fans: user ids, those with the highest stars first, at most `MAX_FANS`.
        num_raters: how many of them really gave the film 4 or 5 stars; the rest are predicted to.
        movies: their favourites.
    """

    fans: tuple[int, ...]
    num_raters: int
    movies: tuple[LovedMovie, ...]


class RatingPrediction(NamedTuple):
    """Predicted stars in [1, 5], and the true ones where the person has rated the film."""

    stars: float
    true_rating: int | None


class Chosen(NamedTuple):
    """How a person's list came about, over all M films.

    Attributes:
        stars: (M,) predicted, not clipped.
        scores: (M,) what the list is ordered by, before variety; of no unit.
        candidates: (M,) which films may come.
        ranking: indices of the films that were looked at, in the order in which they were chosen, and of one more.
        shown: (k,) indices of the list: the first of the ranking, or some of it where chance draws.
    """

    stars: Array
    scores: Array
    candidates: NDArray[np.bool_]
    ranking: NDArray[np.int64]
    shown: NDArray[np.int64]


class Recommender:
    """Recommendations from one bundle on its data set.

    Args:
        dataset: the data set that the bundle was trained on.
        bundle: a trained model.

    Attributes:
        ordering: how its films are ordered for somebody.
        filter_table: which films pass a filter.
        made: what others compute of it once, or a few times for its settings, which is dear.
        recent: what others compute of it for one film, person or question; of these there are thousands, and they must
            not push out what is dear. Both go when it goes.
    """

    def __init__(self, dataset: Dataset, bundle: Bundle) -> None:
        self.dataset = dataset
        self.bundle = bundle
        self._movie_ids = dataset.movies["movie_id"].to_numpy(dtype=np.int64)
        self._user_ids = dataset.users["user_id"].to_numpy(dtype=np.int64)
        self.ordering = Ordering(dataset, bundle)
        self.filter_table = FilterTable(dataset)
        self.made, self.recent = Cache(MAX_MADE), Cache(MAX_RECENT)

    def person(self, user_id: int) -> Person:
        """Return one of the data set's people with the vector that the bundle keeps of them.

        Raises:
            UnknownIdError: if there is none.
        """
        index, user = self.dataset.user_index(user_id), self.dataset.user(user_id)
        rows = self.dataset.rating_rows_of_user(user_id)
        table = self.dataset.ratings.iloc[rows]
        pairs = list(zip(table["movie_id"].tolist(), table["rating"].tolist(), strict=True))
        is_known = self.ordering.is_known[rows].tolist()
        return Person(
            user_id=user_id,
            traits=Traits(user.gender, user.age_group, user.occupation),
            ratings=dict(pairs),
            known={movie_id: given for (movie_id, given), is_in in zip(pairs, is_known, strict=True) if is_in},
            features=self.bundle.user_features[index],
            bias=float(self.bundle.features.user_bias[index]),
        )

    def stars_for(self, person: Person) -> Array:
        """Return (M,) the stars that a person is predicted to give each film, not clipped."""
        stars: Array = self.ordering.answers.stars(person.vectors)[0]
        return stars

    def scores_for(self, person: Person, dials: Dials = _AS_IT_COMES) -> Array:
        """Return (M,) what a person's list is ordered by, before variety; of no unit."""
        order = self.ordering.newcomers_scores if person.user_id is None else self.ordering.scores
        scores: Array = order(person.vectors, dials)[0]
        return scores

    def candidates_for(self, person: Person, filters: Filters) -> NDArray[np.bool_]:
        """Return (M,) which films may stand on a person's list."""
        candidates = self.filter_table.allowed(filters)
        if filters.hide_seen:
            candidates[[self.dataset.movie_index(movie_id) for movie_id in person.ratings]] = False
        for movie_id in filters.less_like:
            candidates[[self.dataset.movie_index(each) for each in self.near(movie_id)]] = False
        return candidates

    def near(self, movie_id: int) -> tuple[int, ...]:
        """Return a film and those near it, movie ids, itself first: what "less like this" takes off a list.

        Raises:
            UnknownIdError: if there is no such film.
        """
        others = self.similar_movies(movie_id, k=MOST_NEAR)
        return (movie_id, *(film.movie_id for film in others if film.similarity >= NEAR_COSINE))

    def predict_rating(self, user_id: int, movie_id: int) -> RatingPrediction:
        """Predict the stars that one of the data set's people gives a film.

        Raises:
            UnknownIdError: if there is no such person or film.
        """
        return self.predict_for(self.person(user_id), movie_id)

    def predict_for(self, person: Person, movie_id: int) -> RatingPrediction:
        """Predict the stars that a person gives a film.

        Raises:
            UnknownIdError: if there is no such film.
        """
        stars = self.stars_for(person)[self.dataset.movie_index(movie_id)]
        return RatingPrediction(_shown(stars), person.ratings.get(movie_id))

    def recommend(
        self,
        user_id: int,
        *,
        k: int = 10,
        filters: Filters = _EVERYBODY,
        dials: Dials = _AS_IT_COMES,
        surprise_seed: int | None = None,
    ) -> list[ScoredMovie]:
        """Return the recommendations of one of the data set's people, as `recommend_for` does.

        Raises:
            UnknownIdError: if there is no such person.
            ValueError: if k is below 1.
        """
        person = self.person(user_id)
        return self.recommend_for(person, k=k, filters=filters, dials=dials, surprise_seed=surprise_seed)

    def recommend_for(
        self,
        person: Person,
        *,
        k: int = 10,
        filters: Filters = _EVERYBODY,
        dials: Dials = _AS_IT_COMES,
        surprise_seed: int | None = None,
    ) -> list[ScoredMovie]:
        """Return a person's recommendations, the best first, equal ones by movie id.

        The article's network orders them by predicted stars, a network with two heads by watching and stars together.

        Args:
            person: whom the list is for.
            k: how many, 1 or more.
            filters: which films may be recommended.
            dials: what the list is ordered by.
            surprise_seed: with a seed, k of the best 5 k are drawn at random.

        Returns:
            At most k films; fewer, or none, where the filters leave no more.

        Raises:
            ValueError: if k is below 1.
        """
        found = self.chosen_for(person, k=k, filters=filters, dials=dials, surprise_seed=surprise_seed)
        return [ScoredMovie(int(self._movie_ids[i]), _shown(found.stars[i])) for i in found.shown]

    def chosen_for(
        self,
        person: Person,
        *,
        k: int = 10,
        filters: Filters = _EVERYBODY,
        dials: Dials = _AS_IT_COMES,
        surprise_seed: int | None = None,
    ) -> Chosen:
        """Return the list of `recommend_for` with how it came about.

        Raises:
            ValueError: if k is below 1.
        """
        _check_count(k)
        stars, scores = self.stars_for(person), self.scores_for(person, dials)
        candidates = self.candidates_for(person, filters)
        is_surprise = surprise_seed is not None
        wanted = num_wanted(k, is_surprise=is_surprise)
        ranking = self.ordering.ranking(scores, candidates, k=wanted, variety=dials.variety)
        shown = surprise(ranking, k, np.random.default_rng(surprise_seed)) if is_surprise else ranking[:k]
        return Chosen(stars, scores, candidates, ranking, shown)

    def similar_movies(self, movie_id: int, *, k: int = 10) -> list[SimilarMovie]:
        """Return the k films whose feature vectors point most nearly the same way, itself left out.

        Raises:
            UnknownIdError: if there is no such film.
            ValueError: if k is below 1.
        """
        _check_count(k)
        index = self.dataset.movie_index(movie_id)
        cosines = self.ordering.directions @ self.ordering.directions[index]
        best = ranked(cosines, self._movie_ids, np.arange(len(cosines)) != index, k)
        return [SimilarMovie(int(self._movie_ids[i]), float(np.clip(cosines[i], -1, 1))) for i in best]

    def also_liked(self, movie_id: int, *, k: int = 10) -> AlsoLiked:
        """Return what the fans of a film love more than everybody does.

        Fans are the people who gave the film 4 or 5 stars, the highest ratings first, then the highest predicted
        stars; where fewer than `MIN_FANS` did, those who are predicted to give it the most are added. For each other
        film the fans' mean predicted stars are compared with everybody's. The lift orders the list, among the films
        that the fans are predicted to like at least as much as their average film: so it is not the same handful of
        hits for every film.

        Raises:
            UnknownIdError: if there is no such film.
            ValueError: if k is below 1.
        """
        _check_count(k)
        index = self.dataset.movie_index(movie_id)
        fans, num_raters = self._fans(movie_id)
        means = self.bundle.stars_of(fans).mean(axis=0, dtype=np.float64)
        lifts = means - self._mean_stars
        candidates = means >= np.mean(means)
        candidates[index] = False
        best = ranked(lifts, self._movie_ids, candidates, k)
        movies = tuple(LovedMovie(int(self._movie_ids[i]), _shown(means[i]), float(lifts[i])) for i in best)
        return AlsoLiked(tuple(self._user_ids[fans].tolist()), num_raters, movies)

    def who_would_like(self, movie_id: int, *, k: int = 10) -> list[ScoredUser]:
        """Return the k people with the highest predicted stars for a film who have not rated it.

        Raises:
            UnknownIdError: if there is no such film.
            ValueError: if k is below 1.
        """
        _check_count(k)
        stars = self.bundle.stars_of_movie(self.dataset.movie_index(movie_id))
        candidates = np.ones(len(stars), dtype=bool)
        candidates[self.dataset.user_indices[self.dataset.rating_rows_of_movie(movie_id)]] = False
        best = ranked(stars, self._user_ids, candidates, k)
        return [ScoredUser(int(self._user_ids[i]), _shown(stars[i])) for i in best]

    def _fans(self, movie_id: int) -> tuple[NDArray[np.int64], int]:
        """User indices of a film's fans, and how many of them rated it."""
        rows = self.dataset.rating_rows_of_movie(movie_id)
        given = self.dataset.ratings["rating"].to_numpy()[rows]
        predicted = self.bundle.stars_of_movie(self.dataset.movie_index(movie_id))
        raters = self.dataset.user_indices[rows[given >= FAN_STARS]]
        order = np.lexsort((raters, -predicted[raters], -given[given >= FAN_STARS]))
        fans = raters[order][:MAX_FANS]
        if len(fans) >= MIN_FANS:
            return fans, len(fans)
        others = np.ones(len(predicted), dtype=bool)
        others[self.dataset.user_indices[rows]] = False
        return np.concatenate([fans, ranked(predicted, self._user_ids, others, MIN_FANS - len(fans))]), len(fans)

    @cached_property
    def _mean_stars(self) -> NDArray[np.float64]:
        """(M,) mean predicted stars of each film over all users."""
        chunks = np.array_split(np.arange(self.dataset.num_users), max(1, self.dataset.num_users // 512))
        totals = [self.bundle.stars_of(chunk).sum(axis=0, dtype=np.float64) for chunk in chunks]
        means: NDArray[np.float64] = np.sum(totals, axis=0) / self.dataset.num_users
        return means


def _shown(stars: float) -> float:
    return float(np.clip(stars, MIN_STARS, MAX_STARS))


def _check_count(k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}.")
