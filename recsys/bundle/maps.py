"""Bundle maps: map.npz of a bundle, layouts by the keys of their settings ("movies-tsne-2d-p30-cosine-s0").

What the keys mean is known to `recsys.insight.maps.layouts`; here it only matters whose layouts they are and how wide.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recsys.errors import BundleError

FILE = "map.npz"
_FIRST_NAMES = {"tsne": "movies-tsne-2d-p30-cosine-s0", "pca": "movies-pca-2d"}
"""Formats 1 and 2 had these two, by shorter names."""
_KEY = re.compile(r"(?P<of>movies|users)-[a-z]+-(?P<dims>[23])d(-[\w.]+)*", re.ASCII)


def write_maps(maps: Mapping[str, NDArray[np.float32]], folder: Path) -> None:
    """Write the layouts into the folder of a bundle."""
    np.savez_compressed(folder / FILE, allow_pickle=False, **dict(maps))


def read_maps(folder: Path, *, num_movies: int, num_users: int) -> dict[str, NDArray[np.float32]]:
    """Read the layouts of a bundle, (N, dims) each.

    Raises:
        BundleError: if the file is damaged, or a layout has no place among these films and people.
    """
    try:
        with (folder / FILE).open("rb") as stream, np.load(stream, allow_pickle=False) as layouts:
            maps = {_FIRST_NAMES.get(name, name): layouts[name].astype(np.float32) for name in layouts.files}
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BundleError(folder, f"is damaged ({error}). Train it again.") from error
    for name, layout in maps.items():
        match = _KEY.fullmatch(name)
        if match is None:
            raise BundleError(folder, f"has a map called {name}, which is unknown. Update or train again.")
        shape = (num_movies if match["of"] == "movies" else num_users, int(match["dims"]))
        if layout.shape != shape:
            raise BundleError(folder, f"map {name} must be {shape}, not {layout.shape}. Train it again.")
        if not np.isfinite(layout).all():
            raise BundleError(folder, f"map {name} holds numbers that are not finite. Train it again.")
    return maps
