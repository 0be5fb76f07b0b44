"""Who wants a list together: two to five people of the data set, or the visitor and others, by `?people=1,2,me`."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st

from pages.kit import cards, frame, i18n, messages, state, visitor_ratings
from pages.kit.i18n import escaped, number, t
from recsys.data.dataset import Dataset
from recsys.errors import UnknownIdError
from recsys.recommend import Person, Recommender
from recsys.recommend.together import LEAST, MOST

ME = "me"
PARAMETER = "people"
FIRST_PEOPLE = (234, 1)
_ADD = "together_add"


@dataclass(frozen=True)
class Member:
    """One of those who want a list together.

    Attributes:
        token: what the URL calls them: an id, or "me".
        name: what the page calls them, as plain text.
        person: whom the recommender answers.
    """

    token: str
    name: str
    person: Person


def choose(model: Recommender) -> list[Member]:
    """Draw who is in, with the ways to change that; return them, fewer than two where the URL names no more."""
    dataset = model.dataset
    tokens, problems = read(dataset, st.query_params.get(PARAMETER))
    if tokens is None:
        tokens = _default(model)
    visitor = visitor_ratings.person(model)
    for problem in problems:
        st.warning(problem, icon=":material/person_off:")
    if ME in tokens and visitor is None:
        _say_why_not(model)
        tokens = [token for token in tokens if token != ME]
    members = [_member(model, token, visitor) for token in tokens]
    _draw(model, members, visitor)
    return members


def read(dataset: Dataset, text: str | None) -> tuple[list[str] | None, list[str]]:
    """Read who is named in the URL.

    Args:
        dataset: whose people.
        text: ids and "me", separated by commas; None where nobody is named.

    Returns:
        At most `MOST` different names, None where nobody was named; and what is wrong with the rest, in sentences.
    """
    if text is None:
        return None, []
    found: list[str] = []
    problems: list[str] = []
    for token in filter(None, (part.strip() for part in text[:200].split(","))):
        problem = None if token == ME else _problem(dataset, token)
        if problem is not None:
            problems.append(problem)
        elif token not in found:
            found.append(token)
    if len(found) > MOST:
        problems.append(t("together.too_many", most=MOST))
    return found[:MOST], problems[:MOST]


def _problem(dataset: Dataset, token: str) -> str | None:
    """What is wrong with an id, as a sentence; None where it is somebody's."""
    if token.isascii() and token.isdigit() and len(token) <= 10 and str(int(token)) == token:
        try:
            dataset.user_index(int(token))
        except UnknownIdError as error:
            return messages.error_text(error)
        return None
    return messages.error_text(UnknownIdError("user", token[:40], dataset.name))


def _default(model: Recommender) -> list[str]:
    """Whom the page begins with: the visitor or the person looked at last, and somebody else."""
    ids: list[int] = model.dataset.users["user_id"].tolist()
    known = set(ids)
    wanted = [state.last("user"), *FIRST_PEOPLE, *ids[:2]]
    people = list(dict.fromkeys(str(user_id) for user_id in wanted if user_id is not None and user_id in known))
    visitor = [ME] if visitor_ratings.person(model) is not None else []
    return [*visitor, *people][:LEAST]


def _member(model: Recommender, token: str, visitor: Person | None) -> Member:
    if token == ME and visitor is not None:
        return Member(ME, t("together.me"), visitor)
    return Member(token, t("user.name", id=token), model.person(int(token)))


def _draw(model: Recommender, members: list[Member], visitor: Person | None) -> None:
    """Draw everybody who is in, each with a button that takes them out, and the ways to add somebody."""
    tokens = [member.token for member in members]
    with st.container(horizontal=True, gap="small", key="together_members"):
        for member in members:
            key = f"together_member_{member.token}"
            with st.container(border=True, horizontal=True, vertical_alignment="center", width="content", key=key):
                st.markdown(f"**{escaped(member.name)}** · {_about(model, member)}", width="content")
                st.button(
                    t("together.out"),
                    key=f"together_out_{member.token}",
                    type="tertiary",
                    icon=":material/close:",
                    help=t("together.take_out", name=member.name),
                    disabled=len(members) <= LEAST,
                    on_click=_write,
                    args=([token for token in tokens if token != member.token],),
                )
    _draw_adding(model, tokens, visitor)


def _draw_adding(model: Recommender, tokens: list[str], visitor: Person | None) -> None:
    is_full = len(tokens) >= MOST
    with st.container(horizontal=True, vertical_alignment="bottom", key="together_adding"):
        st.number_input(
            t("together.add"),
            step=1,
            value=None,
            width=190,
            placeholder=t("person.id_hint"),
            disabled=is_full,
            key=_ADD,
            on_change=_add_typed,
            args=(tokens,),
        )
        st.button(
            t("together.anybody"),
            icon=":material/casino:",
            key="together_anybody",
            disabled=is_full,
            on_click=_add_anybody,
            args=(model.dataset, tokens),
        )
        if visitor is not None and ME not in tokens:
            st.button(
                t("together.add_me"),
                icon=":material/person_add:",
                key="together_add_me",
                disabled=is_full,
                on_click=_write,
                args=([*tokens, ME],),
            )
        elif visitor is None and visitor_ratings.fold_in(model) is not None:
            _link_to_rate()
        st.caption(t("together.count", count=len(tokens), least=LEAST, most=MOST), width="content")


def _about(model: Recommender, member: Member) -> str:
    if member.person.user_id is None:
        return t("user.count", count=number(len(member.person.ratings)))
    return escaped(cards.about_user(model.dataset.user(member.person.user_id)))


def _say_why_not(model: Recommender) -> None:
    """Say why the visitor cannot be one of them."""
    reason: Literal["unrated", "no_histories"] = (
        "unrated" if visitor_ratings.fold_in(model) is not None else "no_histories"
    )
    st.info(t(f"together.{reason}"), icon=":material/person_off:")


def _link_to_rate() -> None:
    st.page_link(
        "rate/view.py",
        label=t("together.rate_first"),
        icon=frame.PAGE_ICONS["rate"],
        query_params={"lang": i18n.language()},
    )


def _write(tokens: list[str]) -> None:
    """Put who is in into the URL (a callback)."""
    state.write_params(**{PARAMETER: ",".join(tokens)})


def _add_typed(tokens: list[str]) -> None:
    """Add the person whose id was typed (a callback)."""
    typed = st.session_state[_ADD]
    st.session_state[_ADD] = None
    if typed is not None and str(typed) not in tokens:
        _write([*tokens, str(typed)])


def _add_anybody(dataset: Dataset, tokens: list[str]) -> None:
    """Add somebody drawn at random: the same people draw the same person (a callback)."""
    others = [token for token in map(str, dataset.users["user_id"].tolist()) if token not in tokens]
    if others:
        rng = np.random.default_rng([int(token) for token in tokens if token != ME])
        _write([*tokens, others[int(rng.integers(len(others)))]])
