"""A server of Streamlit as a process of its own, for as long as a test needs it."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

Process = subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(command: Sequence[str], address: str, *, cwd: Path, env: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Run a server until the end of the block; yield its process once it answers.

    Args:
        command: starts it.
        address: that it answers at.
        cwd: working folder.
        env: environment.
        log: file for what it says.
    """
    with log.open("w") as stream:
        server = subprocess.Popen([*command], cwd=cwd, env=dict(env), stdout=stream, stderr=subprocess.STDOUT)
        try:
            _wait_until_it_answers(address, server, log)
            yield server
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()
            server.wait()


def _wait_until_it_answers(address: str, server: Process, log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer:\n{log.read_text()}")
