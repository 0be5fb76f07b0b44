"""A server whose only page is a script of the tests: for components, without the rest of the app."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browser.conftest import ROOT, _wait_until_it_answers


@contextmanager
def serve_page(script: str, folder: Path) -> Iterator[str]:
    """Serve a script of this folder below a path, as a school's server may; yield its address.

    Args:
        script: name of the file.
        folder: for the launcher and the log.
    """
    (folder / "launch.py").write_text(
        "import streamlit as st\n\nfrom pages.ui import map_route\n\n"
        f"app = st.App({str(ROOT / 'tests' / 'browser' / script)!r}, routes=map_route.routes())\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": str(port), "headless": "true", "address": "127.0.0.1", "baseUrlPath": "deep/down"}
    command = [sys.executable, "-m", "streamlit", "run", "launch.py", "--browser.gatherUsageStats", "false"]
    command += [part for name, value in options.items() for part in (f"--server.{name}", value)]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/deep/down", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}/deep/down"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()
            server.wait()
