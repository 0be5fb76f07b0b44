"""Every page in every language, and what each does with a bad address, a strange title and an empty list."""

import json
import re
from pathlib import Path

import pytest

from pages.kit import i18n, resources
from recsys import files
from tests.pages.conftest import LANGUAGES, PAGES, OpenPage, all_text, forget, keys, open_app

STRANGE = "![](http://evil.example/x.png) <b>bold</b> $x$ :material/home: [a](b)"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_every_language(open_page: OpenPage, name: str, language: str) -> None:
    app = open_page(name, lang=language)
    assert not app.exception
    assert not app.error
    assert app.title[0].value in i18n.TEXTS[language].values()


@pytest.mark.parametrize("name", PAGES)
def test_a_chinese_page_says_nothing_in_english_sentences(open_page: OpenPage, name: str) -> None:
    english = {text for text in i18n.TEXTS["en"].values() if len(text) > 25} - set(i18n.TEXTS["zh"].values())
    said = all_text(open_page(name, lang="zh"))
    assert not [text for text in english if text in said]


def test_the_browsers_language_is_taken_where_the_url_names_none() -> None:
    assert i18n.language_of(None, None, "zh-CN") == "zh"
    assert i18n.language_of(None, None, "fr-FR") == "en"
    assert i18n.language_of("en", "zh", "zh-CN") == "en"
    assert i18n.language_of("klingon", "zh", None) == "zh"


def test_the_language_switch_keeps_everything_else(open_page: OpenPage) -> None:
    app = open_page("film", lang="en", movie=3)
    app.button(key="switch_language").click().run()
    assert app.query_params["lang"] in ("zh", ["zh"])
    assert app.query_params["movie"] in ("3", ["3"])
    assert app.title[0].value == i18n.TEXTS["zh"]["film.title"]


@pytest.mark.parametrize("bad", ["0", "-1", "99999999", "9" * 40, "abc", "1.5", "١", "", "<b>1</b>"])
@pytest.mark.parametrize(("name", "parameter"), [("film", "movie"), ("person", "user"), ("film_map", "movie")])
def test_a_bad_id_is_answered_with_a_sentence(open_page: OpenPage, name: str, parameter: str, bad: str) -> None:
    app = open_page(name, lang="en", **{parameter: bad})
    assert not app.exception
    assert len(app.error) == 1
    assert "in this data set" in app.error[0].value


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("person", {"k": "0", "decades": "x,,1990", "include": "Nonsense", "seed": "-4"}),
        ("person", {"k": "999999999999999999999", "unseen": "maybe", "gender": "X", "age": "77"}),
        ("start", {"seed": "1e9"}),
    ],
)
def test_controls_in_the_url_that_make_no_sense_fall_back_to_their_defaults(
    open_page: OpenPage, name: str, params: dict[str, str]
) -> None:
    app = open_page(name, lang="en", **params)
    assert not app.exception
    assert not app.error


def test_a_control_writes_its_value_into_the_url(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5)
    app.slider(key="url_k").set_value(7).run()
    assert app.query_params["k"] in ("7", ["7"])
    app.slider(key="url_k").set_value(10).run()
    assert "k" not in app.query_params


def test_the_url_sets_the_controls(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, k=3, exclude="Drama,Comedy", unseen=0)
    assert app.slider(key="url_k").value == 3
    assert app.multiselect(key="url_exclude").value == ["Drama", "Comedy"]
    assert app.toggle(key="url_unseen").value is False


def test_an_empty_list_says_which_filter_emptied_it(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5, include="Drama", exclude="Drama")
    assert len(app.warning) == 1
    assert "only these genres" in app.warning[0].value
    assert "none of these genres" in app.warning[0].value
    assert "decades" not in app.warning[0].value


def test_the_dice_take_somebody_else_and_show_their_seed(open_page: OpenPage) -> None:
    app = open_page("person", lang="en", user=5)
    app.button(key="person_dice").click().run()
    assert app.query_params["dice"] in ("1", ["1"])
    assert "seed 1" in all_text(app)
    assert app.query_params["user"] not in ("5", ["5"])


def test_a_prediction_stands_beside_the_true_rating(open_page: OpenPage, house: resources.House) -> None:
    data = resources.dataset()
    rating = data.ratings_of_user(5).iloc[0]
    app = open_page("person", lang="en", user=5)
    app.selectbox(key="predict_film").select(int(rating["movie_id"])).run()
    assert [metric.value for metric in app.metric][-1] == f"★ {rating['rating']}"


@pytest.mark.parametrize("name", ["film", "person", "start", "film_map", "data"])
def test_a_strange_title_is_shown_as_it_is(
    open_page: OpenPage, house: resources.House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = resources.dataset()
    monkeypatch.setitem(data.movies, "title", [STRANGE] * data.num_movies)
    forget(house)
    said = all_text(open_page(name, lang="en", movie=3, user=5))
    forget(house)
    assert "![](" not in said
    assert "<b>bold" not in said
    assert not re.search(r"(?<!\\):material/home(?<!\\):", said)


def test_numbers_name_their_data_set_split_and_model(open_page: OpenPage) -> None:
    for name in ("start", "person", "film"):
        captions = " ".join(caption.value for caption in open_page(name, lang="en").caption)
        assert "Synthetic" in captions
        assert "P80" in captions
        assert "model" in captions


def test_the_start_page_says_why_this_data_set(open_page: OpenPage) -> None:
    said = all_text(open_page("start", lang="en"))
    assert "MATINEE\\_DATA" in said
    assert "found, in use" in said


@pytest.mark.parametrize("name", ["person", "film"])
def test_a_page_without_a_model_offers_to_train_one(bare_house: resources.House, name: str) -> None:
    app = open_app(name, lang="en")
    assert not app.exception
    assert bare_house.recommender is None
    assert not bare_house.job.status().is_running
    assert "train_first" in keys(app)
    app.switch_page("home/view.py").run()
    assert bare_house.job.status().is_running, "the start page begins to train"
    app.switch_page(f"{name}/view.py").run()
    assert "stop_first" in keys(app)


def test_the_start_page_trains_in_front_of_the_visitor_and_goes_on(bare_house: resources.House) -> None:
    app = open_app("start", lang="en")
    assert bare_house.job.status().is_running
    assert [button.key for button in app.button if button.key == "stop_first"]
    bare_house.job.stop()
    assert bare_house.job.wait(60)
    app.run()
    assert not app.exception
    assert [button.key for button in app.button if button.key == "train_first"]


@pytest.mark.parametrize(("lang", "words"), [("en", "nearly full"), ("zh", "快满了")])
def test_a_disk_that_is_nearly_full_is_said_where_a_first_run_would_begin(bare_house, monkeypatch, lang, words) -> None:
    monkeypatch.setattr(files, "MIN_FREE", 10**18)
    app = open_app("start", lang=lang)
    assert not app.exception
    assert words in app.toast[0].value
    assert [button.key for button in app.button if button.key == "train_first"]


def test_a_stopped_first_run_can_be_used_as_it_is(bare_house: resources.House) -> None:
    app = open_app("start", lang="en")
    bare_house.job.stop()
    assert bare_house.job.wait(60)
    assert bare_house.job.status().state == "stopped"
    app.run()
    app.button(key="use_it").click().run()
    assert not app.exception
    assert bare_house.recommender is not None
    assert "stopped before its end" in all_text(app)


def test_both_languages_have_the_same_texts_with_the_same_placeholders() -> None:
    english, chinese = i18n.TEXTS["en"], i18n.TEXTS["zh"]
    assert english.keys() == chinese.keys()
    placeholders = re.compile(r"\{\w+\}")
    for key, text in english.items():
        assert set(placeholders.findall(text)) == set(placeholders.findall(chinese[key])), key


def test_every_text_that_the_pages_ask_for_is_there() -> None:
    folder = Path(i18n.__file__).resolve().parent.parent
    asked = {
        key for file in folder.rglob("*.py") for key in re.findall(r'\bt\(\s*"([a-z_.0-9]+)"', file.read_text("utf-8"))
    }
    assert asked - i18n.TEXTS["en"].keys() == set()


def test_texts_are_sorted_and_valid_json() -> None:
    for language in LANGUAGES:
        keys = list(json.loads((i18n.FOLDER / f"{language}.json").read_text("utf-8")))
        assert keys == sorted(keys)
