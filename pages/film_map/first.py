"""Map first: what everybody's first look at the film map needs, made while the server starts.

Measured with 90,000 films: the first visitor waited 3.2 s for titles and cards, most of it for asking the session
for its language 250,000 times; prepared, in both languages, nobody waits.
"""

from pages.film_map import data, layouts
from pages.kit import i18n
from recsys.insight.maps import layout_store
from recsys.insight.maps.layouts import LayoutSettings
from recsys.insight.maps.neighbors import METRICS
from recsys.recommend import Recommender


def prepare(model: Recommender) -> None:
    """Publish the usual map of films in every language, where its layout is known."""
    layout_store.features_hash(model.bundle, "movies")
    usual = LayoutSettings()
    data.neighbors(model, usual.of, METRICS[0])
    if layouts.kept(model, usual) is None:
        return
    found = layouts.layout(model, usual)
    data.layout(found)
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            data.scene(model, usual.of)
            data.clusters(found)
            data.cluster_column(found)
