"""Measurements of the benchmark: one prediction taken apart, and what each rating of a person does to it."""

import numpy as np
import torch

from recsys.bundle import load_bundle
from recsys.cli.benchmark.parts import Effort, Measured, median_seconds
from recsys.cli.loading import chosen
from recsys.data.dataset import Dataset
from recsys.data.profiles import best_known
from recsys.model import MovieParts, UserParts
from recsys.recommend import Person, Recommender
from recsys.recommend.because import Because
from recsys.recommend.explaining import Explainer, subsets
from recsys.recommend.inside import Inside

_MANY, _FEW = 20, 3


def why(dataset: Dataset, effort: Effort) -> list[Measured]:
    """One explanation of a median person's prediction, beside the network asked anew for every question."""
    model = Recommender(dataset, load_bundle(chosen(dataset).folder, dataset))
    inside = Inside(model)
    counts = dataset.num_ratings_by_user
    row = int(np.argsort(counts, kind="stable")[len(counts) // 2])
    person = model.person(int(dataset.users["user_id"].iloc[row]))
    film = best_known(dataset, k=1)[0]
    explainer, because = Explainer(inside), Because(inside)
    explainer.explain(person, film)
    ours = median_seconds(lambda: explainer.explain(person, film), _MANY * effort.repeats)
    plain = median_seconds(lambda: _all_subsets(explainer, row, dataset.movie_index(film)), 1)
    note = f"{len(explainer.background)} pairs; plain: towers and head once for each subset"
    found = [Measured("why", 1000 * ours, "ms", 1000 * plain, plain / ours, note)]
    return [*found, *_because(because, person, film, effort)]


def _all_subsets(explainer: Explainer, row: int, film: int) -> None:
    """Ask for every subset of all parts by itself."""
    inside, model = explainer.inside, explainer.inside.model
    pairs = explainer.background.users, explainer.background.movies
    own = [*inside.user_parts.values], [*inside.movie_parts.values]
    with torch.inference_mode():
        for is_in in subsets(len(own[0]) + len(own[1])).tolist():
            first, second = is_in[: len(own[0])], is_in[len(own[0]) :]
            users = _mixture(inside.user_parts.values, row, pairs[0], dict(zip(own[0], first, strict=True)))
            movies = _mixture(inside.movie_parts.values, film, pairs[1], dict(zip(own[1], second, strict=True)))
            left = model.user_tower.mixed(UserParts(users, inside.user_parts.bias[pairs[0]]))
            right = model.movie_tower.mixed(MovieParts(movies, inside.movie_parts.bias[pairs[1]]))
            model.head(left, right)


def _mixture(
    values: dict[str, torch.Tensor], own: int, others: torch.Tensor, is_own: dict[str, bool]
) -> dict[str, torch.Tensor]:
    """(R, size) each: what the branches say of R others, with some of one's own in their place."""
    return {name: each[[own] * len(others) if is_own[name] else others] for name, each in values.items()}


def _because(because: Because, person: Person, film: int, effort: Effort) -> list[Measured]:
    """What each rating does, beside hiding one rating after the other and reading all histories again."""
    table = because.inside.table
    if table is None:
        return []
    ours = median_seconds(lambda: because.effects(person, film), _MANY * effort.repeats)
    users = torch.tensor([because.inside.dataset.user_index(person.user_id or 0)])
    visible = torch.ones(len(table), dtype=torch.bool)
    one = median_seconds(lambda: table.histories(visible, users), _FEW)
    plain, count = one * len(person.known), len(person.known)
    note = f"{count} ratings; plain: histories read again without each, from the time of one"
    return [Measured("because", 1000 * ours, "ms", 1000 * plain, plain / ours, note)]
