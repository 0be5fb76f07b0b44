"""What tests of the Scoreboard page share."""

from pages.kit import i18n
from recsys.config import DataConfig

DATA = DataConfig("synthetic")
PARTS = ("table", "sampled", "groups", "lists", "newcomers", "again")
CHEAP = ("mean", "biases", "popularity", "ease")
PATIENCE = 120


def names(*contender_keys: str) -> list[str]:
    return [i18n.TEXTS["en"][f"contender.{key}"] for key in contender_keys]
