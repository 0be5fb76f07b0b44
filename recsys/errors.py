"""Every error that Matinee raises on purpose.

Each class states the rule, what came and what to do next in its message, and carries the values as
attributes, so that a page can say the same in the reader's language. The command line prints the message as
one line and ends with status 1.
"""

from pathlib import Path
from typing import Any

PROBLEMS = {
    "unset": "{name} is not set.",
    "set": "{name} is set.",
    "names_no_folder": "{name} names no folder.",
    "holds_none": "holds no folder {name} and none of its files.",
    "not_downloaded": "not downloaded yet.",
    "no_pip": "this Python has no pip to ask a package index with.",
    "unreachable": "{host} cannot be reached ({reason}).",
    "no_index": "the package index does not answer.",
    "pip_failed": "pip could not get it ({reason}).",
    "before": "{problem} Found out before, not tried again.",
    "status": "the server answers {status}.",
    "broke_off": "broke off ({reason}).",
    "too_slow": "took longer than {seconds} seconds.",
    "too_large": "what comes is larger than {limit} bytes.",
    "disk": "cannot be kept on disk ({reason}).",
    "other_file": "pip brought another file than the one that is known.",
    "wheel_hash": "the wheel has a wrong hash: it is not the one that is known.",
    "hash": "what came has a wrong hash: it is damaged, cut off or another file. Try again later.",
    "archive_lacks": "the archive lacks {names}.",
    "archive_damaged": "the archive is damaged or cut off ({reason}).",
    "archive_path": "the archive holds a path that leads out of its folder ({name}).",
    "archive_link": "the archive holds a link ({name}).",
    "archive_large": "the archive is larger than {limit} bytes when unpacked.",
}
"""What may be wrong with a source of data, in English; a page has a sentence for each in the reader's language."""


class Problem(str):
    """What went wrong, as an English sentence; and what of it a page needs to say the same.

    Attributes:
        key: one of `PROBLEMS`.
        values: what stands for the placeholders there; a problem may be one of them.
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: object) -> "Problem":
        """Put the sentence together."""
        made = super().__new__(cls, PROBLEMS[key].format(**values))
        made.key, made.values = key, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), self.values


class MatineeError(Exception):
    """Base of all errors that a user can do something about."""


class ConfigError(MatineeError, ValueError):
    """A setting is outside its range.

    Attributes:
        field: the name of the setting.
        value: what came.
    """

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field} must be {rule}, not {value!r}.")
        self.field, self.value, self.rule = field, value, rule


class DataError(MatineeError):
    """Something is wrong with a data set."""


class SourceError(DataError):
    """A data set cannot be had from a source.

    Attributes:
        source: the source, such as a folder or an address.
        problem: what went wrong; a `Problem` where a page can say it in another language.
    """

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source, self.problem = source, problem


class ArchiveError(SourceError):
    """A downloaded archive is damaged, has a wrong hash or holds a path that climbs out of its folder."""


class DataFileError(DataError):
    """A data file breaks its format.

    Attributes:
        file: name of the file.
        line: line number counted from 1, or None when the whole file is meant.
        field: name of the field, or None when the whole line is meant.
        problem: the rule and what came instead.
    """

    def __init__(self, file: str, line: int | None, field: str | None, problem: str) -> None:
        where = file + (f" line {line}" if line is not None else "") + (f", {field}" if field else "")
        super().__init__(f"{where}: {problem}")
        self.file, self.line, self.field, self.problem = file, line, field, problem


class UnknownIdError(MatineeError, LookupError):
    """An id that the data set does not have.

    Attributes:
        kind: "user" or "movie".
        id: what came.
        dataset: name of the data set.
    """

    def __init__(self, kind: str, unknown_id: object, dataset: str) -> None:
        super().__init__(f"{dataset} has no {kind} with id {unknown_id}.")
        self.kind, self.id, self.dataset = kind, unknown_id, dataset


class RatingFileError(MatineeError):
    """A file of a visitor's ratings is not as it should be; nothing of it was taken.

    Attributes:
        rule: key of the rule that it breaks, such as "size" or "stars".
        problem: the rule and what came instead.
        place: number of the rating in the file, from 1; None when the whole file is meant.
        value: what came, shortened.
    """

    def __init__(self, rule: str, problem: str, place: int | None, value: str) -> None:
        super().__init__(f"the file of ratings{'' if place is None else f', rating {place}'}: {problem}.")
        self.rule, self.problem, self.place, self.value = rule, problem, place, value


class BundleError(MatineeError):
    """A bundle cannot be written or read.

    Attributes:
        folder: the bundle.
        problem: what is wrong with it.
    """

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"bundle {folder}: {problem}")
        self.folder, self.problem = folder, problem


class NoModelError(BundleError):
    """There is no trained model for a data set."""


class ForeignBundleError(BundleError):
    """A bundle was trained on another data set than the one at hand."""


class GoneBundleError(BundleError):
    """Something was to be done with a bundle that is not there any more, or in whose folder lies another one by now.

    Attributes:
        name: what people called it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, f"{name!r} is not there any more as it was. Look at the list again.")
        self.name = name


class FullError(MatineeError):
    """There is no room for another run.

    Attributes:
        rule: "count" or "bytes" for what may be imported at most, "disk" for what must stay free.
        limit: runs, or megabytes.
    """

    def __init__(self, rule: str, limit: int) -> None:
        problem = {
            "count": f"{limit} imported runs are kept already",
            "bytes": f"imported runs take more than {limit} MB already, or would with this one",
            "disk": f"less than {limit} MB of the disk would stay free",
        }[rule]
        super().__init__(f"{problem}. Delete kept runs first.")
        self.rule, self.limit = rule, limit


class TrainingError(MatineeError):
    """A training run cannot go on."""


class NonFiniteLossError(TrainingError):
    """The loss became infinite or not a number.

    Attributes:
        epoch: epoch counted from 1.
        batch: batch within the epoch counted from 1.
        loss: the loss itself.
    """

    def __init__(self, *, epoch: int, batch: int, loss: float) -> None:
        super().__init__(
            f"the loss became {loss} in epoch {epoch}, batch {batch}; nothing after that was kept. "
            "Try a smaller learning rate."
        )
        self.epoch, self.batch, self.loss = epoch, batch, loss


class JobBusyError(TrainingError):
    """A training run was asked for while another one is under way."""

    def __init__(self, problem: str = "one training run at a time: wait for the current one or stop it first.") -> None:
        super().__init__(problem)


class QueueFullError(JobBusyError):
    """A map was asked for while many others wait.

    Attributes:
        limit: how many may wait.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} maps wait to be laid out already: try again when one of them is done.")
        self.limit = limit


class DeviceError(MatineeError):
    """A device was asked for that this machine does not have.

    Attributes:
        device: the name that was asked for.
    """

    def __init__(self, device: str, available: tuple[str, ...]) -> None:
        super().__init__(f"device {device!r} is not there; this machine has {', '.join(available)}.")
        self.device, self.available = device, available


class ScoreboardError(MatineeError):
    """Kept scores cannot be read or written.

    Attributes:
        file: where they lie.
        problem: what is wrong with it.
    """

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"scores {file}: {problem}")
        self.file, self.problem = file, problem


class MissingPackageError(MatineeError):
    """A contender of the scoreboard, or a measurement, needs a package that is not installed.

    Attributes:
        contender: its key, or what else needs the package.
        package: what to install.
    """

    def __init__(self, contender: str, package: str) -> None:
        super().__init__(f"{contender} needs the package {package}. Install it: python -m pip install {package}")
        self.contender, self.package = contender, package


class BenchmarkError(MatineeError):
    """Something could not be measured.

    Attributes:
        what: the part that did not do what it was asked.
        problem: what it did instead.
    """

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"{what} {problem}")
        self.what, self.problem = what, problem


class NotHereError(BenchmarkError):
    """A measurement needs what this machine or data set does not have; nothing is wrong with what it measures."""


class StoppedError(MatineeError):
    """Work was stopped on request before it was done; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("stopped before it was done; nothing was kept.")
