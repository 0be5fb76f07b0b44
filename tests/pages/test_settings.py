"""The settings that the app depends on are still options of Streamlit, and are set."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

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
    ],
)
def test_what_keeps_the_server_fast_and_private_is_set(option: str, value: object) -> None:
    assert _flat(SETTINGS)[option] == value


def test_nothing_in_the_theme_comes_from_the_internet() -> None:
    assert "http" not in FILE.read_text("utf-8")
