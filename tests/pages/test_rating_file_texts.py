"""Each way in which a file of ratings, or what a browser kept, can be wrong has a sentence in each language."""

import re
from pathlib import Path

import pytest

from pages.kit import i18n, messages
from recsys.errors import RatingFileError
from recsys.recommend import kept, rating_file

SOURCE = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (rating_file, kept))
RULES = sorted({*re.findall(r'(?:refuse|RatingFileError)\("(\w+)"', SOURCE), "none"})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(language, rule, monkeypatch):
    monkeypatch.setattr(i18n, "language", lambda: language)
    text = messages.error_text(RatingFileError(rule, "is wrong", 7, "![x](y)"))
    assert "7" in text
    assert "![x]" not in text
    assert "{" not in text
