"""The code of components in the browser: how it is joined, what it may not do; the map's colours and its file."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from pages.film_map import export as map_export
from pages.film_map import scene as map_scene
from pages.film_map.component import COMPONENT, Placed, map_texts
from pages.film_map.export import TakenPanel, offline_page
from pages.film_map.palette import PALETTE
from pages.kit import component_code
from pages.kit.component_code import PAGES, Code
from tests.pages.eyes import EYES, GROUNDS, contrast, linear, oklab
from tests.pages.test_map_scene import HOSTILE, small_scene

SCRIPTS = sorted([*(PAGES / "film_map" / "browser").glob("*.js"), *(PAGES / "dot_map").glob("*.js")])
EVERYTHING = sorted(path for path in PAGES.rglob("*") if path.suffix in {".js", ".css"})


def named(path: Path) -> str:
    return path.relative_to(PAGES).as_posix()


@pytest.mark.parametrize("path", [path for path in EVERYTHING if path.suffix == ".js"], ids=named)
def test_every_module_says_what_it_is(path):
    assert path.read_text("utf-8").startswith("// ")


@pytest.mark.parametrize("path", EVERYTHING, ids=named)
def test_nothing_reads_data_as_html_or_loads_from_elsewhere(path):
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|https?://", text)


def test_every_module_is_in_the_script_after_what_it_needs():
    script = COMPONENT.code.script()
    order = [script.index(f"// {named(path)}\n(() => {{") for path in SCRIPTS]
    assert len(set(order)) == len(SCRIPTS)
    for path in SCRIPTS:
        for needed in re.findall(r'from "(\.[\w./-]+\.js)"', path.read_text("utf-8")):
            above, below = (script.index(f"// {named(each)}\n") for each in ((path.parent / needed).resolve(), path))
            assert above < below, (path.name, needed)
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A component of our own."""
    monkeypatch.setattr(component_code, "PAGES", tmp_path)
    component_code._script.cache_clear()
    for name in ("own", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.css").write_text(f"{name} {{ color: red }}")
    return tmp_path / "own"


OWN = Code("own", "start.js", "Own")


def test_joined_modules_see_each_other_by_name(folder):
    (folder / "start.js").write_text(
        'import { one, two as three } from "./a.js";\nimport { styles } from "./styles.js";\nexport const all = 3;\n'
    )
    (folder / "a.js").write_text("export const one = 1;\nexport async function two() {}\nconst hidden = 3;\n")
    script = OWN.script()
    assert 'const { one, two: three } = modules["own/a.js"];' in script
    assert 'modules["own/a.js"] = { one, two };' in script
    assert "export" not in script
    assert json.dumps("own { color: red }") in script


def test_a_module_of_another_component_brings_its_own_neighbours_and_styles(folder):
    (folder / "start.js").write_text('import { b } from "../other/b.js";\nimport { a } from "./a.js";\n')
    (folder / "a.js").write_text("export const a = 1;\n")
    (folder.parent / "other" / "b.js").write_text(
        'import { a } from "./a.js";\nimport { styles } from "./styles.js";\nexport const b = a;\n'
    )
    (folder.parent / "other" / "a.js").write_text("export const a = 2;\n")
    script = OWN.script()
    assert script.index("// other/a.js\n") < script.index("// other/b.js\n") < script.index("// own/a.js\n")
    assert json.dumps("other { color: red }") in script
    assert 'const { a } = modules["other/a.js"];' in script
    assert 'const { a } = modules["own/a.js"];' in script


@pytest.mark.parametrize("line", ["export default 1;", 'import x from "./a.js";', 'import "./a.js";', "export { y };"])
def test_an_import_or_export_that_is_not_understood_is_named(folder, line):
    (folder / "start.js").write_text(line + "\n")
    with pytest.raises(ValueError, match=r"own/start\.js"):
        OWN.script()


def test_modules_in_a_circle_are_refused(folder):
    (folder / "start.js").write_text('import { a } from "./a.js";\n')
    (folder / "a.js").write_text('import { b } from "./start.js";\nexport const a = 1;\n')
    with pytest.raises(ValueError, match=r"own/start\.js -> own/a\.js -> own/start\.js"):
        OWN.script()


def test_every_text_that_the_map_asks_for_is_sent():
    code = "".join(path.read_text("utf-8") for path in SCRIPTS)
    asked = set(re.findall(r"\btexts\.(\w+)", code))
    assert asked
    assert asked <= set(map_texts())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", EYES)
def test_the_colours_of_parts_can_be_told_apart(theme, eyes):
    seen = [oklab(EYES[eyes] @ linear(color)) for color in PALETTE[theme]["categories"]]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 0.1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out_from_the_ground(theme):
    palette = PALETTE[theme]
    assert min(contrast(color, GROUNDS[theme]) for color in palette["categories"]) > {"light": 1.9, "dark": 3.5}[theme]
    assert contrast(palette["plain"], GROUNDS[theme]) > 2.5
    assert contrast(palette["neighbor"], GROUNDS[theme]) > 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_ramp_goes_from_the_ground_to_its_opposite_all_the_way(theme):
    lightness = [oklab(linear(color))[0] for color in PALETTE[theme]["ramp"]]
    assert lightness == sorted(lightness, reverse=theme == "light")


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_export, "map_texts", dict)
    monkeypatch.setattr(map_export.i18n, "language", lambda: "zh")


def taken_home(title: str, origin: str) -> str:
    layout = map_scene.encode_layout(np.zeros((len(HOSTILE), 2)))
    panel = TakenPanel("<i>", layout, placed=(Placed("</script>", 0, 0),))
    scene = map_scene.encode(small_scene(HOSTILE))
    return offline_page(scene=scene, panels=[panel], color="genre", title=title, origin=origin)


def test_the_file_has_one_script_whatever_it_is_called(texts):
    page = taken_home("</title><script>bad()</script>", "<img src=x> & more")
    assert page.count("<script") == page.count("</script>") == 1
    assert "&lt;/title&gt;&lt;script&gt;bad()&lt;/script&gt;" in page
    assert "&lt;img src=x&gt; &amp; more" in page
    assert '<html lang="zh-CN">' in page


def test_the_file_may_load_nothing(texts):
    page = taken_home("Map", "")
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href)="?(https?:)?//', page)


def test_the_file_holds_the_bytes_of_the_page(texts):
    page = taken_home("Map", "")
    data = json.loads(page.split("FilmMap.offline(host, ", 1)[1].split(");\n</script>", 1)[0])
    assert data["panels"][0]["placed"][0]["title"] == "</script>"
    assert data["scene"]["base64"]
    assert data["neighbors"] is None
