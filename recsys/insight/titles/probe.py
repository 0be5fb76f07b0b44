"""TitleProbe: follow any title through the title CNN and on into a film's vector, the stars and the similar films.

Between a loaded bundle and the page that opens the title CNN. Each number is the network's own: the probe asks the
network's layers and keeps what they answer on the way. The convolution is that of Kim (2014); see
`recsys.model.title_cnn`.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from recsys.bundle import Bundle
from recsys.data.dataset import Dataset
from recsys.data.encoder import FeatureEncoder, title_words
from recsys.data.histories import History, table_of
from recsys.data.vocabulary import PAD_INDEX
from recsys.errors import ConfigError, UnknownIdError
from recsys.insight.maps.neighbors import nearest_to
from recsys.insight.maps.placing import unrated
from recsys.insight.titles.trace import (
    Array,
    FilmTrace,
    Indices,
    Part,
    TitleTrace,
    WindowSum,
    WindowTrace,
    Word,
    traced_window,
)
from recsys.model import MovieParts, Vectors
from recsys.recommend import Recommender
from recsys.recommend.known import is_known

__all__ = ["FilmTrace", "Part", "TitleProbe", "TitleTrace", "WindowSum", "WindowTrace", "Word", "probe_of"]


class TitleProbe:
    """Answers about titles. Made once for a model; nothing in it changes, so it is safe to use from any thread.

    What the other branches say of each film is computed here, from the ratings that the bundle's vectors were made of.

    Args:
        bundle: the trained network.
        dataset: what it was trained on.

    Attributes:
        windows: widths of the windows, in words.
        num_filters: K, filters of each width.
        num_features: F, all filters.
        title_features: (M, F) the strongest responses of each film's own title.
    """

    def __init__(self, bundle: Bundle, dataset: Dataset) -> None:
        self.bundle, self.dataset = bundle, dataset
        config = bundle.info.model
        self.windows, self.num_filters = config.windows, config.num_filters
        self.num_features = config.num_filters * len(config.windows)
        self.encoder = FeatureEncoder(dataset, config.title_length)
        self._tower = bundle.model.movie_tower
        with torch.inference_mode():
            self._films = self._tower.parts(self.encoder.encode_movies(dataset), self._histories())
            self._newcomer = self._unknown_film()
        self.title_features: Array = self._films.values["title"].numpy()

    def trace(self, text: str) -> TitleTrace:
        """Follow any title, in any script, through the title CNN; one without a word too."""
        words = title_words(text)
        length = self.encoder.title_length
        read, cut = words[:length], words[length:]
        tokens = self.encoder.encode_title(text)[: max(len(read), *self.windows)]  # (L,), at least the widest window
        with torch.inference_mode():
            embedded = self._tower.title.words(tokens)  # (L, E)
            sums = [
                each[0].numpy() for each in self._tower.title.weighted_sums(embedded.unsqueeze(0))
            ]  # (K, L - W + 1)
        places = [max(1, len(read) - width + 1) for width in self.windows]
        windows = tuple(
            traced_window(width, before[:, :num_places], len(read))
            for width, before, num_places in zip(self.windows, sums, places, strict=True)
        )
        return TitleTrace(
            text=text,
            words=tuple(Word(word, i, word in self.encoder.words) for i, word in enumerate(read)),
            cut_words=tuple(cut),
            embeddings=embedded[: len(read)].numpy(),
            windows=windows,
            features=np.concatenate([window.strongest for window in windows]),
        )

    def film(self, text: str, *, movie_index: int | None = None, genres: Sequence[str] = ()) -> FilmTrace:
        """Follow a film through the movie tower.

        Args:
            text: its title, which need not be the one that it has.
            movie_index: the film of the data set whose id, genres and history it has. Without one it is invented: it
                has no id and nobody has rated it. A network with histories leaves out the id of such a film; for one
                without, the numbers of the id's branch are the mean over all films there are.
            genres: where some are given, they take the place of the film's own; an invented film has no others.

        Raises:
            UnknownIdError: if there is no such row.
            ConfigError: if a genre is unknown.
        """
        title = self.trace(text)
        others = self._newcomer if movie_index is None else _row(self._films, self._checked_movie(movie_index))
        values = others.values | {"title": torch.from_numpy(title.features).unsqueeze(0)}
        if genres:
            values["genres"] = self._of_genres(genres)
        with torch.inference_mode():
            vector = self._tower.mixed(MovieParts(values, others.bias)).features[0].numpy()
        parts, mix_bias = self._shares(values), self._tower.mix.bias.detach().numpy().copy()
        before = np.sum([part.added for part in parts], axis=0) + mix_bias
        return FilmTrace(title, parts, mix_bias, before, vector, float(others.bias[0]))

    def stars(self, film: FilmTrace, user_index: int) -> float:
        """Return the stars that a person is predicted to give a film, not clipped.

        Raises:
            UnknownIdError: if there is no such row.
        """
        return float(self.stars_with(film, film.title.features[None], user_index)[0])

    def stars_with(self, film: FilmTrace, features: Array, user_index: int) -> Array:
        """Return (B,) the stars that a person is predicted to give a film with other titles, not clipped.

        Args:
            film: gives what the other branches say.
            features: (B, F) what the title CNN says instead.
            user_index: row of the person.

        Raises:
            UnknownIdError: if there is no such row.
        """
        if not 0 <= user_index < self.dataset.num_users:
            raise UnknownIdError("user", f"at row {user_index}", self.dataset.name)
        values = {part.name: torch.from_numpy(part.values).expand(len(features), -1) for part in film.parts}
        values["title"] = torch.from_numpy(features)
        with torch.inference_mode():
            movies = self._tower.mixed(MovieParts(values, torch.full((len(features),), film.bias)))
            stars = self.bundle.model.head.score_matrix(self._users(slice(user_index, user_index + 1)), movies)
        return stars[0].numpy()  # (1, B) -> (B,)

    def stars_of_all(self, film: FilmTrace) -> Array:
        """Return (U,) the stars that everybody is predicted to give a film, not clipped."""
        movie = Vectors(torch.from_numpy(film.vector).unsqueeze(0), torch.tensor([film.bias]))
        with torch.inference_mode():
            stars = self.bundle.model.head.score_matrix(self._users(slice(None)), movie)
        return stars[:, 0].numpy()  # (U, 1) -> (U,)

    def similar(self, film: FilmTrace, k: int, *, exclude: int | None = None) -> tuple[tuple[int, float], ...]:
        """Return the rows of the k films nearest to a film, and the cosine of the two vectors; equal ones by row.

        Raises:
            ConfigError: if k is below 1.
        """
        left_out = () if exclude is None else (exclude,)
        found = nearest_to(self.bundle.movie_features, film.vector, k, exclude=left_out)
        return tuple(zip(found.indices[0].tolist(), found.values[0].tolist(), strict=True))

    def own_title(self, movie_index: int) -> str:
        """Return the title of a film as the network read it in training.

        Raises:
            UnknownIdError: if there is no such row.
        """
        return str(self.dataset.movies["title"].iloc[self._checked_movie(movie_index)])

    def features_of(self, embeddings: Array) -> Array:
        """Return (B, F) the title features of (B, n, E) titles of n vectors each, which need not be those of words."""
        num_titles, num_words, size = embeddings.shape
        padded = np.zeros((num_titles, max(num_words, *self.windows), size), dtype=np.float32)
        padded[:, :num_words] = embeddings
        with torch.inference_mode():
            found = self._tower.title.slide(torch.from_numpy(padded), torch.full((num_titles,), num_words))
        return np.concatenate([responses.amax(dim=2).numpy() for responses in found], axis=1)

    def responses_of(self, number: int, tokens: Indices) -> Array:
        """Return (N, K) the responses after ReLU of the filters of width `number`, counted from 0, to (N, W) words."""
        cnn = self._tower.title
        with torch.inference_mode():
            sums = cnn.convolutions[number](cnn.words(torch.from_numpy(tokens)).transpose(1, 2))  # (N, K, 1)
        responses: Array = torch.relu(sums)[:, :, 0].numpy()
        return responses

    def sum_at(self, trace: TitleTrace, width: int, filter: int, start: int) -> WindowSum:  # noqa: A002
        """Write out what one filter makes of a title at one place.

        Args:
            trace: the title.
            width: W, of the window.
            filter: of that width, from 0 to K - 1.
            start: the first word under the window.

        Raises:
            ConfigError: if there is no such width, filter or place.
        """
        weights, bias = self.weights(width, filter)
        window = trace.windows[self.windows.index(width)]
        if not 0 <= start < window.before.shape[1]:
            raise ConfigError("start", start, f"from 0 to {window.before.shape[1] - 1}")
        under = trace.words[start : start + width]
        padding = self._tower.title.words.weight[PAD_INDEX].detach().numpy()
        embeddings = np.tile(padding, (width, 1))  # (W, E)
        embeddings[: len(under)] = trace.embeddings[start : start + width]
        products = embeddings * weights
        return WindowSum(
            words=(*(word.text for word in under), *[None] * (width - len(under))),
            embeddings=embeddings,
            weights=weights,
            products=products,
            word_sums=products.sum(axis=1),
            bias=bias,
            total=float(window.before[filter, start]),
            response=float(window.responses[filter, start]),
            is_winner=int(window.winner[filter]) == start,
        )

    def weights(self, width: int, filter: int) -> tuple[Array, float]:  # noqa: A002
        """Return the (W, E) weights of one filter of a width, and its bias.

        Raises:
            ConfigError: if there is no such width or filter.
        """
        if width not in self.windows:
            raise ConfigError("width", width, f"one of {', '.join(map(str, self.windows))}")
        if not 0 <= filter < self.num_filters:
            raise ConfigError("filter", filter, f"from 0 to {self.num_filters - 1}")
        state = self._tower.title.convolutions[self.windows.index(width)].state_dict()
        return state["weight"][filter].T.numpy().copy(), float(state["bias"][filter])  # (E, W) -> (W, E)

    def _histories(self) -> History | None:
        """Of all films, with the ratings that the bundle's own vectors know."""
        if self.bundle.info.model.history_size == 0:
            return None
        rows = torch.from_numpy(np.flatnonzero(is_known(self.dataset, self.bundle.info)))
        table = table_of(self.dataset, self.encoder.encode_ratings(self.dataset), rows, torch.device("cpu"))
        return table.histories(torch.ones(len(table), dtype=torch.bool))[1]

    def _unknown_film(self) -> MovieParts:
        """What the branches say of one film without id, genres, title and ratings."""
        movie = self._films.values["movie"].mean(dim=0, keepdim=True)
        values = {"movie": movie, "genres": self._of_genres(()), "title": torch.zeros(1, self.num_features)}
        if self._tower.history is not None:
            values["movie"] = torch.zeros_like(movie)
            values["history"] = self._tower.history(unrated(self.dataset.num_users))
        return MovieParts(values, torch.zeros(1))

    def _of_genres(self, genres: Sequence[str]) -> Tensor:
        """(1, 32) what the branch of the genres says of some names."""
        for genre in genres:
            if genre not in self.encoder.genres:
                raise ConfigError("genres", list(genres), f"some of {', '.join(self.dataset.genres)}")
        rows = torch.from_numpy(self.encoder.genres.indices(dict.fromkeys(genres)))
        with torch.inference_mode():
            return torch.relu(self._tower.genres_layer(self._tower.combined_genres(rows.unsqueeze(0))))

    def _shares(self, values: dict[str, Tensor]) -> tuple[Part, ...]:
        """What each branch adds: the last layer's weights in as many pieces as there are branches."""
        sizes = [each.shape[1] for each in values.values()]
        pieces = torch.split(self._tower.mix.weight.detach(), sizes, dim=1)
        return tuple(
            Part(name, each[0].numpy().copy(), (piece @ each[0]).numpy())
            for (name, each), piece in zip(values.items(), pieces, strict=True)
        )

    def _users(self, rows: slice) -> Vectors:
        features = self.bundle.features
        return Vectors(torch.from_numpy(features.users[rows]), torch.from_numpy(features.user_bias[rows]))

    def _checked_movie(self, movie_index: int) -> int:
        if not 0 <= movie_index < self.dataset.num_movies:
            raise UnknownIdError("movie", f"at row {movie_index}", self.dataset.name)
        return movie_index


def probe_of(model: Recommender) -> TitleProbe:
    """Return the probe of a model, for `pages.kit.resources.of_model`."""
    return TitleProbe(model.bundle, model.dataset)


def _row(parts: MovieParts, index: int) -> MovieParts:
    """What the branches say of one film."""
    return MovieParts({name: each[index : index + 1] for name, each in parts.values.items()}, parts.bias[[index]])
