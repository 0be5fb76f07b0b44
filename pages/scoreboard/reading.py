"""What the scoreboard says: two measures against each other, sampled against full ranking."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.kit import cards, i18n, state
from pages.kit.i18n import escaped, number, t
from pages.scoreboard import charts
from pages.scoreboard.scope import Scope, measure_help, measure_name, value_text
from recsys.evaluation.board_reading import DIRECTIONS, STARS, measured, place_of, ranking, swaps, widest_gap
from recsys.evaluation.scores import Score

PAIRS = {"ndcg": ("ndcg@10", "sampled_ndcg@10"), "hr": ("recall@10", "sampled_hr@10")}
"""What asks the same question over all films and among 100: the latter looks for one film, as recall does."""

NETWORKS = ("article_dot", "article_mlp", "default")
MOST_NAMED = 3


def chart(scope: Scope) -> None:
    """Draw two measures of choice against each other, and say in a sentence what is to be seen."""
    st.header(t("scoreboard.chart"), anchor=False)
    left, right = st.columns(2)
    with left:
        first = _measure("x", "rmse")
    with right:
        second = _measure("y", "ndcg@10")
    table = pd.DataFrame([_point(scope, score, first, second) for score in scope.board.scores])
    cards.chart(charts.measures(table.astype({"x": float, "y": float}), first, second), key="scoreboard_chart")
    st.markdown(reading(scope, first, second))


def _measure(parameter: str, default: str) -> str:
    control = state.control(parameter, default, parse=lambda text: text if text in DIRECTIONS else None)
    label = t(f"scoreboard.axis.{parameter}")
    st.selectbox(label, list(DIRECTIONS), format_func=measure_name, help=measure_help(control.value), **control.widget)
    return control.value


def _point(scope: Scope, score: Score, first: str, second: str) -> dict[str, object]:
    x, y = measured(score, first), measured(score, second)
    return {
        "name": scope.name(score.contender),
        "is_network": score.contender in NETWORKS or score.contender.startswith("bundle:"),
        "x": x,
        "y": y,
        "x_text": _value(first, x),
        "y_text": _value(second, y),
    }


def _value(measure: str, value: float | None) -> str:
    return t("scoreboard.no_stars") if value is None else value_text(measure, value)


def reading(scope: Scope, first: str, second: str) -> str:
    """Return what the chart shows, computed from the scores, as Markdown."""
    scores = scope.board.scores
    if first == second:
        return t("reading.same")
    best_first, best_second = (next(iter(ranking(scores, measure)), None) for measure in (first, second))
    if best_first is None or best_second is None:
        return t("reading.nothing")
    if best_first is best_second:
        values = {"first": _with_value(best_first, first), "second": _with_value(best_first, second)}
        words = [t("reading.both", who=_name(scope, best_first), **values)]
    else:
        words = [_best(scope, best_first, first, second), _best(scope, best_second, second, first)]
    gap = widest_gap(scores, first, second)
    if gap is not None and gap.score not in (best_first, best_second):
        places = {"first": measure_name(first), "second": measure_name(second), "count": gap.count}
        words.append(t("reading.gap", who=_name(scope, gap.score), place=gap.first, other=gap.second, **places))
    found = swaps(scores, first, second)
    if found.num_pairs:
        words.append(t("reading.swaps", swapped=number(len(found.swapped)), pairs=number(found.num_pairs)))
    return i18n.sentences(*words)


def _with_value(score: Score, measure: str) -> str:
    return t("reading.with_value", name=measure_name(measure), value=_value(measure, measured(score, measure)))


def _best(scope: Scope, best: Score, by: str, other: str) -> str:
    """Who is best by one measure, and where they stand by the other."""
    values = {
        "who": _name(scope, best),
        "by": measure_name(by),
        "value": _value(by, measured(best, by)),
        "other": measure_name(other),
    }
    place = place_of(best, scope.board.scores, other)
    if place is None:
        return t("reading.best_without" if other in STARS else "reading.best_unmeasured", **values)
    count, own = len(ranking(scope.board.scores, other)), _value(other, measured(best, other))
    return t("reading.best", place=place, count=count, own=own, **values)


def _name(scope: Scope, score: Score) -> str:
    return escaped(scope.name(score.contender))


def sampled(scope: Scope) -> None:
    """Draw how the sampled measure flatters and reorders."""
    st.markdown(t("sampled.text"))
    control = state.control("sampled", "ndcg", parse=lambda text: text if text in PAIRS else None)
    st.segmented_control(
        t("sampled.pair"),
        list(PAIRS),
        format_func=lambda name: " / ".join(measure_name(measure) for measure in PAIRS[name]),
        required=True,
        label_visibility="collapsed",
        **control.widget,
    )
    full, flattering = PAIRS[control.value]
    table = sampled_table(scope, full, flattering)
    if table.empty:
        st.info(t("sampled.none"), icon=":material/inbox:")
        return
    cards.chart(charts.sampled(table, full, flattering), key="sampled_chart")
    st.caption(t("sampled.places"))
    st.markdown(_sampled_sentence(scope, table, full, flattering))
    columns: dict[str, Any] = {
        "name": t("scoreboard.contender"),
        "full": st.column_config.NumberColumn(measure_name(full), help=measure_help(full), format="%.4f"),
        "full_place": t("sampled.place_full"),
        "sampled": st.column_config.NumberColumn(
            measure_name(flattering), help=measure_help(flattering), format="%.4f"
        ),
        "sampled_place": t("sampled.place_sampled"),
        "factor": st.column_config.NumberColumn(t("sampled.factor"), format="%.1f ×"),
    }
    st.dataframe(table, column_config=columns, hide_index=True, height="content", key="sampled_table")


def sampled_table(scope: Scope, full: str, flattering: str) -> pd.DataFrame:
    """Return name, full, full_place, sampled, sampled_place, factor; one row a contender, the best in full first."""
    scores = [score for score in ranking(scope.board.scores, full) if flattering in score.metrics]
    rows = [
        {
            "name": scope.name(score.contender),
            "full": score.metrics[full],
            "full_place": place_of(score, scores, full),
            "sampled": score.metrics[flattering],
            "sampled_place": place_of(score, scores, flattering),
            "factor": score.metrics[flattering] / score.metrics[full] if score.metrics[full] else None,
        }
        for score in scores
    ]
    return pd.DataFrame(rows)


def _sampled_sentence(scope: Scope, table: pd.DataFrame, full: str, flattering: str) -> str:
    factors = table["factor"].dropna()
    words = []
    if len(factors):
        words.append(t("sampled.flatters", least=f"{factors.min():.1f}", most=f"{factors.max():.1f}"))
    found = swaps(scope.board.scores, full, flattering)
    pairs, swapped = number(found.num_pairs), number(len(found.swapped))
    if not found.swapped:
        return i18n.sentences(*words, t("sampled.no_swap", pairs=pairs))
    named = [
        t("sampled.swap", better=_name(scope, better), worse=_name(scope, worse))
        for better, worse in found.swapped[:MOST_NAMED]
    ]
    more = "" if len(found.swapped) <= MOST_NAMED else t("sampled.more")
    words.append(t("sampled.swaps", swapped=swapped, pairs=pairs, named=t("list.semicolon").join(named) + more))
    return i18n.sentences(*words)
