"""Which maps a finished run keeps, so that they are there at once. PCA is not among them: it is computed at once."""

from collections.abc import Callable

from recsys.bundle import Features
from recsys.errors import StoppedError
from recsys.insight.maps.layouts import MIN_POINTS, Array, LayoutSettings, compute
from recsys.training.trainer import Stop, never

SHIPPED = (LayoutSettings("movies"), LayoutSettings("users"), LayoutSettings("movies", dims=3))
"""t-SNE of films and of people, and of films in three dimensions, at the default settings."""


def shipped(features: Features) -> tuple[LayoutSettings, ...]:
    """Return the settings of the maps that a finished run keeps: those of `SHIPPED` that have enough points."""
    return tuple(settings for settings in SHIPPED if len(getattr(features, settings.of)) >= MIN_POINTS)


def _ignored(_share: float) -> None:
    """Tell nobody."""


def layouts(
    features: Features, on_progress: Callable[[float], None] = _ignored, should_stop: Stop = never
) -> dict[str, Array]:
    """Return the maps that a finished run keeps, by the keys of their settings.

    Args:
        features: of everybody and everything.
        on_progress: told the share of all maps that is done.
        should_stop: asked again and again; once it says yes, the maps that are done are the answer.
    """
    found: dict[str, Array] = {}
    wanted = shipped(features)
    for done, settings in enumerate(wanted):

        def on_step(_step: str, share: float, _positions: Array | None, done: int = done) -> None:
            on_progress((done + share) / len(wanted))

        try:
            points = getattr(features, settings.of)
            found[settings.key] = compute(points, settings, on_step=on_step, should_stop=should_stop)
        except StoppedError:
            break
    return found
