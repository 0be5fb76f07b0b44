"""What the page shows of the preprocessing is what the network reads."""

import pytest

from recsys.data import field_trace
from recsys.data.encoder import FeatureEncoder
from recsys.data.vocabulary import PAD_INDEX, UNK_INDEX
from recsys.errors import UnknownIdError
from tests.core.data.test_statistics import hand_sized


@pytest.fixture(scope="module")
def dataset():
    return hand_sized()


@pytest.fixture(scope="module")
def encoder(dataset):
    return FeatureEncoder(dataset, title_length=3)


def test_fields_of_a_person_are_the_rows_of_the_encoder(dataset, encoder) -> None:
    steps = {step.field: step for step in field_trace.trace_user(dataset, encoder, 5)}
    tensors = encoder.encode_users(dataset)
    assert steps["user_id"].index == tensors.user[2] == 4  # third id, after PAD and UNK
    assert (steps["gender"].raw, steps["gender"].index) == ("M", 1)
    assert (steps["age"].raw, steps["age"].index, steps["age"].num_rows) == ("18", 1, 7)
    assert (steps["occupation"].raw, steps["occupation"].index) == ("writer", 3)


def test_a_short_title_is_padded_and_strange_words_are_marked(encoder) -> None:
    trace = field_trace.trace_title(encoder, "Ten Monkeys!")
    assert trace.words == ("ten", "monkeys")
    assert [token.kind for token in trace.tokens] == ["known", "unknown", "padding"]
    assert trace.tokens[1].index == UNK_INDEX
    assert trace.tokens[2].index == PAD_INDEX


def test_words_beyond_the_length_are_shown_as_cut(encoder) -> None:
    trace = field_trace.trace_title(encoder, "Ten Twenty Thirty Forty")
    assert [token.kind for token in trace.tokens] == ["known", "known", "known", "cut"]
    assert trace.tokens[3].index is None
    assert [token.index for token in trace.tokens[:3]] == encoder.encode_title("Ten Twenty Thirty Forty").tolist()


def test_genres_are_the_padded_row_of_the_encoder(dataset, encoder) -> None:
    tokens = field_trace.trace_genres(dataset, encoder, 10)
    assert [token.index for token in tokens] == encoder.encode_movies(dataset).genres[0].tolist()
    assert [token.kind for token in tokens] == ["known", "padding"]


def test_a_film_id_that_is_not_there_is_named(dataset, encoder) -> None:
    with pytest.raises(UnknownIdError, match="no movie with id 7"):
        field_trace.trace_movie(dataset, encoder, 7)
    assert field_trace.trace_movie(dataset, encoder, 30).index == 4
