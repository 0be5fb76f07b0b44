"""A browser tab that notes what goes wrong, and how long tests wait."""

from collections.abc import Callable

from playwright.sync_api import ConsoleMessage, Page, Request, expect

OWN = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
PATIENCE = 60_000
"""Milliseconds to wait for anything; a busy machine is no failure."""
OVERLAPS = """(parts) => {
  const boxes = parts.map((part) => part.getBoundingClientRect()).filter(({ width }) => width > 0);
  const cross = (a, b, from, to) => a[from] < b[to] - 0.5 && b[from] < a[to] - 0.5;
  const lie = (a, b) => cross(a, b, "left", "right") && cross(a, b, "top", "bottom");
  return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => lie(a, b)).map((b) => [a.toJSON(), b.toJSON()]));
}"""
"""Which of some elements lie on each other."""
expect.set_options(timeout=PATIENCE)


class Visit:
    """A browser tab that notes what goes wrong.

    Attributes:
        page: the tab.
        problems: console errors and requests that left this machine.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._note_request)

    def open(self, path: str) -> Page:
        """Go to a path and wait until the page is drawn to its end ("How it works")."""
        self.page.goto(self.address + path)
        self.wait()
        return self.page

    def wait(self) -> None:
        """Wait until the script has run to its end."""
        self.page.wait_for_selector("h1")
        self.page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")

    def mark(self) -> None:
        """Leave a mark that a reload of the page would wipe out."""
        self.page.evaluate("window.mark = 'still the same page'")

    def is_marked(self) -> bool:
        """Is the mark still there?"""
        return self.page.evaluate("window.mark") == "still the same page"

    def _note_message(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit looks for its own server one level too deep before it looks at the root.
        is_probe = "404" in message.text and "/_stcore/" in message.location.get("url", "")
        if message.type == "error" and not is_probe:
            self.problems.append(f"{message.text} {message.location.get('url', '')}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((*OWN, self.address)):
            self.problems.append(f"left this machine: {request.url}")


Visitor = Callable[..., Visit]
