"""Charts of all pages: a finger on one scrolls the page, its picture can be kept, and no tool lies over its legend."""

import json

import pytest

from tests.pages.conftest import OpenPage


@pytest.mark.parametrize("page", ["person", "film"])
def test_a_finger_on_a_chart_scrolls_the_page_and_its_tool_stands_beside_the_rest(
    open_page: OpenPage, page: str
) -> None:
    app = open_page(page, lang="en")
    assert not app.exception
    charts = [chart.proto for chart in app.get("plotly_chart")]
    assert charts
    for chart in charts:
        layout = json.loads(chart.spec)["layout"]
        assert layout["dragmode"] is False
        assert json.loads(chart.config)["modeBarButtons"] == [["toImage"]]
        assert layout["modebar"]["orientation"] == "v"
        assert layout["margin"]["r"] >= 36  # a tool is 32 pixels wide
