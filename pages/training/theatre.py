"""Theatre: a training run played back, or followed while it goes on, drawn by an own component (`browser/`).

One slider over the epochs moves everything: the loss, the map of the films, one person's top ten, the norms of the
network's parts and the filters of its title CNN. All of it is sent once (`pages.training.theatre_data`), so scrubbing
needs no server.
"""

from pages.film_map import palette as map_palette
from pages.kit import i18n, resources, state
from pages.kit.cards import about_user
from pages.kit.component import Component
from pages.kit.i18n import t
from pages.training import theatre_data
from recsys.data.dataset import Dataset
from recsys.training.recording import PARTS, Recording

COMPONENT = Component("training/browser", "theatre.js", "Theatre")
TEXTS = (
    *("play", "pause", "back", "forward", "slider", "epoch_of", "epoch_live", "start", "loss", "no_loss", "speed"),
    *("live", "against", "against_before", "against_start", "trails", "loading", "failed", "spoken"),
    *("map_keys", "card_open", "card_stars", "path", "top", "top_new", "top_up", "top_down", "top_same"),
    *("top_open", "top_gone", "top_none", "top_order", "norms", "norms_note", "weights", "gradients", "weights_now"),
    *("gradients_now", "no_gradient", "part_at", "filters", "filters_note", "filters_weights"),
    *("filters_changes", "window", "filter", "cell", "length", "take_norms", "take_top", "col_epoch"),
    *("col_rank", "col_movie", "col_title", "col_stars", "col_part"),
)
"""Names of the texts that the component needs, below "theatre."."""
MAP_TEXTS = (
    *("zoom_in", "zoom_out", "fit", "legend", "all", "unknown", "only", "points", "range_from", "range_to"),
    *("wheel_hint", "finger_hint"),
)
"""Likewise below "map_view."."""


def draw(recording: Recording, *, model_name: str, live: bool, key: str, data: Dataset | None = None) -> None:
    """Draw a recording; nothing without a snapshot.

    Args:
        recording: of the run.
        model_name: names the files to take home.
        live: the run goes on: the newest epoch is shown, unless the reader looks at another one.
        key: unique on the page; what is shown is kept as long as it stays.
        data: whose films and people they are; the server's by default.
    """
    if not recording.snapshots or recording.watched_user is None:
        return
    shots = recording.snapshots
    data = data or resources.dataset()
    user = data.user(recording.watched_user)
    COMPONENT.draw(
        key,
        data={
            "scene": theatre_data.scene(data),
            "reel": theatre_data.live_reel(recording) if live else theatre_data.reel(recording),
            "live": live,
            "link": state.link_around("movie"),
            "run": theatre_data.run_of(recording),
            "version": f"{len(shots)}-{shots[-1].epoch}",
            "model": model_name,
            "user": t("user.name", id=recording.watched_user),
            "about": about_user(user),
            "parts": {part: t(f"theatre.part.{part}") for part in PARTS},
            "palette": map_palette.PALETTE,
        },
        texts={name: t(f"theatre.{name}") for name in TEXTS}
        | {name: t(f"map_view.{name}") for name in MAP_TEXTS}
        | i18n.joiners(),
    )
