"""Charts of all pages: a finger on one scrolls the page, and no tool bar lies over its legend."""

import json

import pytest

from tests.pages.conftest import OpenPage


@pytest.mark.parametrize("page", ["person", "film"])
def test_a_finger_on_a_chart_scrolls_the_page_and_no_tools_lie_over_it(open_page: OpenPage, page: str) -> None:
    app = open_page(page, lang="en")
    assert not app.exception
    charts = [chart.proto for chart in app.get("plotly_chart")]
    assert charts
    for chart in charts:
        assert json.loads(chart.spec)["layout"]["dragmode"] is False
        assert json.loads(chart.config)["displayModeBar"] is False
