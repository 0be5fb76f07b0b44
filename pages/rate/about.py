"""Rate about: what the visitor says of themselves, if they like; and a file of ratings brought back."""

import streamlit as st

from pages.kit import frame, resources
from pages.kit import visitor_ratings as visitor
from pages.kit.i18n import namer, number, t
from pages.lists import moved, recommended
from pages.rate import offers, taste_map
from pages.rate.offers import LIST, MAP
from recsys.data.dataset import AGE_GROUPS, GENDERS
from recsys.errors import RatingFileError
from recsys.recommend import rating_file
from recsys.recommend.person import Traits

ABOUT, IMPORT = "rate_about", "rate_import"
_FILE, _PROBLEM, _BROUGHT = "rate_file", "rate_file_problem", "rate_file_brought"


@st.fragment(key=ABOUT)
def draw() -> None:
    """Draw the three questions, none of which needs an answer."""
    data, said = resources.dataset(), visitor.traits()
    st.header(t("rate.about"), anchor=False)
    st.caption(t("rate.about_text"))
    options = {
        "gender": (GENDERS, said.gender),
        "age": (range(len(AGE_GROUPS)), said.age_group),
        "occupation": (data.occupations, said.occupation),
    }
    for column, (kind, (values, chosen)) in zip(st.columns(len(options)), options.items(), strict=True):
        key = f"rate_{kind}"
        st.session_state[key] = chosen
        column.selectbox(
            t(f"person.{kind}"),
            list(values),
            index=None,
            format_func=namer(kind),
            placeholder=t("rate.not_said"),
            key=key,
            on_change=_say,
        )


def _say() -> None:
    """Take what the visitor says of themselves (a callback)."""
    visitor.say(Traits(*(st.session_state[f"rate_{kind}"] for kind in ("gender", "age", "occupation"))))
    st.rerun([visitor.KEEPING, LIST, MAP])


@st.fragment(key=IMPORT)
def bring_file() -> None:
    """Draw the field that takes a file of ratings, and what became of the last one."""
    sent = st.file_uploader(t("rate.file.bring"), ["json", "csv"], key=_FILE, max_upload_size=1, on_change=_read)
    if sent is None:
        _forget_file()  # what is said here is about the file that stands here
    problem = st.session_state.get(_PROBLEM)
    if problem is not None:
        frame.show_error(problem)
    elif _BROUGHT in st.session_state:
        count = st.session_state[_BROUGHT]
        text = "rate.file.brought_one" if count == 1 else "rate.file.brought"
        st.success(t(text, count=number(count)), icon=":material/check:")


def begin_anew() -> None:
    """Forget what was shown for the ratings that there were: offers, the dot's way, the list before, the last file."""
    offers.forget()
    taste_map.forget()
    moved.forget(recommended.LIST)
    _forget_file()


def _forget_file() -> None:
    """Say nothing more about the last file."""
    for key in (_PROBLEM, _BROUGHT):
        st.session_state.pop(key, None)


def _ratings_in(content: bytes) -> rating_file.RatingFile:
    """What a file says; it must say something, for it takes the place of all that there is."""
    found = rating_file.from_bytes(content, resources.dataset())
    if not found.ratings:
        raise RatingFileError("none", "holds no rating", None, "")
    return found


def _read() -> None:
    """Put a file in the place of what was rated; one that is not right changes nothing (a callback)."""
    sent = st.session_state[_FILE]
    _forget_file()
    if sent is None:
        return
    try:
        found = _ratings_in(sent.getvalue())
    except RatingFileError as error:
        st.session_state[_PROBLEM] = error
        return
    visitor.replace_all(found.ratings, found.traits)
    begin_anew()
    st.session_state[_BROUGHT] = len(found.ratings)
    st.rerun([IMPORT, ABOUT, *offers.FRAGMENTS])
