"""ScoringJob: the one measurement, or fit for a list, that runs in the background of a process.

A thread of its own works; whoever asks sees the same `ScoringStatus`. Scores are saved as they come. What was fitted
for lists is kept here, the latest few, so that a second look costs nothing.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from recsys.bundle import load_bundle
from recsys.bundle.info import BundleInfo
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.data.splits import split_of
from recsys.errors import JobBusyError, MatineeError, StoppedError
from recsys.evaluation.board_reading import known_scores
from recsys.evaluation.bundle_scores import FittedBundle, score_bundle
from recsys.evaluation.contenders import Baseline, Contender, Fitted, contenders
from recsys.evaluation.scoreboard import Scoreboard, save_score, score
from recsys.evaluation.scores import Score
from recsys.threads import all_cores

State = Literal["idle", "running", "finished", "stopped", "failed"]
Purpose = Literal["measure", "fit"]
MAX_FITTED = 4
"""A fitted contender can hold a matrix of all films by all films, 60 MB with those of ml-1m."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entrant:
    """What is to be measured or fitted.

    Attributes:
        key: of a contender, or of a bundle.
        bundle: the trained model; None for a contender that is fitted here.
    """

    key: str
    bundle: BundleInfo | None = None


@dataclass(frozen=True)
class Measured:
    """A new score beside the one that it takes the place of.

    Attributes:
        new: as it was saved.
        old: None where there was none.
    """

    new: Score
    old: Score | None


@dataclass(frozen=True)
class ScoringStatus:
    """What is known of the work at one moment.

    Attributes:
        state: "idle" before the first work.
        purpose: a score to save, or a fit for lists.
        data: the split.
        keys: what is worked on, in this order.
        position: index in `keys` of the one under way.
        step: "fit", "stars", "lists", "sampled" or "done".
        share: of the whole work that is done, 0 to 1.
        seconds: since the start.
        results: scores of the last measurement, so far.
        error: why it failed.
        version: goes up when work begins or ends, and with every new score.
    """

    state: State = "idle"
    purpose: Purpose = "measure"
    data: DataConfig | None = None
    keys: tuple[str, ...] = ()
    position: int = 0
    step: str = "fit"
    share: float = 0.0
    seconds: float = 0.0
    results: tuple[Measured, ...] = ()
    error: MatineeError | None = None
    version: int = 0

    @property
    def is_running(self) -> bool:
        """Is work under way?"""
        return self.state == "running"


class ScoringJob:
    """At most one measurement or fit at a time, watched by anybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = ScoringStatus()
        self._started = 0.0
        self._fitted: OrderedDict[tuple[str, ...], Fitted] = OrderedDict()

    def status(self) -> ScoringStatus:
        """Return the current status; cheap, from any thread."""
        with self._lock:
            if self._status.is_running:
                return replace(self._status, seconds=time.monotonic() - self._started)
            return self._status

    def measure(self, dataset: Dataset, data: DataConfig, entrants: Sequence[Entrant], board: Scoreboard) -> None:
        """Start to measure; each score is saved among the user's own when it is there.

        Args:
            dataset: all ratings.
            data: names the split.
            entrants: each is fitted anew and measured; a bundle is measured as it is.
            board: the scores so far, to be shown beside the new ones.

        Raises:
            JobBusyError: if work is under way.
        """

        def one(entrant: Entrant) -> None:
            new = self._score(dataset, data, entrant)
            save_score(new)
            measured = Measured(new, board.score_of(new.contender))
            self._update(results=(*self._status.results, measured), version=self._status.version + 1)

        self._launch("measure", data, entrants, one)

    def fit(self, dataset: Dataset, data: DataConfig, entrants: Sequence[Entrant]) -> None:
        """Start to fit what is not fitted yet.

        Raises:
            JobBusyError: if work is under way.
        """

        def one(entrant: Entrant) -> None:
            if entrant.bundle is not None:
                fitted: Fitted = FittedBundle(load_bundle(entrant.bundle.folder, dataset))
            else:
                split = split_of(dataset, data)
                fitted = _as_measured(dataset, data, entrant.key).fit(dataset, split)
            with self._lock:
                self._fitted[_made(dataset, data, entrant)] = fitted
                while len(self._fitted) > MAX_FITTED:
                    self._fitted.popitem(last=False)

        missing = [entrant for entrant in entrants if self.fitted(dataset, data, entrant) is None]
        if missing:
            self._launch("fit", data, missing, one)

    def fitted(self, dataset: Dataset, data: DataConfig, entrant: Entrant) -> Fitted | None:
        """Return what was fitted earlier; None where it was not, or is no longer kept."""
        made = _made(dataset, data, entrant)
        with self._lock:
            if made in self._fitted:
                self._fitted.move_to_end(made)
            return self._fitted.get(made)

    def stop(self) -> None:
        """Ask the work to stop; it does so after the step under way, and keeps the scores that it has saved."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no work is under way; False after `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return not self.status().is_running

    def _score(self, dataset: Dataset, data: DataConfig, entrant: Entrant) -> Score:
        if entrant.bundle is None:
            contender = contenders(data)[entrant.key]
            return score(contender, dataset, data, on_progress=self._progress, should_stop=self._stop.is_set)
        bundle = load_bundle(entrant.bundle.folder, dataset)
        return score_bundle(bundle, dataset, key=entrant.key, on_progress=self._progress, should_stop=self._stop.is_set)

    def _launch(
        self, purpose: Purpose, data: DataConfig, entrants: Sequence[Entrant], one: Callable[[Entrant], None]
    ) -> None:
        with self._lock:
            if self._status.is_running:
                raise JobBusyError
            self._stop.clear()
            self._started = time.monotonic()
            keys = tuple(entrant.key for entrant in entrants)
            results = self._status.results if purpose == "fit" else ()  # a fit adds none and takes none away
            version = self._status.version + 1
            self._status = ScoringStatus("running", purpose, data, keys, results=results, version=version)
            self._thread = threading.Thread(target=self._work, args=(entrants, one), name="scoring", daemon=True)
            self._thread.start()

    def _work(self, entrants: Sequence[Entrant], one: Callable[[Entrant], None]) -> None:
        """The thread: whatever happens ends in a state that everybody can see."""
        try:
            for position, entrant in enumerate(entrants):
                self._check_stop()
                self._update(position=position)
                self._progress("fit", 0.0)
                with all_cores():
                    one(entrant)
            self._end("finished", share=1.0)
        except StoppedError:
            self._end("stopped")
        except MatineeError as error:
            _log.exception("scoring failed")
            self._end("failed", error=error)
        except Exception as error:
            _log.exception("scoring failed")
            self._end("failed", error=MatineeError(f"{type(error).__name__}: {error}"))

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def _progress(self, step: str, share: float) -> None:
        with self._lock:
            done = self._status.position + share
            self._status = replace(self._status, step=step, share=done / max(1, len(self._status.keys)))

    def _update(self, **changes: object) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)  # type: ignore[arg-type]

    def _end(self, state: State, **changes: object) -> None:
        seconds = time.monotonic() - self._started
        self._update(state=state, seconds=seconds, version=self._status.version + 1, **changes)


def _as_measured(dataset: Dataset, data: DataConfig, key: str) -> Contender:
    """A contender with the settings of its score, so that its lists are those that were measured."""
    contender = contenders(data)[key]
    known = (one for one in known_scores(dataset).scores if (one.split, one.seed) == (data.split, data.seed))
    config = next((one.config for one in reversed([*known]) if one.contender == key), None)
    return contender.like(config) if config is not None and isinstance(contender, Baseline) else contender


def _made(dataset: Dataset, data: DataConfig, entrant: Entrant) -> tuple[str, ...]:
    info = entrant.bundle
    version = () if info is None else (str(info.folder), info.created, str(info.epochs_done))
    return (dataset.fingerprint, data.split, str(data.seed), entrant.key, *version)
