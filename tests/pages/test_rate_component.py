"""What the browser sends when films are rated: each answer once, and nothing that is no answer."""

import re
from pathlib import Path

import pytest

from pages.kit import component_code
from pages.rate import component as rate_component
from pages.rate import taste_map as rate_map
from pages.rate.component import Answer, read_answers

FOLDER = component_code.PAGES / "rate" / "browser"


def sent(number: int, what: str = "rate", movie_id: object = 7, stars: object = 4) -> dict[str, object]:
    return {"number": number, "do": what, "id": movie_id, "stars": stars}


def test_answers_come_in_the_order_of_their_numbers():
    came = {"actions": [sent(2, "skip", 9), sent(1, stars=5), sent(3, "drop", 7)]}
    assert read_answers(came, after=0) == ([Answer("rate", 7, 5), Answer("skip", 9, 0), Answer("drop", 7, 0)], 3)


def test_of_two_quick_clicks_the_first_is_not_taken_twice():
    first, second = sent(1, movie_id=1), sent(2, movie_id=2)
    answers, heard = read_answers({"actions": [first]}, after=0)
    more, heard = read_answers({"actions": [first, second]}, after=heard)
    assert [*answers, *more] == [Answer("rate", 1, 4), Answer("rate", 2, 4)]
    assert read_answers({"actions": [first, second]}, after=heard) == ([], 2)


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, 7, "x", [], {}, sent("1"), sent(1, "eat"), sent(True), sent(1.0)),
        *(sent(1, movie_id="7"), sent(1, movie_id=None), sent(1, stars=0), sent(1, stars=6), sent(1, stars=True)),
        *(sent(1, stars=4.5), sent(1, stars=float("nan")), sent(1, stars="5")),
    ],
)
def test_what_is_no_answer_is_left_out(wrong):
    assert read_answers({"actions": [wrong, sent(2)]}, after=0) == ([Answer("rate", 7, 4)], 2)


@pytest.mark.parametrize("came", [None, [], "x", 7, {}, {"actions": None}, {"actions": {"number": 1}}])
def test_what_holds_no_answers_is_none(came):
    assert read_answers(came, after=5) == ([], 5)


def test_more_answers_than_anybody_gives_at_once_are_cut():
    found, heard = read_answers({"actions": [sent(n) for n in range(1, 5000)]}, after=0)
    assert len(found) == heard == 100


def code(entry: str) -> str:
    return component_code.Code("rate/browser", entry, "Rate").script()


@pytest.mark.parametrize(
    ("entry", "names"),
    [("rate.js", {*rate_component.TEXTS, "language"}), ("taste_map.js", {"you", "hint", "label", "failed"})],
)
def test_every_text_that_the_components_ask_for_is_sent(entry, names):
    own = code(entry).split("// rate/browser/", 1)[1]
    asked = set(re.findall(r"\btexts\.(\w+)", own))
    assert asked
    assert asked <= names


def test_every_module_is_used():
    used = code("keeping.js") + code(rate_component.COMPONENT.code.entry) + code(rate_map.COMPONENT.code.entry)
    assert all(f"// rate/browser/{path.name}\n" in used for path in Path(FOLDER).glob("*.js"))
