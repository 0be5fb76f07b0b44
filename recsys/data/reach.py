"""Which hosts can be reached: found out in seconds, remembered for the life of the process."""

import socket
import threading
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from recsys.errors import Problem, SourceError

CONNECT_SECONDS = 3.0

_unreachable: dict[str, Problem] = {}


def forget_unreachable() -> None:
    """Try hosts again that were found unreachable."""
    _unreachable.clear()


def check_remembered(host: str, source: str) -> None:
    """Refuse a host that is known to be out of reach.

    Raises:
        SourceError: if it is.
    """
    if host in _unreachable:
        raise SourceError(source, Problem("before", problem=_unreachable[host]))


def check_reachable(address: str) -> None:
    """Connect once, with a short patience that covers the look-up of the name too.

    Raises:
        SourceError: if there is no connection; the host is remembered.
    """
    host, port = first_hop(address)
    check_remembered(host, address)
    problems: list[str] = ["no answer"]

    def connect() -> None:
        try:
            socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
            problems.clear()
        except OSError as error:
            problems[:] = [error.strerror or str(error)]

    thread = threading.Thread(target=connect, name="reach", daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 0.5)
    if problems:
        raise remembered(host, address, Problem("unreachable", host=host, reason=problems[0]))


def remembered(host: str, source: str, problem: Problem) -> SourceError:
    """Remember that a host is out of reach, and return the error that says so."""
    _unreachable[host] = problem
    return SourceError(source, problem)


def first_hop(address: str) -> tuple[str, int]:
    """Return the host and port that a connection to an address goes to first: the proxy, if one is set."""
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    if proxy and parts.hostname and not proxy_bypass(parts.hostname):
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
