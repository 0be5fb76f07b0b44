"""Origin: where numbers come from, taken from what they were computed of, for captions, pictures and files alike.

A number and its origin travel together: whoever shows a number of a model has that model in hand and asks it. Which
model the server would use now is no answer, since somebody may have published another one meanwhile.
"""

from dataclasses import dataclass

from pages.kit import messages
from pages.kit.i18n import escaped, t
from recsys.bundle.info import BundleInfo
from recsys.config import DataConfig
from recsys.data.dataset import Dataset
from recsys.recommend import Recommender


@dataclass(frozen=True)
class Origin:
    """Where numbers come from.

    Attributes:
        dataset: the data set's name.
        fingerprint: its hash; None where that is not known.
        data: the split; None where numbers are of the data alone.
        model: what people call the model; None where no model had a part in it.
        epochs: for how many the model was trained.
    """

    dataset: str
    fingerprint: str | None = None
    data: DataConfig | None = None
    model: str | None = None
    epochs: int | None = None

    def markdown(self) -> str:
        """Return it as Markdown in the reader's language."""
        name = escaped(messages.dataset_name(self.dataset))
        return self._text(name, "" if self.model is None else escaped(self.model))

    def plain(self) -> str:
        """Return it as plain text in the reader's language, for pictures and files."""
        return self._text(messages.dataset_name(self.dataset), self.model or "")

    def columns(self) -> dict[str, object]:
        """Return it as columns of a file."""
        found: dict[str, object] = {"dataset": self.dataset, "fingerprint": self.fingerprint}
        if self.data is not None:
            found |= {"split": self.data.split, "seed": self.data.seed}
        if self.model is not None:
            found |= {"model": self.model, "epochs": self.epochs}
        return found

    def _text(self, dataset: str, model: str) -> str:
        if self.data is None or self.model is None:
            return t("origin.data", dataset=dataset)
        split = t(f"split.{self.data.split}", seed=self.data.seed)
        return t("origin.model", dataset=dataset, split=split, model=model, epochs=self.epochs)


def origin_of(source: Recommender | BundleInfo | Dataset, split: DataConfig | None = None) -> Origin:
    """Return where numbers come from that were computed of something.

    Args:
        source: a model, a run, or ratings alone.
        split: with ratings, which of them were held out.
    """
    if isinstance(source, Dataset):
        return Origin(source.name, source.fingerprint, split)
    info = source.bundle.info if isinstance(source, Recommender) else source
    return Origin(info.data.dataset, info.fingerprint, info.data, info.name, info.epochs_done)
