"""What a browser keeps of its visitor: merged without loss, whichever tab comes first, and read with mistrust."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.dataset import Dataset
from recsys.data.synthetic import synthetic
from recsys.errors import RatingFileError
from recsys.recommend.kept import MAX_BYTES, Choice, Record, Said, Skip, Stars, from_text, merged, to_text
from recsys.recommend.person import Traits

NOW = 1_800_000_000_000
TIMES = st.integers(0, 30)
RECORDS = st.builds(
    Record,
    st.dictionaries(st.integers(1, 5), st.builds(Stars, st.integers(0, 5), TIMES)),
    st.dictionaries(st.integers(1, 5), st.builds(Skip, st.booleans(), TIMES)),
    st.builds(Said, st.builds(Traits, st.sampled_from([None, "F", "M"]), st.sampled_from([None, 2])), TIMES),
    st.builds(Choice, st.booleans(), TIMES),
    st.integers(0, 20),
)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return synthetic()


@given(RECORDS, RECORDS, RECORDS)
def test_the_order_of_tabs_and_repetition_do_not_matter(one, two, three):
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(merged(one, two), two) == merged(one, two)


def test_what_two_tabs_rated_is_there_in_both():
    both = merged(Record({1: Stars(5, 10)}), Record({2: Stars(3, 11)}, {4: Skip(True, 9)}))
    assert both.ratings() == {1: 5, 2: 3}
    assert both.unknown() == (4,)


def test_the_later_answer_to_one_film_counts_and_taking_back_is_one():
    first, changed, back = (Record({1: Stars(stars, at)}) for stars, at in ((5, 10), (2, 11), (0, 12)))
    assert merged(changed, first).ratings() == {1: 2}
    assert merged(merged(back, first), changed).ratings() == {}


def test_what_was_forgotten_does_not_come_back_from_another_tab_but_later_answers_stay():
    other = Record({1: Stars(5, 10), 2: Stars(4, 30)}, {3: Skip(True, 10)}, Said(Traits("F"), 10))
    after = merged(Record(forgotten=20), other)
    assert after.ratings() == {2: 4}
    assert after.unknown() == ()
    assert after.said.traits == Traits()


def film(data: Dataset, at: int) -> int:
    return int(data.movies["movie_id"].iloc[at])


def full(data: Dataset) -> Record:
    return Record(
        {film(data, 0): Stars(5, 3), film(data, 1): Stars(0, 4)},
        {film(data, 2): Skip(True, 5)},
        Said(Traits("F", 2, data.occupations[0]), 6),
        Choice(True, 7),
        2,
    )


def test_what_is_written_is_read_again(data):
    assert from_text(to_text(full(data), data), data, now=NOW) == full(data)
    assert to_text(Record(), data) == ""
    assert from_text("", data, now=NOW) == Record()


def test_who_wants_nothing_kept_has_nothing_written_but_that(data):
    text = to_text(replace(full(data), choice=Choice(False, 9)), data)
    assert from_text(text, data, now=NOW) == Record(choice=Choice(False, 9))


def test_times_that_lie_ahead_count_as_now_so_that_the_next_star_wins(data):
    text = to_text(Record({film(data, 0): Stars(5, NOW * 9)}), data)
    found = from_text(text, data, now=NOW)
    assert merged(found, Record({film(data, 0): Stars(1, NOW + 1)})).ratings() == {film(data, 0): 1}


def wrong(data: Dataset) -> dict[str, str]:
    """Texts that no browser should hold, by the rule that each breaks."""
    right = json.loads(to_text(full(data), data))

    def but(**values: object) -> str:
        return json.dumps({**right, **values})

    one = str(film(data, 0))
    return {
        "kept_size": "x" * (MAX_BYTES + 1),
        "json": "{",
        "twice": '{"format": 1, "format": 2}',
        "kept_format": "[]",
        "version": but(version=True),
        "fields": but(more=1),
        "dataset": but(dataset="another"),
        "movie": but(stars={"99999999": [5, 1]}),
        "stars": but(stars={one: [6, 1]}),
        "kept_pair": but(stars={one: [5, -1]}),
        "traits": but(traits=[{"gender": "x"}, 1]),
    }


@pytest.mark.parametrize("rule", sorted(wrong(synthetic())))
def test_what_breaks_a_rule_is_refused_by_its_name(data, rule):
    with pytest.raises(RatingFileError) as refused:
        from_text(wrong(data)[rule], data, now=NOW)
    assert refused.value.rule == rule


@pytest.mark.parametrize("stars", [[5], [5, 1, 2], 5, None, [True, 1], [5, True], [5, 1.5], [5, 2**60], ["5", 1]])
def test_an_answer_that_is_none_is_refused(data, stars):
    right = json.loads(to_text(full(data), data))
    with pytest.raises(RatingFileError):
        from_text(json.dumps({**right, "stars": {str(film(data, 0)): stars}}), data, now=NOW)


@pytest.mark.parametrize("name", ["01", " 1", "١", "-1", "1e3", "", "9" * 5000])
def test_a_film_has_one_name(data, name):
    right = json.loads(to_text(full(data), data))
    with pytest.raises(RatingFileError):
        from_text(json.dumps({**right, "skipped": {name: [True, 1]}}), data, now=NOW)


@pytest.mark.parametrize("text", ["[" * 100_000, "NaN", "1" * 5000, '"\\ud800"', "\x00"])
def test_hostile_text_is_refused(data, text):
    with pytest.raises(RatingFileError):
        from_text(text, data, now=NOW)
