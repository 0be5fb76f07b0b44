"""`python -m recsys runs`: kept runs; `recsys.cli.runs`, imported by the verb that needs it, does the work."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.flags import Data, Json

runs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Kept runs: list, rename, delete, send, take.")
Kept = Annotated[Path, typer.Argument(metavar="FOLDER", help="A kept run.")]


@runs.command(name="list")
def list_runs(*, dataset: Data = None, as_json: Json = False) -> None:
    """List the runs of a data set, the one in use first."""
    from recsys.cli import runs as kept

    kept.list_runs(dataset, as_json=as_json)


@runs.command()
def rename(
    folder: Kept, name: Annotated[str, typer.Argument(help="1 to 80 characters.")], as_json: Json = False
) -> None:
    """Give a run another name; its folder stays."""
    from recsys.cli import runs as kept

    kept.rename(folder, name, as_json=as_json)


@runs.command()
def delete(
    folder: Kept, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: Json = False
) -> None:
    """Delete a run, after a question."""
    from recsys.cli import runs as kept

    raise typer.Exit(kept.delete(folder, is_sure=yes, as_json=as_json))


@runs.command()
def export(
    folder: Kept,
    file: Annotated[Path, typer.Argument(help="The .zip file to write; it must not be there.")],
    *,
    training_state: Annotated[bool, typer.Option("--training-state", help="So that it can go on elsewhere.")] = False,
    as_json: Json = False,
) -> None:
    """Write a run into one file."""
    from recsys.cli import runs as kept

    kept.export(folder, file, with_training_state=training_state, as_json=as_json)


@runs.command(name="import")
def import_run(
    file: Annotated[Path, typer.Argument(help="A .zip file that was exported.")],
    *,
    dataset: Data = None,
    as_json: Json = False,
) -> None:
    """Take a run that somebody exported, after all checks."""
    from recsys.cli import runs as kept

    kept.take(file, dataset, as_json=as_json)
