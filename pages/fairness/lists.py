"""Everyone's top tens on the page about fairness: how many films share the places, and how much the long tail gets."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from pages.fairness import charts, work
from pages.kit import cards
from pages.kit.cards import Item
from pages.kit.i18n import number, sentences, t
from pages.kit.origin import origin_of
from recsys.insight.fairness.everyone import TAIL_RATINGS, Everyone
from recsys.insight.fairness.lists import Exposure, exposure, list_counts
from recsys.recommend import Recommender

NUM_FILMS = 10


def draw(model: Recommender) -> None:
    """Draw the numbers, how the places are shared, and the films that stand in most lists."""
    everyone = work.everyone(model)
    found, counts = exposure(everyone), list_counts(everyone)
    _numbers(found)
    st.markdown(reading(found))
    picture, films = st.columns([3, 2], gap="large")
    with picture:
        cards.chart(charts.shares(share_table(everyone), head=1 - found.num_tail / found.num_films), key="fair_shares")
        st.caption(t("fair.tail.defined", share=f"{TAIL_RATINGS:.0%}", films=number(found.num_tail)))
    with films:
        st.header(t("fair.most_listed"), anchor=False)
        ids = model.dataset.movies["movie_id"].to_numpy()
        best = np.argsort(-counts, kind="stable")[:NUM_FILMS]
        items = [
            Item(model.dataset.movie(int(ids[row])), t("fair.in_lists", count=number(int(counts[row])))) for row in best
        ]
        cards.tight_rows(items, key="fair_most_listed")
    cards.download(
        partial(_records, model, everyone),
        origin=origin_of(model).columns(),
        file_name="everyones-top-tens.csv",
        key="fair_lists_csv",
    )


def _numbers(found: Exposure) -> None:
    listed, half, tail, gini = st.columns(4)
    listed.metric(t("fair.num_listed"), number(found.num_listed), border=True, help=t("fair.num_listed_help"))
    half.metric(t("fair.half"), number(found.half), border=True, help=t("fair.half_help"))
    tail.metric(t("fair.tail"), f"{found.tail_places:.1%}", border=True, help=t("fair.tail_help"))
    gini.metric(t("fair.gini"), f"{found.gini:.2f}", border=True, help=t("fair.gini_help"))


def reading(found: Exposure) -> str:
    """Return what the numbers say, as a sentence or three; which way a comparison goes is read from them as shown."""
    tail, ratings = f"{found.tail_places:.1%}", f"{found.tail_ratings:.1%}"
    gini, gini_ratings = f"{found.gini:.2f}", f"{found.gini_ratings:.2f}"
    whole = t(
        "fair.lists.reading",
        listed=number(found.num_listed),
        films=number(found.num_films),
        coverage=f"{found.coverage:.0%}",
        places=number(found.num_places),
        half=number(found.half),
    )
    of_tail = t(
        f"fair.lists.tail.{_side(found.tail_places - found.tail_ratings, is_same=tail == ratings)}",
        tail=tail,
        ratings=ratings,
        tail_listed=number(found.tail_listed),
        num_tail=number(found.num_tail),
    )
    side = _side(found.gini - found.gini_ratings, is_same=gini == gini_ratings)
    uneven = t(f"fair.lists.gini.{side}", gini=gini, gini_ratings=gini_ratings)
    return sentences(whole, of_tail, uneven)


def _side(difference: float, *, is_same: bool) -> str:
    return "same" if is_same else "above" if difference > 0 else "below"


def share_table(everyone: Everyone, *, most: int = 400) -> pd.DataFrame:
    """Return columns films, places, ratings: cumulative shares from the most rated film on, at most so many rows."""
    counts, known = list_counts(everyone), everyone.known_counts
    order = np.argsort(-known, kind="stable")
    rows = np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int))
    columns = {
        "films": (rows + 1) / len(order),
        "places": (np.cumsum(counts[order]) / max(1, counts.sum()))[rows],
        "ratings": (np.cumsum(known[order]) / max(1, known.sum()))[rows],
    }
    return pd.DataFrame(columns)


def _records(model: Recommender, everyone: Everyone) -> cards.Records:
    """All films, the most listed first; there are thousands, so they are made when they are asked for."""
    counts, dataset = list_counts(everyone), model.dataset
    ids = dataset.movies["movie_id"].tolist()
    order = np.argsort(-counts, kind="stable").tolist()
    return cards.movie_records(
        (
            dataset.movie(ids[row]),
            {
                "num_lists": int(counts[row]),
                "num_known_ratings": int(everyone.known_counts[row]),
                "long_tail": int(everyone.is_tail[row]),
            },
        )
        for row in order
    )
