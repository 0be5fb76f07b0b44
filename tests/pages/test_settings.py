"""The settings that the app depends on are still options of Streamlit, and are set."""

import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit import config

from pages.kit import component_code, frame, theme
from pages.training import exchange as training_exchange

FILE = Path(__file__).resolve().parent.parent.parent / ".streamlit" / "config.toml"
SETTINGS = tomllib.loads(FILE.read_text("utf-8"))


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in table.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat


@pytest.mark.parametrize("option", sorted(_flat(SETTINGS)))
def test_every_setting_is_an_option_that_streamlit_knows(option: str) -> None:
    assert option in config._config_options_template


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),
        ("server.address", "127.0.0.1"),
        ("server.fileWatcherType", "none"),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("server.maxUploadSize", training_exchange.MAX_MEGABYTES),
    ],
)
def test_what_keeps_the_server_fast_and_private_is_set(option: str, value: object) -> None:
    assert _flat(SETTINGS)[option] == value


def test_nothing_in_the_theme_comes_from_the_internet() -> None:
    assert "http" not in FILE.read_text("utf-8")


def test_latin_letters_have_a_face_on_every_system_before_a_chinese_one_is_asked() -> None:
    faces = [face.strip(" '") for face in str(_flat(SETTINGS)["theme.font"]).split(",")]
    chinese = min(faces.index(face) for face in ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"))
    latin = {"-apple-system", "Segoe UI", "Liberation Sans", "Noto Sans", "DejaVu Sans"}
    assert latin <= set(faces[:chinese])


def test_the_faces_are_named_in_one_place_and_charts_wear_them_too() -> None:
    wanted = _flat(SETTINGS)["theme.font"]
    assert theme.style(go.Figure()).layout.font.family == wanted
    sheets = [*component_code.PAGES.rglob("*.css"), frame.ASSETS / "style.css"]
    texts = {path.name: path.read_text("utf-8") for path in sheets}
    assert [name for name, text in texts.items() if "CJK" in text or "PingFang" in text] == []
