import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.titles import split_title, spoken_title


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Cérémonie, La (1995)", "La Cérémonie", 1995),
        ("Fish Called Wanda, A (1988)", "A Fish Called Wanda", 1988),
        ("Autumn Tale, An (Conte d'automne) (1998)", "An Autumn Tale (Conte d'automne)", 1998),
        ("Enfer, L' (1994)", "L'Enfer", 1994),
        ("Misérables, Les (1995)", "Les Misérables", 1995),
        ("Postino, Il (The Postman) (1994)", "Il Postino (The Postman)", 1994),
        ("Boot, Das (1981)", "Das Boot", 1981),
        ("Bewegte Mann, Der (1994)", "Der Bewegte Mann", 1994),
        ("Seventh Seal, The (Sjunde inseglet, Det) (1957)", "The Seventh Seal (Det Sjunde inseglet)", 1957),
        (
            "Children Are Watching us, The (Bambini ci guardano, I) (1942)",
            "The Children Are Watching us (I Bambini ci guardano)",
            1942,
        ),
        ("Convent, The (Convento, O) (1995)", "The Convent (O Convento)", 1995),
        ("Star Maker, The (Uomo delle stelle, L') (1995)", "The Star Maker (L'Uomo delle stelle)", 1995),
        ("Callejón de los milagros, El (1995)", "El Callejón de los milagros", 1995),
        ("Good, The Bad and The Ugly, The (1966)", "The Good, The Bad and The Ugly", 1966),
        ("Associate, The (L'Associe)(1982)", "The Associate (L'Associe)", 1982),
        ("White Balloon, The (Badkonake Sefid ) (1995)", "The White Balloon (Badkonake Sefid)", 1995),
        (
            "Seven Samurai (The Magnificent Seven) (Shichinin no samurai) (1954)",
            "Seven Samurai (The Magnificent Seven) (Shichinin no samurai)",
            1954,
        ),
        ("Land Before Time III: The Great Giving (1995) (V)", "Land Before Time III: The Great Giving", 1995),
        (
            "And God Created Woman (Et Dieu&#8230;Créa la Femme) (1956)",
            "And God Created Woman (Et Dieu…Créa la Femme)",
            1956,
        ),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1900 (1976)", "1900", 1976),
    ],
)
def test_titles_read_as_people_say_them(text, title, year):
    assert split_title(text) == (title, year)


@pytest.mark.parametrize(
    "title", ["Bye Bye, Love", "I, Worst of All", "Paris, Texas", "Niagara, Niagara", "Love, I", "Ciao, Professore!"]
)
def test_a_comma_that_precedes_no_article_stays(title):
    assert spoken_title(title) == title


def test_a_title_without_year_has_none():
    assert split_title("unknown") == ("unknown", None)


@given(
    st.text(alphabet=st.characters(codec="latin-1", exclude_characters="()&\n,"), min_size=1).filter(str.strip),
    st.integers(1900, 2000),
)
def test_the_year_is_always_split_off(title, year):
    spoken, found = split_title(f"{title} ({year})")
    assert found == year
    assert spoken == " ".join(title.split())
