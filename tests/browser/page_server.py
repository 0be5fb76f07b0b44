"""A server whose only page is a script of the tests: for components, without the rest of the app."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server_process import free_port, running

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def serve_page(script: str, folder: Path) -> Iterator[str]:
    """Serve a script of this folder below a path, as a school's server may; yield its address.

    Args:
        script: name of the file.
        folder: for the launcher and the log.
    """
    (folder / "launch.py").write_text(
        "import streamlit as st\n\nfrom pages.kit import published\n\n"
        f"app = st.App({str(ROOT / 'tests' / 'browser' / script)!r}, routes=published.routes())\n"
    )
    port = free_port()
    options = {"port": str(port), "headless": "true", "address": "127.0.0.1", "baseUrlPath": "deep/down"}
    command = [sys.executable, "-m", "streamlit", "run", "launch.py", "--browser.gatherUsageStats", "false"]
    command += [part for name, value in options.items() for part in (f"--server.{name}", value)]
    address = f"http://127.0.0.1:{port}/deep/down"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with running(command, address, cwd=folder, env=env, log=folder / "server.log"):
        yield address
