"""Cache: what was computed, each thing once whoever asks at the same time, and never more than so many things.

A cache belongs to somebody: what is computed of a model lies in a cache of that model and goes when the model goes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")
_MISSING = object()


class KeyLocks:
    """A lock for each name, which is there as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.RLock] = {}
        self._users: dict[Hashable, int] = {}

    @contextmanager
    def holding(self, name: Hashable) -> Iterator[None]:
        """Wait until nobody else holds a name, and hold it."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.RLock())
            self._users[name] = self._users.get(name, 0) + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                self._users[name] -= 1
                if not self._users[name]:
                    del self._users[name], self._locks[name]


class Cache:
    """What was computed, for all threads.

    Args:
        most: how many things are kept; what was used longest ago goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._making = KeyLocks()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """Return what is kept under a key; where there is nothing, one thread makes it and the others wait for it.

        Nothing is kept of an attempt that raises: the next in the line tries again.
        """
        found = self._find(key)
        if found is _MISSING:
            with self._making.holding(key):
                found = self._find(key)
                if found is _MISSING:
                    found = make()
                    self._keep(key, found)
        result: Result = found
        return result

    def drop(self, is_meant: Callable[[Any], bool]) -> None:
        """Let go of the things whose key is meant."""
        with self._lock:
            for key in [key for key in self._values if is_meant(key)]:
                del self._values[key]

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._values.clear()

    def _find(self, key: Hashable) -> Any:  # noqa: ANN401
        with self._lock:
            if key not in self._values:
                return _MISSING
            self._values.move_to_end(key)
            return self._values[key]

    def _keep(self, key: Hashable, value: object) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
