"""Title change: what another word changes, from the filters' answers to the similar films: before and after."""

import numpy as np
import streamlit as st

from pages.kit import cards
from pages.kit.cards import Item
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from pages.title_cnn import link, scene
from pages.title_cnn.link import View
from recsys.insight.titles.probe import FilmTrace, TitleProbe, TitleTrace
from recsys.recommend import Recommender

NUM_FILTERS, NUM_SIMILAR = 8, 10
LEAST = 5e-5
"""A smaller difference would not be seen in four digits."""
UNKNOWN = "Zzyzx"
_WIDTHS = {"filter": 125, "before": 60, "words_before": 160, "after": 60, "words_after": 160}


def draw(model: Recommender, view: View) -> None:
    """Draw before and after, or what could be tried."""
    if view.edit is None:
        st.markdown(t("title.change.text"))
        _suggestions(view)
        return
    probe = scene.probe_of(model)
    before, after = (link.film_of(probe, view, text) for text in (view.text, view.edit))
    st.markdown(
        t("title.change.from_to", before=escaped(view.text), after=escaped(view.edit) or t("title.change.nothing"))
    )
    _counts(model, view, (before, after))
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _filters(model, before.title, after.title)
    with right:
        _similar(model, view, before, after)
    _suggestions(view)


def _suggestions(view: View) -> None:
    """Buttons that change the title in a way worth seeing."""
    words = view.text.split()
    tries = {
        "swap": [words[1], words[0], *words[2:]] if len(words) > 1 else None,
        "reverse": words[::-1] if len(words) > 2 else None,
        "without": words[1:] if len(words) > 1 else None,
        "unknown": [UNKNOWN, *words[1:]] if words else None,
    }
    with st.container(horizontal=True):
        for name, changed in tries.items():
            if changed is not None and changed != words:
                st.button(
                    t(f"title.try.{name}"), key=f"title_try_{name}", on_click=_take, args=(view, " ".join(changed))
                )


def _take(view: View, text: str) -> None:
    """Change the title; the picture above shows it too, so the whole page runs again (a callback)."""
    link.write_edit(view, text)
    st.rerun()


def _counts(model: Recommender, view: View, films: tuple[FilmTrace, FilmTrace]) -> None:
    probe = scene.probe_of(model)
    before, after = films
    changed = int((np.abs(after.title.features - before.title.features) > LEAST).sum())
    cosine = float(before.vector @ after.vector / (np.linalg.norm(before.vector) * np.linalg.norm(after.vector) or 1))
    index = model.dataset.user_index(view.user_id)
    stars = [probe.stars(film, index) for film in films]
    everybody = float((probe.stars_of_all(after) - probe.stars_of_all(before)).mean())
    name = t("user.name", id=view.user_id)
    with st.container(horizontal=True, gap="large", key="title_counts"):
        st.metric(t("title.change.filters"), f"{changed} / {len(after.title.features)}", width="content")
        st.metric(t("title.change.cosine"), f"{cosine:.5f}", width="content", help=t("title.change.cosine_help"))
        st.metric(
            t("title.change.stars", person=name),
            f"{stars[1]:.4f}",
            f"{stars[1] - stars[0]:+.4f}",
            help=t("title.change.stars_help"),
            width="content",
        )
        st.metric(t("title.change.everybody"), f"{everybody:+.4f}", width="content")


def _filters(model: Recommender, before: TitleTrace, after: TitleTrace) -> None:
    """The filters whose answer changed most, with the words that they kept."""
    probe = scene.probe_of(model)
    st.header(t("title.change.filters_title"), anchor=False)
    difference = after.features - before.features
    order = [int(f) for f in np.argsort(-np.abs(difference), kind="stable") if abs(difference[f]) > LEAST]
    if not order:
        st.info(t("title.change.none"), icon=":material/info:")
        return
    rows: list[dict[str, object]] = [
        {
            "filter": filter_name(probe, f),
            "before": round(float(before.features[f]), 4),
            "words_before": kept_words(probe, before, f),
            "after": round(float(after.features[f]), 4),
            "words_after": kept_words(probe, after, f),
        }
        for f in order
    ]
    columns = {name: st.column_config.Column(t(f"title.column.{name}"), width=_WIDTHS[name]) for name in rows[0]}
    st.dataframe(
        rows, column_config=columns, hide_index=True, height=min(35 * (len(rows) + 1) + 3, 35 * (NUM_FILTERS + 1))
    )
    titles = {"title_before": before.text, "title_after": after.text}
    cards.download(
        [{**row, **titles} for row in rows],
        origin=origin_of(model).columns(),
        file_name="title-change.csv",
        key="title_change_csv",
    )


def filter_name(probe: TitleProbe, number: int) -> str:
    """Return what a filter is called, counted from 0 over all widths."""
    width, filter_ = probe.windows[number // probe.num_filters], number % probe.num_filters
    return t("title_view.filter_name", width=width, number=filter_ + 1)


def kept_words(probe: TitleProbe, trace: TitleTrace, number: int) -> str:
    """Return the words of the window that a filter kept, as plain text; "–" where it kept none."""
    window = trace.windows[number // probe.num_filters]
    start = int(window.winner[number % probe.num_filters])
    words = [word.text for word in trace.words[start : start + window.width]]
    return " ".join(words) if words and trace.features[number] > 0 else "–"


def _similar(model: Recommender, view: View, before: FilmTrace, after: FilmTrace) -> None:
    """The similar films before and after, and which of them are new."""
    st.header(t("title.change.similar"), anchor=False)
    probe = scene.probe_of(model)
    st.caption(t("title.change.moves"))
    exclude = link.index_of(probe, view)
    lists = [probe.similar(film, NUM_SIMILAR, exclude=exclude) for film in (before, after)]
    places = {index: at for at, (index, _) in enumerate(lists[0])}
    for name, column, found in zip(("before", "after"), st.columns(2), lists, strict=True):
        with column:
            st.markdown(t(f"title.change.{name}"))
            items = [
                Item(
                    model.dataset.movie(int(model.dataset.movies["movie_id"].iloc[index])),
                    _fact(name, at, places.get(index), cosine),
                )
                for at, (index, cosine) in enumerate(found)
            ]
            cards.tight_rows(items, key=f"title_similar_{name}")


def _fact(name: str, at: int, old: int | None, cosine: float) -> str:
    """The cosine, and after the change how far a film moved in the list."""
    value = f"{cosine:.3f}"
    if name == "before" or old == at:
        return value
    move = t("title.change.new") if old is None else f"{'▲' if at < old else '▼'}{abs(old - at)}"
    return f"{move} {value}"
