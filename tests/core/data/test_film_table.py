"""The table behind the film map keeps films, places and ratings together."""

import numpy as np
import pandas as pd

from recsys.data.film_table import film_table
from tests.core.data.test_statistics import hand_sized


def test_each_film_has_its_own_place_and_ratings() -> None:
    table = film_table(hand_sized(), np.array([[0, 1], [2, 3], [4, 5], [6, 7]], dtype=np.float32))
    twenty = table.set_index("movie_id").loc[20]
    assert (twenty["title"], twenty["x"], twenty["y"]) == ("Twenty", 2, 3)
    assert (twenty["num_ratings"], twenty["mean_rating"], twenty["main_genre"]) == (2, 3.0, "Comedy")
    forty = table.set_index("movie_id").loc[40]
    assert forty["num_ratings"] == 0
    assert pd.isna(forty["mean_rating"])
    assert pd.isna(forty["year"])
