"""Known: which ratings the vectors of a bundle were made of."""

import numpy as np
from numpy.typing import NDArray

from recsys.bundle.info import BundleInfo
from recsys.data.dataset import Dataset
from recsys.data.splits import split_of


def is_known(dataset: Dataset, info: BundleInfo) -> NDArray[np.bool_]:
    """Return (num_ratings,): is this one of the ratings that a bundle's vectors were made of?

    Those of the training part; with histories, which are read again when the training is over, also those of the
    validation part.
    """
    split = split_of(dataset, info.data)
    known = np.zeros(dataset.num_ratings, dtype=np.bool_)
    known[split.train.numpy()] = True
    if info.model.history_size:
        known[split.validation.numpy()] = True
    return known
