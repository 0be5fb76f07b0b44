"""Field trace: how each field of one person and one film becomes numbers, step by step.

The page that shows the data draws these tables; `FeatureEncoder` does the work, so that what is shown is what the
network reads.
"""

from dataclasses import dataclass
from typing import Literal

from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, title_words
from recsys.data.vocabulary import NUM_RESERVED, PAD_INDEX, UNK_INDEX, Vocabulary

TokenKind = Literal["known", "unknown", "padding", "cut"]


@dataclass(frozen=True)
class FieldStep:
    """One field on its way to the network.

    Attributes:
        field: name of the field: user_id, gender, age, occupation, movie_id.
        raw: the value in the data set, as text.
        index: row of the embedding table.
        num_rows: rows of that table.
        num_reserved: how many rows at its start are PAD and UNK.
    """

    field: str
    raw: str
    index: int
    num_rows: int
    num_reserved: int


@dataclass(frozen=True)
class Token:
    """One place in a padded row: a word of the title or a genre.

    Attributes:
        text: the word or genre; empty for padding.
        index: row of the embedding table; None for a word that was cut off and never reaches the network.
        kind: whether the vocabulary has it.
    """

    text: str
    index: int | None
    kind: TokenKind


@dataclass(frozen=True)
class TitleTrace:
    """A title on its way to the network.

    Attributes:
        title: as typed.
        words: after splitting, before the vocabulary.
        tokens: places of the padded row, then the words that were cut off.
        num_rows: rows of the word embedding table.
    """

    title: str
    words: tuple[str, ...]
    tokens: tuple[Token, ...]
    num_rows: int


def trace_user(dataset: Dataset, encoder: FeatureEncoder, user_id: int) -> tuple[FieldStep, ...]:
    """Return the four fields of a person.

    Raises:
        UnknownIdError: if there is no such person.
    """
    user, sizes = dataset.user(user_id), encoder.sizes
    row, tensors = dataset.user_index(user_id), encoder.encode_users(dataset)
    return (
        FieldStep("user_id", str(user_id), int(tensors.user[row]), sizes.users, NUM_RESERVED),
        FieldStep("gender", user.gender, int(tensors.gender[row]), sizes.genders, 0),
        FieldStep("age", str(user.age), int(tensors.age[row]), sizes.ages, 0),
        FieldStep("occupation", user.occupation, int(tensors.occupation[row]), sizes.occupations, NUM_RESERVED),
    )


def trace_movie(dataset: Dataset, encoder: FeatureEncoder, movie_id: int) -> FieldStep:
    """Return the id of a film on its way to the network.

    Raises:
        UnknownIdError: if there is no such film.
    """
    dataset.movie_index(movie_id)
    return FieldStep("movie_id", str(movie_id), encoder.movies.index(movie_id), len(encoder.movies), NUM_RESERVED)


def trace_genres(dataset: Dataset, encoder: FeatureEncoder, movie_id: int) -> tuple[Token, ...]:
    """Return the padded row of genres of a film.

    Raises:
        UnknownIdError: if there is no such film.
    """
    names = dataset.movie(movie_id).genres
    return _tokens(names, encoder.genres, max(map(len, dataset.movies["genres"])))


def trace_title(encoder: FeatureEncoder, title: str) -> TitleTrace:
    """Follow any title: split into words, looked up, cut or padded to the encoder's length."""
    words = tuple(title_words(title))
    tokens = _tokens(words, encoder.words, encoder.title_length)
    return TitleTrace(title, words, tokens, len(encoder.words))


def _tokens(words: tuple[str, ...], vocabulary: Vocabulary[str], length: int) -> tuple[Token, ...]:
    kept = [_token(word, vocabulary.index(word)) for word in words[:length]]
    padding = [Token("", PAD_INDEX, "padding")] * (length - len(kept))
    return (*kept, *padding, *(Token(word, None, "cut") for word in words[length:]))


def _token(word: str, index: int) -> Token:
    return Token(word, index, "unknown" if index == UNK_INDEX else "known")
