"""A list of recommended films as cards: predicted stars, and the reason why each is there."""

from collections.abc import Sequence

from pages.ui.components import Item, movie_label, stars
from pages.ui.i18n import genre, t
from recsys.recommend import Recommender, ScoredMovie
from recsys.recommend.reasons import Reason, reasons


def items(model: Recommender, user_id: int, scored: Sequence[ScoredMovie]) -> list[Item]:
    """Return the films of a list with predicted stars and a reason each."""
    why = reasons(model, user_id, [movie.movie_id for movie in scored])
    return [
        Item(model.dataset.movie(movie.movie_id), stars(movie.stars), _sentence(model, reason))
        for movie, reason in zip(scored, why, strict=True)
    ]


def _sentence(model: Recommender, reason: Reason) -> str:
    """A reason in the reader's language; empty where nothing speaks for the film but the stars."""
    if reason.loved_movie_id is not None and reason.similarity > 0:
        title = movie_label(model.dataset.movie(reason.loved_movie_id))
        near = t("reason.near", title=title, stars=reason.stars, similarity=f"{reason.similarity:.2f}")
    else:
        near = ""
    liked = t("reason.genres", genres=", ".join(genre(name) for name in reason.genres[:2])) if reason.genres else ""
    return t("reason.both", first=liked, second=near) if liked and near else liked or near
