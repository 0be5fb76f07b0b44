"""LayoutJob: the one thread of a process that lays out maps, one after the other.

Pages ask for a layout, look at its status and at the frames it goes through, and go on; a closed browser changes
nothing. Whoever asks for what somebody else asked for already waits for the same work. What is finished goes into
`recsys.insight.maps.layout_store`; the frames of the latest runs stay here, to be watched again.
"""

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from recsys.bundle import Bundle
from recsys.errors import MatineeError, QueueFullError, StoppedError
from recsys.insight.maps import layout_store
from recsys.insight.maps.layouts import MAX_FRAMES, Array, LayoutSettings, compute

State = Literal["missing", "queued", "running", "finished", "stopped", "failed"]
MAX_WAITING = 8
MAX_RUNS = 4
"""Runs whose status and frames are still known after their end."""
MAX_FRAME_BYTES = 16_000_000
"""Of one run: 51 frames of 3,883 films in two dimensions take 1.6 MB. Of more points not each frame is kept."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LayoutStatus:
    """What is known of a layout at one moment.

    Attributes:
        state: "missing" if nobody asked for it and it is not kept; "finished" if it is kept.
        place: in the queue: 1 is next; 0 if it does not wait.
        step: "" before it begins, then "neighbors" or "layout".
        share: of the work that is done, 0 to 1.
        seconds: since it began; how long it took once it is finished.
        num_frames: that can be watched.
        error: why it failed.
    """

    state: State
    place: int = 0
    step: str = ""
    share: float = 0.0
    seconds: float = 0.0
    num_frames: int = 0
    error: MatineeError | None = None

    @property
    def is_under_way(self) -> bool:
        """Is it waiting or running?"""
        return self.state in {"queued", "running"}


class _Key(NamedTuple):
    features: str
    settings: str


@dataclass
class _Run:
    """One layout on its way; changed under the lock of the job only."""

    bundle: Bundle | None  # until it ends
    settings: LayoutSettings
    state: State = "queued"
    step: str = ""
    share: float = 0.0
    started: float = 0.0
    seconds: float = 0.0
    frames: list[Array] = field(default_factory=list)
    num_seen: int = 0
    error: MatineeError | None = None
    stop: threading.Event = field(default_factory=threading.Event)


class LayoutJob:
    """A queue of layouts and the thread that makes them; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: OrderedDict[_Key, _Run] = OrderedDict()  # in the order in which they were asked for
        self._thread: threading.Thread | None = None

    def request(self, bundle: Bundle, settings: LayoutSettings) -> None:
        """Ask for a layout; does nothing if it is there already, waits or is under way.

        Raises:
            QueueFullError: if `MAX_WAITING` others wait.
        """
        if layout_store.is_kept(bundle, settings) and layout_store.kept(bundle, settings) is not None:
            return
        key = _key(bundle, settings)
        with self._lock:
            run = self._runs.get(key)
            if run is not None and run.state in {"queued", "running"} and not run.stop.is_set():
                return
            if len(self._waiting()) >= MAX_WAITING:
                raise QueueFullError(MAX_WAITING)
            self._runs.pop(key, None)
            self._runs[key] = _Run(bundle, settings)
            self._forget()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="layouts", daemon=True)
                self._thread.start()

    def status(self, settings: LayoutSettings, bundle: Bundle) -> LayoutStatus:
        """Return how far a layout is; cheap."""
        with self._lock:
            run = self._runs.get(_key(bundle, settings))
            if run is not None and not (run.state == "finished" and not layout_store.is_kept(bundle, settings)):
                return self._status(run)
        return (
            LayoutStatus("finished", share=1.0) if layout_store.is_kept(bundle, settings) else LayoutStatus("missing")
        )

    def frames(self, settings: LayoutSettings, bundle: Bundle) -> tuple[Array, ...]:
        """Return the (N, dims) positions that a layout went through so far, oldest first; nobody may change them.

        Those under way are as the method has them: very small at first, and not turned. Once it is finished they are
        turned like the layout, which is the last of them. Empty for a layout that was made earlier.
        """
        with self._lock:
            run = self._runs.get(_key(bundle, settings))
            return tuple(run.frames) if run is not None else ()

    def cancel(self, settings: LayoutSettings, bundle: Bundle) -> None:
        """Ask a layout to stop: at once if it waits, within some steps if it is under way. Nothing of it is kept."""
        with self._lock:
            run = self._runs.get(_key(bundle, settings))
            if run is not None:
                self._stop(run)

    def stop(self) -> None:
        """Ask all layouts to stop."""
        with self._lock:
            for run in self._runs.values():
                self._stop(run)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no layout waits or is under way; False after `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        with self._lock:
            return not any(run.state in {"queued", "running"} for run in self._runs.values())

    def _waiting(self) -> list[_Run]:
        return [run for run in self._runs.values() if run.state == "queued"]

    def _status(self, run: _Run) -> LayoutStatus:
        place = self._waiting().index(run) + 1 if run.state == "queued" else 0
        seconds = time.monotonic() - run.started if run.state == "running" else run.seconds
        return LayoutStatus(run.state, place, run.step, run.share, seconds, len(run.frames), run.error)

    def _stop(self, run: _Run) -> None:
        run.stop.set()
        if run.state == "queued":
            run.state, run.bundle = "stopped", None

    def _forget(self) -> None:
        """Let the oldest runs go that are over, with their frames."""
        over = [key for key, run in self._runs.items() if run.state not in {"queued", "running"}]
        for key in over[: max(0, len(over) - MAX_RUNS)]:
            del self._runs[key]

    def _work(self) -> None:
        """The thread: ends when nothing waits; whatever happens to a run ends in a state that everybody can see."""
        while True:
            with self._lock:
                run = next(iter(self._waiting()), None)
                if run is None:
                    self._thread = None
                    return
                run.state, run.started = "running", time.monotonic()
            try:
                layout = self._lay_out(run)
                self._end(run, "finished", layout=layout)
            except StoppedError:
                self._end(run, "stopped")
            except MatineeError as error:
                _log.exception("layout failed")
                self._end(run, "failed", error=error)
            except Exception as error:
                _log.exception("layout failed")
                self._end(run, "failed", error=MatineeError(f"{type(error).__name__}: {error}"))

    def _lay_out(self, run: _Run) -> Array:
        def on_step(step: str, share: float, positions: Array | None) -> None:
            with self._lock:
                run.step, run.share = step, share
                if positions is not None:
                    _add_frame(run, positions)

        bundle = run.bundle
        if bundle is None:
            raise RuntimeError("a layout that is over was begun again")
        features = layout_store.features_of(bundle, run.settings.of)
        layout = compute(features, run.settings, on_step=on_step, should_stop=run.stop.is_set)
        layout_store.keep(bundle, run.settings, layout)
        return layout

    def _end(self, run: _Run, state: State, *, layout: Array | None = None, error: MatineeError | None = None) -> None:
        with self._lock:
            if layout is None:
                run.frames = []
            else:
                run.share, run.frames = 1.0, _turned_like(run.frames, layout)
            run.state, run.error, run.seconds = state, error, time.monotonic() - run.started
            run.bundle = None
            self._forget()


def _key(bundle: Bundle, settings: LayoutSettings) -> _Key:
    return _Key(layout_store.features_hash(bundle, settings.of), settings.key)


def _add_frame(run: _Run, positions: Array) -> None:
    every = -(-positions.nbytes * MAX_FRAMES // MAX_FRAME_BYTES)  # from the start: whoever watches counts the frames
    if run.num_seen % every == 0:
        run.frames.append(positions)
    run.num_seen += 1


def _turned_like(frames: list[Array], layout: Array) -> list[Array]:
    """Turn frames as their layout was turned at its end, and add it as the last one.

    The turn is the one that brings the last frame closest to it (Schoenemann 1966, orthogonal Procrustes).
    """
    if not frames:
        return [layout]
    left, _, right = np.linalg.svd(frames[-1].astype(np.float64).T @ layout.astype(np.float64))
    turn = (left @ right).astype(np.float32)
    return [*(frame @ turn for frame in frames), layout]
