"""What moved between two lists, on cases small enough to see."""

from recsys.recommend.moved import NOTHING, moved


def test_a_film_that_rose_and_one_that_fell_have_their_places():
    assert moved([1, 2, 3], [3, 1, 2]).places == {3: 2, 1: -1, 2: -1}


def test_equal_lists_have_nothing_that_moved():
    assert moved([1, 2, 3], [1, 2, 3]) == NOTHING


def test_what_comes_and_what_goes_is_named_in_order():
    change = moved([1, 2, 3, 4], [5, 1, 6, 2])
    assert change.new == {5, 6}
    assert change.gone == (3, 4)


def test_a_longer_list_is_no_change():
    assert moved([1, 2], [1, 2, 3, 4]) == NOTHING


def test_a_shorter_list_is_no_change():
    assert moved([1, 2, 3, 4], [1, 2]) == NOTHING


def test_a_film_that_passes_the_end_of_the_shorter_list_is_new():
    change = moved([1, 2], [9, 1, 2])
    assert change.new == {9}
    assert change.gone == ()


def test_lists_may_be_empty():
    assert moved([], [1, 2]) == NOTHING
    assert moved([1, 2], []) == NOTHING


def test_films_that_a_filter_took_away_are_gone_and_new_when_they_come_back():
    assert moved([1, 2, 3, 4], [4], places=4).gone == (1, 2, 3)
    assert moved([4], [1, 2, 3, 4], places=4).new == {1, 2, 3}
    assert moved([1, 2, 3, 4], [], places=4).gone == (1, 2, 3, 4)
    assert moved([1, 2, 3, 4], [1, 2], places=2) == NOTHING
