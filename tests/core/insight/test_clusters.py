"""Clusters: regions found again, nested, named apart; contrast of a selection."""

import numpy as np
import pytest

from recsys.errors import ConfigError
from recsys.insight.maps import regions as clusters
from recsys.insight.maps.contrast import contrast
from recsys.insight.maps.regions import COARSE, FINE, movie_clusters, regions, user_clusters
from recsys.insight.maps.traits import Trait


def islands(number: int, size: int, dims: int = 2, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points on islands that lie far apart, in mixed order, and which island each is on."""
    rng = np.random.default_rng(seed)
    centres = 40.0 * np.stack([np.arange(number) % 4, np.arange(number) // 4, np.zeros(number)], axis=1)[:, :dims]
    own = rng.permutation(np.repeat(np.arange(number), size))
    return (centres[own] + rng.normal(size=(len(own), dims))).astype(np.float32), own


@pytest.mark.parametrize("dims", [2, 3])
def test_islands_are_regions(dims) -> None:
    positions, own = islands(10, 60, dims)
    coarse, _ = regions(positions)
    assert coarse.dtype == np.int16
    assert len({*zip(own.tolist(), coarse.tolist(), strict=True)}) == 10
    assert coarse.max() == 9


def test_islands_of_islands_are_found_at_both_levels() -> None:
    positions, own = islands(9, 160)
    part = np.random.default_rng(1).integers(4, size=len(own))
    positions = positions + 9 * np.stack([part % 2, part // 2], axis=1)
    coarse, fine = regions(positions)
    assert (coarse.max() + 1, fine.max() + 1) == (9, 36)
    assert len({*zip((own * 4 + part).tolist(), fine.tolist(), strict=True)}) == 36


@pytest.mark.parametrize(("number", "dims"), [(400, 2), (3_000, 2), (6_000, 3), (30_000, 2)])
def test_regions_are_nested_numbered_by_size_and_as_many_as_wanted(number, dims) -> None:
    positions = np.random.default_rng(0).normal(size=(number, dims))
    coarse, fine = regions(positions)
    for level, (least, most) in ((coarse, COARSE), (fine, FINE)):
        sizes = np.bincount(level)
        assert least <= len(sizes) <= most
        assert sizes.min() > 0
        assert (np.diff(sizes) <= 0).all()
    assert len({*zip(fine.tolist(), coarse.tolist(), strict=True)}) == fine.max() + 1


def test_small_worlds_have_fewer_regions() -> None:
    coarse, fine = regions(np.random.default_rng(0).normal(size=(50, 2)))
    assert (coarse.max() + 1, fine.max() + 1) == (2, 4)


@pytest.mark.parametrize(
    "positions", [np.zeros((1, 2)), np.zeros((40, 2)), np.random.default_rng(0).normal(size=(3, 2))]
)
def test_a_few_points_or_all_on_one_place_are_one_region(positions) -> None:
    coarse, fine = regions(positions)
    assert coarse.tolist() == fine.tolist() == [0] * len(positions)


def test_two_places_are_at_most_two_regions() -> None:
    positions = np.repeat([[0.0, 0.0], [1.0, 0.0]], [30, 50], axis=0)
    coarse, fine = regions(positions)
    assert coarse.tolist() == fine.tolist() == [1] * 30 + [0] * 50


def test_a_cell_of_the_grid_is_never_torn_apart(monkeypatch) -> None:
    """Many points: the tree stands on cells; every point still has the region of its neighbours."""
    monkeypatch.setattr(clusters, "_MAX_LEAVES", 200)
    positions, own = islands(10, 300)
    coarse, _ = regions(positions)
    assert len({*zip(own.tolist(), coarse.tolist(), strict=True)}) == 10


def test_where_the_step_is_largest_it_is_cut() -> None:
    heights = np.array([1.0, 1, 1, 1, 1, 9, 9, 9, 9, 9])  # 11 leaves; after five mergers, at 6 regions, it gets dear
    assert clusters._best_number(heights, 2, 10) == 6
    assert clusters._best_number(heights, 7, 10) != 6
    assert clusters._best_number(heights, 4, 4) == 4


def test_films_of_a_genre_give_their_region_its_name(dataset) -> None:
    """The films of the two most frequent genres lie on islands of their own, all others on a third."""
    first = dataset.movies["genres"].str[0]
    one, two = first.value_counts().index[:2]
    island = np.where(first == one, 0, np.where(first == two, 1, 2))
    noise = np.random.default_rng(0).normal(size=(dataset.num_movies, 2))
    found = movie_clusters(dataset, np.stack([60.0 * island, np.zeros(len(island))], axis=1) + noise)
    assert found.coarse.max() == 2
    for number, genre in enumerate((one, two)):
        (region,) = set(found.coarse[island == number].tolist())
        assert genre in [each.value for each in found.names_coarse[region].traits[:2]]


@pytest.mark.parametrize("seed", range(3))
def test_names_of_a_level_differ_in_what_is_shown(dataset, seed) -> None:
    rng = np.random.default_rng(seed)
    for find, number in ((movie_clusters, dataset.num_movies), (user_clusters, dataset.num_users)):
        found = find(dataset, rng.normal(size=(number, 2)))
        for level, names in ((found.coarse, found.names_coarse), (found.fine, found.names_fine)):
            assert [name.index for name in names] == list(range(level.max() + 1))
            shown = [frozenset((trait.kind, trait.value) for trait in name.traits[:2]) for name in names]
            assert len(set(shown)) == len(shown)
            assert all(1 <= len(name.traits) <= 6 for name in names)


def trait(kind: str, value: str | int, score: float) -> Trait:
    return Trait(kind, value, 0.5, 0.1, score)


def named(*found: tuple[Trait, ...]) -> list[list[str | int]]:
    resorts = [trait("film", f"film {index}", 0) for index in range(len(found))]
    return [[each.value for each in name.traits] for name in clusters._different(found, resorts)]


def test_regions_without_traits_whose_best_films_share_a_title_have_names_too() -> None:
    same = [trait("film", "Hamlet", 0)] * 3
    names = [name.traits for name in clusters._different([(), (), ()], same)]
    assert len({tuple((each.kind, each.value) for each in name) for name in names}) == 3


def test_the_region_that_is_told_best_chooses_first() -> None:
    horror, crime, eighties = (lambda score: trait("genre", "Horror", score)), trait("genre", "Crime", 3), 1980
    weak = (horror(5), trait("decade", eighties, 4), crime)
    strong = (horror(9), trait("decade", eighties, 8))
    assert named(weak, strong) == [["Horror", "Crime", 1980], ["Horror", 1980]]


def test_a_genre_stands_before_its_decade_and_two_decades_are_no_name() -> None:
    found = (trait("decade", 1940, 9), trait("decade", 1930, 8), trait("genre", "Film-Noir", 5))
    assert named(found) == [["Film-Noir", 1940, 1930]]


def test_what_is_in_the_films_comes_before_how_they_are_rated() -> None:
    found = (
        trait("popularity", "rare", 9),
        trait("genre", "Drama", 6),
        trait("acclaim", "low", 8),
        trait("word", "x", 5),
    )
    assert named(found)[0][:2] == ["Drama", "x"]
    assert named((trait("popularity", "rare", 9), trait("genre", "Drama", 3)))[0] == ["Drama", "rare"]
    assert named((trait("popularity", "rare", 9),))[0] == ["rare"]


def test_where_traits_do_not_tell_apart_the_best_known_film_does() -> None:
    drama = (trait("genre", "Drama", 5),)
    assert named(drama, drama, (), ()) == [["Drama"], ["Drama", "film 1"], ["film 2"], ["film 3", "film 3"][:1]]


def test_the_best_known_film_is_the_one_with_most_ratings(dataset, monkeypatch) -> None:
    monkeypatch.setattr(clusters, "telling", lambda _members, _level, number: [()] * number)
    found = movie_clusters(dataset, np.random.default_rng(0).normal(size=(dataset.num_movies, 2)))
    counts, titles = dataset.num_ratings_by_movie, dataset.movies["title"].tolist()
    for name in found.names_fine:
        rows = np.flatnonzero(found.fine == name.index)
        assert {each.value for each in name.traits} == {titles[rows[counts[rows].argmax()]]}


def test_a_place_for_each_is_needed(dataset) -> None:
    for find in (movie_clusters, user_clusters):
        with pytest.raises(ConfigError):
            find(dataset, np.zeros((3, 2)))


def test_a_selection_of_one_genre_has_that_genre_in_common(dataset) -> None:
    genre = dataset.movies["genres"].explode().value_counts().index[0]
    rows = [row for row, genres in enumerate(dataset.movies["genres"]) if genre in genres]
    found = contrast(dataset, [*rows, rows[0]])
    assert (found.num_inside, found.num_outside) == (len(rows), dataset.num_movies - len(rows))
    assert (found.traits[0].value, found.traits[0].share_inside, found.traits[0].share_outside) == (genre, 1, 0)
    outside = [row for row in range(dataset.num_movies) if row not in rows]
    assert found.inside.year == pytest.approx(dataset.movies["year"].iloc[rows].mean())
    assert found.outside.num_ratings == pytest.approx(dataset.num_ratings_by_movie[outside].mean())
    assert found.inside.rating == pytest.approx(np.nanmean(dataset.mean_rating_by_movie[rows]))


def test_everything_has_nothing_in_common_against_nothing(dataset) -> None:
    found = contrast(dataset, range(dataset.num_movies))
    assert (found.traits, found.num_outside) == ((), 0)
    assert np.isnan(found.outside.year)


@pytest.mark.parametrize("rows", [[], [-1], [10_000]])
def test_a_selection_that_is_none_is_refused(dataset, rows) -> None:
    with pytest.raises(ConfigError):
        contrast(dataset, rows)
