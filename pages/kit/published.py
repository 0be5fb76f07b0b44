"""Map route: bytes for the film map over plain HTTP, beside Streamlit's own connection.

What a map needs (`pages.film_map.scene`) is published once for all sessions and addressed by its own hash, so a browser
keeps it for good and one more open map costs the server next to nothing. What changes while one looks, such as a layout
being computed, is answered by a function.

What was published longest ago is dropped when there is too much. A browser that then asks for it gets a 404, tells the
page, and the page publishes again.
"""

import gzip
import hashlib
import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from recsys.cache import KeyLocks

FOLDER = "map-data"
MAX_BYTES = 96_000_000
"""Of all published bytes together; a scene of 90,000 films is 2 to 3 MB."""
MAX_LIVE = 400
_FOREVER = "public, max-age=31536000, immutable"
_LONGEST_NUMBER = 8


@dataclass(frozen=True)
class _Published:
    body: bytes
    media_type: str


class Shelf:
    """What is published on this server.

    Args:
        max_bytes: limit of all published bytes together; the newest piece stays whatever its size.
        max_live: limit of the number of functions.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, max_live: int = MAX_LIVE) -> None:
        self._max_bytes, self._max_live = max_bytes, max_live
        self._lock = threading.Lock()
        self._making = KeyLocks()
        self._owned: dict[int, set[Hashable]] = {}
        self._gone: deque[int] = deque()
        self._hash_of: dict[Hashable, str] = {}
        self._pieces: OrderedDict[str, _Published] = OrderedDict()
        self._live: OrderedDict[str, Callable[[int], bytes]] = OrderedDict()

    def publish(
        self,
        name: Hashable,
        make: Callable[[], bytes],
        media_type: str = "application/octet-stream",
        *,
        owner: object = None,
    ) -> str:
        """Make bytes reachable, and return their hash.

        Args:
            name: what they are; the same name always means the same bytes, for every session.
            make: returns them, gzipped; not called where they are there already.
            media_type: of what is inside the gzip.
            owner: when it goes, what was published for it goes too, unless it is published under another name as well.
        """
        self._own(owner, name)
        found = self._known(name)
        if found is None:
            with self._making.holding(name):  # whoever comes meanwhile waits instead of making the same once more
                found = self._known(name) or self._keep(name, _Published(make(), media_type))
        return found

    def answer(self, name: Hashable, function: Callable[[int], bytes], *, owner: object = None) -> str:
        """Make a function reachable, and return the word that it is asked by.

        Args:
            name: what it answers; a later function of the same name takes its place.
            function: number -> gzipped bytes; it may raise LookupError, which is a 404. It must not keep the owner.
            owner: when it goes, the function goes too.
        """
        self._own(owner, _Live(name))
        word = _live_word(name)
        with self._lock:
            self._live[word] = function
            self._live.move_to_end(word)
            while len(self._live) > self._max_live:
                self._live.popitem(last=False)
        return word

    def piece(self, digest: str) -> _Published | None:
        """Return what is published under a hash."""
        with self._lock:
            found = self._pieces.get(digest)
            if found is not None:
                self._pieces.move_to_end(digest)
            return found

    def function(self, word: str) -> Callable[[int], bytes] | None:
        """Return the function behind a word."""
        with self._lock:
            return self._live.get(word)

    def _own(self, owner: object, name: Hashable) -> None:
        """Note for whom something is published, and drop what was published for those who are gone."""
        with self._lock:
            while self._gone:  # first of all, since what comes later may lie at the same address
                names = self._owned.pop(self._gone.popleft(), set())
                self._forget(names.difference(*self._owned.values()))
            if owner is not None:
                if id(owner) not in self._owned:
                    # A finalizer may run anywhere, even while this thread holds the lock: so it only leaves a note.
                    weakref.finalize(owner, self._gone.append, id(owner)).atexit = False
                self._owned.setdefault(id(owner), set()).add(name)

    def _forget(self, names: set[Hashable]) -> None:
        """Drop what has these names and no others."""
        for name in names:
            if isinstance(name, _Live):
                self._live.pop(_live_word(name.name), None)
            else:
                digest = self._hash_of.pop(name, None)
                if digest is not None and digest not in self._hash_of.values():
                    self._pieces.pop(digest, None)

    def _known(self, name: Hashable) -> str | None:
        """Return the hash of what is there already."""
        with self._lock:
            found = self._hash_of.get(name)
            if found is None or found not in self._pieces:
                return None
            self._pieces.move_to_end(found)
            return found

    def _keep(self, name: Hashable, piece: _Published) -> str:
        """Put bytes on the shelf, and return their hash."""
        digest = hashlib.sha256(piece.media_type.encode() + piece.body).hexdigest()[:32]
        with self._lock:
            self._hash_of[name] = digest
            self._pieces[digest] = piece
            self._pieces.move_to_end(digest)
            self._drop()
        return digest

    def _drop(self) -> None:
        """Drop what was asked for longest ago until the rest fits."""
        total = sum(len(piece.body) for piece in self._pieces.values())
        while total > self._max_bytes and len(self._pieces) > 1:
            digest, dropped = self._pieces.popitem(last=False)
            total -= len(dropped.body)
            self._hash_of = {name: kept for name, kept in self._hash_of.items() if kept != digest}


@dataclass(frozen=True)
class _Live:
    """The name of a function, among those of bytes."""

    name: Hashable


def _live_word(name: Hashable) -> str:
    return "live-" + hashlib.sha256(repr(name).encode()).hexdigest()[:27]


SHELF = Shelf()


def publish(
    name: Hashable,
    make: Callable[[], bytes],
    media_type: str = "application/octet-stream",
    *,
    owner: object = None,
) -> str:
    """Make gzipped bytes reachable for every session, and return their address (see `Shelf.publish`)."""
    return _address(SHELF.publish(name, make, media_type, owner=owner))


def publish_live(name: Hashable, function: Callable[[int], bytes], *, owner: object = None) -> str:
    """Make a function reachable that is asked with `?at=<number>`, and return its address (see `Shelf.answer`)."""
    return _address(SHELF.answer(name, function, owner=owner))


def routes() -> list[Route]:
    """Return the routes for the launcher."""
    return [Route(f"{_base()}/{FOLDER}/{{word}}", _respond, methods=["GET"])]


def _base() -> str:
    """The path that the whole app lies under: "" or "/below/this"."""
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


def _address(word: str) -> str:
    return f"{_base()}/{FOLDER}/{word}"


async def _respond(request: Request) -> Response:
    """Answer a browser."""
    word = request.path_params["word"]
    piece = SHELF.piece(word)
    if piece is not None:
        tag = f'"{word}"'
        headers = {"ETag": tag, "Cache-Control": _FOREVER}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return _zipped(request, piece.body, piece.media_type, headers)
    function = SHELF.function(word)
    number = request.query_params.get("at", "0")
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    if function is None or not is_number:
        return _missing()
    try:
        body = await run_in_threadpool(function, int(number))
    except LookupError:
        return _missing()
    return _zipped(request, body, "application/octet-stream", {"Cache-Control": "no-store"})


def _zipped(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """Answer with bytes that are gzipped already; a client that knows no gzip gets them plain."""
    common = {**headers, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(body), media_type=media_type, headers=common)
    return Response(body, media_type=media_type, headers={**common, "Content-Encoding": "gzip"})


def _missing() -> Response:
    return Response(status_code=404, headers={"Cache-Control": "no-store"})
