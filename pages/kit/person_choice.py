"""Choosing one of the data set's people: by id, by filters and dice, or somebody like oneself."""

import numpy as np
import streamlit as st

from pages.kit import i18n, resources, state
from pages.kit.i18n import name, number, t
from recsys.data import profiles
from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset
from recsys.data.profiles import PeopleFilter

ACTIVITY: dict[str, tuple[int, int]] = {
    "few": (0, 49),
    "some": (50, 149),
    "many": (150, 399),
    "most": (400, 100_000_000),
}


def choose_person(current: int | None) -> None:
    """Draw the ways to choose a person. A choice goes into the URL and runs the page again.

    Args:
        current: who is chosen now.
    """
    data = resources.dataset()
    with st.container(horizontal=True, vertical_alignment="bottom", key="choose_person"):
        st.number_input(
            t("person.id"),
            step=1,  # without a least and a largest: the browser would keep a strange id to itself, without a word
            value=None,
            width=170,
            placeholder=t("person.id_hint"),
            **state.id_control("user", current),
        )
        with st.popover(t("person.filter"), icon=":material/filter_alt:", key="person_filter"):
            wanted = _filters(data)
        seed = state.seed("dice")
        matching = len(resources.answer_of_dataset(profiles.people, wanted))
        st.button(
            t("person.dice"),
            icon=":material/casino:",
            key="person_dice",
            help=t("person.dice_help"),
            disabled=matching == 0,
            on_click=_roll,
            args=(data, wanted, seed),
        )
        with st.popover(t("person.like_me"), icon=":material/face:", key="person_like_me"):
            _like_me(data)
        counts = {"count": number(matching), "total": number(data.num_users)}
        st.caption(t("person.matching", seed=seed.value, **counts), width="content")


def _filters(data: Dataset) -> PeopleFilter:
    """Gender, age group, occupation and activity; each may stay open."""
    st.markdown(t("person.filter_text"))
    gender = _choice("gender", GENDERS, "gender")
    age = _choice("age", [str(group) for group in range(len(AGE_GROUPS))], "age")
    occupation = _choice("occupation", data.occupations, "occupation")
    activity = _choice("activity", list(ACTIVITY), "activity")
    return PeopleFilter(gender, None if age is None else int(age), occupation, ACTIVITY.get(activity or ""))


def _choice(parameter: str, options: tuple[str, ...] | list[str], kind: str) -> str | None:
    chosen = state.one_of(parameter, options)
    st.selectbox(
        t(f"person.{parameter}"),
        [None, *options],
        format_func=lambda value: t("person.any") if value is None else name(kind, value),
        **chosen.widget,
    )
    return chosen.value


def _roll(data: Dataset, wanted: PeopleFilter, seed: state.Control[int]) -> None:
    """Take the person that the next seed draws (a callback)."""
    state.next_seed(seed)
    drawn = profiles.draw_person(data, wanted, seed=seed.value + 1)
    if drawn is not None:
        state.write_params(user=drawn)


def _like_me(data: Dataset) -> None:
    st.markdown(t("person.like_me_text"))
    gender = st.selectbox(t("person.gender"), GENDERS, format_func=i18n.namer("gender"), key="me_gender")
    age = st.selectbox(t("person.age"), range(len(AGE_GROUPS)), index=2, format_func=i18n.namer("age"), key="me_age")
    occupation = st.selectbox(
        t("person.occupation"), data.occupations, format_func=i18n.namer("occupation"), key="me_occupation"
    )
    st.button(
        t("person.like_me_go"),
        type="primary",
        key="me_go",
        on_click=_take_alike,
        args=(data, gender, age, occupation),
    )


def _take_alike(data: Dataset, gender: str, age: int, occupation: str) -> None:
    """Take somebody like the visitor; another one each time (a callback)."""
    tries = st.session_state["tries_alike"] = st.session_state.get("tries_alike", -1) + 1
    user_id, agree = profiles.someone_like(
        data, gender=gender, age_group=age, occupation=occupation, rng=np.random.default_rng(tries)
    )
    state.write_params(user=user_id)
    st.toast(t("person.like_me_found", id=user_id, agree=agree), icon=":material/face:")
