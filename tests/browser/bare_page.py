"""An empty page that holds one module of a component, without a server: for what a component does by itself."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from pages.kit.component_code import PAGES, Code

CONFIG = Path(__file__).resolve().parent.parent.parent / ".streamlit" / "config.toml"
NAMES = {
    "text-color": "textColor",
    "background-color": "backgroundColor",
    "secondary-background-color": "secondaryBackgroundColor",
    "primary-color": "primaryColor",
    "link-color": "linkColor",
    "border-color": "borderColor",
}


@contextmanager
def bare_page(browser: Browser, code: Code, *sheets: str, theme: str = "light", **options: object) -> Iterator[Page]:
    """Open a page whose `window[code.name]` holds the module's exports, inside the app's theme and these style sheets.

    Args:
        browser: where.
        code: the module.
        sheets: paths of style sheets below `pages/`.
        theme: "light" or "dark".
        options: of the browser's context.
    """
    colors = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][theme]
    variables = "".join(f"--st-{name}: {colors[key]};" for name, key in NAMES.items())
    styles = "".join((PAGES / sheet).read_text("utf-8") for sheet in sheets)
    context = browser.new_context(viewport={"width": 1400, "height": 800}, **options)
    page = context.new_page()
    page.set_content(
        f"<!doctype html><style>html {{ font-size: 17px }} :root {{ --st-font: Arial; {variables} }} "
        f"body {{ margin: 0; background: var(--st-background-color) }} {styles}</style><body></body>"
    )
    page.add_script_tag(content=f"{code.script()}window.{code.name} = {code.name};")
    yield page
    context.close()
