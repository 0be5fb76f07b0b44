"""The line for the one run: who is next, who has gone, who may start."""

import pytest

from recsys.training import TrainingJob
from recsys.training.turns import TURN_SECONDS, UNSEEN_SECONDS, Turns
from tests.core.job_watching import SECONDS, is_paused, start, until


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turns(clock):
    """A run of A is under way; B, C and D wait in this order."""
    turns = Turns(clock)
    turns.begin("A")
    for name in "BCD":
        turns.join(name)
    return turns


def wait(turns: Turns, clock: Clock, seconds: float, there: str) -> None:
    """Let time go by while some people are there."""
    for _ in range(round(seconds)):
        clock.now += 1
        for name in there:
            turns.seen(name)


def test_where_nobody_waits_everybody_may_start(clock) -> None:
    turns = Turns(clock)
    assert turns.may_start("A")
    assert turns.may_start("")
    assert (turns.whose(), turns.order()) == (None, ())


def test_while_a_run_is_under_way_it_is_nobodys_turn(turns) -> None:
    assert turns.order() == ("B", "C", "D")
    assert turns.whose() is None
    assert not any(turns.may_start(name) for name in "ABCD")


def test_after_a_run_only_the_first_in_line_may_start(turns) -> None:
    turns.end()
    assert turns.whose() == "B"
    assert [name for name in ("A", "B", "C", "D", "") if turns.may_start(name)] == ["B"]


def test_who_starts_leaves_the_line(turns) -> None:
    turns.end()
    turns.begin("B")
    assert turns.order() == ("C", "D")
    turns.end()
    assert turns.whose() == "C"


def test_who_lets_their_turn_pass_loses_their_place_and_the_next_has_as_long(turns, clock) -> None:
    turns.end()
    wait(turns, clock, TURN_SECONDS, "BCD")
    assert turns.whose() == "B"
    wait(turns, clock, 1, "BCD")
    assert (turns.whose(), turns.order()) == ("C", ("C", "D"))
    wait(turns, clock, TURN_SECONDS, "BCD")
    assert turns.whose() == "C"
    wait(turns, clock, 1, "BCD")
    assert turns.whose() == "D"


def test_time_during_a_run_costs_nobody_their_turn(turns, clock) -> None:
    wait(turns, clock, 10 * TURN_SECONDS, "BCD")
    turns.end()
    assert turns.whose() == "B"


def test_who_is_seen_no_longer_falls_out_and_the_next_has_their_whole_time(turns, clock) -> None:
    turns.end()
    wait(turns, clock, UNSEEN_SECONDS, "CD")
    assert turns.whose() == "B"
    wait(turns, clock, 1, "CD")
    assert turns.order() == ("C", "D")
    wait(turns, clock, TURN_SECONDS, "CD")
    assert turns.whose() == "C"


def test_who_joins_again_keeps_their_place(turns) -> None:
    turns.join("B")
    assert turns.order() == ("B", "C", "D")


def test_who_leaves_and_joins_again_is_the_last(turns) -> None:
    turns.leave("B")
    turns.join("B")
    assert turns.order() == ("C", "D", "B")


def test_who_never_joined_is_not_put_in_line_by_being_seen(turns) -> None:
    turns.seen("E")
    turns.leave("F")
    assert turns.order() == ("B", "C", "D")


def test_the_job_tells_its_line_when_a_run_begins_and_ends(dataset) -> None:
    job = TrainingJob()
    job.turns.join("1")
    start(job, dataset, by="1", is_paused=True)
    until(job, is_paused)
    assert (job.turns.order(), job.turns.may_start("2")) == ((), False)
    job.turns.join("2")
    job.stop()
    assert job.wait(SECONDS)
    assert (job.turns.whose(), job.turns.may_start("1"), job.turns.may_start("2")) == ("2", False, True)
