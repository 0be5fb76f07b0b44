"""`python -m recsys`: verbs, flags and exit status. What a verb does stands in the other modules of this package.

Heavy modules are imported by the verb that needs them, so that `--help` is there at once. Exit status: 0 done, 1 a
clear error in one line, 2 wrong usage, 130 interrupted.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from recsys.cli.flags import SPLIT_HELP, Count, Data, Device, Folder, Json, Movie, Settings, User
from recsys.cli.run_commands import runs
from recsys.config import FIRST_VISIT, PRESETS, SplitName
from recsys.errors import ConfigError, MatineeError
from recsys.threads import MAX_THREADS

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(runs, name="runs")


@app.callback()
def _root(*, debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False) -> None:
    """Matinee: a movie recommender that can be opened up."""


@app.command()
def data(*, dataset: Data = None, as_json: Json = False) -> None:
    """Say which data set is there, where it came from and what is in it; checks the files."""
    from recsys.cli.inspecting import describe_data

    describe_data(dataset, as_json=as_json)


@app.command()
def train(
    *,
    dataset: Data = None,
    preset: Annotated[
        str, typer.Option(help=f"Network and training to start from: {', '.join(PRESETS)}.")
    ] = FIRST_VISIT,
    split: Annotated[SplitName, typer.Option(help=SPLIT_HELP)] = "p80",
    seed: Annotated[int, typer.Option(min=0, help="Of split, weights, order and dropout.")] = 0,
    head: Annotated[
        Literal["dot", "mlp"] | None, typer.Option(help="With --preset article: dot product, or a dense layer.")
    ] = None,
    hidden: Annotated[int | None, typer.Option(min=0, help="Hidden layer of the MLP head; 0 is none.")] = None,
    combiner: Annotated[Literal["sum", "mean"] | None, typer.Option(help="How genre embeddings become one.")] = None,
    init: Annotated[float | None, typer.Option(help="Embeddings start uniform in [-X, X].")] = None,
    windows: Annotated[str | None, typer.Option(help="Window widths of the title CNN, such as 2,3,4,5.")] = None,
    filters: Annotated[int | None, typer.Option(min=1, help="Filters for each window width.")] = None,
    title_length: Annotated[int | None, typer.Option(min=1, help="Words that a title is cut or padded to.")] = None,
    dropout: Annotated[float | None, typer.Option(help="Share of title features dropped in training.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training part.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Ratings in a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Step size of Adam.")] = None,
    settings: Settings = None,
    device: Device = "auto",
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_THREADS, help="Of the processor; the same number repeats a run bit for bit."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the model.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the bundle; a new one by default.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with --out, or with the latest stopped run.")] = False,
    slim: Annotated[bool, typer.Option("--slim", help="Keep no training state: smaller, cannot be resumed.")] = False,
    title_check: Annotated[
        bool,
        typer.Option("--title-check", help="Measure at the end what titles add: takes as long again."),
    ] = False,
    watch_user: Annotated[int | None, typer.Option(help="Id of the person whose list the recording follows.")] = None,
    as_json: Json = False,
) -> None:
    """Train a model and keep it as a bundle. Ctrl-C stops it; --resume goes on."""
    values = {name: value for name, value in locals().items() if name != "as_json"}
    from recsys.cli.training import TrainFlags
    from recsys.cli.training import train as run

    raise typer.Exit(run(TrainFlags(**values), as_json=as_json))


@app.command()
def evaluate(
    *,
    bundle: Folder = None,
    dataset: Data = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Write the answer into the bundle, for the app to show.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure a model on the test part of its split: once, when everything is chosen."""
    from recsys.cli import answers

    answers.evaluate(bundle, dataset=dataset, keep=keep, as_json=as_json)


@app.command()
def recommend(*, user: User, k: Count = 10, bundle: Folder = None, dataset: Data = None, as_json: Json = False) -> None:
    """List a person's favourites among the films they have not rated."""
    from recsys.cli import answers

    answers.recommend(user, k=k, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command()
def similar(*, movie: Movie, k: Count = 10, bundle: Folder = None, dataset: Data = None, as_json: Json = False) -> None:
    """List the films most like one film."""
    from recsys.cli import answers

    answers.similar(movie, k=k, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command()
def fans(*, movie: Movie, k: Count = 10, bundle: Folder = None, dataset: Data = None, as_json: Json = False) -> None:
    """List what the fans of a film also love."""
    from recsys.cli import answers

    answers.fans(movie, k=k, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command()
def predict(*, user: User, movie: Movie, bundle: Folder = None, dataset: Data = None, as_json: Json = False) -> None:
    """Predict the stars that a person gives a film."""
    from recsys.cli import answers

    answers.predict(user, movie, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command(name="map")
def draw_map(
    *,
    of: Annotated[Literal["movies", "users"], typer.Option(help="Whose feature vectors.")] = "movies",
    method: Annotated[Literal["tsne", "pca"], typer.Option(help="How 200 numbers become two or three.")] = "tsne",
    dims: Annotated[int, typer.Option(min=2, max=3, help="Three go into a .csv file only.")] = 2,
    perplexity: Annotated[float, typer.Option(min=2, max=200, help="About how many neighbours count (t-SNE).")] = 30.0,
    metric: Annotated[Literal["cosine", "euclidean"], typer.Option(help="Which vectors are near (t-SNE).")] = "cosine",
    seed: Annotated[int, typer.Option(min=0, help="Of the layout (t-SNE).")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="A .html, .csv or .png file; CSV to standard output if left out.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Make the maps that the bundle keeps anew and measure them; nothing else.")
    ] = False,
    bundle: Folder = None,
    dataset: Data = None,
    as_json: Json = False,
) -> None:
    """Lay out all films or people by what the model has learned about them."""
    if keep:
        from recsys.cli.map_keeping import keep_maps

        keep_maps(bundle, dataset, as_json=as_json)
        return
    from recsys.cli import mapping
    from recsys.insight.maps.layouts import LayoutSettings

    settings = LayoutSettings(of, method, dims, perplexity=perplexity, metric=metric, seed=seed)
    mapping.draw_map(settings, mapping.MapFlags(out, bundle, dataset), as_json=as_json)


@app.command()
def scoreboard(
    *,
    dataset: Data = None,
    split: Annotated[SplitName, typer.Option(help=f"Which split's table; {SPLIT_HELP}")] = "p80",
    seed: Annotated[int, typer.Option(min=0, help="Of the split, and of what is fitted.")] = 0,
    only: Annotated[list[str] | None, typer.Option(help="Measure these again; may be given several times.")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Measure whatever the table still lacks.")] = False,
    bundle: Annotated[Path | None, typer.Option("--bundle", help="Measure a trained model on its own split.")] = None,
    name: Annotated[str | None, typer.Option("--as", help="Enter the bundle under this key, such as default.")] = None,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="File that keeps what is measured; your own by default.")] = None,
    as_json: Json = False,
) -> None:
    """Show how baselines and networks did on one split, and measure what is asked for."""
    from recsys.cli import scoreboard as board

    asked = board.Asked(only=tuple(only or ()), refresh=refresh, bundle=bundle, key=name, out=out, device=device)
    board.run(asked, dataset=dataset, split=split, seed=seed, as_json=as_json)


@app.command()
def fairness(
    *,
    by: Annotated[Literal["gender", "age", "occupation"], typer.Option(help="What the groups are.")] = "gender",
    flip: Annotated[
        str | None,
        typer.Option(metavar="ATTRIBUTE=VALUE", help="Also change it for everybody: gender=swapped, age=6, ..."),
    ] = None,
    bundle: Folder = None,
    dataset: Data = None,
    as_json: Json = False,
) -> None:
    """Measure everyone's top ten and errors by groups of people."""
    from recsys.cli import fairness as fair

    fair.run(by, flip=flip, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command()
def together(
    *,
    user: Annotated[list[int], typer.Option("--user", help="Id of a person; two to five of them.")],
    way: Annotated[Literal["average", "misery"], typer.Option(help="Whose stars count: everybody's, or the least.")] = (
        "average"
    ),
    k: Count = 10,
    bundle: Folder = None,
    dataset: Data = None,
    as_json: Json = False,
) -> None:
    """List films for two to five people at once."""
    from recsys.cli import together as shared

    shared.run(user, way=way, k=k, bundle=bundle, dataset=dataset, as_json=as_json)


@app.command()
def newcomers(
    *,
    dataset: Data = None,
    people: Annotated[int, typer.Option(min=1, help="How many are left out of the training.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="By which they and their ratings are drawn.")] = 0,
    bundle: Folder = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for the network without them; used if it is there.")] = None,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="File for the result; the user's own by default.")] = None,
    as_json: Json = False,
) -> None:
    """Measure the lists of people whom no training saw; trains the model anew without them."""
    from recsys.cli import newcomers as strangers

    asked = strangers.Asked(people, seed, bundle, keep, out, device)
    strangers.run(asked, dataset=dataset, as_json=as_json)


@app.command()
def benchmark(
    *,
    only: Annotated[list[str] | None, typer.Option(help="Run only these; may be given several times.")] = None,
    dataset: Data = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Runs of each; the median counts.")] = 3,
    quick: Annotated[bool, typer.Option("--quick", help="Only show that everything runs; times mean nothing.")] = False,
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """Measure speed against the plain way, both in one run. What cannot be measured costs the others nothing."""
    from recsys.cli.benchmark import verb as benchmarks

    asked = benchmarks.Asked(tuple(only or ()), repeats, is_quick=quick, device=device)
    raise typer.Exit(benchmarks.run(asked, dataset=dataset, as_json=as_json))


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Say what is there, what is missing and how to get it."""
    from recsys.cli import inspecting

    raise typer.Exit(inspecting.doctor(as_json=as_json))


def main(arguments: list[str]) -> int:
    """Run a command line.

    Args:
        arguments: without the program's name; `--debug` may stand anywhere.

    Returns:
        The exit status.
    """
    is_debug = "--debug" in arguments
    try:
        app([argument for argument in arguments if argument != "--debug"], prog_name="python -m recsys")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the answer has enough; keep Python from complaining about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MatineeError as error:
        return _fail(error, str(error), is_debug=is_debug)
    except Exception as error:  # a mistake of ours is still no reason for a page of traceback
        return _fail(error, f"{type(error).__name__}: {error} (--debug shows more)", is_debug=is_debug)
    return 0


def _fail(error: Exception, text: str, *, is_debug: bool) -> int:
    """Write one line to standard error and return the status."""
    if is_debug:
        import traceback

        traceback.print_exception(error)
    sys.stderr.write("error: " + " ".join(text.split()) + "\n")
    return 2 if isinstance(error, ConfigError) else 1
