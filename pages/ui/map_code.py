"""Map code: the ES modules of `assets/film_map/` as one script, for the page and for the map that is taken home.

The modules are written for people: small, each with one subject, importing each other by name. A browser that opens a
file from disk may not import other files, and on the page a single request is faster than twenty. So they are joined
here, each in a function of its own, in the order in which they need each other. Nothing is rewritten but their
`import` and `export` words.
"""

import json
import re
from functools import cache

from pages.ui.components import ASSETS

FOLDER = ASSETS / "film_map"
ENTRY = "map.js"
STYLES = "styles.js"
"""A module made of the style sheet, so that it comes with the code."""
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def script() -> str:
    """Return all modules as one script that defines `FilmMap`, the exports of the entry module.

    Raises:
        ValueError: if a module imports or exports in a way that is not understood here, or in a circle.
    """
    joined = "".join(_wrapped(name) for name in _in_order(ENTRY))
    return (
        f'const FilmMap = (() => {{\n"use strict";\nconst modules = {{}};\n{joined}return modules["{ENTRY}"];\n}})();\n'
    )


@cache
def module() -> str:
    """Return all modules as one ES module whose default export is what Streamlit calls."""
    return f"{script()}export default FilmMap.streamlit;\n"


@cache
def loader() -> str:
    """Return the few lines that go with every mounting and fetch the module."""
    return (FOLDER / "loader.js").read_text("utf-8")


def _source(name: str) -> str:
    if name == STYLES:
        return f"export const styles = {json.dumps((FOLDER / 'film_map.css').read_text('utf-8'))};\n"
    return (FOLDER / name).read_text("utf-8")


def _in_order(entry: str) -> list[str]:
    """The modules that one needs, each after all that it needs itself."""
    done: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, name))}")
        if name not in done:
            for found in _IMPORT.finditer(_source(name)):
                visit(found[2], (*above, name))
            done.append(name)

    visit(entry, ())
    return done


def _wrapped(name: str) -> str:
    """One module in a function of its own."""
    source = _source(name)
    exported = _EXPORT.findall(source)
    body = _IMPORT.sub(lambda found: f'const {{{found[1].replace(" as ", ": ")}}} = modules["{found[2]}"];\n', source)
    body = re.sub(r"^export (?=(?:async )?(?:function|const|let|class) )", "", body, flags=re.MULTILINE)
    strange = _LEFT_OVER.search(body)
    if strange:
        raise ValueError(f"{name}: write this import or export on one line, by name: {strange[0]}")
    return f'// {name}\n(() => {{\n{body}modules["{name}"] = {{ {", ".join(exported)} }};\n}})();\n'
