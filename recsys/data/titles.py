"""Titles as people say them: the year split off, "Matrix, The" turned round.

MovieLens sorts titles behind their article, in many languages, and in both halves of a title with an alternative:
"Umbrellas of Cherbourg, The (Parapluies de Cherbourg, Les) (1964)".
"""

import html
import re

FIRST_YEAR, LAST_YEAR = 1870, 2100

_ARTICLES = "The|An?|La|Le|Les|L'|Il|Lo|Gli|El|Los|Las|Das|Der|Die|Det|Den|Une?|Una"
# Single letters are articles in Italian and Portuguese, but in an English title they are more often something else.
_INNER_ARTICLES = f"{_ARTICLES}|I|O"
_HEAD = re.compile(rf"^(?P<rest>[^()]+?), (?P<article>{_ARTICLES})(?=\s*(?:\(|$))")
_INNER = re.compile(rf"\((?P<rest>[^()]+?), (?P<article>{_INNER_ARTICLES})\s*\)")
_YEAR = re.compile(r"^(?P<title>.*\S)\s*\((?P<year>\d{4})\)$", re.ASCII)
_MEDIUM = re.compile(r"\s*\((?:V|TV|VG)\)$")
_BRACKET_SPACE = re.compile(r"\s+(?=\))|(?<=\()\s+")
_SPACES = re.compile(r"\s+")


def split_title(text: str) -> tuple[str, int | None]:
    """Split a title as MovieLens writes it.

    Args:
        text: such as "Cérémonie, La (1995)"; a mark such as "(V)" for video behind the year is dropped.

    Returns:
        The title as people say it ("La Cérémonie"), and the year or None where the text has none.
    """
    text = _MEDIUM.sub("", _SPACES.sub(" ", html.unescape(text)).strip())
    match = _YEAR.match(text)
    if match is None:
        return spoken_title(text), None
    return spoken_title(match["title"]), int(match["year"])


def spoken_title(title: str) -> str:
    """Move the article of a title without a year to the front, in both parts if there is an alternative title."""
    title = _HEAD.sub(_turned, _BRACKET_SPACE.sub("", title))
    return _INNER.sub(lambda match: f"({_turned(match)})", title)


def _turned(match: re.Match[str]) -> str:
    article = match["article"]
    return article + ("" if article.endswith("'") else " ") + match["rest"]
