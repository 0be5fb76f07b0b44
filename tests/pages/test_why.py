"""The dialog that takes a prediction apart: what it says adds up, and it opens and closes by the URL."""

import json
import re

import pytest

from pages.kit import i18n
from pages.lists import recommended
from pages.why import dialog as why
from pages.why import waterfall
from pages.why import words as why_words
from pages.why.waterfall import Step
from recsys.recommend import Recommender
from recsys.recommend.because import Effect
from recsys.recommend.explaining import Explanation, Part, Sum
from recsys.recommend.ranks import Neighbour, Points, Standing
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


def test_the_numbers_of_both_tables_add_up_as_they_are_shown(open_page, ids):
    app = open_page("person", user=ids[0], why=ids[1], lang="en")
    assert len(tables(app)) == 2  # points, stars
    for table in tables(app):
        values = numbers_of(table)
        assert len(values) >= 9  # where it starts, seven or nine parts, and the sum
        assert sum(values[:-1]) == values[-1]


def test_points_add_up_from_above_to_below_as_from_left_to_right(house, english, model, ids):
    watch, stars = taken_apart(0.336, -0.114, 0.005, base=1.005), taken_apart(0.335, 0.225, -0.115, base=0.444)
    more = Part("list", "gems", -0.336), Part("list", "dislike", -0.001)
    rows = why_words.point_rows(model.person(ids[0]), Points(watch, stars, more))
    whole = rows[-1]
    lines = rows[:-1]
    assert [row.key for row in lines][-1] == "list_gems"  # what is shown as nothing has no line
    for column in range(2):
        cents = [round(CENTS * (row.details[column] or 0)) for row in rows]
        assert sum(cents[:-1]) == cents[-1]
    for row in lines[:-1]:
        assert sum(round(CENTS * value) for value in row.details) == round(CENTS * row.value)
    assert sum(round(CENTS * row.value) for row in lines) == round(CENTS * whole.value)
    assert whole.value == pytest.approx(Points(watch, stars, more).total, abs=0.02)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("dials", [{}, {"gems": 60, "loved": 80}, {"variety": 70}, {"surprise": 1, "seed": 5}])
def test_a_card_says_what_the_first_line_of_its_dialog_says(open_page, model, lang, dials):
    """On the page; that a whole list and one film are told the same, for more people, is held below."""
    user_id = int(model.dataset.users["user_id"].iloc[4 if lang == "en" else 17])
    listed = open_page("person", user=user_id, lang=lang, **dials)
    (cards,) = [json.loads(each.proto.json)["items"] for each in listed.get("bidi_component") if is_list(each)]
    for card in cards[:2]:
        app = open_page("person", user=user_id, why=card["id"], lang=lang, **dials)
        first = next(each.value for each in app.markdown if each.value.startswith("**"))
        assert why_words.plain(first) == card["note"]


def is_list(element) -> bool:
    return "recommended_films" in element.proto.id


def test_every_card_has_the_words_of_its_reason(house, english, model):
    """For several people: the same function says them, of a whole list as of one film."""
    for user_id in model.dataset.users["user_id"].iloc[:6].tolist():
        person = model.person(int(user_id))
        films = [film.movie_id for film in model.recommend_for(person, k=20)]
        said = why.sentences_of(model, person, films)
        assert said == [why.sentences_of(model, person, [film])[0] for film in films]
        for words, item in zip(said, recommended.items(model, person, model.recommend_for(person, k=20)), strict=True):
            assert item.note == words
            assert words.startswith(("Lifted most by ", "of this person's ratings, ", "No single part"))
            assert "cosine" not in words


def neighbour(stars: float, watch: float, own: float) -> Neighbour:
    ahead = Sum(0.0, (Part("list", "watch", watch), Part("list", "stars", stars - own)), watch + stars - own)
    return Neighbour(1, stars, ahead)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fewer_stars_above_more_are_explained(house, model, lang):
    """4.9 above 5.0: what outweighs the stars is named, once for each side."""
    with i18n.speaking(lang):
        lower = why_words.neighbours(
            model.dataset, explanation(0.95), Standing(2, 10, 2, 80, neighbour(4.9, 0.13, 4.95), None)
        )
        assert i18n.t("why.place.although", more="4.95", fewer="4.90", most=i18n.t("why.piece.watch")) in lower[0]
        upper = why_words.neighbours(
            model.dataset, explanation(0.90), Standing(1, 10, 1, 80, None, neighbour(4.95, -0.13, 4.9))
        )
        assert i18n.t("why.place.although", more="4.95", fewer="4.90", most=i18n.t("why.piece.watch")) in upper[0]
        equal = why_words.neighbours(
            model.dataset, explanation(0.90), Standing(1, 10, 1, 80, None, neighbour(4.8, -0.13, 4.9))
        )
        assert "4.95" not in equal[0]
        assert i18n.t("why.piece.watch") in equal[0]


def test_the_numbers_of_a_neighbour_add_up_as_they_are_shown(house, english, model):
    found = why_words.neighbours(
        model.dataset, explanation(0.95), Standing(2, 10, 2, 80, neighbour(4.8964, 0.1299, 4.95), None)
    )
    gap, watch, stars = (
        round(CENTS * float(text)) for text in re.findall(r"[+-]?\d\.\d\d(?= points|, |\))", found[0])[1:4]
    )
    assert watch + stars == gap


def test_a_list_says_what_it_is_ordered_by(open_page, ids):
    said = all_text(open_page("person", user=ids[0], lang="en"))
    assert ("one with fewer stars may stand above one with more" in said) or ("Ordered by predicted stars" in said)


def test_less_like_this_takes_films_off_until_they_are_brought_back(open_page, model):
    user_id = int(model.dataset.users["user_id"].iloc[4])
    listed = [film.movie_id for film in model.recommend_for(model.person(user_id))]
    off = model.near(listed[0])
    app = open_page("person", user=user_id, lang="en", less=f"{listed[0]},999999,x")
    (cards,) = [json.loads(each.proto.json)["items"] for each in app.get("bidi_component") if is_list(each)]
    assert not {card["id"] for card in cards} & set(off)
    assert len(cards) == 10
    assert f"films off the list: {len(off)}" in all_text(app)
    app.button(key=f"less_back_{listed[0]}").click().run()
    assert "less" not in app.query_params
    (cards,) = [json.loads(each.proto.json)["items"] for each in app.get("bidi_component") if is_list(each)]
    assert [card["id"] for card in cards] == listed
    assert "films off the list" not in all_text(app)


def test_all_that_was_taken_off_comes_back_at_once(open_page, model):
    user_id = int(model.dataset.users["user_id"].iloc[4])
    first, second = [film.movie_id for film in model.recommend_for(model.person(user_id))][:2]
    app = open_page("person", user=user_id, lang="en", less=f"{first},{second}", gems=40)
    app.button(key="less_back_all").click().run()
    assert "less" not in app.query_params
    assert app.query_params["gems"] in ("40", ["40"])


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
    found = taken_apart(*stars, base=base)
    return Explanation(found, found, None, num_pairs=1, seed=0)


def taken_apart(*values: float, base: float) -> Sum:
    parts = tuple(Part("film", name, value) for name, value in zip(("id", "genres", "title"), values, strict=False))
    return Sum(base, parts, base + sum(values))


def test_what_lies_above_five_is_cut_in_a_line_of_its_own(house, english, model, ids):
    rows = why_words.rows(model.person(ids[0]), explanation(0.8, 0.5))
    assert [row.kind for row in rows] == ["base", "part", "part", "total", "part", "total"]
    assert rows[-2].value == pytest.approx(-0.3)
    assert rows[-1].value == 5.0
    assert round(rows[-3].value + rows[-2].value, 2) == rows[-1].value


def test_what_can_be_given_is_not_cut(house, english, model, ids):
    rows = why_words.rows(model.person(ids[0]), explanation(0.5, -0.1))
    assert [row.kind for row in rows] == ["base", "part", "part", "total"]


def test_the_sentence_names_what_matters_and_leaves_out_what_does_not(house, english, model, ids):
    data, person = model.dataset, model.person(ids[0])
    said = why_words.sentence(person, explanation(0.5, -0.2, 0.004))
    assert "★ 4.30" in said
    assert "the id" in said
    assert "genres" in said
    assert "title" not in said
    ratings = [Effect(ids[1], 5, -0.13), Effect(ids[1], 4, 0.12)]
    assert "lowers the film by 0.13 points" in why_words.most_of_ratings(data, person, ratings)


def test_a_sentence_without_anything_to_name_is_short(house, english, model, ids):
    assert why_words.most_of_ratings(model.dataset, model.person(ids[0]), [Effect(ids[1], 5, 0.001)]) == ""
    said = why_words.sentence(model.person(ids[0]), explanation(0.0))
    assert said == "The network predicts **★ 4.00**, just its average over 1 ratings drawn at random."


def test_the_explainer_is_made_once(house, model, ids):
    person = model.person(ids[0])
    assert why.explainer(model, person) is why.explainer(model, person)
    assert why.because(model, person) is why.because(model, person)


def test_a_title_cannot_become_markdown(house, english, model, ids):
    said = why_words.most_of_ratings(model.dataset, model.person(ids[0]), [Effect(ids[1], 5, 0.2)])
    assert said
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
    assert "lists show 5" in why_words.sentence(person, explanation(0.8, 0.5))
    assert "lists show 1" in why_words.sentence(person, explanation(-3.5))
    assert "lists show" not in why_words.sentence(person, explanation(0.5))


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
    table = waterfall.table(
        [Step("<b>", "base", 3.0, (1.0,)), Step("b", "part", -0.25, (None,))], unit="<u>", details=["<s>"]
    )
    page = waterfall.page([("<h>", table)], title="<script>", paragraphs=["a & b"], origin="<i>")
    assert "<script" not in page
    assert not {"<b>", "<u>", "<s>", "<h>", "<i>"} & set(re.findall(r"<\w+>", page))
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
    assert list(records[0]) == ["movie_id", "title", "year", "genres", "stars_given", "adds_points", "to"]
    assert [(record["stars_given"], record["adds_points"], record["to"]) for record in records] == [
        (5, pytest.approx(0.12345, abs=1e-4), movie.movie_id),
        (1, -0.5, movie.movie_id),
    ]


def test_sentences_are_set_as_each_language_sets_them():
    with i18n.speaking("en"):
        assert i18n.sentences("One.", "", "Two {x}.", "Three.") == "One. Two {x}. Three."
    with i18n.speaking("zh"):
        assert i18n.sentences("一。", "二。") == "一。二。"
        assert i18n.sentences() == ""
