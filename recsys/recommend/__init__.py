"""Recommendations: ids in, ids and numbers out."""

from recsys.recommend.recommender import (
    AlsoLiked,
    LovedMovie,
    RatingPrediction,
    Recommender,
    ScoredMovie,
    ScoredUser,
    SimilarMovie,
)
from recsys.recommend.reranking import Filters

__all__ = [
    "AlsoLiked",
    "Filters",
    "LovedMovie",
    "RatingPrediction",
    "Recommender",
    "ScoredMovie",
    "ScoredUser",
    "SimilarMovie",
]
