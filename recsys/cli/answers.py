"""The verbs that ask a trained model: recommend, similar, fans, predict, evaluate."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recsys.cli.console import answer_json, answer_lines, answer_table
from recsys.cli.loading import load_model, model_values, movie_values
from recsys.data.dataset import Dataset
from recsys.errors import ConfigError
from recsys.evaluation.of_bundle import keep_on_test, metrics_on_test
from recsys.recommend.because import Because
from recsys.recommend.explaining import Explainer
from recsys.recommend.inside import Inside
from recsys.recommend.reasons import Reason, reasons

_FILM = ("movie_id", "title", "year", "genres")


def recommend(user_id: int, *, k: int, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Answer with a person's favourites among the films that they have not rated, and with what lifts each of them."""
    model = load_model(bundle, dataset)
    person, inside = model.person(user_id), Inside(model)
    found = model.recommend_for(person, k=k)
    why = reasons(Explainer(inside), Because(inside), person, [scored.movie_id for scored in found])
    movies = [
        {
            **movie_values(model.dataset, scored.movie_id),
            "stars": scored.stars,
            "reason": _reason_values(model.dataset, reason),
        }
        for scored, reason in zip(found, why, strict=True)
    ]
    values = {"dataset": model.dataset.name, "model": model_values(model.bundle), "user_id": user_id, "movies": movies}
    if as_json:
        answer_json(values)
        return
    rows = [(*_film_cells(movie), movie["stars"], _reason_words(movie["reason"])) for movie in movies]
    answer_table(f"For user {user_id}", (*_FILM, "stars", "lifted most by"), rows)


def _reason_values(dataset: Dataset, reason: Reason) -> dict[str, Any]:
    """What lifts a film most in the list, in points (`recsys.recommend.ranks`): a part, and a rating of the person."""
    part, rating = reason.part, reason.rating
    return {
        "part": None if part is None else {"of": part.side, "name": part.name, "points": part.value},
        "rating": None
        if rating is None
        else {**movie_values(dataset, rating.movie_id), "stars": rating.given, "points": rating.change},
    }


def _reason_words(reason: dict[str, Any]) -> str:
    """The same in a line, as the app's cards have it."""
    part, rating = reason["part"], reason["rating"]
    words = [] if part is None else [f"{part['of']}: {part['name']} {part['points']:+.2f}"]
    if rating is not None:
        words.append(f"{rating['stars']} stars for {rating['title']} {rating['points']:+.2f}")
    return "; ".join(words)


def similar(movie_id: int, *, k: int, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Answer with the films whose feature vectors point most nearly the same way."""
    model = load_model(bundle, dataset)
    movie = movie_values(model.dataset, movie_id)
    movies = [
        {**movie_values(model.dataset, near.movie_id), "similarity": near.similarity}
        for near in model.similar_movies(movie_id, k=k)
    ]
    values = {"dataset": model.dataset.name, "model": model_values(model.bundle), "movie": movie, "movies": movies}
    _answer(values, as_json=as_json, title=f"Like {movie['title']}", numbers=("similarity",))


def fans(movie_id: int, *, k: int, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Answer with what the fans of a film love more than everybody does."""
    model = load_model(bundle, dataset)
    movie = movie_values(model.dataset, movie_id)
    liked = model.also_liked(movie_id, k=k)
    movies = [
        {**movie_values(model.dataset, loved.movie_id), "stars": loved.stars, "lift": loved.lift}
        for loved in liked.movies
    ]
    who = {"fans": list(liked.fans), "num_raters": liked.num_raters}
    values = {"dataset": model.dataset.name, "model": model_values(model.bundle), "movie": movie, **who}
    title = f"What {len(liked.fans)} fans of {movie['title']} also love"
    _answer({**values, "movies": movies}, as_json=as_json, title=title, numbers=("stars", "lift"))


def predict(user_id: int, movie_id: int, *, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Answer with the stars that a person is predicted to give a film."""
    model = load_model(bundle, dataset)
    predicted = model.predict_rating(user_id, movie_id)
    values = {
        **{"dataset": model.dataset.name, "model": model_values(model.bundle), "user_id": user_id},
        "movie": movie_values(model.dataset, movie_id),
        **{"stars": predicted.stars, "true_rating": predicted.true_rating},
    }
    if as_json:
        answer_json(values)
        return
    true = "not rated" if predicted.true_rating is None else f"truly {predicted.true_rating}"
    answer_lines([f"{predicted.stars:.2f} stars ({true})"])


def evaluate(bundle: Path | None, *, dataset: str | None, keep: bool, as_json: bool) -> None:
    """Measure a bundle on the test part of its split; `keep` writes that into the bundle too, for the app to show.

    Raises:
        ConfigError: if its split has no test part.
        BundleError: if the bundle cannot be written.
    """
    model = load_model(bundle, dataset)
    config = model.bundle.info.data
    if keep:
        test = dict(keep_on_test(model.dataset, model.bundle).metrics["test"])
    else:
        test = metrics_on_test(model.dataset, model.bundle)
    if not test:
        raise ConfigError("split", config.split, "one with a test part (p80 or p90) to be evaluated")
    if as_json:
        folder = str(model.bundle.info.folder)
        answer_json({"bundle": folder, **config.to_dict(), "test": test})
        return
    answer_table(f"Test part of {config.split}, seed {config.seed}", ("metric", "value"), list(test.items()))


def _answer(values: dict[str, Any], *, as_json: bool, title: str, numbers: Sequence[str]) -> None:
    if as_json:
        answer_json(values)
        return
    rows = [(*_film_cells(movie), *(movie[name] for name in numbers)) for movie in values["movies"]]
    answer_table(title, (*_FILM, *numbers), rows)


def _film_cells(movie: dict[str, Any]) -> tuple[object, ...]:
    return movie["movie_id"], movie["title"], movie["year"], ", ".join(movie["genres"])
