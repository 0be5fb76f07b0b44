"""Fitting the network to ratings."""

from recsys.training.job import TrainingJob
from recsys.training.status import JobStatus
from recsys.training.trainer import Trainer

__all__ = ["JobStatus", "Trainer", "TrainingJob"]
