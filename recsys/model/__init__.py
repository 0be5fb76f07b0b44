"""The network: two towers, a title CNN and a head."""

from recsys.model.heads import DotHead, MlpHead
from recsys.model.title_cnn import TitleCNN
from recsys.model.towers import MovieTower, UserTower
from recsys.model.two_tower import TwoTower

__all__ = ["DotHead", "MlpHead", "MovieTower", "TitleCNN", "TwoTower", "UserTower"]
