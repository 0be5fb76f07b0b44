"""What a run tells of itself: a report of each pass over the training part, and each change of the learning rate.

Both are made by the trainer and kept in the bundle.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class EpochReport:
    """One epoch of a training run.

    Attributes:
        epoch: counted from 1.
        train_loss: mean squared error over the epoch, in stars squared, dropout on.
        validation_mse: mean squared error on the validation part, predictions clipped to [1, 5]; None without one.
        validation_mae: mean absolute error there, in stars.
        learning_rate: of Adam at the end of the epoch.
        seconds: wall-clock time of training and validation.
        ratings_per_second: training throughput, validation left out.
    """

    epoch: int
    train_loss: float
    validation_mse: float | None
    validation_mae: float | None
    learning_rate: float
    seconds: float
    ratings_per_second: float

    @property
    def validation_rmse(self) -> float | None:
        """Root of `validation_mse`, in stars."""
        return None if self.validation_mse is None else self.validation_mse**0.5


def last_measured(reports: Sequence[EpochReport]) -> EpochReport | None:
    """Return the report of the last epoch that was measured on the validation part, None where none was."""
    return next((report for report in reversed(reports) if report.validation_mse is not None), None)


@dataclass(frozen=True)
class RateChange:
    """Another learning rate, set by hand in the middle of a run.

    Attributes:
        epoch: epochs gone by when it took effect; 1.5 is in the middle of the second.
        learning_rate: takes the place of the config's in the schedule from then on; None for the config's own again.
    """

    epoch: float
    learning_rate: float | None
