"""Addresses of more than one part, such as /film/deeper: no page has one, and the visitor must be told so.

Streamlit answers every unknown address with its one HTML file, whose links are relative: below /film/ none of them
leads anywhere and the tab stays white. So a visitor is sent to the same words on one level, where `pages/app.py` shows
its own "no such page".
"""

from urllib.parse import quote

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SERVED_BY_STREAMLIT = ("_stcore", "static", "media", "component", "app", "auth", "oauth2callback")


class OneLevel:
    """Middleware that sends a visitor of a nested address to one without slashes.

    Args:
        app: what answers all other requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        is_visit = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        target = flattened(scope["path"], str(st.get_option("server.baseUrlPath"))) if is_visit else None
        if target is None:
            await self.app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        await RedirectResponse(target + (f"?{query}" if query else ""))(scope, receive, send)


def flattened(path: str, base: str) -> str | None:
    """Return the address on one level for a nested one; None for an address that can be answered as it is.

    Args:
        path: path of the address, decoded.
        base: the path that the whole app lies under, "" by default.
    """
    root = [part for part in base.split("/") if part]
    parts = [part for part in path.split("/") if part]
    own = parts[len(root) :] if parts[: len(root)] == root else parts
    if len(own) < 2 or own[0] in SERVED_BY_STREAMLIT or "_stcore" in own:
        return None
    return "/" + quote("/".join([*root, "-".join(own)]))
