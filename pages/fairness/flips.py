"""One attribute changed for everybody, on the page about fairness: what moves, for whom, which films win and lose."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.fairness import charts, work
from pages.fairness.groups import choose_kind
from pages.kit import cards, state
from pages.kit.cards import Item
from pages.kit.i18n import escaped, number, t
from pages.kit.origin import origin_of
from recsys.evaluation.protocol import CUTOFF
from recsys.insight.fairness.flips import SWAPPED, Change, Flipped, FlipRow, Winner, changes, most_moved, winners
from recsys.insight.fairness.groups import FEW_PEOPLE, Interval
from recsys.recommend import Recommender

MEASURES: dict[str, int] = {"num_new": 2, "moved": 4, "shift": 4}


def draw(model: Recommender) -> None:
    """Draw the choice of a change, and what it moves."""
    st.markdown(t("fair.flip.text"))
    change = _choose(model)
    flipped = work.flipped(model, change)
    if not flipped.is_changed.any():
        st.info(t("fair.flip.nobody"), icon=":material/block:")
        return
    whole = work.flip_rows(model, change, change.kind)[0]
    _numbers(flipped, whole)
    _winners(model, flipped)
    st.header(t("fair.flip.whom"), anchor=False)
    _by_group(model, flipped)
    st.header(t("fair.flip.people"), anchor=False)
    people = [
        Item(
            model.dataset.user(user_id),
            t("fair.flip.new_films", count=count, k=CUTOFF),
            t("fair.flip.moved_by", stars=f"{moved:.3f}"),
        )
        for user_id, count, moved in most_moved(flipped)
    ]
    cards.user_rows(people, key="fair_flip_people")


def _choose(model: Recommender) -> Change:
    """Draw the choice of what everybody becomes, and return it."""
    options = {f"{change.kind}.{change.to}": change for change in changes(model.dataset)}
    chosen = state.control("flip", next(iter(options)), parse=lambda text: text if text in options else None)
    st.selectbox(t("fair.flip.choose"), list(options), format_func=lambda key: _label(options[key]), **chosen.widget)
    return options[chosen.value]


def _label(change: Change) -> str:
    if change.to == SWAPPED:
        return t("fair.flip.swapped")
    return t(f"fair.flip.{change.kind}", what=work.group_name(change.kind, change.to))


def _numbers(flipped: Flipped, whole: FlipRow) -> None:
    new, moved, shift = st.columns(3)
    new.metric(t("fair.flip.num_new"), number(whole.num_new.value, 2), border=True, help=t("fair.flip.num_new_help"))
    moved.metric(t("fair.flip.moved"), f"{whole.moved.value:.3f}", border=True, help=t("fair.flip.moved_help"))
    shift.metric(t("fair.flip.shift"), f"{whole.shift.value:+.3f}", border=True, help=t("fair.flip.shift_help"))
    total = number(flipped.dataset.num_users)
    if whole.num_users == flipped.dataset.num_users:
        st.caption(t("fair.flip.count_all", total=total))
    else:
        st.caption(t("fair.flip.count", count=number(whole.num_users), total=total))


def _winners(model: Recommender, flipped: Flipped) -> None:
    up, down = winners(flipped)
    for place, name, films in zip(st.columns(2, gap="large"), ("gain", "lose"), (up, down), strict=True):
        with place:
            st.header(t(f"fair.flip.{name}"), anchor=False)
            if films:
                cards.movie_rows([_item(model, film) for film in films], key=f"fair_flip_{name}")
            else:
                st.caption(t("fair.flip.no_film"))
    change = flipped.change
    cards.download(
        partial(_film_records, model, flipped),
        origin=origin_of(model).columns(),
        file_name=f"flip-{change.kind}-{change.to}.csv",
        key="fair_flip_csv",
    )


def _film_records(model: Recommender, flipped: Flipped) -> cards.Records:
    """All films that stand in more lists or in fewer; there are many, so they are made when they are asked for."""
    gain, ids = flipped.after - flipped.before, model.dataset.movies["movie_id"].tolist()
    what = {"flip": flipped.change.kind, "to": flipped.change.to}
    return cards.movie_records(
        (
            model.dataset.movie(ids[row]),
            {"lists_before": int(flipped.before[row]), "lists_after": int(flipped.after[row]), **what},
        )
        for row in sorted(gain.nonzero()[0].tolist(), key=lambda row: -int(gain[row]))
    )


def _item(model: Recommender, film: Winner) -> Item:
    fact = t("fair.flip.gained", change=f"{film.after - film.before:+,}")
    note = t("fair.flip.lists", before=number(film.before), after=number(film.after))
    return Item(model.dataset.movie(film.movie_id), fact, note)


def _by_group(model: Recommender, flipped: Flipped) -> None:
    with st.container(horizontal=True, gap="large"):
        kind = choose_kind()
        chosen = state.control("moves", "num_new", parse=lambda text: text if text in MEASURES else None)
        st.segmented_control(
            t("fair.measure"),
            list(MEASURES),
            format_func=lambda name: t(f"fair.flip.{name}"),
            required=True,
            **chosen.widget,
        )
    measure = chosen.value
    whole, *groups = work.flip_rows(model, flipped.change, kind)
    figure = charts.intervals(
        _table(kind, groups, measure),
        title=t(f"fair.flip.{measure}.axis", k=CUTOFF),
        digits=MEASURES[measure],
        everyone=getattr(whole, measure).value,
    )
    cards.chart(figure, key="fair_flip_groups")
    large = [row for row in groups if row.num_users >= FEW_PEOPLE] or groups
    most = max(large, key=lambda row: abs(getattr(row, measure).value))
    name, value = work.group_name(kind, most.value), getattr(most, measure).value
    st.markdown(t("fair.flip.reading", who=escaped(name), value=escaped(number(value, MEASURES[measure]))))
    records = [_record(kind, row) for row in (whole, *groups)]
    what = {"flip": flipped.change.kind, "to": flipped.change.to}
    cards.download(
        [{**record, **what} for record in records],
        origin=origin_of(model).columns(),
        file_name=f"flip-{flipped.change.kind}-{flipped.change.to}-by-{kind}.csv",
        key="fair_flip_groups_csv",
    )


def _table(kind: str, rows: Sequence[FlipRow], measure: str) -> pd.DataFrame:
    values: list[Interval] = [getattr(row, measure) for row in rows]
    table = pd.DataFrame(values, columns=["value", "low", "high"])
    table.insert(0, "name", [work.label(kind, row.value, row.num_users) for row in rows])
    table["num_users"] = [row.num_users for row in rows]
    return table


def _record(kind: str, row: FlipRow) -> dict[str, object]:
    values = {
        f"{name}{end}": getattr(getattr(row, name), field)
        for name in MEASURES
        for end, field in (("", "value"), ("_low", "low"), ("_high", "high"))
    }
    return {"by": kind, "group": work.plain_name(kind, row.value), "num_users": row.num_users, **values}
