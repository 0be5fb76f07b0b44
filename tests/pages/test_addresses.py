"""Which addresses are sent to one level, and which are left alone."""

import pytest

from pages.kit.addresses import flattened


@pytest.mark.parametrize(
    ("path", "base", "target"),
    [
        ("/film/deeper", "", "/film-deeper"),
        ("/a/b/c/", "", "/a-b-c"),
        ("/课/堂", "", "/%E8%AF%BE-%E5%A0%82"),
        ("/cinema/film/deeper", "cinema", "/cinema/film-deeper"),
        ("/a/..//evil.example", "", "/a-..-evil.example"),
    ],
)
def test_a_nested_address_is_sent_to_one_level(path: str, base: str, target: str) -> None:
    assert flattened(path, base) == target


@pytest.mark.parametrize(
    ("path", "base"),
    [("/", ""), ("/film", ""), ("/film/", ""), ("/static/js/x.js", ""), ("/film/_stcore/health", ""), ("/x/film", "x")],
)
def test_other_addresses_are_left_alone(path: str, base: str) -> None:
    assert flattened(path, base) is None
