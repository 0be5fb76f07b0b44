"""The launcher: `streamlit run streamlit_app.py` starts the server, and the server loads data and model at once.

The script behind every page is `pages/app.py`. It is not this file, because a folder called `pages` beside the running
script switches on Streamlit's older automatic pages until `st.navigation` has run once.
"""

import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from pages.film_map import first as map_first
from pages.kit import frame, published, resources, visitor_ratings
from pages.kit.addresses import OneLevel
from pages.why import dialog as why


def _warm_up() -> None:
    """Load data and model, and prepare what comes first."""
    resources.wait()
    model = resources.house().recommender
    if model is not None:
        map_first.prepare(model)
        visitor_ratings.prepare(model)
        why.prepare(model)


def _keep_out_of_collections() -> None:
    """Spare every later garbage collection the libraries and the data set; a model must be free to go one day."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Load beside the running server: a visitor who comes early sees what it is doing."""
    resources.before_model(_keep_out_of_collections)
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield
    resources.close()


app = st.App(
    "pages/app.py",
    lifespan=lifespan,
    routes=published.routes(),
    middleware=[Middleware(OneLevel)],
    on_script_error=frame.show_failure,
)
