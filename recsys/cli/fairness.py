"""The verb fairness: everyone's top ten and errors by groups of people, and what one changed attribute would move."""

from pathlib import Path
from typing import Any, get_args

from recsys.cli.console import answer_json, answer_table, say
from recsys.cli.loading import load_model, model_values, movie_values
from recsys.data.dataset import AGE_GROUPS, Dataset
from recsys.errors import ConfigError
from recsys.insight.fairness.everyone import measuring
from recsys.insight.fairness.flips import AsTheyAre, Change, Flipped, FlipRow, changes, flip_rows, flipping, winners
from recsys.insight.fairness.groups import Interval, Kind, grouping
from recsys.insight.fairness.lists import exposure
from recsys.insight.fairness.rows import GroupRow, by_group
from recsys.recommend import Recommender
from recsys.recommend.inside import Inside

_INTERVALS = ("rmse", "mae", "gap", "ndcg", "tail_listed", "popularity")
_COLUMNS = (("rmse", 4), ("gap", 4), ("ndcg", 4), ("tail_listed", 4))


def run(kind: Kind, *, flip: str | None, bundle: Path | None, dataset: str | None, as_json: bool) -> None:
    """Measure and answer.

    Raises:
        ConfigError: if nobody can be changed as `flip` says.
    """
    model = load_model(bundle, dataset)
    change = None if flip is None else _change(model.dataset, flip)
    work = measuring(model)
    say(f"measuring {model.dataset.num_users} people")
    everyone = work.result()
    shared, rows = exposure(everyone), by_group(everyone, kind)
    flipped = None if change is None else flipping(AsTheyAre(model.dataset, lambda: Inside(model)), change).result()
    if as_json:
        values = {"dataset": model.dataset.name, "model": model_values(model.bundle), **_origin(model)}
        values |= {"lists": {**vars(shared), "coverage": shared.coverage}, "by": kind}
        values |= {"groups": [_row_values(row) for row in rows]}
        answer_json(values if flipped is None else {**values, "flip": _flip_values(flipped, kind)})
        return
    answer_table("Everyone's top ten", ("", ""), [*vars(shared).items(), ("coverage", shared.coverage)])
    columns = ("group", "people", "ratings", *(f"{name} ± 95 %" for name, _ in _COLUMNS))
    answer_table(f"By {kind}", columns, [_cells(row) for row in rows])
    if flipped is not None:
        _answer_flip(flipped, kind)


def _change(dataset: Dataset, text: str) -> Change:
    kind, _, value = text.partition("=")
    asked = [change for change in changes(dataset) if change.kind == kind and str(change.to) == value]
    if not asked:
        known = [f"{name}=..." for name in get_args(Kind)]
        raise ConfigError("flip", text, f"one of {', '.join(known)} with a value that the data set has; age is 0 to 6")
    return asked[0]


def _origin(model: Recommender) -> dict[str, Any]:
    info = model.bundle.info
    return {"fingerprint": info.fingerprint, "split": info.data.split, "seed": info.data.seed}


def _name(row: GroupRow | FlipRow, kind: str) -> str:
    if (isinstance(row, GroupRow) and row.kind == "everyone") or row.value == "":
        return "everyone"
    return AGE_GROUPS[int(row.value)] if kind == "age" else str(row.value)


def _cells(row: GroupRow) -> list[object]:
    values = (getattr(row, name) for name, _ in _COLUMNS)
    texts = [_text(value, digits) for value, (_, digits) in zip(values, _COLUMNS, strict=True)]
    return [_name(row, row.kind), row.num_users, row.num_ratings, *texts]


def _text(interval: Interval, digits: int) -> str:
    """The value, and how far the interval reaches to its longer side."""
    reach = max(interval.value - interval.low, interval.high - interval.value)
    return f"{interval.value:.{digits}f} ± {reach:.{digits}f}"


def _numbers(interval: Interval) -> dict[str, float | None]:
    """An interval as JSON-ready values: what there is none of is null."""
    return {name: value if value == value else None for name, value in interval._asdict().items()}  # noqa: PLR0124


def _row_values(row: GroupRow) -> dict[str, Any]:
    counts = {"num_users": row.num_users, "num_ratings": row.num_ratings, "num_ranked": row.num_ranked}
    return {"group": _name(row, row.kind), **counts, **{name: _numbers(getattr(row, name)) for name in _INTERVALS}}


def _flip_values(flipped: Flipped, kind: Kind) -> dict[str, Any]:
    up, down = winners(flipped)
    rows = [
        {
            "group": _name(row, kind),
            "num_users": row.num_users,
            **{name: _numbers(getattr(row, name)) for name in ("num_new", "moved", "shift")},
        }
        for row in flip_rows(flipped, grouping(flipped.dataset, kind))
    ]
    films = {
        name: [
            {**movie_values(flipped.dataset, film.movie_id), "before": film.before, "after": film.after}
            for film in films
        ]
        for name, films in (("gain", up), ("lose", down))
    }
    return {"attribute": flipped.change.kind, "to": flipped.change.to, "groups": rows, **films}


def _answer_flip(flipped: Flipped, kind: Kind) -> None:
    rows = [
        (_name(row, kind), row.num_users, _text(row.num_new, 2), _text(row.moved, 4), _text(row.shift, 4))
        for row in flip_rows(flipped, grouping(flipped.dataset, kind))
    ]
    title = f"With {flipped.change.kind} {flipped.change.to}: films of ten that are new, and stars moved"
    answer_table(title, ("group", "people", "new ± 95 %", "moved ± 95 %", "shift ± 95 %"), rows)
    films = [
        (film.movie_id, flipped.dataset.movie(film.movie_id).title, film.before, film.after)
        for side in winners(flipped)
        for film in side
    ]
    answer_table("Films that gain or lose most lists", ("movie_id", "title", "before", "after"), films)
