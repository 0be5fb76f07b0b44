"""Cards and rows: the browser fetches their code once; it is not sent again with every change."""

import gzip
import json

from pages.ui import components, map_route


def served(address: str) -> str:
    piece = map_route.SHELF.piece(address.rsplit("/", 1)[-1])
    assert piece is not None
    assert piece.media_type.startswith("text/javascript")
    return gzip.decompress(piece.body).decode()


def test_the_code_of_cards_is_published_with_its_style_sheet():
    code = served(components._code_address())
    first, rest = code.split(";\n", 1)
    styles = json.loads(first.removeprefix("const STYLES = "))
    assert styles == (components.ASSETS / "cards.css").read_text("utf-8")
    assert rest == (components.ASSETS / "cards.js").read_text("utf-8")


def test_a_list_is_sent_without_code(open_page):
    lists = [element.proto for element in open_page("film", movie=7).get("bidi_component")]
    assert lists
    for found in lists:
        assert len(found.js_content) < 400
        assert not found.css_content
        assert components._code_address() in str(found)
