"""The house rules that a machine can check: who imports whom, and that nothing lies about.

The rules stand in CONTRIBUTING.md.
"""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh")

# Inside recsys, a layer may import from itself and from those above it. A name that is not listed here fails.
LAYERS = (
    {"errors", "config", "device", "paths", "files", "cache", "threads", "provenance"},
    {"data"},
    {"model"},
    {"report", "training", "evaluation", "bundle"},
    {"recommend", "insight"},
    {"studies"},
    {"cli", "__main__"},
)
# Which rooms of the app a room may import besides `pages.kit`. A name that is not listed here fails.
NEIGHBORS = {
    "film": {"rate", "why"},
    "home": {"lists"},
    "lists": {"why"},
    "person": {"lists", "why"},
    "rate": {"film_map", "lists", "why"},
    "together": {"scoreboard", "why"},
    "training": {"film_map", "scoreboard"},
}
OUTER = {"streamlit", "plotly", "pages", "streamlit_app"}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


CODE = [*sources("recsys", "pages"), ROOT / "streamlit_app.py"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Full names of all modules that a file imports, wherever in the file."""
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> int | None:
    """Which layer of recsys a module is in; None for recsys itself and for other packages."""
    parts = module.split(".")
    if parts[0] != "recsys" or len(parts) < 2:
        return None
    found = [number for number, names in enumerate(LAYERS) if parts[1] in names]
    return found[0] if found else None


@pytest.mark.parametrize("path", sources("recsys"), ids=named)
def test_the_core_knows_nothing_of_the_pages(path):
    assert not {name for name in imports_of(path) if name.split(".")[0] in OUTER}


@pytest.mark.parametrize("path", sources("recsys"), ids=named)
def test_inside_the_core_imports_go_one_way(path):
    own = layer_of(module_of(path))
    if module_of(path) == "recsys":
        own = 0
    assert own is not None, f"{module_of(path)} has no layer: enter it in LAYERS"
    too_high = {name for name in imports_of(path) if (layer_of(name) or 0) > own}
    assert not too_high


def room_of(module: str) -> str:
    """The room of the app that a module is in: the folder below `pages`."""
    return module.split(".")[1]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*/*.py")), ids=named)
def test_a_room_imports_the_kit_and_the_rooms_on_its_list(path):
    own = room_of(module_of(path))
    inside = {name for name in imports_of(path) if name.startswith("pages.") and name.count(".") > 1}
    assert {room_of(name) for name in inside} <= {own, "kit", *NEIGHBORS.get(own, set())}
    assert not [name for name in inside if name.endswith(".view")], "a view is a page's script, which nobody imports"
    assert not [name for name in imports_of(path) if name.split(".")[0] in {"torch", "streamlit_app"}]


def test_no_room_leads_back_to_itself():
    assert "kit" not in NEIGHBORS
    assert list(TopologicalSorter(NEIGHBORS).static_order())


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.js")), ids=named)
def test_a_script_imports_its_own_room_the_kit_and_the_engine_of_the_maps(path):
    for target in re.findall(r'^import .* from "([^"]+)";$', path.read_text(encoding="utf-8"), re.MULTILINE):
        room = (path.parent / target).resolve().relative_to(ROOT / "pages").parts[0]
        assert room in {path.relative_to(ROOT / "pages").parts[0], "kit", "dot_map"}, target


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*/view.py")), ids=named)
def test_a_view_caches_nothing(path):
    assert "cache_data" not in path.read_text(encoding="utf-8")
    assert "cache_resource" not in path.read_text(encoding="utf-8")


def test_only_resources_cache():
    caching = [
        named(path) for path in CODE if re.search(r"st\.cache_(data|resource)", path.read_text(encoding="utf-8"))
    ]
    assert caching == ["pages/kit/resources.py"]


@pytest.mark.parametrize("path", CODE, ids=named)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def texts(language: str) -> dict[str, str]:
    values: dict[str, str] = json.loads((ROOT / "assets" / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    return values


def test_every_language_has_the_same_keys_and_places():
    english, chinese = (texts(language) for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert sorted(set(re.findall(r"{(\w+)", text))) == sorted(set(re.findall(r"{(\w+)", chinese[key]))), key


def test_no_text_is_empty():
    assert not [(language, key) for language in LANGUAGES for key, text in texts(language).items() if not text.strip()]


KINDS = {"acclaim", "activity", "age", "gender", "genre", "occupation", "popularity"}
"""Kinds of things in the data whose names are looked up by kind and value."""


def spoken() -> tuple[set[str], set[str]]:
    """All strings in the code of the pages, and all beginnings of strings that are put together."""
    whole, beginnings = set(), {f"{kind}." for kind in KINDS}
    for path in [*sources("pages"), ROOT / "streamlit_app.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return whole, {text for text in beginnings if re.fullmatch(r"[a-z_]+\.([a-z_]+\.?)*", text)}


def test_every_text_is_used():
    whole, beginnings = spoken()
    unused = {key for key in texts("en") if key not in whole and not key.startswith(tuple(beginnings))}
    assert not unused


def test_every_key_that_is_asked_for_exists():
    asked = set()
    for path in sources("pages"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    asked.add(first.value)
    assert asked, "no call of t() was found"
    assert asked <= texts("en").keys()


def test_every_name_of_the_data_has_a_text():
    from recsys.data.movielens import GENRES_100K, OCCUPATIONS_1M, OCCUPATIONS_100K  # noqa: PLC0415

    keys = texts("en").keys()
    assert {f"genre.{name}" for name in GENRES_100K} <= keys
    assert {f"occupation.{name}" for name in (*OCCUPATIONS_1M, *OCCUPATIONS_100K)} <= keys
    assert {*(f"age.{group}" for group in range(7)), "gender.F", "gender.M"} <= keys


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split("\n")[:-1]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_movielens_file_is_kept():
    forbidden = re.compile(
        r"(^|/)(users\.dat|movies\.dat|ratings\.dat|u\.(data|item|user)|ml-100k\.(user|item|inter))$"
    )
    assert not [name for name in tracked() if forbidden.search(name)]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_file_is_large():
    assert not [name for name in tracked() if (ROOT / name).is_file() and (ROOT / name).stat().st_size > 10_000_000]


def command(text: str, requirements: str) -> str:
    """The one command of a README that installs a file of requirements."""
    found = [line for line in text.splitlines() if re.search(rf"-r {re.escape(requirements)}\b", line)]
    assert len(found) == 1, found
    return found[0]


def test_both_readmes_have_the_same_two_commands_and_ci_runs_the_second():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for requirements in ("requirements.txt", "requirements-dev.txt"):
        assert command(english, requirements) == command(chinese, requirements)
    assert "streamlit run streamlit_app.py" in command(english, "requirements.txt")
    assert command(english, "requirements-dev.txt").endswith("-m pytest")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_requirements_are_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
        assert wanted
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in wanted), name
