"""Bringing a run from elsewhere: a file that another Matinee exported, checked before anything of it is used."""

from typing import BinaryIO

import streamlit as st

from pages.kit import messages
from pages.kit.i18n import escaped, t
from pages.training import words
from recsys.bundle.exchange import import_bundle
from recsys.data.dataset import Dataset
from recsys.errors import BundleError, ForeignBundleError, FullError

MAX_MEGABYTES = 100
"""A run of ml-1m with all that it needs to go on takes 60; the server's own limit (`maxUploadSize`) is the same."""


def bring(data: Dataset) -> None:
    """Draw the place for a file, and say what became of the last one."""
    with st.expander(t("training.import"), icon=":material/upload:", key="training_import"):
        st.markdown(t("training.import.text", size=MAX_MEGABYTES))
        turn = st.session_state.get("import_turn", 0)  # another key empties the box
        file = st.file_uploader(
            t("training.import.file"),
            type="zip",
            key=f"import_file_{turn}",
            label_visibility="collapsed",
            max_upload_size=MAX_MEGABYTES,
        )
        if file is not None:
            _take(data, file, turn)
        outcome = st.session_state.get("import_outcome")
        if outcome is not None:
            is_good, text = outcome
            (st.success if is_good else st.error)(text)


def _take(data: Dataset, file: BinaryIO, turn: int) -> None:
    """Check and keep what was brought, note what became of it, and draw the page with the new run."""
    try:
        info = import_bundle(file, data)  # a stream: no second copy of it
    except BundleError as error:
        st.session_state["import_outcome"] = (False, _refusal(error))
    except FullError as error:
        st.session_state["import_outcome"] = (False, messages.error_text(error))
    else:
        text = t("training.import.done", name=escaped(words.label(info)))
        st.session_state["import_outcome"] = (True, text)
    st.session_state["import_turn"] = turn + 1
    st.rerun()


def _refusal(error: BundleError) -> str:
    """Say in the reader's language that a file is not taken, and in the program's what the check found."""
    key = "foreign" if isinstance(error, ForeignBundleError) else "refused"
    return t(f"training.import.{key}", detail=error.problem.replace("`", "'"))
