"""Fitting the network to ratings."""

from recsys.training.job import JobStatus, TrainingJob
from recsys.training.trainer import Trainer

__all__ = ["JobStatus", "Trainer", "TrainingJob"]
