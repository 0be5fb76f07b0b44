"""What the page about fairness measures: everybody at once, in steps that a reader sees, once for all sessions."""

from typing import TypeVar

import streamlit as st

from pages.kit import i18n, resources
from pages.kit.i18n import t
from recsys.data.dataset import AGE_GROUPS
from recsys.insight.fairness.everyone import Everyone, measuring
from recsys.insight.fairness.flips import AsTheyAre, Change, Flipped, FlipRow, flipping
from recsys.insight.fairness.flips import flip_rows as rows_of_flip
from recsys.insight.fairness.groups import FEW_PEOPLE, KINDS, Grouping, Kind, grouping
from recsys.insight.fairness.lists import Typical, typical
from recsys.insight.fairness.rows import GroupRow, by_group
from recsys.insight.fairness.steps import InSteps
from recsys.recommend import Recommender
from recsys.recommend.inside import Inside

Result = TypeVar("Result")
EVERYONE = "everyone"


def everyone(model: Recommender) -> Everyone:
    """Return what was measured of everybody; the first reader sees how far it is."""
    return _finished(resources.of_model(measuring, model), t("fair.measuring"))


def flipped(model: Recommender, change: Change) -> Flipped:
    """Return what a change of everybody moved; the first reader sees how far it is."""
    return _finished(resources.of_model(_flipping, model, change), t("fair.flipping"))


def rows(model: Recommender, kind: Kind) -> tuple[GroupRow, ...]:
    """Return how everyone, and each group of a kind, fares; after `everyone`."""
    return resources.of_model(_rows, model, kind)


def typical_films(model: Recommender, kind: Kind) -> list[tuple[Typical, ...]]:
    """Return the films that stand out in each group's lists; after `everyone`."""
    return resources.of_model(_typical, model, kind)


def flip_rows(model: Recommender, change: Change, kind: Kind) -> tuple[FlipRow, ...]:
    """Return what a change moved for everyone, and for each group of a kind; after `flipped`."""
    return resources.of_model(_flip_rows, model, change, kind)


def groups(kind: Kind) -> Grouping:
    """Return the groups of a kind."""
    return resources.of_dataset(grouping, kind)


def group_name(kind: str, value: str | int) -> str:
    """Return what a group is called."""
    return i18n.name(kind, value) if kind in KINDS and value != "" else t("chart.everyone")


def plain_name(kind: str, value: str | int) -> str:
    """Return what the data set calls a group, for files."""
    if value == "":
        return EVERYONE
    return AGE_GROUPS[int(value)] if kind == "age" else str(value)


def label(kind: str, value: str | int, num_users: int) -> str:
    """Return a group's name for a chart; a star marks one of so few people that even its interval says little."""
    name = group_name(kind, value)
    return f"{name} *" if num_users < FEW_PEOPLE else name


def _finished(work: InSteps[Result], text: str) -> Result:
    if work.share_done < 1:
        bar = st.progress(work.share_done, text=text)
        while work.share_done < 1:
            bar.progress(work.advance(), text=text)
        bar.empty()
    return work.result()


def _flipping(model: Recommender, change: Change) -> InSteps[Flipped]:
    return flipping(resources.of_model(_as_they_are, model), change)


def _as_they_are(model: Recommender) -> AsTheyAre:
    return AsTheyAre(model.dataset, lambda: resources.of_model(Inside, model))


def _rows(model: Recommender, kind: Kind) -> tuple[GroupRow, ...]:
    return by_group(resources.of_model(measuring, model).result(), kind)


def _typical(model: Recommender, kind: Kind) -> list[tuple[Typical, ...]]:
    return typical(resources.of_model(measuring, model).result(), groups(kind))


def _flip_rows(model: Recommender, change: Change, kind: Kind) -> tuple[FlipRow, ...]:
    return rows_of_flip(resources.of_model(_flipping, model, change).result(), groups(kind))
