"""The Data page: every part in both languages, and the same view from its URL."""

import pytest

from pages.kit import resources
from tests.pages.conftest import LANGUAGES, OpenPage, all_text, forget, raw_texts

PARTS = ("files", "ratings", "matrix", "rows", "numbers")
GROUPS = ("gender", "age_group", "occupation", "genre", "year", "time")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_from_its_url(open_page: OpenPage, part: str, language: str) -> None:
    app = open_page("data", lang=language, part=part)
    assert not app.exception
    assert not app.error
    assert app.segmented_control(key="url_part").value == part


@pytest.mark.parametrize("by", GROUPS)
def test_ratings_are_drawn_by_every_field(open_page: OpenPage, by: str) -> None:
    app = open_page("data", lang="en", part="ratings", by=by)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2


def test_unknown_times_are_said_and_never_drawn_as_1970(
    open_page: OpenPage, house: resources.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(resources.dataset().ratings, "timestamp", 0)
    forget(house)
    app = open_page("data", lang="en", part="ratings", by="time")
    forget(house)
    assert not app.exception
    assert "does not tell when" in app.info[0].value
    assert len(app.get("plotly_chart")) == 1


def test_raw_rows_of_the_person_and_film_in_the_url(open_page: OpenPage) -> None:
    app = open_page("data", lang="en", part="rows", user=7, movie=3)
    data = resources.dataset()
    assert app.selectbox(key="choose_user").value == 7
    assert app.selectbox(key="choose_movie").value == 3
    assert raw_texts(app) == [
        data.users["raw"].iloc[data.user_index(7)],
        data.movies["raw"].iloc[data.movie_index(3)],
    ]
    assert app.dataframe[0].value["rating"].tolist() == data.ratings_of_user(7)["rating"].tolist()


def test_choosing_a_film_puts_it_into_the_url(open_page: OpenPage) -> None:
    app = open_page("data", lang="en", part="numbers", user=7, movie=3)
    app.selectbox(key="choose_movie").select(9).run()
    assert app.query_params["movie"] in ("9", ["9"])
    assert app.query_params["user"] in ("7", ["7"])


def test_a_typed_title_is_encoded_live_and_markup_in_it_is_text(open_page: OpenPage) -> None:
    app = open_page("data", lang="en", part="numbers")
    app.text_input(key="any_title").set_value("<b>Zzyzx</b> Zzyzx").run()
    assert not app.exception
    drawn = "".join(element.proto.body for element in app.get("html"))
    assert "b&gt;zzyzx&lt;/b" in drawn
    assert "1 · unknown" in drawn


def test_the_data_set_and_the_places_that_were_tried_are_named(open_page: OpenPage) -> None:
    said = all_text(open_page("data", lang="en"))
    assert "found, in use" in said
    assert resources.dataset().fingerprint in said
