"""The verb together: one list for two to five people."""

from collections.abc import Sequence
from pathlib import Path

from recsys.cli.console import answer_json, answer_lines, answer_table
from recsys.cli.loading import load_model, model_values, movie_values
from recsys.errors import ConfigError
from recsys.recommend.together import Together, Way, check_number
from recsys.recommend.together import together as listed


def run(user_ids: Sequence[int], *, way: Way, k: int, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Answer with one list for several people.

    Raises:
        ConfigError: if there are fewer than two people or more than five, or one is named twice.
        UnknownIdError: if there is no such person.
    """
    check_number(len(user_ids))
    if len(set(user_ids)) < len(user_ids):
        raise ConfigError("user", list(user_ids), "different people")
    model = load_model(bundle, dataset)
    found = listed(model, [model.person(user_id) for user_id in user_ids], way=way, k=k)
    movies = [
        {
            **movie_values(model.dataset, film.movie_id),
            **{"mean": film.mean, "least": film.least, "stars": list(film.stars)},
        }
        for film in found.movies
    ]
    if as_json:
        values = {"dataset": model.dataset.name, "model": model_values(model.bundle), "way": way}
        answer_json({**values, "people": _people(user_ids, found), "num_pool": found.num_pool, "movies": movies})
        return
    rows = [(movie["movie_id"], movie["title"], movie["year"], movie["mean"], *movie["stars"]) for movie in movies]
    columns = ("movie_id", "title", "year", "mean", *(f"user {user_id}" for user_id in user_ids))
    answer_table(f"For {', '.join(map(str, user_ids))} together ({way})", columns, rows)
    if found.least_happy is not None:
        share = found.shares[found.least_happy]
        who = f"user {user_ids[found.least_happy]} gives up most"
        answer_lines([f"{who}: {share.stars:.2f} stars a film, {share.alone:.2f} if it were for them alone"])


def _people(user_ids: Sequence[int], found: Together) -> list[dict[str, object]]:
    shares = found.shares or [None] * len(user_ids)
    return [
        {"user_id": user_id}
        if share is None
        else {"user_id": user_id, "stars": share.stars, "alone": share.alone, "gives_up": share.gives_up}
        for user_id, share in zip(user_ids, shares, strict=True)
    ]
