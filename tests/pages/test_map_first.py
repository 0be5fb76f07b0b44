"""The first look at the film map is prepared, and a language can be spoken without a reader."""

import pytest

from pages.film_map import data as map_data
from pages.film_map import first as map_first
from pages.film_map import layouts as map_layouts
from pages.kit import i18n, published
from recsys.insight.maps.layouts import LayoutSettings


def test_the_first_look_is_published_in_every_language_before_anybody_comes(house, monkeypatch):
    monkeypatch.setattr(published, "SHELF", published.Shelf())
    model = house.recommender
    map_first.prepare(model)

    def too_late(*_arguments: object) -> None:
        pytest.fail("this was not prepared")

    for name in ("scene_of", "neighbor_table", "clusters_of", "cluster_values"):
        monkeypatch.setattr(map_data, name, too_late)
    found = map_layouts.layout(model, LayoutSettings())
    scenes = set()
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            scenes.add(map_data.scene(model, "movies"))
            for address in (map_data.clusters(found), map_data.cluster_column(found), map_data.layout(found)):
                assert published.SHELF.piece(address.rsplit("/", 1)[-1]) is not None
    assert len(scenes) == len(i18n.LANGUAGES)
    assert map_data.neighbors(model, "movies", "cosine")[0] is not None


def test_a_spoken_language_ends_with_its_block():
    with i18n.speaking("zh"):
        assert i18n.language() == "zh"
        with i18n.speaking("en"):
            assert i18n.language() == "en"
        assert i18n.language() == "zh"
    assert i18n.language() == "en"
