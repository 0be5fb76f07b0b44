"""Provenance: by which code and on which machine a number was measured.

A number without its origin is worth little: `recsys.evaluation.scoreboard` keeps both beside every score.
"""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import torch

from recsys.device import describe
from recsys.threads import usable_cores

ROOT = Path(__file__).resolve().parent.parent
_COUNTS = ("recsys", "requirements.txt", "requirements-dev.txt")
"""What a number can depend on; a change in a page or a text makes no commit a different one."""

_CPUINFO = Path("/proc/cpuinfo")
_SECONDS = 20


def commit() -> str | None:
    """Return the commit of the checkout that this code lies in, with "+changes" where the core differs from it.

    Returns:
        40 hex digits; None outside a checkout, or where git cannot tell.
    """
    top = _git("rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != ROOT:
        return None  # a copy, perhaps inside a checkout of something else
    head, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", *_COUNTS)
    if head is None or changes is None:
        return None
    return head + ("+changes" if changes else "")


def machine(device: torch.device) -> str:
    """Return the machine in words, such as "AMD EPYC 7B13, 2 cores, 24 GiB, 2 threads".

    Args:
        device: what computed; named after that if it is not the processor.
    """
    memory, num_threads = _memory_gib(), torch.get_num_threads()
    words = [
        _processor(),
        f"{usable_cores()} cores",
        *([f"{memory} GiB"] if memory else []),
        f"{num_threads} thread" + ("s" if num_threads > 1 else ""),
        *([describe(device)] if device.type != "cpu" else []),
    ]
    return ", ".join(words)


def _git(*arguments: str) -> str | None:
    """Return what git says of this checkout, None where it fails. A repository named by the environment is ignored."""
    program = shutil.which("git")
    if program is None:
        return None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            [program, "-C", str(ROOT), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _processor() -> str:
    """Return the name that the processor gives itself, or else its kind."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return next((name for name in names if name), "") or platform.processor() or platform.machine()


def _memory_gib() -> int | None:
    """Return the memory of the machine; None where the system does not say."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return None
