"""Profiles of a browser that visitors take in turn: what was fetched once stays in their cache, and nothing else does.

A new profile fetches all of Streamlit's own code again, which costs the server and the browser more than most pages do.
"""

from playwright.sync_api import Browser, BrowserContext


class Profiles:
    """Profiles by what they were opened with.

    Args:
        browser: in which they are.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._kind: dict[BrowserContext, str] = {}

    def take(self, **options: object) -> BrowserContext:
        """Return a profile that nobody uses and that keeps nothing of those who used it.

        Args:
            options: of the browser's context.
        """
        kind = repr(sorted(options.items()))
        if free := self._free.get(kind):
            return free.pop()
        context = self._browser.new_context(viewport={"width": 1366, "height": 768}, **options)  # type: ignore[arg-type]
        context.on("close", lambda _: self._kind.pop(context, None))
        self._kind[context] = kind
        return context

    def give_back(self, context: BrowserContext) -> None:
        """Close the tabs of a profile and forget what its pages kept; one that was closed is gone."""
        kind = self._kind.get(context)
        if kind is None:
            return
        origins = {"/".join(page.url.split("/")[:3]) for page in context.pages if page.url.startswith("http")}
        for page in context.pages:
            page.close()
        if "offline" in kind:
            context.close()
            return
        context.unroute_all()
        context.set_offline(False)
        context.clear_cookies()
        page = context.new_page()
        session = context.new_cdp_session(page)
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        page.close()
        self._free.setdefault(kind, []).append(context)

    def close(self) -> None:
        """Close all profiles."""
        for context in [*self._kind]:
            context.close()
