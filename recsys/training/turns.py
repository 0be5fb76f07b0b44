"""Turns: the line in which people wait for the one run of a server.

Whoever waits says so and is seen from time to time; who is seen no longer, because the browser was closed, falls out.
When a run has ended the first in line has some time to start the next one, then it is the second's turn.
"""

import threading
import time
from collections.abc import Callable

UNSEEN_SECONDS = 90.0
"""After so long without a sign somebody falls out of the line; a browser lets a hidden tab speak once a minute."""
TURN_SECONDS = 120.0
"""So long may the first in line think; then their place is gone."""

Clock = Callable[[], float]


class Turns:
    """A line of names; safe to use from any thread.

    Args:
        clock: seconds that only go up.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}  # in the order of the line
        self._is_running = False
        self._turn: tuple[str, float] | None = None  # whose, since when

    def join(self, name: str) -> None:
        """Go to the end of the line; who is in it already keeps their place."""
        with self._lock:
            self._advance()
            self._seen[name] = self._clock()
            self._advance()

    def leave(self, name: str) -> None:
        """Leave the line."""
        with self._lock:
            self._seen.pop(name, None)
            self._advance()

    def seen(self, name: str) -> None:
        """Say that somebody is still there; does nothing for who is not in the line."""
        with self._lock:
            if name in self._seen:
                self._seen[name] = self._clock()
            self._advance()

    def order(self) -> tuple[str, ...]:
        """Return the names in line, the first one first."""
        with self._lock:
            self._advance()
            return tuple(self._seen)

    def whose(self) -> str | None:
        """Return whose turn it is; None while a run is under way, and where nobody waits."""
        with self._lock:
            self._advance()
            return None if self._turn is None else self._turn[0]

    def may_start(self, name: str) -> bool:
        """May somebody start a run now: is none under way, and is it their turn or nobody's?"""
        with self._lock:
            self._advance()
            return not self._is_running and (self._turn is None or self._turn[0] == name)

    def begin(self, name: str) -> None:
        """Note that somebody has started a run: they wait no longer."""
        with self._lock:
            self._is_running = True
            self._seen.pop(name, None)
            self._advance()

    def end(self) -> None:
        """Note that the run has ended."""
        with self._lock:
            self._is_running = False
            self._advance()

    def _advance(self) -> None:
        """Let go who was not seen or let their turn pass; the time of whoever comes first then begins now."""
        now = self._clock()
        for name in [name for name, last in self._seen.items() if now - last > UNSEEN_SECONDS]:
            del self._seen[name]
        if not self._is_running and self._turn is not None and now - self._turn[1] > TURN_SECONDS:
            self._seen.pop(self._turn[0], None)
        first = next(iter(self._seen), None)
        if self._is_running or first is None:
            self._turn = None
        elif self._turn is None or self._turn[0] != first:
            self._turn = first, now
