"""What if: the same person with another gender, age or occupation, or without one of their ratings."""

from collections.abc import Iterable
from typing import TypeVar

import streamlit as st

from pages.kit import cards
from pages.kit.cards import Item, movie_label, stars
from pages.kit.i18n import escaped, namer, t
from recsys.data.dataset import AGE_GROUPS, GENDERS, Movie
from recsys.recommend import Person, Recommender, Traits
from recsys.recommend.because import Because, difference

Value = TypeVar("Value", str, int)
K = 10
"""Films of the list that is compared."""


@st.fragment(key="why_what_if")
def draw(model: Recommender, because: Because, person: Person, movie: Movie) -> None:
    """Draw the controls and, where something is changed, what that changes; nothing else of the dialog runs again."""
    st.markdown(f"**{t('why.if.title')}**")
    traits, without = _choose(model, because, person, movie)
    if traits == person.traits and without is None:
        st.caption(t("why.if.hint"))
        return
    after = because.changed(person, traits, without)
    found = difference(model, person, after, movie.movie_id, k=K)
    change = round(found.stars_after, 2) - round(found.stars_before, 2)
    number, films = st.columns([1, 3], gap="medium")
    with number:
        st.metric(
            t("why.if.stars", title=escaped(movie_label(movie))),
            f"★ {found.stars_after:.2f}",
            f"{change:+.2f}",
            border=True,
            help=t("why.if.stars_help", before=f"{found.stars_before:.2f}"),
        )
    with films:
        if not found.entered:
            st.markdown(t("why.if.same_list", k=K))
        for key, some in (("entered", found.entered), ("left", found.left)):
            if some:
                st.markdown(t(f"why.if.{key}", k=K))
                items = [Item(model.dataset.movie(each.movie_id), stars(each.stars)) for each in some]
                cards.set_pills(items, key=f"why_if_{key}")


def _choose(model: Recommender, because: Because, person: Person, movie: Movie) -> tuple[Traits, int | None]:
    """Draw the controls; return the traits, and the film whose rating is left out."""
    own, data = person.traits, model.dataset
    mark = "visitor" if person.user_id is None else str(person.user_id)
    columns = st.columns([1, 1, 1, 2])
    is_visitor = person.user_id is None
    with columns[0]:
        gender = _trait("gender", GENDERS, own.gender, mark=mark, may_be_unsaid=is_visitor)
    with columns[1]:
        age = _trait("age", range(len(AGE_GROUPS)), own.age_group, mark=mark, may_be_unsaid=is_visitor)
    with columns[2]:
        occupation = _trait("occupation", data.occupations, own.occupation, mark=mark, may_be_unsaid=is_visitor)
    without = None
    if because.reads_ratings and person.known:
        labels = {i: f"{movie_label(data.movie(i))} · {given} ★" for i, given in person.known.items()}
        without = columns[-1].selectbox(
            t("why.if.without"),
            list(labels),
            index=None,
            format_func=labels.__getitem__,
            placeholder=t("why.if.without_none"),
            key=f"why_without_{mark}_{movie.movie_id}",
        )
    return Traits(gender, age, occupation), without


def _trait(kind: str, values: Iterable[Value], own: Value | None, *, mark: str, may_be_unsaid: bool) -> Value | None:
    """Draw the choice of one trait, with the person's own chosen at first."""
    options: list[Value | None] = list(values)
    if may_be_unsaid:
        options.insert(0, None)
    say = namer(kind)
    return st.selectbox(
        t(f"person.{kind}"),
        options,
        index=options.index(own),
        format_func=lambda option: t("why.if.unsaid") if option is None else say(option),
        key=f"why_{kind}_{mark}",
    )
