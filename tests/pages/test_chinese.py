"""The Chinese pages are set as Chinese is: full-width punctuation, and no blank between two characters."""

import re

import pytest

from pages.kit import component_code, i18n
from tests.pages.conftest import open_app
from tests.pages.shown import Text, replace_downloads, texts
from tests.pages.test_hostile_names import PAGES

HAN = "\u4e00-\u9fff\u3001\u3002\uff01-\uff0f\uff1a-\uff1f\u300a\u300b\u201c\u201d"
WRONG = re.compile(rf"[\u4e00-\u9fff] ?[,:;?!()]|[,:;?!()] ?[\u4e00-\u9fff]|[{HAN}] +[{HAN}]")
NOT_WORDS = re.compile(r":material/\w+:|:\w+-badge(?=\[)|[*\\]|<[^>]*>|(?<=\])\([^)]*\)")
"""What Streamlit and Markdown make no words of: icons, badges, marks and addresses."""
CODE = re.compile(r"`[^`]*`|\\<\w+\\>")
"""What stands in a sentence like a foreign word."""


def wrong(text: Text) -> list[str]:
    """Find what is not set as Chinese."""
    words = NOT_WORDS.sub("", CODE.sub("x", text.text))
    return [words[max(0, found.start() - 12) : found.end() + 12] for found in WRONG.finditer(words)]


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("一句。 又一句。", True),
        ("一 二", True),
        ("误差: 0.8", True),
        ("误差 (0.8)", True),
        ("**多少**, 0.8", True),
        ("误差：0.8", False),
        (":material/home: 首页", False),
        ("1995 · 动画 · 喜剧", False),
        ("《Big (1988)》", False),
        ("[这里](https://example.org)有", False),
    ],
)
def test_what_is_not_set_as_chinese(text: str, is_wrong: bool) -> None:
    assert bool(wrong(Text(("markdown",), text))) is is_wrong


@pytest.mark.parametrize(("page", "params"), PAGES, ids=str)
def test_a_chinese_page_is_set_as_chinese(
    own_house, board, monkeypatch: pytest.MonkeyPatch, page: str, params: dict[str, object]
) -> None:
    replace_downloads(monkeypatch)
    app = open_app(page, lang="zh", **params)
    assert not app.exception
    assert [(text.where, found) for text in texts(app) if (found := wrong(text))] == []


SETS_WORDS = re.compile(r'join\("[,;:.] "\)|`[^`]*\$\{[^`]*\}(?:[,;:] |[ ]\(|[ ]%)[^`]*`|\bt\([^`]*\)\} \$\{(?!signed)')
NOT_SHOWN = ("linear-gradient", "local(", "throw new Error", "polygon", "bend()", "film.year})`")
"""Lines of our scripts that put something else together: colours, faces, curves, a film with its year."""


def test_our_scripts_take_what_stands_between_texts_from_the_language_files() -> None:
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(component_code.PAGES.rglob("*.js"))
        for line in path.read_text("utf-8").splitlines()
        if SETS_WORDS.search(line) and not any(mark in line for mark in NOT_SHOWN)
    ]
    assert found == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_measure_and_its_value_are_not_two_brackets_one_behind_the_other(language: i18n.Language) -> None:
    with i18n.speaking(language):
        said = i18n.t("reading.with_value", name=i18n.t("measure.rmse"), value="0.8 ★")
    assert "0.8 ★" in said
    assert not re.search(r"[)）] ?[(（]", said)
