"""The dialog that takes a prediction apart: what it says adds up, and it opens and closes by the URL."""

import re

import pytest

from pages.ui import i18n, waterfall, why, why_words
from pages.ui.waterfall import Step
from recsys.recommend import Recommender
from recsys.recommend.because import Effect
from recsys.recommend.explaining import Explanation, Part
from tests.pages.conftest import LANGUAGES, all_text

CENTS = 100


@pytest.fixture
def ids(model: Recommender) -> tuple[int, int]:
    data = model.dataset
    return int(data.users["user_id"].iloc[4]), int(data.movies["movie_id"].iloc[11])


def tables(app) -> list[str]:
    return [each.proto.body for each in app.get("html") if "<table" in each.proto.body]


def numbers_of(html: str) -> list[int]:
    """The numbers of a sum as a reader sees them, in hundredths of a star."""
    return [round(float(text) * CENTS) for text in re.findall(r'class="number">([^<A-Za-z]+)</td>', html)]


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
    values = numbers_of(tables(app)[0])
    assert len(values) >= 9  # where it starts, seven or nine parts, and the sum
    assert sum(values[:-1]) == values[-1]


def test_without_a_question_there_is_no_explanation(open_page, ids):
    app = open_page("person", user=ids[0], lang="en")
    assert not tables(app)


@pytest.mark.parametrize("wrong", ["999999", "x", "-1", "1e3", "<b>"])
def test_a_film_that_is_none_is_said_in_a_sentence(open_page, ids, wrong):
    app = open_page("person", user=ids[0], why=wrong, lang="en")
    assert not app.exception
    assert not tables(app)
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
    assert said == "The network predicts **★ 4.00**, just its average over 1 ratings drawn at random."


def test_the_explainer_is_made_once(house, model, ids):
    person = model.person(ids[0])
    assert why.explainer(model, person) is why.explainer(model, person)
    assert why.because(model, person) is why.because(model, person)


def test_a_title_cannot_become_markdown(house, english, model, ids):
    said = why_words.sentence(model.dataset, model.person(ids[0]), explanation(0.5), [Effect(ids[1], 5, 0.2)])
    assert not re.search(r"(?<!\\)[\[\]]", said)


def test_the_explanation_says_for_whom_it_is_and_what_they_really_gave(open_page, model):
    person = model.person(int(model.dataset.users["user_id"].iloc[4]))
    held_out = next(iter(set(person.ratings) - set(person.known)), None)
    for movie_id, words in ((next(iter(person.known)), "has read that rating"), (held_out, "is held out")):
        if movie_id is not None:
            said = all_text(open_page("person", user=person.user_id, why=movie_id, lang="en"))
            assert f"For **Person {person.user_id}**" in said
            assert f"really gave it {'★' * person.ratings[movie_id]}; " in said
            assert words in said


def test_the_sentence_says_that_lists_cut_what_nobody_can_give(house, english, model, ids):
    person = model.person(ids[0])
    assert "lists show 5" in why_words.sentence(model.dataset, person, explanation(0.8, 0.5), [])
    assert "lists show 1" in why_words.sentence(model.dataset, person, explanation(-3.5), [])
    assert "lists show" not in why_words.sentence(model.dataset, person, explanation(0.5), [])


def test_steps_begin_where_the_sum_stands_and_wholes_at_the_left_edge():
    steps = [Step("a", "base", 3.0), Step("b", "part", 1.0), Step("c", "part", -0.5), Step("d", "total", 3.5)]
    base, up, down, total = waterfall.bars(steps)
    assert base.left == total.left == 0
    assert up.left == pytest.approx(base.end)
    assert up.left + up.width == pytest.approx(100)  # 4.0 is the highest that is reached
    assert down.left == pytest.approx(total.end)
    assert down.left + down.width == pytest.approx(100)
    assert up.width == pytest.approx(2 * down.width)
    assert base.width > 0  # a whole that lies lowest can be seen


def test_a_sum_of_nothing_can_be_drawn():
    assert [bar.end for bar in waterfall.bars([Step("a", "base", 3.0), Step("b", "total", 3.0)])] == [100, 100]


def test_a_page_to_take_home_needs_nothing_else_and_takes_no_orders_from_data(house, english):
    page = waterfall.page(
        [Step("<b>", "base", 3.0), Step("b", "part", -0.25)], title="<script>", paragraphs=["a & b"], origin="<i>"
    )
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "a &amp; b" in page
    assert "://" not in page
    assert numbers_of(page) == [300, -25]


def test_plain_words_are_what_markdown_shows(house, english, model, ids):
    assert why_words.plain(r"**★ 4\.30** for **M\*A\*S\*H \(1970\)**.") == "★ 4.30 for M*A*S*H (1970)."


def test_the_file_of_all_ratings_is_not_made_before_it_is_asked_for(open_page, ids, model, monkeypatch):
    monkeypatch.setattr(why, "effect_records", lambda *_: pytest.fail("nobody has asked"))
    app = open_page("person", user=ids[0], why=ids[1], lang="en")
    assert not app.exception
    assert tables(app)


def test_the_file_of_all_ratings_holds_each_with_what_it_adds(house, model, ids):
    movie = model.dataset.movie(ids[1])
    records = why.effect_records(model, movie, [Effect(ids[1], 5, 0.12345), Effect(ids[1], 1, -0.5)])
    assert list(records[0]) == ["movie_id", "title", "year", "genres", "stars_given", "adds", "to"]
    assert [(record["stars_given"], record["adds"], record["to"]) for record in records] == [
        (5, pytest.approx(0.12345, abs=1e-4), movie.movie_id),
        (1, -0.5, movie.movie_id),
    ]


def test_sentences_are_set_as_each_language_sets_them():
    with i18n.speaking("en"):
        assert i18n.sentences("One.", "", "Two {x}.", "Three.") == "One. Two {x}. Three."
    with i18n.speaking("zh"):
        assert i18n.sentences("一。", "二。") == "一。二。"
        assert i18n.sentences() == ""
