"""House: what one server holds, loaded once: data set, model and the threads that work in the background.

Its parts are immutable; a finished training run is published by swapping one reference. Pages reach it through
`pages.kit.resources` alone.
"""

import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recsys.bundle import load_bundle, store
from recsys.bundle.info import BundleInfo, check_same, read_info
from recsys.bundle.store import activate, unreadable_bundles, usable_bundles
from recsys.cache import Cache
from recsys.data import sources
from recsys.data.dataset import Dataset
from recsys.data.sources import Located
from recsys.errors import BundleError, JobBusyError
from recsys.evaluation.scoring_job import ScoringJob
from recsys.insight.maps import projection
from recsys.insight.maps.layout_job import LayoutJob
from recsys.recommend import Recommender
from recsys.threads import serve_side_by_side
from recsys.training import TrainingJob

_log = logging.getLogger(__name__)


class House:
    """Data set, model and background work of this server.

    Attributes:
        job: the one training run.
        scoring: the one measurement for the scoreboard.
        layouts: the one thread that lays out maps.
        step: what the loading thread is doing, in the words of `recsys.data.sources`.
        located: the data set and how it was found; None until then.
        recommender: None without a bundle.
        problems: bundles that could not be read.
        failure: what ended the loading, if something did.
        is_ready: set when loading has ended, well or badly.
        visitors: numbers for the sessions that come to train, or to watch.
        made: what is computed of the data set once, or a few times for its settings.
        recent: what is computed of the data set for one question of thousands.
        moments: what something looks like at a moment, for all who look then.
        others: models that are not the one in use but are compared with it; the last three, until their runs change.
        recordings, reports: of kept runs.

    Args:
        on_data: is called by the loading thread between data set and model.
    """

    def __init__(self, on_data: Callable[[], None] | None = None) -> None:
        self.job = TrainingJob(projection.layouts)
        self.scoring = ScoringJob()
        self.layouts = LayoutJob()
        self.step = ""
        self.located: Located | None = None
        self.recommender: Recommender | None = None
        self.problems: tuple[BundleError, ...] = ()
        self.failure: Exception | None = None
        self.is_ready = threading.Event()
        self.lock = threading.Lock()
        self.visitors = itertools.count(1)
        self.made, self.recent, self.moments = Cache(200), Cache(300), Cache(32)
        self.others, self.recordings, self.reports = Cache(3), Cache(4), Cache(200)
        self._on_data = on_data
        threading.Thread(target=self._load, name="load", daemon=True).start()

    def publish(self, folder: Path) -> None:
        """Make a bundle the model of every session, and of the next start.

        Raises:
            BundleError: if it cannot be read or belongs to another data set; the model stays as it was.
        """
        bundle = load_bundle(folder, self._dataset())
        recommender = Recommender(self._dataset(), bundle)
        activate(read_info(folder))
        self.recommender = recommender
        self._let_go(folder)

    def use(self, info: BundleInfo) -> None:
        """Publish a bundle that somebody saw in a list.

        Raises:
            BundleError: if it cannot be read, or is another one by now; the model stays as it was.
        """
        check_same(info)
        self.publish(info.folder)

    def take_first_run(self) -> None:
        """Publish a finished training run where there is no model yet."""
        status = self.job.status()
        with self.lock:
            if self.recommender is None and status.state == "finished" and status.folder is not None:
                self.publish(status.folder)

    def rename(self, info: BundleInfo, name: str) -> None:
        """Give a bundle another name, here and in the model that everybody uses.

        Raises:
            JobBusyError: if it is being trained: the run would write its old name again.
            BundleError: if it ships with the app, is another one by now, or cannot be written.
        """
        self._check_idle(info)
        check_same(info)
        store.rename(info, name)
        self._let_go(info.folder)
        used = self.recommender
        if used is not None and used.bundle.info.folder == info.folder:
            self.recommender = Recommender(self._dataset(), replace(used.bundle, info=read_info(info.folder)))

    def delete(self, info: BundleInfo) -> None:
        """Delete a bundle for good; where it was the one in use, the next best takes its place.

        Raises:
            JobBusyError: if it is being trained, perhaps since the question was asked.
            BundleError: if it ships with the app, is another one by now, or cannot be deleted.
        """
        self._check_idle(info)
        check_same(info)
        store.delete(info)
        self._let_go(info.folder)
        used = self.recommender
        if used is not None and used.bundle.info.folder == info.folder:
            self.recommender = self._first_readable()

    def other(self, info: BundleInfo) -> Recommender:
        """Return a model that is not the one in use, loaded once for all sessions.

        Raises:
            BundleError: if it cannot be read.
        """
        data = self._dataset()
        return self.others.get((info.folder, info.created), lambda: Recommender(data, load_bundle(info.folder, data)))

    def _let_go(self, folder: Path) -> None:
        """Forget what is loaded of a run that is another one now, is gone, or is in use and need not be there twice."""
        for kept in (self.others, self.recordings, self.reports):
            kept.drop(lambda key: key[0] == folder)

    def _check_idle(self, info: BundleInfo) -> None:
        status = self.job.status()
        if status.is_running and status.folder == info.folder:
            raise JobBusyError

    def _dataset(self) -> Dataset:
        if self.located is None:
            raise RuntimeError("the data set was asked for before it was loaded")
        return self.located.dataset

    def _load(self) -> None:
        serve_side_by_side()
        try:
            self.located = sources.load(on_progress=self._say)
            if self._on_data is not None:
                self._on_data()
            self.recommender = self._first_readable()
        except Exception as error:
            _log.exception("loading failed")
            self.failure = error
        finally:
            self.is_ready.set()

    def _first_readable(self) -> Recommender | None:
        """The best bundle that can be read; what is wrong with others is noted."""
        dataset = self._dataset()
        self.problems = tuple(unreadable_bundles())
        for info in usable_bundles(dataset):
            try:
                return Recommender(dataset, load_bundle(info.folder, dataset))
            except BundleError as error:
                self.problems = (*self.problems, error)
        return None

    def _say(self, step: str) -> None:
        self.step = step
