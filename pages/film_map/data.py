"""Map data: what the film map shows of films and people, published once for all sessions.

Titles, hover cards, sizes and colours (`pages.film_map.scene`), neighbours, cluster names, one person's predicted stars
and the trust of each dot. Each function returns an address (`pages.kit.published`).
"""

import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pages.film_map import names as map_names
from pages.film_map import scene as map_scene
from pages.film_map.layouts import Layout, places_of
from pages.film_map.link import NUM_NEIGHBORS, Of, features_of, ids_of
from pages.film_map.scene import Column, Scene
from pages.kit import i18n, published, resources, theme
from pages.kit.cards import known_text
from pages.kit.i18n import name, t
from pages.kit.profile_charts import decade
from recsys.data import profiles
from recsys.data.dataset import AGE_GROUPS, GENDERS, MAX_STARS, MIN_STARS, Dataset
from recsys.insight.maps import neighbors as nearest
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.neighbors import Metric, Neighbors
from recsys.insight.maps.regions import Clusters, movie_clusters, user_clusters
from recsys.insight.maps.truth import MapTruth, map_truth
from recsys.recommend import Recommender

TRUTH_METRIC: Metric = "cosine"


def scene(model: Recommender, of: Of) -> str:
    """Return the address of all that does not depend on a layout."""
    language = i18n.language()

    def make() -> bytes:
        with i18n.speaking(language):  # asking the session for each of 90,000 cards takes seconds
            return map_scene.encode(scene_of(model, of))

    return published.publish(("scene", resources.made(model), of, language), make, owner=model)


def scene_of(model: Recommender, of: Of) -> Scene:
    """Return all films or people as points in the reader's language."""
    return movie_scene(model.dataset) if of == "movies" else _user_scene(model)


def movie_scene(data: Dataset) -> Scene:
    """Return all films as points in the reader's language; what a model makes of them is no part of it."""
    movies, counts, means = data.movies, data.num_ratings_by_movie, data.mean_rating_by_movie
    genres = list(data.genres)
    place = {genre: at for at, genre in enumerate(genres)}
    main = np.array([place[own[0]] for own in movies["genres"]])
    decades = list(profiles.all_decades(data))
    years = movies["year"].fillna(0).to_numpy(dtype=np.int64)
    which = np.array([decades.index(first) if first > 0 else -1 for first in (years // 10 * 10).tolist()])
    lines = [
        (" · ".join(([str(year)] if year > 0 else []) + [i18n.genres(own[:3])]), known_text(mean, count))
        for year, own, mean, count in zip(
            years.tolist(), movies["genres"], means.tolist(), counts.tolist(), strict=True
        )
    ]
    names, colors = (tuple(map(of, genres)) for of in (i18n.genre, theme.genre_color))
    columns = (
        Column("genre", t("map.color.genre"), "category", main, names, colors),
        Column("decade", t("map.color.decade"), "ordinal", which, tuple(map(decade, decades))),
        *_rating_columns(means, counts),
    )
    cards = [theme.genre_color(own[0]) for own in movies["genres"]]
    ids = movies["movie_id"].to_numpy(dtype=np.int64)
    return Scene(ids, movies["title"].tolist(), lines, _shares(counts), counts, columns, cards)


def layout(found: Layout) -> str:
    """Return the address of the places of the dots."""
    key = ("layout", resources.made(found.model), found.shown.key)
    return published.publish(key, lambda: map_scene.encode_layout(found.places), owner=found.model)


def neighbors(model: Recommender, of: Of, near: Metric) -> tuple[str | None, str | None]:
    """Return the address of the table of neighbours, or the live address where there are too many for one table."""
    key = ("neighbors", resources.made(model), of, near)
    if len(features_of(model, of)) <= map_scene.MAX_TABLE:
        return published.publish(key, lambda: _encoded(neighbor_table(model, of, near)), owner=model), None
    still = weakref.ref(model)  # an address must not keep a model that nobody uses any more

    def answer(row: int) -> bytes:
        known = still()
        if known is None or row >= len(features_of(known, of)):
            raise LookupError(row)
        features = features_of(known, of)
        return _encoded(nearest.neighbors(features, NUM_NEIGHBORS, near, rows=[row]))

    return None, published.publish_live(key, answer, owner=model)


def neighbor_table(model: Recommender, of: Of, near: Metric) -> Neighbors:
    """Return the neighbours of all films or people; only for as many as one table holds."""
    return resources.of_model(_all_neighbors, model, of, near)


def neighbors_of(model: Recommender, of: Of, near: Metric, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return ((k,) rows, (k,) similarities or distances) of the neighbours of one film or person, nearest first."""
    features = features_of(model, of)
    if len(features) <= map_scene.MAX_TABLE:
        table = neighbor_table(model, of, near)
        return table.indices[row], table.values[row]
    found = nearest.neighbors(features, NUM_NEIGHBORS, near, rows=[row])
    return found.indices[0], found.values[0]


def clusters(found: Layout) -> str:
    """Return the address of the names of the regions at two levels."""
    key = ("clusters", resources.made(found.model), found.shown.key, i18n.language())

    def make() -> bytes:
        known = clusters_of(found.model, found.shown)
        coarse, fine = (map_names.cluster_names(names) for names in (known.names_coarse, known.names_fine))
        return map_scene.encode_clusters(known.coarse, known.fine, coarse_names=coarse, fine_names=fine)

    return published.publish(key, make, owner=found.model)


def cluster_column(found: Layout) -> str:
    """Return the address of the column that says in which region each dot lies."""
    key = ("cluster-column", resources.made(found.model), found.shown.key, i18n.language())
    return published.publish(key, lambda: map_scene.encode_column(cluster_values(found)), owner=found.model)


def cluster_values(found: Layout) -> Column:
    """Return in which region each dot lies."""
    known = clusters_of(found.model, found.shown)
    labels = tuple(map_names.cluster_names(known.names_coarse))
    return Column("cluster", t("map.color.cluster"), "category", known.coarse, labels)


def clusters_of(model: Recommender, settings: LayoutSettings) -> Clusters:
    """Return the regions of a layout that is kept."""
    return resources.of_model(_clusters, model, settings)


def person_column(model: Recommender, user_id: int) -> str:
    """Return the address of the stars that a person is predicted to give each film."""
    key = ("person", resources.made(model), user_id, i18n.language())
    return published.publish(key, lambda: map_scene.encode_column(person_values(model, user_id)), owner=model)


def person_values(model: Recommender, user_id: int) -> Column:
    """Return the stars that a person is predicted to give each film."""
    stars = model.bundle.stars_of(np.array([model.dataset.user_index(user_id)]))[0].clip(MIN_STARS, MAX_STARS)
    return Column("person", t("map.color.person_of", id=user_id), "number", stars, digits=1, unit=" ★")


def trust_column(found: Layout) -> str:
    """Return the address of how far the neighbours of each dot on a map can be trusted."""
    key = ("trust", resources.made(found.model), found.shown.key, i18n.language())
    return published.publish(key, lambda: map_scene.encode_column(trust_values(found)), owner=found.model)


def trust_values(found: Layout) -> Column:
    """Return how far the neighbours of each dot on a map can be trusted, from 0 to 1."""
    trust = truth_of(found.model, found.shown).per_point_trust
    return Column("trust", t("map.color.trust"), "number", trust, digits=2)


def truth_of(model: Recommender, settings: LayoutSettings) -> MapTruth:
    """Return how far a layout that is kept can be trusted."""
    return resources.of_model(_truth, model, settings)


def _user_scene(model: Recommender) -> Scene:
    data = model.dataset
    users, counts = data.users, data.num_ratings_by_user
    totals = np.bincount(
        data.user_indices, weights=data.ratings["rating"].to_numpy(dtype=np.float64), minlength=data.num_users
    )
    means = np.divide(totals, counts, out=np.full(data.num_users, np.nan), where=counts > 0)
    ids = ids_of(model, "users")
    values = {
        "gender": (GENDERS, users["gender"].tolist()),
        "age": (range(len(AGE_GROUPS)), users["age_group"].tolist()),
        "occupation": (data.occupations, users["occupation"].tolist()),
    }
    people = zip(*(own for _, own in values.values()), means.tolist(), counts.tolist(), strict=True)
    lines = [
        (" · ".join((name("gender", gender), name("age", age), name("occupation", work))), known_text(mean, count))
        for gender, age, work, mean, count in people
    ]
    columns = [_named_column(kind, tuple(options), own) for kind, (options, own) in values.items()]
    titles = [t("user.name", id=user_id) for user_id in ids.tolist()]
    cards = [theme.ROLE_COLORS["second"]] * len(ids)
    return Scene(ids, titles, lines, _shares(counts), counts, (*columns, *_rating_columns(means, counts)), cards)


def _all_neighbors(model: Recommender, of: Of, near: Metric) -> Neighbors:
    return nearest.neighbors(features_of(model, of), NUM_NEIGHBORS, near)


def _clusters(model: Recommender, settings: LayoutSettings) -> Clusters:
    find = movie_clusters if settings.of == "movies" else user_clusters
    return find(model.dataset, places_of(model, settings))


def _truth(model: Recommender, settings: LayoutSettings) -> MapTruth:
    features = features_of(model, settings.of)
    return map_truth(features, places_of(model, settings), k=NUM_NEIGHBORS, metric=TRUTH_METRIC)


def _encoded(found: Neighbors) -> bytes:
    return map_scene.encode_neighbors(found.indices, found.values)


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N,) share of the largest count."""
    shares: NDArray[np.float64] = counts / max(1, int(counts.max()))
    return shares


def _rating_columns(means: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[Column, Column]:
    return (
        Column("mean", t("map.color.mean"), "number", means, digits=1, unit=" ★"),
        Column("count", t("map.color.count"), "number", counts, scale="log"),
    )


def _named_column(kind: str, options: Sequence[object], own: Sequence[object]) -> Column:
    place = {option: at for at, option in enumerate(options)}
    is_ordered = kind == "age"
    codes = np.array([place[value] for value in own])
    labels = tuple(name(kind, option) for option in options)
    return Column(kind, t(f"map.color.{kind}"), "ordinal" if is_ordered else "category", codes, labels)
