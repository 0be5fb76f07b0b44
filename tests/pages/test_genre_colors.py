"""The eighteen colours of genres: far enough apart for normal and colour-blind eyes, and texts on them can be read."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from pages.film_map.data import movie_scene
from pages.kit.theme import GENRE_COLORS, OTHER_COLOR, genre_color
from tests.pages.eyes import EYES, GROUNDS, contrast, linear, oklab

PAGES = Path(__file__).resolve().parents[2] / "pages"
DARK = (13, 11, 10)
SHADES = {
    "the card on the map": ("dot_map/card.js", r"SHADE = ([0-9.]+)"),
    "the rank in a list": ("kit/browser/cards/cards.css", r"\.rank \{[^}]*rgb\(13 11 10 / ([0-9.]+)%\)"),
    "the year of a poster": ("kit/browser/cards/cards.css", r"\.year \{[^}]*rgb\(13 11 10 / ([0-9.]+)%\)"),
}
"""Where white text stands on a genre's colour, mixed with this share of the dark one."""


@pytest.mark.parametrize(("eyes", "least"), [("normal", 0.12), ("no red", 0.09), ("no green", 0.09)])
def test_any_two_genres_can_be_told_apart(eyes: str, least: float) -> None:
    seen = {genre: oklab(EYES[eyes] @ linear(color)) for genre, color in GENRE_COLORS.items()}
    assert len(seen) == 18
    near = {
        pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]])
        for pair in itertools.combinations(seen, 2)
        if np.linalg.norm(seen[pair[0]] - seen[pair[1]]) < least
    }
    assert near == {}


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_genre_stands_out_from_both_grounds(ground: str) -> None:
    assert min(contrast(color, GROUNDS[ground]) for color in GENRE_COLORS.values()) > 1.9


@pytest.mark.parametrize("place", SHADES)
def test_white_can_be_read_on_every_genre(place: str) -> None:
    file, pattern = SHADES[place]
    found = re.search(pattern, (PAGES / file).read_text("utf-8"))
    assert found is not None
    share = float(found[1]) / (100 if file.endswith(".css") else 1)
    for color in (*GENRE_COLORS.values(), OTHER_COLOR):
        own = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        mixed = "#" + "".join(
            f"{round(value * (1 - share) + dark * share):02x}" for value, dark in zip(own, DARK, strict=True)
        )
        assert contrast(mixed, "#ffffff") >= 4.5, color


@pytest.mark.usefixtures("english")
def test_map_and_posters_give_a_genre_the_same_colour(model) -> None:
    scene = movie_scene(model.dataset)
    column = scene.columns[0]
    assert column.colors == tuple(GENRE_COLORS[genre] for genre in model.dataset.genres)
    assert [column.colors[part] for part in column.values] == list(scene.cards)


def test_a_genre_of_another_data_set_is_grey_and_named() -> None:
    assert genre_color("IMAX") == OTHER_COLOR


@pytest.mark.parametrize("theme", GROUNDS)
def test_words_in_the_colours_of_numbers_can_be_read_on_the_page(theme: str) -> None:
    code = (PAGES / "kit" / "browser" / "palette.js").read_text("utf-8")
    [line] = re.findall(rf"^  {theme}: (.*),$", code, re.MULTILINE)
    colors = [
        "#" + "".join(f"{int(value):02x}" for value in found) for found in re.findall(r"(\d+), (\d+), (\d+)", line)
    ]
    assert len(colors) == 2
    assert min(contrast(color, GROUNDS[theme]) for color in colors) >= 4.5
