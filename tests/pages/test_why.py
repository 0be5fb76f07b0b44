"""The dialog that takes a prediction apart: what it says adds up, and it opens and closes by the URL."""

import re

import pytest

from pages.ui import why, why_words
from recsys.recommend import Recommender
from recsys.recommend.because import Effect
from recsys.recommend.explaining import Explanation, Part
from tests.pages.conftest import LANGUAGES, all_text

CENTS = 100


@pytest.fixture
def ids(model: Recommender) -> tuple[int, int]:
    data = model.dataset
    return int(data.users["user_id"].iloc[4]), int(data.movies["movie_id"].iloc[11])


def table_of(app):
    return next(table.value for table in app.table)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_opens_the_explanation_in_each_language(open_page, ids, model, lang):
    user_id, movie_id = ids
    app = open_page("person", user=user_id, why=movie_id, lang=lang)
    assert not app.exception
    stars = model.predict_rating(user_id, movie_id).stars
    said = all_text(app)
    assert f"{stars:.2f}" in said
    assert "{" not in said


def test_the_numbers_of_the_table_add_up_as_they_are_shown(open_page, ids):
    app = open_page("person", user=ids[0], why=ids[1], lang="en")
    values = [round(float(value) * CENTS) for value in table_of(app)["Stars"]]
    assert len(values) >= 9  # where it starts, seven or nine parts, and the sum
    assert sum(values[:-1]) == values[-1]


def test_without_a_question_there_is_no_explanation(open_page, ids):
    app = open_page("person", user=ids[0], lang="en")
    assert not app.table


@pytest.mark.parametrize("wrong", ["999999", "x", "-1", "1e3", "<b>"])
def test_a_film_that_is_none_is_said_in_a_sentence(open_page, ids, wrong):
    app = open_page("person", user=ids[0], why=wrong, lang="en")
    assert not app.exception
    assert not app.table
    assert len(app.error) == 1


def test_another_trait_shows_what_it_changes_and_its_own_changes_nothing(open_page, ids, model):
    user_id, movie_id = ids
    app = open_page("person", user=user_id, why=movie_id, lang="en")
    assert not app.metric or all("This film" not in metric.label for metric in app.metric)
    own = model.person(user_id).traits.gender
    app.selectbox(key=f"why_gender_{user_id}").select("F" if own == "M" else "M").run()
    assert not app.exception
    assert any(metric.label == "This film" for metric in app.metric)
    app.selectbox(key=f"why_gender_{user_id}").select(own).run()
    assert all(metric.label != "This film" for metric in app.metric)


def explanation(*stars: float, base: float = 4.0) -> Explanation:
    parts = tuple(Part("film", name, value) for name, value in zip(("id", "genres", "title"), stars, strict=False))
    return Explanation(base, parts, base + sum(stars), num_pairs=1, seed=0)


def test_what_lies_above_five_is_cut_in_a_line_of_its_own(house, english, model, ids):
    rows = why_words.rows(model.person(ids[0]), explanation(0.8, 0.5))
    assert [row.kind for row in rows] == ["base", "part", "part", "total", "part", "total"]
    assert rows[-2].stars == pytest.approx(-0.3)
    assert rows[-1].stars == 5.0
    assert round(rows[-3].stars + rows[-2].stars, 2) == rows[-1].stars


def test_what_can_be_given_is_not_cut(house, english, model, ids):
    rows = why_words.rows(model.person(ids[0]), explanation(0.5, -0.1))
    assert [row.kind for row in rows] == ["base", "part", "part", "total"]


def test_the_sentence_names_what_matters_and_leaves_out_what_does_not(house, english, model, ids):
    data, person = model.dataset, model.person(ids[0])
    said = why_words.sentence(data, person, explanation(0.5, -0.2, 0.004), [Effect(ids[1], 5, -0.13)])
    assert "★ 4.30" in said
    assert "the id" in said
    assert "genres" in said
    assert "title" not in said
    assert "lowers the prediction by 0.13" in said


def test_a_sentence_without_anything_to_name_is_short(house, english, model, ids):
    said = why_words.sentence(model.dataset, model.person(ids[0]), explanation(0.0), [Effect(ids[1], 5, 0.001)])
    assert said == "The network predicts **★ 4.00**, just what it predicts on average."


def test_the_explainer_is_made_once(house, model, ids):
    person = model.person(ids[0])
    assert why.explainer(model, person) is why.explainer(model, person)
    assert why.because(model, person) is why.because(model, person)


def test_a_title_cannot_become_markdown(house, english, model, ids):
    said = why_words.sentence(model.dataset, model.person(ids[0]), explanation(0.5), [Effect(ids[1], 5, 0.2)])
    assert not re.search(r"(?<!\\)[\[\]]", said)
