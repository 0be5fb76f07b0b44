"""Two-dimensional layouts of feature vectors: t-SNE and PCA.

t-SNE (van der Maaten and Hinton 2008) by openTSNE, with cosine distances, since similar films are found by cosine too.
One seed gives one picture.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
PERPLEXITY = 30.0
_NUM_NEIGHBORS_PER_PERPLEXITY = 3


def tsne(features: Array, *, perplexity: float = PERPLEXITY, seed: int = 0) -> Array:
    """Lay out feature vectors so that neighbours stay neighbours.

    Args:
        features: (N, D) vectors, N at least 5.
        perplexity: about how many neighbours each point minds; lowered where N is small.
        seed: of the initial layout and the neighbour search.

    Returns:
        (N, 2) positions; unit and direction mean nothing.
    """
    from openTSNE import TSNE  # noqa: PLC0415  (takes a second to import; only training and the map need it)

    largest = (len(features) - 1) / _NUM_NEIGHBORS_PER_PERPLEXITY
    model = TSNE(
        perplexity=min(perplexity, largest), metric="cosine", initialization="pca", random_state=seed, n_jobs=-1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=FutureWarning)
        layout = model.fit(features.astype(np.float64))
    return np.asarray(layout, dtype=np.float32)


def pca(features: Array) -> Array:
    """Return (N, 2): (N, D) feature vectors on their two directions of largest variance, signs fixed."""
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    top = directions[:2]
    signs = np.sign(top[np.arange(len(top)), np.abs(top).argmax(axis=1)])
    layout: Array = (centred @ (top * signs[:, None]).T).astype(np.float32)
    return layout


def layouts(movie_features: Array) -> dict[str, Array]:
    """Return the layouts that a finished run keeps: "tsne" and "pca" of (M, D) movie features, each (M, 2)."""
    return {"pca": pca(movie_features), "tsne": tsne(movie_features)}
