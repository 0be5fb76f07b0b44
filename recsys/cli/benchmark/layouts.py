"""Layouts of the film map: how long the default one takes, and how far the kept one can be trusted."""

from recsys.bundle import Bundle
from recsys.cli.benchmark.parts import Effort, Measured, median_seconds
from recsys.insight.maps.layout_store import kept
from recsys.insight.maps.layouts import LayoutSettings, compute
from recsys.insight.maps.truth import map_truth

MOST_REPEATS = 3
NEIGHBORS = 10


def of_layouts(bundle: Bundle, effort: Effort) -> list[Measured]:
    """Measure the layout that everybody sees first.

    Args:
        bundle: a trained model with its kept layouts.
        effort: how often; a layout takes seconds, so at most `MOST_REPEATS` times.
    """
    settings, features = LayoutSettings(), bundle.movie_features
    compute(features[:200], settings)  # loads openTSNE, which is no part of a layout
    seconds = median_seconds(lambda: compute(features, settings), min(effort.repeats, MOST_REPEATS))
    results = [Measured("layout_tsne", seconds, "s", None, None, f"{len(features):,} films, default settings")]
    positions = kept(bundle, settings)
    if positions is None:
        return results
    truth = map_truth(features, positions, k=NEIGHBORS, metric=settings.metric)
    about = f"kept layout, k = {NEIGHBORS}, {settings.metric}, {truth.num_measured:,} films"
    return [
        *results,
        Measured("layout_trustworthiness", truth.trustworthiness, "share", None, None, about),
        Measured("layout_continuity", truth.continuity, "share", None, None, about),
    ]
