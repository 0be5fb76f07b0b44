"""Field steps: the preprocessing of one person and one film, drawn as it happens."""

import streamlit as st

from pages.data import chips
from pages.kit import i18n, resources
from pages.kit.cards import raw_text
from pages.kit.i18n import escaped, number, t
from recsys.config import ModelConfig
from recsys.data import field_trace
from recsys.data.dataset import AGE_GROUPS, GENDERS, Dataset
from recsys.data.encoder import FeatureEncoder
from recsys.data.field_trace import FieldStep, TitleTrace


def encoder() -> FeatureEncoder:
    """Return the encoder of the model in use, or the one that a new model would have."""
    info = resources.bundle_info()
    network = ModelConfig() if info is None else info.model
    found: FeatureEncoder = resources.of_dataset(FeatureEncoder, network.title_length)
    return found


def person(data: Dataset, encoder: FeatureEncoder, user_id: int) -> None:
    """Draw the four fields of a person."""
    steps = {step.field: step for step in field_trace.trace_user(data, encoder, user_id)}
    _raw_line(data.users["raw"].iloc[data.user_index(user_id)], of=t("user.name", id=user_id))
    _row(steps["user_id"])
    _heading("gender", raw=steps["gender"].raw)
    chips.choices([(i18n.name("gender", g), i) for i, g in enumerate(GENDERS)], chosen=steps["gender"].index)
    _heading("age", raw=steps["age"].raw)
    chips.choices([(i18n.name("age", i), i) for i in range(len(AGE_GROUPS))], chosen=steps["age"].index)
    _row(steps["occupation"], name=i18n.name("occupation", steps["occupation"].raw))
    values = ", ".join(str(step.index) for step in steps.values())
    st.markdown(t("steps.person.result", values=values))


def film(data: Dataset, encoder: FeatureEncoder, movie_id: int) -> None:
    """Draw id, title and genres of a film."""
    movie = data.movie(movie_id)
    _raw_line(data.movies["raw"].iloc[data.movie_index(movie_id)], of=movie.title)
    _row(field_trace.trace_movie(data, encoder, movie_id))
    _heading("genres", count=len(movie.genres))
    genres = field_trace.trace_genres(data, encoder, movie_id)
    chips.tokens(genres, names={name: i18n.genre(name) for name in movie.genres})
    _heading("year")
    st.markdown(t("steps.year.text", title=escaped(movie.title), year=movie.year or t("steps.year.none")))
    _title(field_trace.trace_title(encoder, movie.title), heading="title")


def any_title(encoder: FeatureEncoder) -> None:
    """Draw a title that the visitor types."""
    st.header(t("steps.any.title"), anchor=False)
    typed = st.text_input(t("steps.any.label"), t("steps.any.example"), key="any_title", max_chars=200)
    if typed.strip():
        _title(field_trace.trace_title(encoder, typed), heading="any")


def _title(trace: TitleTrace, *, heading: str) -> None:
    length = sum(token.kind != "cut" for token in trace.tokens)
    _heading(heading, words=len(trace.words), length=length, rows=number(trace.num_rows))
    chips.tokens(trace.tokens)


def _raw_line(line: str, *, of: str) -> None:
    st.markdown(t("steps.raw"))
    raw_text(line, label=of)


def _row(step: FieldStep, *, name: str | None = None) -> None:
    _heading(step.field, raw=escaped(name or step.raw))
    st.markdown(t("steps.row", raw=escaped(name or step.raw), row=number(step.index), rows=number(step.num_rows)))


def _heading(field: str, **values: object) -> None:
    st.markdown(t(f"steps.{field}", **values))
