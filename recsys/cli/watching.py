"""A run as the command line watches it: a progress bar on standard error, an interruption that loses nothing."""

from collections.abc import Callable
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recsys.cli.console import messages, say
from recsys.cli.interrupts import noted_interrupts
from recsys.report import EpochReport
from recsys.training import JobStatus, TrainingJob

_POLL_SECONDS = 0.1
_FINISHING = {
    "": "finishing",
    "maps": "drawing the maps",
    "title": "measuring what the title adds: training a companion without a tenth of the films",
}


def watched(job: TrainingJob, start: Callable[[], None]) -> tuple[JobStatus, bool]:
    """Start a run and show its progress until it ends; the first Ctrl-C stops it at the next batch.

    Returns:
        Its last status, and whether it was interrupted.

    Raises:
        MatineeError: if the run failed.
    """
    with noted_interrupts() as is_interrupted:
        start()
        _watch(job, is_interrupted)
        was_interrupted = is_interrupted()
    status = job.status()
    if status.error is not None:
        raise status.error
    return status, was_interrupted


def _watch(job: TrainingJob, is_interrupted: Callable[[], bool]) -> None:
    """Show the progress until the run ends; stop it at the next batch when it is interrupted from the keyboard."""
    is_stopping = False
    num_told = len(job.status().reports)
    say(f"training on {job.status().device}")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, console=messages, transient=True) as progress:
        task = progress.add_task("preparing", total=None, rate="")
        is_done = False
        while not is_done:
            is_done = job.wait(_POLL_SECONDS)
            if is_interrupted() and not is_stopping:
                is_stopping = True
                say("stopping at the next batch; press Ctrl-C again to leave at once")
                job.stop()
            status = job.status()
            progress.update(task, **_progress(status))
            for report in status.reports[num_told:]:
                say(_epoch_line(report))
            num_told = len(status.reports)


def _progress(status: JobStatus) -> dict[str, Any]:
    if status.state == "finishing":
        share = f" ({status.finishing_share:.0%})" if status.finishing_share else ""
        return {"description": _FINISHING[status.finishing_step] + share}
    if not status.num_batches:
        return {"description": status.state}
    return {
        "description": f"epoch {min(status.epoch + 1, status.num_epochs)} of {status.num_epochs}",
        "total": status.num_epochs * status.num_batches,
        "completed": status.epoch * status.num_batches + status.batch,
        "rate": f"{status.ratings_per_second:,.0f} ratings/s",
    }


def _epoch_line(report: EpochReport) -> str:
    validation = "" if report.validation_rmse is None else f", validation RMSE {report.validation_rmse:.4f}"
    return (
        f"epoch {report.epoch}: training loss {report.train_loss:.4f}{validation} "
        f"({report.seconds:.1f} s, {report.ratings_per_second:,.0f} ratings/s)"
    )
