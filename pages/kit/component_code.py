"""Component code: the ES modules of a folder below `pages/` as one script, for a page and for a file to take home.

The modules are written for people: small, each with one subject, importing each other by name. A browser that opens a
file from disk may not import other files, and on a page a single request is faster than twenty. So they are joined
here, each in a function of its own, in the order in which they need each other. Nothing is rewritten but their
`import` and `export` words. A module may also be taken from another component's folder.

Streamlit sends a component's code again with every change of it, so what it gets is a loader of three lines, and the
browser fetches and keeps the rest: a click on the film map costs 7 kB instead of 37.
"""

import gzip
import json
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pages.kit import published

PAGES = Path(__file__).resolve().parent.parent
STYLES = "styles.js"
"""A module made of the folder's style sheet, of which there is one, so that it comes with the code."""
_IMPORT = re.compile(r'^import \{([^}]*)\} from "((?:\.{1,2}/)+(?:\w+/)*[\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@dataclass(frozen=True)
class Code:
    """The code of one component.

    Attributes:
        folder: its folder below `pages/`.
        entry: the module that it starts from; its export `component` is what is mounted (`mount.js`).
        name: what the joined script calls the entry's exports.
    """

    folder: str
    entry: str
    name: str

    def script(self) -> str:
        """Return all modules as one script that defines `name`, the exports of the entry module.

        Raises:
            ValueError: if a module imports or exports in a way that is not understood here, or in a circle.
        """
        return _script(self)

    def module(self) -> str:
        """Return all modules as one ES module whose default export is what Streamlit calls."""
        return f"{self.script()}export default {self.name}.component;\n"

    def address(self) -> str:
        """Publish the module for every browser, and return its address: what the loader takes as `data.code`."""
        return published.publish(
            ("component code", self),
            lambda: gzip.compress(self.module().encode(), compresslevel=6, mtime=0),
            "text/javascript; charset=utf-8",
        )


@cache
def loader() -> str:
    """Return the few lines that go with every mounting and fetch the module."""
    return (PAGES / "kit" / "browser" / "loader.js").read_text("utf-8")


@cache
def _script(code: Code) -> str:
    start = f"{code.folder}/{code.entry}"
    joined = "".join(_wrapped(path) for path in _in_order(start))
    inside = f'"use strict";\nconst modules = {{}};\n{joined}return modules["{start}"];\n'
    return f"const {code.name} = (() => {{\n{inside}}})();\n"


def _source(path: str) -> str:
    folder, name = posixpath.split(path)
    if name == STYLES:
        (sheet,) = (PAGES / folder).glob("*.css")
        return f"export const styles = {json.dumps(sheet.read_text('utf-8'))};\n"
    return (PAGES / path).read_text("utf-8")


def _target(path: str, imported: str) -> str:
    """The path below `pages/` of what a module imports."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), imported))


def _in_order(entry: str) -> list[str]:
    """The modules that one needs, each after all that it needs itself."""
    done: list[str] = []

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, path))}")
        if path not in done:
            for found in _IMPORT.finditer(_source(path)):
                visit(_target(path, found[2]), (*above, path))
            done.append(path)

    visit(entry, ())
    return done


def _wrapped(path: str) -> str:
    """One module in a function of its own."""
    source = _source(path)
    exported = _EXPORT.findall(source)

    def constant(found: re.Match[str]) -> str:
        return f'const {{{found[1].replace(" as ", ": ")}}} = modules["{_target(path, found[2])}"];\n'

    body = _IMPORT.sub(constant, source)
    body = re.sub(r"^export (?=(?:async )?(?:function|const|let|class) )", "", body, flags=re.MULTILINE)
    strange = _LEFT_OVER.search(body)
    if strange:
        raise ValueError(f"{path}: write this import or export on one line, by name: {strange[0]}")
    return f'// {path}\n(() => {{\n{body}modules["{path}"] = {{ {", ".join(exported)} }};\n}})();\n'
