"""Recommendations: ids in, ids and numbers out."""

from recsys.recommend.person import Person, Traits
from recsys.recommend.recommender import (
    AlsoLiked,
    LovedMovie,
    RatingPrediction,
    Recommender,
    ScoredMovie,
    ScoredUser,
    SimilarMovie,
)
from recsys.recommend.reranking import Dials, Filters

__all__ = [
    "AlsoLiked",
    "Dials",
    "Filters",
    "LovedMovie",
    "Person",
    "RatingPrediction",
    "Recommender",
    "ScoredMovie",
    "ScoredUser",
    "SimilarMovie",
    "Traits",
]
