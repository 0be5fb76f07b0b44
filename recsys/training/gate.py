"""Gate: where a run asks before every batch whether it may go on, and waits while it may not.

Commands come from any thread, at any time; the run is the only one that asks. It waits on a condition, so that a
command takes effect as soon as the batch under way is done, and a run that is paused costs nothing.
"""

import threading
from dataclasses import dataclass
from typing import Literal, NamedTuple

Verdict = Literal["go", "wait", "stop"]
_Mode = Literal["run", "pause", "epoch"]


@dataclass(frozen=True)
class RateWish:
    """A learning rate that somebody asked for.

    Attributes:
        value: takes the place of the config's rate in the schedule; None for the config's own.
    """

    value: float | None


class Answer(NamedTuple):
    """What the gate says before a batch.

    Attributes:
        verdict: may the batch start.
        rate: to be set before it; None where nobody asked for another.
    """

    verdict: Verdict
    rate: RateWish | None


class Gate:
    """Open at first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._num_changes = self._num_seen = 0
        self.reset()

    def reset(self, *, is_paused: bool = False) -> None:
        """Forget all commands, for a new run."""
        with self._changed:
            self._mode: _Mode = "pause" if is_paused else "run"
            self._num_batches = 0  # that may pass although it is paused
            self._last_epoch: int | None = None  # in mode "epoch": pause once so many are complete
            self._is_stopped = False
            self._rate: RateWish | None = None  # not told yet
            self._last_rate: RateWish | None = None

    @property
    def is_stopped(self) -> bool:
        """Was a stop asked for?"""
        return self._is_stopped

    def pause(self) -> None:
        """Let no further batch pass; steps that were asked for and not done are forgotten."""
        self._set("pause")

    def go_on(self) -> None:
        """Let everything pass."""
        self._set("run")

    def step_batch(self) -> None:
        """Let one more batch pass, then pause; steps that are asked for while one is under way add up."""
        with self._changed:
            num_batches = self._num_batches + 1
            self._set("pause")
            self._num_batches = num_batches

    def step_epoch(self) -> None:
        """Let the rest of the epoch under way pass, or a whole one from its beginning, then pause."""
        with self._changed:
            if self._mode != "epoch":
                self._set("epoch")

    def stop(self) -> None:
        """Let nothing pass any more."""
        with self._changed:
            self._is_stopped = True
            self._notify()

    @property
    def wished_rate(self) -> RateWish | None:
        """Return the learning rate that was asked for last in this run, told or not; None where nobody asked."""
        return self._last_rate

    def set_rate(self, wish: RateWish) -> None:
        """Ask for another learning rate; of several before one batch the last counts."""
        with self._changed:
            self._rate = self._last_rate = wish
            self._notify()

    def ask(self, epoch: int) -> Answer:
        """Ask for the next batch; called by the run alone.

        Args:
            epoch: how many epochs are complete.

        Returns:
            What to do; a rate is told once.
        """
        with self._changed:
            self._num_seen = self._num_changes
            rate, self._rate = self._rate, None
            return Answer(self._verdict(epoch), rate)

    def wait(self) -> None:
        """Wait until a command has come since the last `ask`."""
        with self._changed:
            self._changed.wait_for(lambda: self._num_changes != self._num_seen)

    def _verdict(self, epoch: int) -> Verdict:
        if self._is_stopped:
            return "stop"
        if self._mode == "epoch":
            self._last_epoch = epoch + 1 if self._last_epoch is None else self._last_epoch
            if epoch >= self._last_epoch:
                self._mode = "pause"
        if self._mode != "pause":
            return "go"
        if self._num_batches:
            self._num_batches -= 1
            return "go"
        return "wait"

    def _set(self, mode: _Mode) -> None:
        with self._changed:
            self._mode, self._num_batches, self._last_epoch = mode, 0, None
            self._notify()

    def _notify(self) -> None:
        self._num_changes += 1
        self._changed.notify_all()
