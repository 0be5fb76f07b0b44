"""The news of the run under way: what each open page asks for, and when it has something drawn anew."""

import gzip
import json
from dataclasses import replace

import pytest
import streamlit as st

from pages.kit import i18n, published, resources
from pages.kit.published import Shelf
from pages.training import live as training_live
from pages.training import news as training_news
from recsys.config import DataConfig, first_visit
from recsys.training import JobStatus
from recsys.training.turns import UNSEEN_SECONDS, Turns
from tests.pages.conftest import open_app

TRAINING = JobStatus("training", epoch=3, num_epochs=12, batch=17, num_batches=391, seconds=41.0, version=900)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    fresh = Shelf()
    monkeypatch.setattr(published, "SHELF", fresh)
    return fresh


@pytest.mark.parametrize("look", training_news.LOOKS.values())
def test_a_page_is_not_drawn_anew_for_each_batch(look) -> None:
    turns = Turns()
    later = replace(TRAINING, batch=90, seconds=44.5, version=1400, ratings_per_second=5.0, seconds_left=100.0)
    assert look(later, turns) == look(TRAINING, turns)


def test_buttons_are_drawn_anew_when_somebody_acts_and_the_line_when_somebody_joins() -> None:
    turns = Turns()
    first = training_news.look_of_panel(TRAINING, turns)
    others = [
        replace(TRAINING, state="paused"),
        replace(TRAINING, last_action="pause", acted_by="2"),
        replace(TRAINING, state="finishing", finishing_step="maps"),
        JobStatus("finished", version=901),
    ]
    assert first not in [training_news.look_of_panel(one, turns) for one in others]
    turns.join("2")
    assert training_news.look_of_panel(TRAINING, turns) != first


def test_the_picture_is_drawn_anew_after_an_epoch_after_some_seconds_and_after_each_batch_of_a_run_that_waits() -> None:
    look, turns = training_news.look_of_picture, Turns()
    assert look(replace(TRAINING, epoch=4), turns) != look(TRAINING, turns)
    assert look(replace(TRAINING, seconds=51.0), turns) != look(TRAINING, turns)
    paused = replace(TRAINING, state="paused")
    assert look(replace(paused, batch=18), turns) != look(paused, turns)
    assert look(replace(paused, seconds=500.0), turns) == look(paused, turns)


def test_no_part_of_the_page_runs_again_by_itself(own_house: resources.House, monkeypatch) -> None:
    every: dict[str | None, object] = {}
    fragment = st.fragment

    def noted(function=None, *, run_every=None, key=None):
        every[key] = run_every
        return fragment(function, run_every=run_every, key=key)

    monkeypatch.setattr(st, "fragment", noted)
    model, train = first_visit()
    data = own_house.located.dataset
    open_app("training", lang="en")
    own_house.job.start(data, data=DataConfig("synthetic"), model=model, train=train, is_paused=True)
    app = open_app("training", lang="en")
    assert not app.exception
    assert {"training_run", "training_live"} <= every.keys()
    assert not any(every.values())


def test_the_news_are_in_the_language_of_the_page_and_keep_a_visitor_in_line(
    own_house: resources.House, shelf: Shelf
) -> None:
    now, job = [0.0], own_house.job
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "turns", Turns(lambda: now[0]))
        patch.setattr(job, "_status", TRAINING)
        for language, words in (("en", "Training – epoch 4 of 12"), ("zh", "第 4 轮")):
            with i18n.speaking(language):
                address = training_news._address(training_live.news)
            answer = shelf.function(address.rsplit("/", 1)[-1])
            assert words in json.loads(gzip.decompress(answer(1)))["news"]["headline"]
        job.turns.begin("2")
        job.turns.join("1")
        for _ in range(3):
            now[0] += UNSEEN_SECONDS - 1
            answer(1)
        assert job.turns.order() == ("1",)
        now[0] += UNSEEN_SECONDS + 1
        assert job.turns.order() == ()
