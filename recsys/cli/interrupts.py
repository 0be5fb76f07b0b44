"""Ctrl-C while a run goes on: the first is noted, the second leaves at once.

An exception at whatever place the main thread happens to be would skip the orderly stop, and an interpreter that ends
under a thread that is computing is aborted by the system.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130


@contextmanager
def noted_interrupts() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C instead of raising, and give a function that tells whether it was pressed; twice ends the process."""
    presses: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        presses.append(number)
        if len(presses) > 1:
            os._exit(INTERRUPTED)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(presses)
    finally:
        signal.signal(signal.SIGINT, before)
