"""Flags that several verbs have."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.config import DatasetName

SPLIT_HELP = (
    "p80 and p90 hold out 20 % and 10 % at random for the test, time the latest 20 %, last everybody's last rating."
)
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Data = Annotated[DatasetName | None, typer.Option("--dataset", help="The first that can be had by default.")]
Folder = Annotated[Path | None, typer.Option("--bundle", help="A trained model; by default the one the app uses.")]
User = Annotated[int, typer.Option("--user", help="Id of a person.")]
Movie = Annotated[int, typer.Option("--movie", help="Id of a film.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Any other field of the configs, such as blend=0.5; repeatable."),
]
Device = Annotated[
    str, typer.Option("--device", help="Where to train: auto, cpu, cuda, mps, or another that torch knows: cuda:1.")
]
Count = Annotated[int, typer.Option("--k", "-k", min=1, max=10_000, help="How many films.")]
