"""Titles, genres, occupations and the names that visitors give to runs are shown as they are, wherever they stand."""

import plotly.graph_objects as go
import pytest

from pages.kit import i18n, resources, theme
from pages.scoreboard.scope import key_of
from tests.pages.conftest import forget, open_app
from tests.pages.shown import Text, texts

HOSTILE = "M*A*S*H ![](http://evil.example/x.png) <b>bold</b> $x$ :material/home: [a](b)"
PLAIN = {
    ("bidi_component",): "set as text by our own scripts",
    ("selectbox", "options"): "a list of plain words",
    ("multiselect", "options"): "the same",
    ("multiselect", "raw_values"): "the same",
    ("selectbox", "raw_value"): "the same",
    ("code",): "a block of code",
    ("arrow_data_frame", "columns"): "names of columns; their help is ours",
}
"""What shows words as they are, and why."""
PAGES: tuple[tuple[str, dict[str, object]], ...] = (
    ("start", {}),
    ("person", {"user": 5, "why": 3, "gems": "0.5"}),
    ("person", {"user": 5, "occupation": "1"}),
    ("film", {"movie": 3}),
    ("rate", {}),
    ("together", {"people": "5,6"}),
    *(("film_map", {"movie": 3, "part": part}) for part in ("selection", "truth", "place", "home")),
    ("film_map", {"second": "synthetic-1", "part": "home"}),
    ("film_map", {"of": "users", "user": 5}),
    ("film_map", {"dims": "3"}),
    *(("title_cnn", {"movie": 3, "part": part}) for part in ("words", "change", "worth", "network")),
    ("title_cnn", {"movie": 3, "part": "change", "edit": HOSTILE}),
    *(("fairness", {"part": part, "by": "occupation"}) for part in ("lists", "groups", "typical", "flip")),
    *(("scoreboard", {"part": part}) for part in ("table", "sampled", "groups", "lists", "newcomers", "again")),
    *(("training", {"part": part}) for part in ("theatre", "new", "kept", "compare")),
    *(("data", {"part": part, "movie": 3, "user": 5}) for part in ("files", "ratings", "rows", "numbers")),
    ("data", {"part": "ratings", "by": "genre"}),
    ("data", {"part": "ratings", "by": "occupation"}),
)


@pytest.fixture
def hostile(own_house: resources.House, board, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on which every name that is not ours tries something."""
    assert own_house.recommender is not None
    resources.rename(own_house.recommender.bundle.info, HOSTILE[:80])
    data = own_house.recommender.dataset
    monkeypatch.setitem(data.movies, "title", [HOSTILE] * data.num_movies)
    for key in i18n.TEXTS["en"]:
        if key.startswith(("genre.", "occupation.")):
            monkeypatch.setitem(i18n.TEXTS["en"], key, HOSTILE)
    forget(own_house)
    yield
    forget(own_house)


def harmful(text: Text) -> bool:
    """Would this be more than text where it stands?"""
    if any(text.where[: len(place)] == place for place in PLAIN):
        return False
    if text.element in ("plotly_chart", "html"):
        return "<b>bold" in text.text
    return any(mark in text.text for mark in ("![](", "<b>bold", "M*A", " :material/home:", " $x$"))


@pytest.mark.parametrize(("page", "params"), PAGES, ids=str)
def test_a_name_is_shown_as_it_is(hostile, page: str, params: dict[str, object]) -> None:
    app = open_app(page, lang="en", **params)
    assert not app.exception
    assert [text for text in texts(app) if harmful(text)] == []


def test_every_row_of_a_scoreboard_has_a_label_for_markdown(hostile) -> None:
    app = open_app("scoreboard", lang="en", part="again")
    labels = [str(text) for text in texts(app) if "button_group" in text.where]
    info = resources.house().recommender.bundle.info  # type: ignore[union-attr]
    assert key_of(info)
    assert any(i18n.escaped("M*A*S*H") in label.replace("\\\\", "\\") for label in labels)


def test_words_of_a_figure_are_text_once() -> None:
    figure = go.Figure(go.Bar(x=[1, 2], y=["<i>a</i> & b", "c"], name="<b>n</b>", customdata=[["<u>", 1], ["d", 2]]))
    theme.style(figure)
    bar = figure.data[0]
    assert list(bar.y) == ["&lt;i&gt;a&lt;/i&gt; &amp; b", "c"]
    assert bar.name == "&lt;b&gt;n&lt;/b&gt;"
    assert list(bar.x) == [1, 2]
    assert [list(row) for row in bar.customdata] == [["&lt;u&gt;", 1], ["d", 2]]
