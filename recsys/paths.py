"""Where things lie: the user's own folders and what ships with the app.

`MATINEE_HOME` overrides the user's folders (cache and data below it); `MATINEE_DATA` names a folder with data sets
and is read by `recsys.data.sources`.
"""

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

_ASSETS = Path(__file__).resolve().parent.parent / "assets"
SHIPPED_MODELS = _ASSETS / "models"
SHIPPED_SCORES = _ASSETS / "scoreboard"
SHIPPED_NEWCOMERS = _ASSETS / "newcomers"
_APP = "matinee"


def home_data() -> Path:
    """Return the folder for what the user made (trained bundles); it need not exist yet."""
    home = os.environ.get("MATINEE_HOME")
    return Path(home).expanduser() / "data" if home else user_data_path(_APP, appauthor=False)


def home_cache() -> Path:
    """Return the folder for downloads; it need not exist yet and may be deleted at any time."""
    home = os.environ.get("MATINEE_HOME")
    return Path(home).expanduser() / "cache" if home else user_cache_path(_APP, appauthor=False)
