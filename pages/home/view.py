"""Start: films recommended to somebody at once, how good the model is, and four doors."""

import streamlit as st

from pages.kit import frame, i18n, messages, resources, state
from pages.kit.cards import about_user, movie_cards
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from pages.lists.recommended import items
from recsys.bundle import BundleInfo
from recsys.data import profiles
from recsys.data.profiles import PeopleFilter

NUM_FILMS = 6
FIRST_PERSON = 234
BUSY = PeopleFilter(num_ratings=(20, 100_000_000))
DOORS = (
    ("rate", "rate/view.py"),
    ("person", "person/view.py"),
    ("film", "film/view.py"),
    ("inside", "title_cnn/view.py"),
)


@st.fragment(key="somebody")
def somebody() -> None:
    """Films for one person, with reasons; the dice take another person."""
    seed = state.seed("seed")
    user_id = resources.answer_of_dataset(profiles.draw_person, BUSY, seed=seed.value, first=FIRST_PERSON)
    if user_id is None:
        st.info(t("start.nobody"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("start.for_somebody", id=user_id), anchor=False, width="content")
        st.markdown(escaped(about_user(data.user(user_id))), width="content")
        st.button(
            t("start.somebody_else"),
            icon=":material/casino:",
            key="somebody_else",
            on_click=state.next_seed,
            args=(seed,),
        )
        st.page_link(
            "person/view.py",
            label=t("start.open_person"),
            icon=":material/person:",
            query_params={"user": str(user_id), "lang": i18n.language()},
        )
    person = model.person(user_id)
    movie_cards(items(model, person, model.recommend_for(person, k=NUM_FILMS)), key="somebody_films")
    st.caption(f"{origin_of(model).markdown()} · {t('start.seed', seed=seed.value)}")


def against_baselines(info: BundleInfo) -> None:
    """Draw the model's RMSE beside predicting the mean and predicting from biases, on the same part of the data.

    On the test part where somebody had it measured there (`python -m recsys evaluate --keep`), else on the validation
    part.
    """
    part = "test" if "rmse" in info.metrics.get("test", {}) else "validation"
    own = info.metrics.get(part, {}).get("rmse")
    if own is None:
        st.info(t("quality.unknown" if info.is_finished else "quality.unmeasured"))
        return
    is_own = part == "test" or info.own_validation_rmse is not None
    st.markdown(t(f"quality.sentence_{part if is_own else 'earlier'}", epoch=info.validation_epoch))
    rows = [("mean", _baseline(info, "mean", part)), ("biases", _baseline(info, "biases", part)), ("model", own)]
    for column, (name, rmse) in zip(st.columns(3), rows, strict=True):
        if rmse is None:
            continue
        better = None if name != "model" or rows[0][1] is None else own - rows[0][1]
        column.metric(
            t(f"quality.{name}"),
            t("quality.value", rmse=f"{rmse:.3f}"),
            None if better is None else t("quality.delta", delta=f"{better:+.3f}"),
            delta_color="inverse",
            help=t(f"quality.{name}_help"),
            border=True,
            height="stretch",
        )


def _baseline(info: BundleInfo, name: str, part: str) -> float | None:
    return info.baselines.get(name, {}).get(f"{part}_rmse")


frame.page_header("start.title", "start.purpose")
model = frame.need_model(starts_itself=True)
data = resources.dataset()
somebody()

for column, (name, page) in zip(st.columns(len(DOORS)), DOORS, strict=True):
    with column.container(border=True, height="stretch", key=f"door_{name}"):
        frame.door(page, name)

st.header(t("start.quality"), anchor=False)
against_baselines(model.bundle.info)
frame.origin(model)
with st.expander(t("start.why_data"), icon=":material/database:", key="why_data"):
    st.markdown("\n".join(f"- {line}" for line in messages.attempts_text(resources.located().attempts)))
frame.how_it_works("start.how", key="how_start")
