"""What stands in which group's top tens, on the page about fairness: typical films, and how much groups share."""

import math

import numpy as np
import streamlit as st

from pages.fairness import charts, work
from pages.fairness.groups import choose_kind
from pages.kit import cards, state
from pages.kit.cards import Item
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from recsys.insight.fairness.groups import Grouping, Wide
from recsys.insight.fairness.lists import Typical, overlap
from recsys.recommend import Recommender

AT_ONCE = 2
SEPARATOR = "_"


def draw(model: Recommender) -> None:
    """Draw the films typical of some groups side by side, and how many films two people share."""
    everyone = work.everyone(model)
    kind = choose_kind()
    groups = work.groups(kind)
    found = work.typical_films(model, kind)
    chosen = _choose_groups(groups)
    st.markdown(t("fair.typical.text"))
    columns = st.columns(max(AT_ONCE, len(chosen)), gap="large")
    for place, value in zip(columns, chosen, strict=False):
        with place:
            at = groups.values.index(value)
            st.header(escaped(work.group_name(kind, value)), anchor=False)
            _films(model, found[at], key=f"fair_typical_{kind}_{at}")
    cards.download(
        _records(model, groups, found),
        origin=origin_of(model).columns(),
        file_name=f"typical-films-by-{kind}-{model.dataset.name}.csv",
        key="fair_typical_csv",
    )
    _overlap(model, groups, overlap(everyone, groups))


def _overlap(model: Recommender, groups: Grouping, shared: Wide) -> None:
    """Draw how many films two people of two groups share."""
    st.header(t("fair.overlap"), anchor=False)
    st.markdown(_reading(groups, shared))
    names = [work.group_name(groups.kind, value) for value in groups.values]
    cells = [[None if math.isnan(value) else value for value in row] for row in shared.tolist()]
    cards.chart(charts.overlap(names, cells), key="fair_overlap")
    plain = [work.plain_name(groups.kind, value) for value in groups.values]
    records = [{"group": name, **dict(zip(plain, row, strict=True))} for name, row in zip(plain, cells, strict=True)]
    cards.download(
        records,
        origin=origin_of(model).columns(),
        file_name=f"shared-films-by-{groups.kind}.csv",
        key="fair_overlap_csv",
    )


def _choose_groups(groups: Grouping) -> list[str | int]:
    """Draw the choice of groups; where there are two, both are shown."""
    if len(groups.values) <= AT_ONCE:
        return list(groups.values)
    texts = {str(value): value for value in groups.values}
    first = list(texts)[:1] + list(texts)[-1:]
    chosen = state.control(
        f"which_{groups.kind}",
        first,
        parse=lambda text: [part for part in text.split(SEPARATOR) if part in texts][:4] or None,
        show=SEPARATOR.join,
    )
    st.multiselect(
        t("fair.typical.which"),
        list(texts),
        format_func=lambda text: work.group_name(groups.kind, texts[text]),
        max_selections=4,
        placeholder=t("fair.typical.choose"),
        **chosen.widget,
    )
    return [texts[text] for text in chosen.value]


def _films(model: Recommender, films: tuple[Typical, ...], *, key: str) -> None:
    if not films:
        st.info(t("fair.typical.none"), icon=":material/balance:")
        return
    items = [Item(model.dataset.movie(film.movie_id), _fact(film), _note(film)) for film in films]
    cards.movie_rows(items, key=key)


def _fact(film: Typical) -> str:
    return t("fair.typical.only") if math.isinf(film.lift) else t("fair.typical.lift", lift=f"{film.lift:.1f}")


def _note(film: Typical) -> str:
    return t("fair.typical.note", inside=f"{film.share_inside:.1%}", outside=f"{film.share_outside:.1%}")


def _reading(groups: Grouping, shared: Wide) -> str:
    """Which two groups share most and least, as a sentence; empty for a single group."""
    if len(groups.values) < AT_ONCE:
        return ""
    first, second = np.triu_indices(len(groups.values), k=1)
    values = shared[first, second]
    least, most = int(values.argmin()), int(values.argmax())

    def names(at: int) -> dict[str, str]:
        ends = (first[at], second[at])
        named = [escaped(work.group_name(groups.kind, groups.values[int(end)])) for end in ends]
        return {"one": named[0], "other": named[1], "count": f"{values[at]:.2f}"}

    if least == most:
        return t("fair.overlap.two", **names(most))
    apart = {f"least_{name}": value for name, value in names(least).items()}
    return t("fair.overlap.reading", **names(most), **apart)


def _records(model: Recommender, groups: Grouping, found: list[tuple[Typical, ...]]) -> cards.Records:
    return cards.movie_records(
        (
            model.dataset.movie(film.movie_id),
            {
                "by": groups.kind,
                "group": work.plain_name(groups.kind, value),
                "share_inside": round(film.share_inside, 5),
                "share_outside": round(film.share_outside, 5),
                "score": round(film.score, 2),
            },
        )
        for value, films in zip(groups.values, found, strict=True)
        for film in films
    )
