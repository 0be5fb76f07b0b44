"""A file of ratings comes back as it went; a damaged or hostile one is refused in clear words, whole."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.dataset import AGE_GROUPS, GENDERS
from recsys.errors import RatingFileError
from recsys.recommend import Traits
from recsys.recommend.rating_file import MAX_BYTES, from_bytes, to_json

TRAITS = Traits("F", 2, None)


@pytest.fixture(scope="module")
def ids(dataset):
    return dataset.movies["movie_id"].tolist()


@pytest.fixture
def values(dataset, ids):
    """What a file of two ratings holds."""
    return json.loads(to_json(dataset, {ids[3]: 5, ids[1]: 2}, TRAITS))


def refused(dataset, data):
    """The error of a file; text, bytes or what JSON is made of."""
    if not isinstance(data, str | bytes):
        data = json.dumps(data)
    with pytest.raises(RatingFileError) as caught:
        from_bytes(data.encode() if isinstance(data, str) else data, dataset)
    return caught.value


@given(data=st.data())
def test_what_was_written_is_read_back(dataset, data):
    ids = dataset.movies["movie_id"].tolist()
    ratings = data.draw(st.dictionaries(st.sampled_from(ids), st.integers(1, 5), max_size=len(ids)))
    traits = Traits(
        data.draw(st.sampled_from([None, *GENDERS])),
        data.draw(st.sampled_from([None, *range(len(AGE_GROUPS))])),
        data.draw(st.sampled_from([None, *dataset.occupations])),
    )
    found = from_bytes(to_json(dataset, ratings, traits).encode(), dataset)
    assert list(found.ratings.items()) == list(ratings.items())
    assert found.traits == traits


@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_lead_to_another_error(dataset, data):
    with suppress(RatingFileError):
        from_bytes(data, dataset)


@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    field=st.sampled_from(["format", "version", "dataset", "traits", "ratings", "movie_id", "title", "stars"]),
)
def test_junk_in_any_field_leads_to_no_other_error(dataset, junk, field):
    ids = dataset.movies["movie_id"].tolist()
    values = json.loads(to_json(dataset, {ids[3]: 5, ids[1]: 2}, TRAITS))
    (values if field in values else values["ratings"][1])[field] = junk
    with suppress(RatingFileError):
        assert set(from_bytes(json.dumps(values).encode(), dataset).ratings.values()) <= {1, 2, 3, 4, 5}


def test_a_file_says_what_it_is_and_names_the_films(dataset, ids, values):
    assert values["format"] == "matinee-ratings"
    assert values["dataset"] == dataset.name
    assert values["traits"] == {"gender": "F", "age_group": "25-34", "occupation": None}
    assert values["ratings"][0] == {"movie_id": ids[3], "title": dataset.movie(ids[3]).title, "stars": 5}


def test_titles_go_where_they_would_make_a_file_too_large(dataset, ids, monkeypatch):
    ratings = dict.fromkeys(ids, 3)
    monkeypatch.setattr("recsys.recommend.rating_file.MAX_BYTES", 5_000)
    text = to_json(dataset, ratings, TRAITS)
    assert len(text) < 5_000
    assert from_bytes(text.encode(), dataset).ratings == ratings


def test_traits_and_titles_may_be_missing(dataset, ids, values):
    del values["traits"], values["ratings"][0]["title"]
    found = from_bytes(json.dumps(values).encode(), dataset)
    assert found.traits == Traits()
    assert found.ratings == {ids[3]: 5, ids[1]: 2}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_from_a_spreadsheet_is_read(dataset, ids, mark, separator):
    lines = ["movie_id,title,stars", f'{ids[4]},"A; b",4', "", f"{ids[0]},c, 1 "]
    text = "\r\n".join(lines[:1] + [line.replace('"A; b"', "A b") for line in lines[1:]]).replace(",", separator)
    found = from_bytes(mark + text.encode(), dataset)
    assert found.ratings == {ids[4]: 4, ids[0]: 1}
    assert found.traits == Traits()


def test_a_large_file_is_refused_before_it_is_read(dataset):
    assert refused(dataset, b"{" * (MAX_BYTES + 1)).rule == "size"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"\xff\xfe{\x00", "encoding"),
        (b"{", "json"),
        (b"[" * 90_000, "json"),
        (b'{"a":' * 16_000, "json"),
        (b"[]", "format"),
        (b'{"format": "another"}', "format"),
        (b"hello", "format"),
        (b"stars,stars,movie_id\n", "format"),
        (b'movie_id,stars\n"1,2', "csv"),
        (b'{"format": NaN}', "json"),
        (b'{"format": "matinee-ratings", "version": 1' + b"0" * 5_000 + b"}", "json"),
        (b'{"format": "matinee-ratings", "format": "matinee-ratings"}', "twice"),
        (b'{"ratings": [{"movie_id": 1, "stars": 2, "stars": 5}]}', "twice"),
    ],
)
def test_what_is_no_file_of_ratings_is_refused(dataset, data, rule):
    assert refused(dataset, data).rule == rule


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("version", 2, "version"),
        ("version", True, "version"),
        ("dataset", "ml-1m", "dataset"),
        ("dataset", ["synthetic"], "dataset"),
        ("traits", {"gender": "X"}, "traits"),
        ("traits", {"name": "Ann"}, "traits"),
        ("traits", {"age_group": 2}, "traits"),
        ("traits", {"occupation": ["writer"]}, "traits"),
        ("traits", "F", "traits"),
        ("ratings", {}, "fields"),
        ("more", 1, "fields"),
    ],
)
def test_a_wrong_field_is_refused(dataset, values, field, value, rule):
    assert refused(dataset, values | {field: value}).rule == rule


def test_a_missing_field_is_refused(dataset, values):
    del values["ratings"]
    error = refused(dataset, values)
    assert (error.rule, error.value) == ("fields", "ratings")


@pytest.mark.parametrize("stars", [0, 6, -1, True, 4.0, 4.0000001, "4", None, [4], {}, 10**30])
def test_only_one_to_five_whole_stars_are_taken(dataset, values, stars):
    values["ratings"][1]["stars"] = stars
    error = refused(dataset, values)
    assert (error.rule, error.place) == ("stars", 2)
    assert "rating 2" in str(error)


@pytest.mark.parametrize("movie_id", [-1, 0, 10**9, 10**200, True, 1.0, "1", None, [[[]]], {"a": {"b": 1}}])
def test_only_known_films_are_taken(dataset, values, movie_id):
    values["ratings"][0]["movie_id"] = movie_id
    error = refused(dataset, values)
    assert (error.rule, error.place) == ("movie", 1)
    assert len(error.value) < 60


def test_a_film_is_rated_once(dataset, values):
    values["ratings"].append(values["ratings"][0])
    assert (refused(dataset, values).rule, refused(dataset, values).place) == ("twice_rated", 3)


@pytest.mark.parametrize("row", [1, [], {}, {"movie_id": 1}, {"movie_id": 1, "stars": 2, "note": ""}, None])
def test_a_rating_is_a_film_and_its_stars(dataset, values, row):
    values["ratings"].append(row)
    assert refused(dataset, values).rule == "rating"


def test_a_title_is_text(dataset, values):
    values["ratings"][0]["title"] = {"a": 1}
    assert refused(dataset, values).rule == "rating"


@pytest.mark.parametrize(
    "line", ["{0},4.0", "{0},", "{0}", "{0},4,5", "{0},五", "{0},¹", "x,4", "=1+1,4", "1" * 5_000 + ",4"]
)
def test_a_wrong_line_of_a_table_is_refused(dataset, ids, line):
    error = refused(dataset, f"movie_id,stars\n{ids[0]},3\n{line.format(ids[1])}\n")
    assert error.place == 2
    assert error.rule in {"rating", "movie", "stars"}


@pytest.mark.parametrize("name", ["dataset", "version", "traits", "ratings"])
def test_half_a_letter_is_told_in_a_way_that_a_browser_can_be_sent(dataset, values, name):
    error = refused(dataset, values | {name: [{"movie_id": "\ud800", "stars": 3}] if name == "ratings" else "\ud800"})
    assert "\\ud800" in error.value
    assert (str(error) + error.value).encode()


def test_a_cell_of_two_lines_is_no_number(dataset):
    assert refused(dataset, 'movie_id,stars\n"1\n2",3\n').rule == "movie"
