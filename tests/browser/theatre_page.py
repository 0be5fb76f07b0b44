"""A page with nothing but a theatre of an invented run, for `test_theatre.py`; run by Streamlit, not by pytest.

`?live=1` shows a run that goes on by a button.
"""

import streamlit as st

from pages.training import theatre
from recsys.data.synthetic import synthetic
from tests.theatre_points import NUM_EPOCHS, NUM_MOVIES, recording

st.set_page_config(layout="wide")
state = st.session_state
state["epochs"] = state.get("epochs", 2)
st.button("Train on", on_click=lambda: state.update(epochs=state["epochs"] + 1))
is_live = "live" in st.query_params
theatre.draw(
    recording(state["epochs"] if is_live else NUM_EPOCHS),
    model_name="run",
    live=is_live,
    key="theatre",
    data=synthetic(num_users=20, num_movies=NUM_MOVIES, num_ratings=200),
)
st.text(f"trained {state['epochs']}")
