"""Recommended: a list of films for a person as cards, with what moved, why, and what its setting costs."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from pages.kit import cards, dials, frame, resources
from pages.kit.cards import Item, movie_label, movie_records, stars
from pages.kit.dials import Settings
from pages.kit.i18n import escaped, number, sentences, t
from pages.kit.origin import origin_of
from pages.lists import moved
from pages.why import dialog as why
from recsys.recommend import Dials, Filters, Person, Recommender, ScoredMovie
from recsys.recommend.dial_cost import DialCost, HeldOut
from recsys.recommend.reasons import what_empties
from recsys.recommend.recommender import MOST_NEAR, NEAR_COSINE

_NEARNESS = {"cosine": NEAR_COSINE, "most": MOST_NEAR}
LIST = "list"
"""The list's name in `pages.lists.moved`."""


def show(model: Recommender, person: Person, settings: Settings, *, size: str = "medium") -> None:
    """Draw a person's list; what its order costs is measured when the list is on the screen.

    Args:
        model: recommends.
        person: for whom.
        settings: how the list is wanted (`pages.kit.dials`).
        size: of the cards.
    """
    with st.container(key="list_setting"):
        dials.reset_button(settings)
        cost = st.container(key="dial_cost")
    scored = model.recommend_for(
        person, k=settings.k, filters=settings.filters, dials=settings.dials, surprise_seed=settings.surprise_seed
    )
    _show_taken_off(model, settings)
    if not scored:
        _say_why_empty(model, person, settings.filters)
        return
    change = moved.since(
        LIST,
        who=f"{person.user_id}|{resources.made(model)}",
        wanted=settings.k,
        shown=[film.movie_id for film in scored],
        standard=lambda: [film.movie_id for film in model.recommend_for(person, k=settings.k)],
        hidden=_hidden(model, person, settings.filters),
    )
    if len(scored) < settings.k:
        st.caption(t("person.fewer_one" if len(scored) == 1 else "person.fewer", count=len(scored)))
    moved.show_gone(model, change, key="gone_films")
    st.caption(t(f"list.by.{_order(model, settings)}"))
    marked = [
        replace(item, badge=moved.badge(change, film.movie_id))
        for item, film in zip(items(model, person, scored, settings.dials), scored, strict=True)
    ]
    cards.movie_cards(
        marked, key="recommended_films", size=size, on_why=why.ask, on_less=partial(dials.less_like, model)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        who = "visitor" if person.user_id is None else f"person-{person.user_id}"
        cards.download(
            to_records(model, marked, scored, person=person, settings=settings),
            origin=origin_of(model).columns(),
            file_name=f"{who}-recommended.csv",
            key="list_csv",
        )
        frame.origin(model, width="content")
    if settings.is_turned:
        with cost:
            _show_cost(model, settings, is_visitor=person.user_id is None)


def items(model: Recommender, person: Person, scored: Sequence[ScoredMovie], turned: Dials | None = None) -> list[Item]:
    """Return the films of a list with predicted stars, and what lifts each of them most."""
    said = why.sentences_of(model, person, [movie.movie_id for movie in scored], turned=turned)
    return [
        Item(model.dataset.movie(movie.movie_id), stars(movie.stars), note)
        for movie, note in zip(scored, said, strict=True)
    ]


def _order(model: Recommender, settings: Settings) -> str:
    """What a list is ordered by, in a word: a film with fewer stars may stand above one with more."""
    weights = model.ordering.answers.weights(settings.dials.loved)
    answers = "both" if weights.watch and weights.stars else "watch" if weights.watch else "stars"
    return f"{answers}_more" if settings.dials.gems or settings.dials.variety else answers


def _hidden(model: Recommender, person: Person, filters: Filters) -> set[int]:
    """Films that left the list by a wish, which is no fall: rated ones, and what is to come less."""
    hidden = set(person.ratings) if filters.hide_seen else set()
    return hidden | {movie_id for each in filters.less_like for movie_id in model.near(each)}


def _show_taken_off(model: Recommender, settings: Settings) -> None:
    """Say which films were taken off with those near them, and offer to bring them back."""
    less = [model.dataset.movie(movie_id) for movie_id in sorted(settings.filters.less_like)]
    if not less:
        return
    count = len({movie_id for movie in less for movie_id in model.near(movie.movie_id)})
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="taken_off"):
        st.caption(t("less.off", count=number(count)), width="content", help=t("less.off_help", **_NEARNESS))
        for movie in less:
            st.button(
                escaped(movie_label(movie)),
                icon=":material/undo:",
                help=t("less.back_help", count=number(len(model.near(movie.movie_id)) - 1)),
                key=f"less_back_{movie.movie_id}",
                on_click=dials.bring_back,
                args=(model, movie.movie_id),
            )
        if len(less) > 1:
            st.button(
                t("less.back_all"),
                icon=":material/restart_alt:",
                key="less_back_all",
                type="tertiary",
                on_click=dials.lift,
                args=(("less_like",),),
            )


def to_records(
    model: Recommender, shown: Sequence[Item], scored: Sequence[ScoredMovie], *, person: Person, settings: Settings
) -> cards.Records:
    """Return a list for a file, with the words of its cards, and with how it was ordered."""
    turned = settings.dials
    more = {
        "user_id": "visitor" if person.user_id is None else person.user_id,
        "loved": "" if turned.loved is None else turned.loved,
        "gems": turned.gems,
        "variety": turned.variety,
        "less_like": "|".join(map(str, sorted(settings.filters.less_like))),
        "surprise_seed": "" if settings.surprise_seed is None else settings.surprise_seed,
    }
    return movie_records(
        (model.dataset.movie(film.movie_id), {"predicted_stars": round(film.stars, 3), "reason": item.note, **more})
        for item, film in zip(shown, scored, strict=True)
    )


def _say_why_empty(model: Recommender, person: Person, filters: Filters) -> None:
    """Say which filters emptied the list, and offer to lift them."""
    ways = what_empties(model, person, filters)
    names = [t("list.and").join(f"**{t(f'filter.{name}')}**" for name in way) for way in ways]
    text = "person.emptied_by" if ways and len(ways[0]) == 1 else "person.emptied_together"
    st.warning(t(text, filters=t("list.semicolon").join(names)), icon=":material/filter_alt_off:")
    with st.container(horizontal=True, key="lift_filters"):
        for way in ways:
            st.button(
                t("dials.lift", filters=t("list.and").join(t(f"filter.{name}") for name in way)),
                icon=":material/filter_alt_off:",
                key=f"lift_{'_'.join(way)}",
                on_click=dials.lift,
                args=(way,),
            )


def _show_cost(model: Recommender, settings: Settings, *, is_visitor: bool) -> None:
    """What the order costs on people with held-out ratings, measured once for each setting."""
    line = st.empty()
    line.caption(t("dials.cost_wait"))
    if resources.of_model(HeldOut, model).num_people == 0:
        line.caption(t("dials.cost_nobody", split=model.bundle.info.data.split))
        return
    cost = resources.answer_of_model(_cost, model, settings.dials, is_surprise=settings.surprise_seed is not None)
    how = sentences(_how_measured(model, cost), t("dials.cost_visitor") if is_visitor else "")
    line.markdown(_cost_text(cost), help=how)


def _cost(model: Recommender, turned: Dials, *, is_surprise: bool) -> DialCost:
    return resources.of_model(HeldOut, model).cost(turned, is_surprise=is_surprise)


def _cost_text(cost: DialCost) -> str:
    """The difference as a sentence."""
    kind = (
        "dials.cost_same" if cost.low <= 0 <= cost.high else "dials.cost_less" if cost.high < 0 else "dials.cost_more"
    )
    return t(
        kind,
        standard=f"{cost.standard:.3f}",
        turned=f"{cost.turned:.3f}",
        change=f"{cost.change:+.3f}",
        low=f"{cost.low:+.3f}",
        high=f"{cost.high:+.3f}",
        count=number(cost.num_people),
    )


def _how_measured(model: Recommender, cost: DialCost) -> str:
    """Whom it was measured on, and how."""
    data = model.bundle.info.data
    return t(
        "dials.cost_how",
        count=number(cost.num_people),
        seed=cost.seed,
        dataset=data.dataset,
        split=data.split,
        split_seed=data.seed,
        model=escaped(model.bundle.info.name),
    )
