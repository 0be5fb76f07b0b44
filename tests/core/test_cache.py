"""What a cache makes once, for how long it keeps it, and who waits for whom."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from recsys.cache import Cache, KeyLocks

PATIENCE = 30


def test_thirty_who_ask_at_once_get_one_thing_that_was_made_once():
    cache, made, all_there = Cache(5), [], threading.Barrier(30, timeout=PATIENCE)

    def make() -> object:
        made.append(threading.get_ident())
        return object()

    def ask(_: int) -> object:
        all_there.wait()
        return cache.get("dear", make)

    with ThreadPoolExecutor(30) as pool:
        found = list(pool.map(ask, range(30)))
    assert len(made) == 1
    assert len({id(one) for one in found}) == 1


def test_two_things_are_made_at_the_same_time():
    cache, both = Cache(5), threading.Barrier(2, timeout=PATIENCE)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda key: cache.get(key, lambda: both.wait() * 0 + len(key)), ("a", "bb"))) == [1, 2]


def test_what_is_made_may_need_what_else_is_made():
    cache = Cache(5)
    assert cache.get("list", lambda: cache.get("model", lambda: 20) + 1) == 21


def test_nothing_is_kept_of_an_attempt_that_fails():
    cache = Cache(5)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 7) == 7


def test_what_was_used_longest_ago_goes_first():
    cache = Cache(2)
    for key in ("a", "b"):
        cache.get(key, lambda: "first")
    cache.get("a", lambda: "second")
    cache.get("c", lambda: "first")
    assert cache.get("a", lambda: "again") == "first"
    assert cache.get("b", lambda: "again") == "again"


def test_nothing_is_a_thing_like_any_other():
    cache = Cache(2)
    cache.get("a", lambda: None)
    assert cache.get("a", lambda: "made again") is None


def test_what_is_meant_is_dropped_and_nothing_else():
    cache = Cache(5)
    for key in ((1, "a"), (1, "b"), (2, "a")):
        cache.get(key, lambda: "first")
    cache.drop(lambda key: key[0] == 1)
    assert [cache.get(key, lambda: "again") for key in ((1, "a"), (1, "b"), (2, "a"))] == ["again", "again", "first"]


def test_a_lock_that_nobody_holds_is_gone():
    locks = KeyLocks()
    with locks.holding("a"), locks.holding("b"), locks.holding("a"):
        assert locks._locks.keys() == {"a", "b"}
    assert not locks._locks
    assert not locks._users
