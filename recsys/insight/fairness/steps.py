"""InSteps: work on everybody, in pieces that any number of sessions push on together.

A piece is done once, whoever asks for it; between two pieces a page may draw how far it is, and a reader may leave.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class InSteps(Generic[Result]):
    """Work that is cut into pieces; its result is there when all of them are done.

    Args:
        pieces: each makes a part.
        join: makes the result of the parts, in their order.
    """

    def __init__(self, pieces: Sequence[Callable[[], Any]], join: Callable[[list[Any]], Result]) -> None:
        self._pieces = list(pieces)
        self._join = join
        self._parts: list[Any] = []
        self._result: list[Result] = []
        self._lock = Lock()

    @property
    def share_done(self) -> float:
        """How much of the work is done, 0 to 1."""
        return 1.0 if self._result else len(self._parts) / (len(self._pieces) + 1)

    def advance(self) -> float:
        """Do the next piece, or wait while somebody else does it; return the share that is done then."""
        seen = len(self._parts)
        with self._lock:
            if self._result or len(self._parts) > seen:
                return self.share_done
            if len(self._parts) < len(self._pieces):
                self._parts.append(self._pieces[len(self._parts)]())
            else:
                self._result.append(self._join(self._parts))
        return self.share_done

    def result(self) -> Result:
        """Return the result; do first what is left of the work."""
        while not self._result:
            self.advance()
        return self._result[0]
