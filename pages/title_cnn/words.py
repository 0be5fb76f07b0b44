"""Title words: which words mattered, by a named method, with what the method cannot tell."""

from typing import Any

import numpy as np
import streamlit as st

from pages.kit import cards, i18n, resources, state
from pages.kit.component import Component
from pages.kit.i18n import escaped, t
from pages.kit.origin import origin_of
from pages.title_cnn import change as title_change
from pages.title_cnn import link, scene
from pages.title_cnn.link import View
from recsys.insight.titles import attribution as word_attribution
from recsys.insight.titles.attribution import METHODS, Attribution, Method
from recsys.recommend import Recommender

COMPONENT = Component("title_cnn/browser", "mattered.js", "TitleWords")
_METHOD_NAMES: dict[str, Method] = {name: name for name in METHODS}
VISIBLE = 0.05
"""Stars that show where they are rounded to one digit."""
NEXT_TO_NOTHING = "0.0001"
"""Stars, as they are written; what is less than half of it is written as 0 (`title_change.LEAST`)."""
LEAST_BAR = 0.001
"""Stars of a bar that fills its column, where no word does more: noise should not look like an answer."""
TEXTS = ("hint", "word", "to_stars", "together", "from_to", "says")


def draw(model: Recommender, view: View) -> None:
    """Draw what each word does to one person's stars and to the filters."""
    method = state.control("method", METHODS[0], parse=_METHOD_NAMES.get)
    st.segmented_control(
        t("title.method"),
        METHODS,
        format_func=lambda name: t(f"title.method.{name}"),
        required=True,
        **method.widget,
    )
    found = attribution(model, view, method.value)
    if not found.words:
        st.info(t("title.words.none"), icon=":material/edit:")
        return
    st.markdown(_answer(view, found))
    st.caption(t(f"title.method.{method.value}.text"))
    _picture(model, view, found)
    if not found.is_exact:
        st.caption(t("title.words.sampled"))
    st.markdown(t("title.words.cannot"))
    about = {"title": view.shown, "user_id": view.user_id, "method": method.value}
    cards.download(
        [{**row, **about} for row in _rows(model, found)],
        origin=origin_of(model).columns(),
        file_name="title-words.csv",
        key="title_words_csv",
    )


def attribution(model: Recommender, view: View, method: Method) -> Attribution:
    """Return what each word of the shown title does, computed once for all sessions."""
    return resources.answer_of_model(_attribution, model, view, method)


def _attribution(model: Recommender, view: View, method: Method) -> Attribution:
    probe = scene.probe_of(model)
    return word_attribution.attribute(
        probe,
        view.shown,
        method=method,
        movie_index=link.index_of(probe, view),
        genres=view.genres,
        user_index=model.dataset.user_index(view.user_id),
    )


def _answer(view: View, found: Attribution) -> str:
    """The word that moved the prediction most, in a sentence."""
    if found.to_stars is None:
        return ""
    most = int(np.abs(found.to_stars).argmax())
    value = float(found.to_stars[most])
    person = t("user.name", id=view.user_id)
    if abs(value) < title_change.LEAST:
        return i18n.sentences(t("title.words.nowhere", person=person, least=NEXT_TO_NOTHING), _proportion(found))
    way, size = "up" if value > 0 else "down", f"{abs(value):.4f}"
    said = t(f"title.words.{way}", word=escaped(found.words[most]), person=person, value=size)
    return i18n.sentences(said, _proportion(found))


def _proportion(found: Attribution) -> str:
    """All words beside the whole prediction: the most telling word of a deaf network tells little."""
    if found.stars is None or found.stars_without is None or found.to_stars is None:
        return ""
    change = found.stars - found.stars_without
    is_tiny = max(abs(change), float(np.abs(found.to_stars).max())) < VISIBLE
    total, share = f"{change:+.4f}".replace("-", "−"), t("title.words.tiny") if is_tiny else ""
    return t("title.words.proportion", total=total, stars=f"{found.stars:.2f}", share=share).strip()


def _picture(model: Recommender, view: View, found: Attribution) -> None:
    config, probe = model.bundle.info.model, scene.probe_of(model)
    data: dict[str, Any] = {
        "words": [{"text": word, "known": word in probe.encoder.words} for word in found.words],
        "widths": list(config.windows),
        "filters": config.num_filters,
        "to_features": scene.packed(found.to_features),
        "to_stars": None if found.to_stars is None else scene.packed(found.to_stars),
        "features": scene.packed(found.features),
        "least": LEAST_BAR,
        "stars": found.stars,
        "stars_without": found.stars_without,
        "person": t("user.name", id=view.user_id),
    }
    texts = {name: t(f"title_words.{name}") for name in TEXTS}
    texts |= {name: t(f"title_view.{name}") for name in ("filter_name", "window")}
    COMPONENT.draw("title_words", data=data, texts=texts)


def _rows(model: Recommender, found: Attribution) -> list[dict[str, object]]:
    probe = scene.probe_of(model)
    names = [title_change.filter_name(probe, number) for number in range(probe.num_features)]
    return [
        {
            "word": word,
            "stars": None if found.to_stars is None else float(found.to_stars[at]),
            **{name: float(found.to_features[at, number]) for number, name in enumerate(names)},
        }
        for at, word in enumerate(found.words)
    ]
