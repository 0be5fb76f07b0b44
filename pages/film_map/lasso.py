"""Map lasso: what was encircled on the film map, as a table, what it has in common, and what is like it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.film_map import names, panel, place_forms
from pages.film_map.layouts import Layout
from pages.film_map.link import Controls, View, counts_of, features_of, ids_of, index_of
from pages.kit import cards, i18n, resources
from pages.kit.cards import Item
from pages.kit.i18n import escaped, name, number, t
from pages.kit.origin import origin_of
from recsys.insight.maps.contrast import Means, common, contrast
from recsys.insight.maps.neighbors import nearest_to
from recsys.insight.maps.placing import mean_of
from recsys.insight.maps.traits import Trait, movie_traits, user_traits
from recsys.recommend import Recommender

NUM_LIKE, NUM_TRAITS = 12, 8
TABLE_HEIGHT = 360


def selected(view: View) -> tuple[int, ...]:
    """Return the ids of what is encircled."""
    found: tuple[int, ...] = st.session_state.get(_key(view), ())
    return found


def take(view: View, ids: Sequence[int]) -> None:
    """Note what was encircled (part of a callback)."""
    st.session_state[_key(view)] = tuple(ids)


def draw(controls: Controls, layouts: list[Layout]) -> None:
    """Draw the selection, or how to make one."""
    view, model = controls.view, layouts[0].model
    find = index_of(model, view.of)
    rows = np.array([find(wanted) for wanted in selected(view)], dtype=np.int64)
    if not len(rows):
        st.info(t("map.lasso.empty"), icon=":material/lasso_select:")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(t(f"map.lasso.count.{view.of}", count=number(len(rows)), total=number(len(ids_of(model, view.of)))))
        show_table(model, view, rows)
        with st.container(horizontal=True):
            cards.download(
                lambda: to_records(model, view, rows),
                origin=origin_of(model).columns(),
                file_name=f"map-selection-{view.of}.csv",
                key="map_lasso_csv",
            )
            if view.of == "movies":
                place_forms.mean_button(selected(view))
    with right:
        show_contrast(model, view, rows)
    if view.of == "movies":
        show_alike(model, rows)


def summary(view: View, model: Recommender) -> None:
    """Say how many are encircled and what they have in common; nothing where none are."""
    find = index_of(model, view.of)
    rows = np.array([find(wanted) for wanted in selected(view)], dtype=np.int64)
    if not len(rows):
        return
    with st.container(border=True, key="map_answer"):
        total = number(len(ids_of(model, view.of)))
        st.markdown(t(f"map.lasso.short.{view.of}", count=number(len(rows)), total=total))
        show_contrast(model, view, rows)
        st.caption(t("map.answer.below"))


def show_table(model: Recommender, view: View, rows: NDArray[np.int64]) -> None:
    """Draw the selection as a table; a row that is chosen there is chosen on the map too."""
    table = movie_table(model, rows) if view.of == "movies" else user_table(model, rows)

    def choose() -> None:
        chosen = st.session_state["map_lasso_table"].selection.rows
        if chosen:
            panel.take(view.kind, int(table.index[chosen[0]]))
        st.rerun()

    st.dataframe(
        table,
        hide_index=True,
        height=min(TABLE_HEIGHT, 38 + 35 * len(table)),
        column_config=_columns(table),
        on_select=choose,
        selection_mode="single-row",
        key="map_lasso_table",
    )


def to_records(model: Recommender, view: View, rows: NDArray[np.int64]) -> cards.Records:
    """Return the selection for a file, with names."""
    numbers: dict[str, list[object]] = {"num_ratings": counts_of(model, view.of)[rows].tolist()}
    if view.of == "movies":
        numbers["mean_rating"] = model.dataset.mean_rating_by_movie[rows].round(3).tolist()
    wanted = ids_of(model, view.of)[rows].tolist()
    return panel.records(
        [
            (panel.thing(model, view, one), {name: own[at] for name, own in numbers.items()})
            for at, one in enumerate(wanted)
        ]
    )


def movie_table(model: Recommender, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return films for reading, those with most ratings first: title, year, genres, mean_rating, num_ratings by id."""
    data = model.dataset
    films = data.movies.iloc[rows]
    table = pd.DataFrame(
        {
            "title": films["title"].to_numpy(),
            "year": films["year"].to_numpy(),
            "genres": [i18n.genres(own) for own in films["genres"]],
            "mean_rating": data.mean_rating_by_movie[rows],
            "num_ratings": data.num_ratings_by_movie[rows],
        },
        index=films["movie_id"].to_numpy(),
    )
    return table.sort_values("num_ratings", ascending=False, kind="stable")


def user_table(model: Recommender, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Return people for reading, those with most ratings first: user_id, gender, age_group, occupation, num_ratings."""
    data = model.dataset
    people = data.users.iloc[rows]
    table = pd.DataFrame(
        {
            "user_id": people["user_id"].to_numpy(),
            "gender": [name("gender", value) for value in people["gender"]],
            "age_group": [name("age", value) for value in people["age_group"]],
            "occupation": [name("occupation", value) for value in people["occupation"]],
            "num_ratings": data.num_ratings_by_user[rows],
        },
        index=people["user_id"].to_numpy(),
    )
    return table.sort_values("num_ratings", ascending=False, kind="stable")


def show_contrast(model: Recommender, view: View, rows: NDArray[np.int64]) -> None:
    """What the selection has in common against all the rest."""
    st.markdown(t("map.contrast"))
    if view.of == "movies":
        found = contrast(model.dataset, rows, members=resources.of_dataset(movie_traits))
        lines = [_trait_line(trait) for trait in found.traits[:NUM_TRAITS]] + _mean_lines(found.inside, found.outside)
    else:
        traits = common(resources.of_dataset(user_traits), rows)
        lines = [_trait_line(trait) for trait in traits[:NUM_TRAITS]]
    st.markdown("\n".join(f"- {line}" for line in lines) or t("map.contrast.nothing"))


def show_alike(model: Recommender, rows: NDArray[np.int64]) -> None:
    """Films that are not in the selection and lie nearest to its mean in all numbers."""
    st.markdown(t("map.alike"))
    features = features_of(model, "movies")
    found = nearest_to(features, mean_of(model.bundle, rows), NUM_LIKE, "cosine", exclude=rows.tolist())
    values = found.values[0].tolist()
    ids = ids_of(model, "movies")[found.indices[0]].tolist()
    items = [
        Item(model.dataset.movie(movie_id), t("map.fact.cosine", value=f"{value:.3f}"))
        for movie_id, value in zip(ids, values, strict=True)
    ]
    cards.movie_cards(items, key="map_alike", size="small")
    pairs = zip((item.thing for item in items), values, strict=True)
    cards.download(
        panel.records([(film, {"cosine": round(value, 4)}) for film, value in pairs]),
        origin=origin_of(model).columns(),
        file_name="map-alike.csv",
        key="map_alike_csv",
    )


def _trait_line(trait: Trait) -> str:
    shares = {"inside": f"{trait.share_inside:.0%}", "outside": f"{trait.share_outside:.0%}"}
    return t("map.contrast.trait", name=escaped(names.trait_name(trait)), **shares)


def _mean_lines(inside: Means, outside: Means) -> list[str]:
    digits = {"year": 0, "rating": 2, "num_ratings": 0}
    values = {
        name: [f"{getattr(means, name):.{places}f}" for means in (inside, outside)] for name, places in digits.items()
    }
    return [
        t(f"map.contrast.{name}", inside=own, outside="–" if others == "nan" else others)
        for name, (own, others) in values.items()
        if own != "nan"
    ]


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    """Headings in the reader's language."""
    formats = {"mean_rating": "%.2f", "year": "%d", "num_ratings": "%d", "user_id": "%d"}
    return {
        column: st.column_config.NumberColumn(t(f"column.{column}"), format=formats[column])
        if column in formats
        else st.column_config.TextColumn(t(f"column.{column}"))
        for column in table.columns
    }


def _key(view: View) -> str:
    return f"map_selection_{view.of}"
