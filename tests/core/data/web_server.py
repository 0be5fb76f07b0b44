"""A web server for the tests of downloads, and what they ask of the cache."""

import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recsys.data import sources
from recsys.errors import SourceError


def archive_of(tmp_path, write, prefix: str) -> bytes:
    folder = write(tmp_path / "packed")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{prefix}/{path.name}")
    return buffer.getvalue()


class Server:
    """A small web server on this machine that can misbehave."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.status = 200
        self.cut = 0
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests.append(self.path)
                body = outer.content.get(self.path, b"not here")
                self.send_response(outer.status if self.path in outer.content else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) - outer.cut])

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def in_cache() -> list[str]:
    cache = sources.home_cache()
    return sorted(path.name for path in cache.iterdir()) if cache.exists() else []


def failure(server) -> tuple[str, Exception]:
    with pytest.raises(SourceError) as caught:
        sources.load("ml-1m")
    attempt = sources.load().attempts[2]
    assert attempt.outcome == "failed"
    assert in_cache() == []
    return str(caught.value), attempt.error


def outcomes(located: sources.Located) -> list[tuple[str, str, str]]:
    return [(attempt.dataset, attempt.source, attempt.outcome) for attempt in located.attempts]
