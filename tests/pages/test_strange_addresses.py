"""What an address asks for and a page cannot show is said in words, and what people call things is understood."""

import pytest

from pages.kit import i18n, resources, state
from tests.pages.conftest import LANGUAGES, open_app

PAGES = ("start", "person", "film_map", "together", "training", "title_cnn", "scoreboard", "fairness", "data")


def said(app) -> str:
    return "\n".join(str(each.value) for kind in (app.warning, app.error) for each in kind)


@pytest.mark.parametrize("page", PAGES)
def test_every_parameter_that_cannot_be_read_is_named(house: resources.House, monkeypatch, page: str) -> None:
    read: set[str] = set()
    ask = state.control

    def noting(parameter: str, *rest: object, **more: object):
        read.add(parameter)
        return ask(parameter, *rest, **more)

    monkeypatch.setattr(state, "control", noting)
    app = open_app(page, lang="en")
    read.clear()  # the start page was there before
    app.run()
    ours = read - {"with_model"}  # any text may be a folder's name, and the page says that there is none
    assert ours
    app = open_app(page, lang="en", **dict.fromkeys(ours, "~!"))
    assert not app.exception
    for parameter in ours & set(app.query_params):
        assert f"“{i18n.escaped(parameter)}=\\~\\!”" in said(app), parameter


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("page", "params"), [("person", {"user": 9999}), ("film", {"movie": 9999})])
def test_an_id_that_does_not_exist_is_said_with_what_to_do(house, language, page, params) -> None:
    app = open_app(page, lang=language, **params)
    assert "9999" in said(app)
    assert {"en": "Choose another one", "zh": "请在下面另选"}[language] in said(app)


@pytest.mark.parametrize("page", ["person", "together", "film_map"])
def test_a_typed_id_reaches_the_server_whatever_it_is(house, page: str) -> None:
    app = open_app(page, lang="en", color="person")
    inputs = [
        box.proto
        for box in app.number_input
        if box.proto.label in {i18n.TEXTS["en"][k] for k in ("person.id", "together.add", "map.person")}
    ]
    assert inputs
    assert not any(box.has_min or box.has_max for box in inputs)
    if page == "person":
        app.number_input(key="choose_user").set_value(9999).run()
        assert "9999" in said(app)


def test_a_person_and_a_film_may_be_called_so_in_the_address(house) -> None:
    assert open_app("person", lang="en", person=12).query_params["user"] in ("12", ["12"])
    app = open_app("film", lang="en", film=3)
    assert app.query_params["movie"] in ("3", ["3"])
    assert "film" not in app.query_params
    assert said(app) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parameter_that_nothing_reads_is_named(house, language) -> None:
    app = open_app("person", lang=language, viewer=12)
    assert "“viewer”" in said(app)
