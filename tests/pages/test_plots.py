"""Charts of all pages: a finger on one scrolls the page, its picture can be kept, and no tool lies over its legend."""

import json

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from pages.kit import theme
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


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("Number of ratings", 32, ["Number of ratings"]),
        ("stars above (+) or below (−) everyone", 32, ["stars above (+) or", "below (−) everyone"]),
        ("incomprehensibilities of a thing", 10, ["incomprehensibilities", "of a thing"]),
        ("平均预测评分（星）", 18, ["平均预测评分（星）"]),
        ("平均预测评分（星）", 16, ["平均预测评", "分（星）"]),
        ("在测试部分上，越低越好", 12, ["在测试部分", "上，越低越好"]),
        ("", 32, [""]),
    ],
)
def test_a_text_is_broken_between_words_into_lines_of_about_one_length(text: str, room: int, lines: list[str]) -> None:
    assert theme.in_lines(text, room) == "<br>".join(lines)


def test_titles_of_axes_and_names_of_the_legend_are_broken_for_a_phone() -> None:
    long = "mean predicted stars and the number of people"
    figure = make_subplots(rows=1, cols=2)
    figure.add_traces([go.Bar(x=[1], name=f"{long} <b>"), go.Bar(x=[1], name="short")], rows=1, cols=1)
    figure.update_xaxes(title=long).update_yaxes(title=long)
    theme.style(figure)
    assert figure.data[0].name == "mean predicted stars and the<br>number of people &lt;b&gt;"
    assert figure.data[1].name == "short"
    assert figure.layout.yaxis.title.text == "mean predicted stars and<br>the number of people"
    half = "mean predicted<br>stars and the<br>number of<br>people"
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text) == (half, half)
