"""The network: two towers, a title CNN and a head."""

from recsys.model.heads import DotHead, DualHead, Head, MlpHead
from recsys.model.title_cnn import TitleCNN
from recsys.model.towers import MovieParts, MovieTower, UserParts, UserTower, Vectors
from recsys.model.two_tower import TwoTower, gathered

__all__ = [
    "DotHead",
    "DualHead",
    "Head",
    "MlpHead",
    "MovieParts",
    "MovieTower",
    "TitleCNN",
    "TwoTower",
    "UserParts",
    "UserTower",
    "Vectors",
    "gathered",
]
