"""The script behind every page: the navigation table and the common frame."""

import streamlit as st

from pages.ui import frame, i18n, state

TABLE = {
    "explore": (
        ("start", "", ":material/theaters:", "explore/start.py"),
        ("person", "person", ":material/person:", "explore/person.py"),
        ("film", "film", ":material/movie:", "explore/film.py"),
        ("film_map", "film_map", ":material/scatter_plot:", "explore/film_map.py"),
    ),
    "learn": (
        ("training", "training", ":material/model_training:", "learn/training.py"),
        ("data", "data", ":material/table_chart:", "learn/dataset.py"),
    ),
}

st.set_page_config(page_title="Matinee", page_icon=":material/theaters:", layout="wide")
state.settle_language()

sections = {
    i18n.t(f"nav.{section}"): [
        st.Page(path, title=i18n.t(f"nav.{name}"), icon=icon, url_path=url or None, default=not url)
        for name, url, icon, path in rows
    ]
    for section, rows in TABLE.items()
}
pages = [page for rows in sections.values() for page in rows]
unknown = state.unknown_path({page.url_path for page in pages})
if unknown is not None:
    sections[""] = [st.Page(frame.no_such_page, title=i18n.t("nav.lost"), url_path=unknown, visibility="hidden")]

current = st.navigation(sections, position="hidden")
frame.top_bar(sections)
frame.load()
current.run()
