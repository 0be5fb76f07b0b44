"""The list for several people: films with everybody's predicted stars, and who gives up how much."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.kit import cards, frame, i18n, state
from pages.kit.cards import Item, movie_label
from pages.kit.charts import COMPARE
from pages.kit.i18n import escaped, number, sentences, t
from pages.kit.origin import origin_of
from pages.kit.theme import style
from pages.scoreboard.charts import LINE_COLORS, SYMBOLS
from pages.together.people import Member
from pages.why import dialog as why
from recsys.recommend import Recommender
from recsys.recommend.together import WAYS, Share, SharedMovie, Together, Way, together


def draw(model: Recommender, members: Sequence[Member]) -> None:
    """Draw the controls, the list, and what each of them has of it."""
    way, k, is_seen_hidden = _controls()
    found = together(model, [member.person for member in members], way=way, k=k, hide_seen=is_seen_hidden)
    if not found.movies:
        st.warning(t("together.empty"), icon=":material/filter_alt_off:")
        return
    _shares(members, found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header(t("together.list"), anchor=False)
        items = [_item(model, members, film, way) for film in found.movies]
        _explained(model, members)
        cards.movie_cards(items, key="together_films", size="medium", on_why=why.ask)
    with right:
        st.header(t("together.who_gets_what"), anchor=False)
        cards.chart(dots(model, members, found.movies, way), key="together_dots")
    chosen = t("together.pool_likely" if found.is_likely else "together.pool", pool=number(found.num_pool))
    seen = t("together.seen", seen=number(found.num_seen)) if found.num_seen else ""
    st.caption(sentences(seen, chosen))
    with st.container(horizontal=True, vertical_alignment="center"):
        cards.download(
            _records(model, members, found, way),
            origin=origin_of(model).columns(),
            file_name=f"together-{way}.csv",
            key="together_csv",
        )
        frame.origin(model, width="content")


def _controls() -> tuple[Way, int, bool]:
    way = state.control("way", WAYS[0], parse=lambda text: next((name for name in WAYS if name == text), None))
    k = state.whole("k", 10, lowest=1, highest=50)
    hide = state.switch("unseen", default=True)
    with st.container(horizontal=True, vertical_alignment="center", gap="large", key="together_controls"):
        st.segmented_control(
            t("together.way"), WAYS, format_func=lambda name: t(f"together.way.{name}"), required=True, **way.widget
        )
        st.slider(t("person.k"), 1, 50, width=220, **k.widget)
        st.toggle(t("together.hide_seen"), **hide.widget)
    st.caption(t(f"together.way.{way.value}_text"))
    return way.value, k.value, hide.value


def _shares(members: Sequence[Member], found: Together) -> None:
    """What each of them has of the list, and who gives up most."""
    for member, share, place in zip(members, found.shares, st.columns(len(members)), strict=True):
        place.metric(
            escaped(member.name),
            _stars(share.stars),
            delta=t("together.gives_up", stars=f"{given_up(share):.2f}"),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=t("together.share_help", alone=f"{share.alone:.2f}"),
        )
    least = found.least_happy
    if least is None or not given_up(found.shares[least]):
        st.markdown(t("together.all_happy"))
        return
    share = found.shares[least]
    numbers = {"stars": f"{share.stars:.2f}", "alone": f"{share.alone:.2f}", "less": f"{given_up(share):.2f}"}
    st.markdown(t("together.least_happy", who=escaped(members[least].name), **numbers))


def given_up(share: Share) -> float:
    """Return what somebody gives up so that it is the difference of the two numbers as they are shown."""
    return max(0.0, round(round(share.alone, 2) - round(share.stars, 2), 2))


def _stars(value: float) -> str:
    """Stars for reading, with two digits: one could not be checked against the mean of several people."""
    return f"★\u00a0{value:.2f}"


def _item(model: Recommender, members: Sequence[Member], film: SharedMovie, way: Way) -> Item:
    note = " · ".join(
        i18n.labelled(_short(member), _stars(given)) for member, given in zip(members, film.stars, strict=True)
    )
    return Item(model.dataset.movie(film.movie_id), _stars(film.mean if way == "average" else film.least), note)


def _short(member: Member) -> str:
    """What somebody is called where there is little room."""
    return member.name if member.person.user_id is None else str(member.person.user_id)


def _explained(model: Recommender, members: Sequence[Member]) -> None:
    """Draw the choice of whom "Why?" is about, and the explanation that was asked for."""
    texts = {member.token: member for member in members}
    about = state.control("about", members[0].token, parse=lambda text: text if text in texts else None)
    st.segmented_control(
        t("together.why_for"),
        list(texts),
        format_func=lambda token: texts[token].name,
        required=True,
        **about.widget,
    )
    why.show_if_asked(model, texts[about.value].person)


def dots(model: Recommender, members: Sequence[Member], films: Sequence[SharedMovie], way: Way) -> go.Figure:
    """Draw a row a film: a point for what each person is predicted to give it, and a line between the outer two.

    Args:
        model: knows the titles.
        members: in the order of the stars.
        films: the first on top.
        way: what the list is ordered by, marked with a small line.
    """
    labels = [
        f"{place}. {_cut(movie_label(model.dataset.movie(film.movie_id)))}" for place, film in enumerate(films, 1)
    ]
    figure = go.Figure()
    for label, film in zip(labels, films, strict=True):
        ends = [min(film.stars), max(film.stars)]
        figure.add_scatter(
            x=ends, y=[label] * 2, mode="lines", line={"color": COMPARE, "width": 2}, hoverinfo="skip", showlegend=False
        )
    for at, member in enumerate(members):
        figure.add_scatter(
            x=[film.stars[at] for film in films],
            y=labels,
            mode="markers",
            name=member.name,
            marker={"color": LINE_COLORS[at], "symbol": SYMBOLS[at], "size": 12},
            hovertemplate=i18n.labelled("%{y}", "%{x:.2f} ★") + "<extra>%{fullData.name}</extra>",
        )
    figure.add_scatter(
        x=[film.mean if way == "average" else film.least for film in films],
        y=labels,
        mode="markers",
        name=t(f"together.way.{way}"),
        marker={"symbol": "line-ns-open", "size": 20, "color": COMPARE, "line": {"width": 3}},
        hovertemplate=i18n.labelled("%{y}", "%{x:.2f} ★") + "<extra>%{fullData.name}</extra>",
    )
    figure.update_yaxes(autorange="reversed", type="category", ticksuffix="  ")
    figure.update_xaxes(title=t("together.axis"), ticksuffix=" ★", nticks=4, tickangle=0)
    style(figure, height=150 + 31 * len(films))
    figure.update_layout(margin={"t": 64})
    return figure


def _cut(title: str, most: int = 26) -> str:
    """A title that is not too long for an axis."""
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _records(model: Recommender, members: Sequence[Member], found: Together, way: Way) -> cards.Records:
    """The list with everybody's predicted stars, and who they are."""
    who = {"people": " ".join(member.token for member in members)}
    rows = []
    for place, film in enumerate(found.movies, start=1):
        own = {f"stars_{member.token}": round(given, 3) for member, given in zip(members, film.stars, strict=True)}
        values = {"mean_stars": round(film.mean, 3), "least_stars": round(film.least, 3)}
        rows.append((model.dataset.movie(film.movie_id), {"place": place, "way": way, **own, **values, **who}))
    return cards.movie_records(rows)
