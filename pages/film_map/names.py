"""Map names: what regions and selections are called, from what sets their films or people apart."""

from collections.abc import Sequence

from pages.kit.i18n import genre, name, t
from pages.kit.profile_charts import decade
from recsys.insight.maps.regions import NUM_IN_NAME, ClusterName, Trait


def cluster_names(names: Sequence[ClusterName]) -> list[str]:
    """Return what each region is called in the reader's language."""
    return [" · ".join(trait_name(trait) for trait in found.traits[:NUM_IN_NAME]) for found in names]


def trait_name(trait: Trait) -> str:
    """Return a trait in the reader's language, as plain text (not escaped)."""
    if trait.kind == "genre":
        return genre(str(trait.value))
    if trait.kind == "decade":
        return decade(int(trait.value))
    if trait.kind == "word":
        return t("map.trait.word", word=trait.value)
    if trait.kind == "film":
        return str(trait.value)
    if trait.kind == "number":
        return t("map.trait.number", number=trait.value)
    return name(trait.kind, trait.value)
