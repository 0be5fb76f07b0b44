"""Errors and circumstances as sentences in the reader's language, each with a next step."""

from collections.abc import Iterable

from pages.kit import i18n
from pages.kit.i18n import escaped, number, t
from recsys import errors
from recsys.data.sources import Attempt

# The first class that fits; each text may use the error's attributes.
_KEYS: tuple[tuple[type[errors.MatineeError], str], ...] = (
    (errors.UnknownIdError, "error.unknown_id"),
    (errors.ArchiveError, "error.archive"),
    (errors.SourceError, "error.source"),
    (errors.DataFileError, "error.data_file"),
    (errors.DataError, "error.data"),
    (errors.ForeignBundleError, "error.foreign_bundle"),
    (errors.GoneBundleError, "error.gone_bundle"),
    (errors.BundleError, "error.bundle"),
    (errors.NonFiniteLossError, "error.loss"),
    (errors.QueueFullError, "error.queue_full"),
    (errors.JobBusyError, "error.busy"),
    (errors.DeviceError, "error.device"),
    (errors.ConfigError, "error.config"),
    (errors.ScoreboardError, "error.scoreboard"),
)


def error_text(error: BaseException) -> str:
    """Return an error as Markdown in the reader's language, with what to do next."""
    if isinstance(error, errors.FullError):
        return t(f"error.full.{error.rule}", limit=number(error.limit))
    if isinstance(error, errors.RatingFileError):
        return _rating_file_text(error)
    for kind, key in _KEYS:
        if isinstance(error, kind):
            return t(key, **_values(error))
    if isinstance(error, errors.MatineeError):
        return t("error.other", detail=_technical(str(error)))
    return t("error.unexpected")


def rating_problem(error: errors.RatingFileError) -> str:
    """Return what is wrong with ratings that came from outside, as Markdown for the middle of a sentence."""
    return t(f"error.rating_file.{error.rule}", place=error.place or 0, value=escaped(error.value))


def _rating_file_text(error: errors.RatingFileError) -> str:
    """Where in the file, which rule, and that nothing was taken."""
    where = "error.rating_file.whole" if error.place is None else "error.rating_file.place"
    return t("error.rating_file", where=t(where, place=error.place or 0), problem=rating_problem(error))


def _values(error: errors.MatineeError) -> dict[str, str]:
    """An error's attributes, made safe for Markdown."""
    values = {name: escaped(str(value)) for name, value in vars(error).items()}
    if "problem" in values:
        values["problem"] = problem_text(vars(error)["problem"])
    if isinstance(error, errors.ConfigError):
        values["rule"] = _technical(error.rule)
    if isinstance(error, errors.UnknownIdError):
        values["kind"] = t(f"kind.{error.kind}")
    if isinstance(error, errors.DataFileError):
        values["place"] = _place(error)
    return {"detail": _technical(str(error)), **values}


def _place(error: errors.DataFileError) -> str:
    """Where in a data file something is wrong, as Markdown."""
    place = escaped(error.file)
    if error.line is not None:
        place = t("error.place.line", file=place, line=number(error.line))
    return place if error.field is None else t("error.place.field", place=place, field=escaped(error.field))


def problem_text(problem: str) -> str:
    """Return what is wrong with a source as Markdown, a sentence in the reader's language."""
    if not isinstance(problem, errors.Problem):
        return _technical(problem)
    values = {
        name: problem_text(value) if isinstance(value, errors.Problem) else escaped(str(value))
        for name, value in problem.values.items()
    }
    return t(f"problem.{problem.key}", **values)


def _technical(text: str) -> str:
    """What only the core's English says: as it is on an English page, and else as a quotation that says what it is."""
    if i18n.language() == "en":
        return escaped(text)
    return t("error.english", text=text.replace("`", "'"))


def attempts_text(attempts: Iterable[Attempt]) -> list[str]:
    """Return, for each source that was tried, a line of Markdown: what, where, and why it was skipped."""
    return [_attempt_text(attempt) for attempt in attempts]


def _attempt_text(attempt: Attempt) -> str:
    values = {
        "dataset": escaped(dataset_name(attempt.dataset)),
        "source": t(f"source.{attempt.source}"),
        "place": escaped(attempt.place),
        "problem": problem_text(attempt.problem or ""),
    }
    return t(f"attempt.{attempt.outcome}", **values)


def dataset_name(name: str) -> str:
    """Return a data set's name as people write it; the invented one says so."""
    return t(f"dataset.{name}")
