"""The verb map with --keep: makes the maps that a bundle keeps anew, measures them and writes them into it.

So the maps of the bundles that ship with the app are made, from the feature vectors as they are stored there.
"""

import time
from dataclasses import replace
from pathlib import Path

from recsys.bundle import load_training_state
from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import load_model, model_values
from recsys.insight.maps.layout_store import features_of
from recsys.insight.maps.layouts import Array, compute
from recsys.insight.maps.projection import shipped
from recsys.insight.maps.truth import map_truth
from recsys.training.recording import Recording, load_recording, to_arrays

NUM_NEIGHBORS = 10
_COLUMNS = ("map", "points", "seconds", "trustworthiness", "continuity")


def keep_maps(bundle: Path | None, dataset: str | None, *, as_json: bool) -> None:
    """Make the maps of a bundle anew and answer with how long each took and how true it is (cosine, k = 10).

    Raises:
        BundleError: if the bundle cannot be read or written.
    """
    model = load_model(bundle, dataset)
    found: dict[str, Array] = {}
    rows: list[tuple[str, int, float, float, float]] = []
    for settings in shipped(model.bundle.features):
        say(f"computing {settings.key}")
        features = features_of(model.bundle, settings.of)
        begin = time.perf_counter()
        found[settings.key] = compute(features, settings)
        seconds = time.perf_counter() - begin
        truth = map_truth(features, found[settings.key], k=min(NUM_NEIGHBORS, (len(features) - 1) // 2))
        shares = round(truth.trustworthiness, 4), round(truth.continuity, 4)
        rows.append((settings.key, len(features), round(seconds, 2), *shares))
    info = model.bundle.info
    state = load_training_state(info.folder) if info.can_resume else {}
    recording = to_arrays(load_recording(info.folder) or Recording())
    replace(model.bundle, maps=found, training_state=state, recording=recording).save(info.folder)
    if as_json:
        maps = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        answer_json({"dataset": model.dataset.name, "model": model_values(model.bundle), "maps": maps})
    else:
        answer_table(f"maps of {info.name}, kept in {info.folder}", _COLUMNS, rows)
