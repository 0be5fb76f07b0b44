"""Cards and rows: the browser fetches their code once; it is not sent again with every change."""

import gzip
import json
import re

from pages.kit import cards, published
from pages.kit.cards import Badge, Item
from pages.kit.component_code import PAGES
from recsys.recommend import Recommender

FOLDER = PAGES / cards.COMPONENT.code.folder
SCRIPTS = sorted(FOLDER.glob("*.js"))


def served(address: str) -> str:
    piece = published.SHELF.piece(address.rsplit("/", 1)[-1])
    assert piece is not None
    assert piece.media_type.startswith("text/javascript")
    return gzip.decompress(piece.body).decode()


def test_the_code_of_cards_is_published_with_its_style_sheet():
    code = served(cards.COMPONENT.code.address())
    assert json.dumps((FOLDER / "cards.css").read_text("utf-8")) in code
    for path in SCRIPTS:
        assert f"// kit/browser/cards/{path.name}\n" in code


def test_another_component_may_draw_the_poster_of_a_film():
    source = (FOLDER / "poster.js").read_text("utf-8")
    assert re.search(r"^export function poster\(item\)", source, re.MULTILINE)


def test_a_list_is_sent_without_code(open_page):
    mounted = [element.proto for element in open_page("film", movie=7).get("bidi_component")]
    lists = [proto for proto in mounted if proto.component_name == "matinee_Cards"]
    assert lists
    for found in lists:
        assert len(found.js_content) < 400
        assert not found.css_content
        assert cards.COMPONENT.code.address() in str(found)


def test_a_film_is_sent_with_how_it_moved_and_its_question(model: Recommender, english):
    movie = model.dataset.movie(7)
    entry = cards._entry(Item(movie, badge=Badge("up", "▲3", "rose by 3")), buttons=["asked", "less"])
    assert entry["badge"] == {"kind": "up", "text": "▲3", "spoken": "rose by 3"}
    assert movie.title in entry["buttons"]["asked"]
    assert entry["buttons"]["less"] == f"Less like this: {movie.title}"
    plain = cards._entry(Item(movie))
    assert plain["badge"] is None
    assert plain["buttons"] == {}


def test_every_text_that_cards_ask_for_is_sent():
    looks = re.search(r"const LOOKS = \{(.*)\};", (FOLDER / "cards.js").read_text("utf-8"))
    assert looks is not None
    assert set(re.findall(r"(\w+):", looks[1])) == cards._BUTTONS.keys()
