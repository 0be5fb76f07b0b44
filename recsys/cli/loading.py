"""What most verbs begin with: a data set, and the model that goes with it."""

from pathlib import Path
from typing import Any

from recsys.bundle import Bundle, load_bundle
from recsys.bundle.info import BundleInfo, read_info
from recsys.bundle.store import best_bundle, own_bundles_folder
from recsys.cli.console import say
from recsys.cli.watching import watched
from recsys.config import FIRST_VISIT, DataConfig, command_line, first_visit
from recsys.data.dataset import Dataset
from recsys.data.sources import Attempt, Located, load
from recsys.errors import DataError, NoModelError
from recsys.insight.maps.projection import layouts
from recsys.recommend import Recommender
from recsys.training import TrainingJob


def load_data(name: str | None = None) -> Located:
    """Load a data set and say where it came from and what was passed over."""
    located = load(name, on_progress=say)
    for attempt in located.attempts:
        if attempt.outcome == "failed":
            say(f"{attempt.dataset}: {attempt.source} {attempt.place} failed: {attempt.problem}")
    say(f"data set {located.dataset.name} from {located.dataset.source}")
    return located


def load_model(folder: Path | None, name: str | None) -> Recommender:
    """Load a bundle with its data set; without a folder, the bundle that the app uses.

    Raises:
        NoModelError: if there is no bundle for a data set that somebody brought.
        BundleError: if the one named cannot be used.
    """
    if folder is not None:
        name = read_info(folder).data.dataset
    dataset = load_data(name).dataset
    bundle = load_bundle(folder or chosen(dataset).folder, dataset)
    say(f"model {bundle.info.name} ({bundle.info.folder})")
    return Recommender(dataset, bundle)


def chosen(dataset: Dataset) -> BundleInfo:
    """Return the bundle that the app uses for a data set; for the invented one it is trained where there is none.

    That takes seconds, and whoever can reach nothing has an answer. A training on real ratings takes minutes, so it is
    left to whoever asks for it.

    Raises:
        NoModelError: if there is none for a data set that somebody brought.
        MatineeError: if the training fails.
        KeyboardInterrupt: if it was interrupted.
    """
    info = best_bundle(dataset)
    if info is None and dataset.name == "synthetic":
        return _trained(dataset)
    if info is None:
        data, (model, train) = DataConfig(dataset.name), first_visit(dataset.num_ratings)
        command = command_line(data, model, train, preset_name=FIRST_VISIT)
        problem = f"no trained model for {dataset.name}. Train one, as the app offers it at the first visit: {command}"
        raise NoModelError(own_bundles_folder(), problem)
    return info


def _trained(dataset: Dataset) -> BundleInfo:
    """What the app trains at a first visit, kept where the app finds it too."""
    say(f"no trained model for {dataset.name} yet: training one, once")
    data, (model, train) = DataConfig(dataset.name), first_visit(dataset.num_ratings)
    configs: dict[str, Any] = {"data": data, "model": model, "train": train, "preset": FIRST_VISIT}
    job = TrainingJob(layouts)
    _, was_interrupted = watched(job, lambda: job.start(dataset, **configs))
    info = best_bundle(dataset)
    if was_interrupted or info is None:
        raise KeyboardInterrupt
    return info


def damaged(attempts: tuple[Attempt, ...]) -> DataError | None:
    """Return what is wrong with the files in the folder that the user named, if anything."""
    errors = [attempt.error for attempt in attempts if attempt.source == "folder"]
    return next((error for error in errors if isinstance(error, DataError)), None)


def movie_values(dataset: Dataset, movie_id: int) -> dict[str, Any]:
    """Return a film as JSON-ready values."""
    movie = dataset.movie(movie_id)
    return {"movie_id": movie.movie_id, "title": movie.title, "year": movie.year, "genres": list(movie.genres)}


def model_values(bundle: Bundle) -> dict[str, Any]:
    """Return which model answered, as JSON-ready values."""
    info = bundle.info
    return {"name": info.name, "folder": str(info.folder), "preset": info.preset, "epochs": info.epochs_done}
