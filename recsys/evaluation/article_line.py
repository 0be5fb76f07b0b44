"""Article line: the error of the article's network, for a line beside the curve of a run on the same split.

Nothing is measured here: the numbers come from where somebody measured them before, and say which part of the split
they are of.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from recsys.bundle.info import BundleInfo
from recsys.bundle.store import is_imported, list_bundles
from recsys.config import DataConfig, preset
from recsys.data.dataset import Dataset
from recsys.evaluation.board_reading import known_scores

CONTENDERS = ("article_dot", "article_mlp")
"""The article's two heads on the scoreboard."""


@dataclass(frozen=True)
class ArticleError:
    """How far off the article's network is.

    Attributes:
        rmse: in stars.
        part: of the split that it was measured on; errors of two parts are near each other, but not the same measure.
        source: name of the bundle, or key of the contender on the scoreboard.
    """

    rmse: float
    part: Literal["validation", "test"]
    source: str


def article_error(dataset: Dataset, data: DataConfig) -> ArticleError | None:
    """Return the lowest known error of the article's network, with either of its heads, on a split.

    Args:
        dataset: what `data` names.
        data: the split.

    Returns:
        Of finished bundles the error on the validation part, like the points of a curve; else that of the scoreboard on
        the test part; None where nobody measured it.
    """
    of_bundles = [
        ArticleError(info.validation_rmse, "validation", info.name)
        for info in list_bundles(dataset)
        if info.data == data and info.is_finished and info.validation_rmse is not None
        if _is_article(info) and not is_imported(info)  # what somebody sent says of itself what it likes
    ]
    found = of_bundles or list(_of_scoreboard(dataset, data))
    return min(found, key=lambda error: error.rmse, default=None)


def _is_article(info: BundleInfo) -> bool:
    """Is it the article's network, trained as in the article, whatever its seed?"""
    model, train = preset("article")
    networks = (model, replace(model, head="mlp"))
    return info.model in networks and replace(info.train, seed=train.seed) == train and not info.rate_changes


def _of_scoreboard(dataset: Dataset, data: DataConfig) -> Iterator[ArticleError]:
    for score in known_scores(dataset).scores:
        is_ours = score.contender in CONTENDERS and (score.split, score.seed) == (data.split, data.seed)
        if is_ours and "rmse" in score.metrics:
            yield ArticleError(score.metrics["rmse"], "test", score.contender)
