"""Title component: mounts the way of a title through the network, drawn in the browser (`pages/title_cnn/browser/`).

What is done inside it (levels, filters, places, a slide) needs no server. The page hears where it came to rest and
writes that into the URL without drawing anything again; a changed word is what the page runs for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pages.kit import i18n, state
from pages.kit.component import Component
from pages.kit.i18n import t

COMPONENT = Component("title_cnn/browser", "title_cnn.js", "TitleCnn")
_BELOW = "title_view."
TEXTS = tuple(key.removeprefix(_BELOW) for key in i18n.TEXTS["en"] if key.startswith(_BELOW))
"""Names of the texts that the component uses; a test asks its code for each of them."""


@dataclass(frozen=True)
class Place:
    """Where one looks.

    Attributes:
        level: "overview", "filter", "sum" or "gallery".
        filter: of all filters, counted from 0, the narrowest window's first.
        position: first word of the window, counted from 0.
        is_rare: are words of films that hardly anybody rated shown too?
    """

    level: str
    filter: int
    position: int
    is_rare: bool = False


@dataclass(frozen=True)
class Stop:
    """Where one came to rest, as the URL says it.

    Attributes:
        level: as in `Place`.
        width: words in the window.
        number: of the filter among those of its width, counted from 1.
        at: first word of the window, counted from 1.
        is_rare: as in `Place`.
    """

    level: str
    width: int
    number: int
    at: int
    is_rare: bool


@dataclass(frozen=True)
class Actions:
    """Callbacks; each runs before the page does.

    Attributes:
        on_place: one came to rest somewhere.
        on_edit: the title was changed to this; None takes the change back.
    """

    on_place: Callable[[Stop], None]
    on_edit: Callable[[str | None], None]


def title_cnn(*, key: str, scene: dict[str, Any], place: Place, person: str, actions: Actions) -> None:
    """Draw a title's way through the network.

    Args:
        key: unique on the page.
        scene: title, film, what they were before a change, and the addresses of net and gallery.
        place: where to look.
        person: whose stars are shown.
        actions: what to do when something happens.
    """
    data = {
        **scene,
        "at": {"level": place.level, "filter": place.filter, "position": place.position, "rare": place.is_rare},
        "person": person,
        "link": state.link_around("movie"),
    }
    COMPONENT.draw(key, data=data, texts=texts(), on=_told(actions))


def texts() -> dict[str, str]:
    """Return the texts of the component in the reader's language."""
    return {name: t(f"title_view.{name}") for name in TEXTS} | i18n.joiners()


def _told(actions: Actions) -> dict[str, Callable[[Any], None]]:
    """What to do with each event."""

    def place(found: dict[str, Any]) -> None:
        width, number, at = (int(found[name]) for name in ("width", "filter", "at"))
        actions.on_place(Stop(str(found["level"]), width, number, at, bool(found["rare"])))

    def edited(found: dict[str, Any]) -> None:
        actions.on_edit(None if found["value"] is None else str(found["value"]))

    return {"place": place, "edited": edited}
