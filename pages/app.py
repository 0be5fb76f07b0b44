"""The script behind every page: the navigation table and the common frame."""

import streamlit as st

from pages.kit import frame, i18n, state, window
from pages.rate import keeping as visitor_keeping

TABLE = {
    "explore": (
        ("start", "", "home/view.py"),
        ("person", "person", "person/view.py"),
        ("rate", "rate", "rate/view.py"),
        ("together", "together", "together/view.py"),
        ("film", "film", "film/view.py"),
        ("film_map", "film_map", "film_map/view.py"),
    ),
    "learn": (
        ("training", "training", "training/view.py"),
        ("title_cnn", "title_cnn", "title_cnn/view.py"),
        ("scoreboard", "scoreboard", "scoreboard/view.py"),
        ("fairness", "fairness", "fairness/view.py"),
        ("data", "data", "data/view.py"),
    ),
}

state.settle_language()

# No icon here: Streamlit would fetch it from the internet as the tab's picture.
sections = {
    i18n.t(f"nav.{section}"): [
        st.Page(script, title=i18n.t(f"nav.{name}"), url_path=url or None, default=not url)
        for name, url, script in rows
    ]
    for section, rows in TABLE.items()
}
known = {url for rows in TABLE.values() for _, url, _ in rows}
unknown = state.unknown_path(known)
if unknown is not None:
    sections[""] = [st.Page(frame.no_such_page, title=i18n.t("nav.lost"), url_path=unknown, visibility="hidden")]

current = st.navigation(sections, position="hidden")
st.set_page_config(page_title=f"{current.title} · Matinee", page_icon=frame.ICON, layout="wide")
with frame.top_bar(sections):
    window.begin(current.url_path)
    last = st.container()
frame.load()
visitor_keeping.draw()
state.begin_page()
of_address = st.container()
try:
    current.run()
finally:  # a page may stop itself, and knows only at its end what it could not read
    with of_address:
        frame.say_of_address()
with last:
    window.end()
