"""News: how far the run under way is, told to every open page by a few bytes over plain HTTP and not by a rerun.

A rerun of a fragment costs the server some milliseconds for each open page, and what it draws is sent again whole. So a
component (`browser/news.js`) asks once a second, draws what changes all the time, and has its fragment run
again only where something else is to be drawn: other buttons, another order of the line, an epoch more. What it
compares is the `look` of a fragment. Who asks is there, which is what the line for the next run needs to know.
"""

import gzip
import json
from collections.abc import Callable, Hashable

from pages.kit import i18n, published, resources
from pages.kit.component import Component
from pages.training import curves
from recsys.training import JobStatus
from recsys.training.turns import Turns

COMPONENT = Component("training/browser", "news.js", "News")
PICTURE_GAP = 3
"""Seconds that a picture stays at least, however short the epochs are."""
Told = Callable[[JobStatus], dict[str, object]]


def look_of_panel(status: JobStatus, turns: Turns) -> str:
    """Return what changes whenever the buttons or the words beside them do."""
    shown: tuple[Hashable, ...] = (turns.whose(), turns.order(), status.state if status.is_running else status.version)
    if status.is_running:
        shown += status.last_action, status.acted_by, status.started_by, status.finishing_step
        shown += (bool(status.rate_changes),)
    return repr(shown)


def look_of_picture(status: JobStatus, _turns: Turns) -> str:
    """Return what changes whenever curves and theatre are to be drawn anew."""
    if status.state == "training":
        has_begun = bool(status.batch_losses), status.watched_user is not None
        return repr((*has_begun, status.epoch, int(status.seconds) // curves.SECONDS, len(status.rate_changes)))
    return repr((status.epoch, status.batch, status.state, len(status.rate_changes)))


LOOKS: dict[str, Callable[[JobStatus, Turns], str]] = {"panel": look_of_panel, "picture": look_of_picture}


def follow(look: str, status: JobStatus, *, tell: Told | None = None, texts: dict[str, str] | None = None) -> None:
    """Have the fragment that this is drawn in run again when its look is another one.

    Args:
        look: one of `LOOKS`.
        status: what the fragment is drawn of.
        tell: what the component shows, as `news` has it; it shows nothing by default.
        texts: that it shows beside that.
    """
    COMPONENT.draw(
        f"training_news_{look}",
        data={
            "address": _address(tell),
            "visitor": int(resources.visitor()),
            "name": look,
            "look": LOOKS[look](status, resources.job().turns),
            "gap": 1000 * PICTURE_GAP if look == "picture" and status.state == "training" else 0,
            "news": None if tell is None else tell(status),
        },
        texts=texts or {},
        on={"changed": lambda _look: None},
    )


def _address(tell: Told | None) -> str:
    """Return the address that answers the number of a visitor with the news, in the reader's language."""
    language, job = i18n.language(), resources.job()

    def answer(visitor: int) -> bytes:
        job.turns.seen(str(visitor))
        status = job.status()
        with i18n.speaking(language):
            shown = None if tell is None or not status.is_running else tell(status)
            looks = {name: look(status, job.turns) for name, look in LOOKS.items()}
        return gzip.compress(json.dumps({"looks": looks, "news": shown}).encode(), compresslevel=1, mtime=0)

    return published.publish_live(("training news", language, tell is None), answer)
