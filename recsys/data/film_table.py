"""Film table: all films of a data set with their ratings in one tidy table, for maps and downloads."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.data.dataset import Dataset


def film_table(dataset: Dataset, coordinates: NDArray[np.float32]) -> pd.DataFrame:
    """Join films with their place on a map.

    Args:
        dataset: the data set.
        coordinates: (M, 2) place of each film, in the order of `Dataset.movies`.

    Returns:
        Columns movie_id, title, year (may be missing), genres (tuple), main_genre (the first), num_ratings,
        mean_rating (NaN without ratings), x, y; one row a film, in file order.
    """
    table = dataset.movies[["movie_id", "title", "year", "genres"]].reset_index(drop=True)
    return table.assign(
        main_genre=[genres[0] for genres in table["genres"]],
        num_ratings=dataset.num_ratings_by_movie,
        mean_rating=dataset.mean_rating_by_movie,
        x=coordinates[:, 0],
        y=coordinates[:, 1],
    )
