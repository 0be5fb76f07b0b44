"""Bundle: a trained model as one folder; what it says of itself, how it is checked, sent and kept."""

from recsys.bundle.bundle import (
    RECORDING,
    Array,
    Bundle,
    Features,
    features_of,
    load_bundle,
    load_training_state,
    read_reports,
)
from recsys.bundle.info import FORMAT, BundleInfo, read_info

__all__ = [
    "FORMAT",
    "RECORDING",
    "Array",
    "Bundle",
    "BundleInfo",
    "Features",
    "features_of",
    "load_bundle",
    "load_training_state",
    "read_info",
    "read_reports",
]
