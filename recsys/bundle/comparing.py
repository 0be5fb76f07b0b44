"""What sets two runs apart: the settings in which they differ, in the order in which one reads them."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from recsys.bundle.info import BundleInfo


@dataclass(frozen=True)
class Difference:
    """A setting that two runs do not share.

    Attributes:
        config: "data", "model" or "train"; "run" for what was done to it by hand on its way.
        field: name of the setting there.
        left, right: its values.
    """

    config: Literal["data", "model", "train", "run"]
    field: str
    left: Any
    right: Any


def differences(left: BundleInfo, right: BundleInfo) -> tuple[Difference, ...]:
    """Return the settings in which two runs differ: what they were trained on, what they are, how they were trained."""
    names: tuple[Literal["data", "model", "train"], ...] = ("data", "model", "train")
    found = []
    for name in names:
        one, other = getattr(left, name), getattr(right, name)
        pairs = ((field.name, getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
        found += [Difference(name, field, a, b) for field, a, b in pairs if a != b]
    if left.rate_changes != right.rate_changes:
        found.append(Difference("run", "rate_changes", left.rate_changes, right.rate_changes))
    return tuple(found)
