"""Reading a scoreboard: places, ties, missing measures and pairs that two measures order the other way round."""

from dataclasses import replace

import pytest

from recsys.data.dataset import Dataset
from recsys.evaluation import board_reading
from recsys.evaluation.board_reading import known_scores, measured, place_of, ranking, swaps, widest_gap
from recsys.evaluation.scores import Score, own_scores_file, save_score


def score(key: str, seconds: float = 1.0, **metrics: float) -> Score:
    return Score(
        contender=key,
        metrics={name.replace("_at_", "@"): value for name, value in metrics.items()},
        groups=(),
        config={},
        dataset="synthetic",
        fingerprint="f",
        split="p80",
        seed=0,
        commit=None,
        machine="m",
        seconds=seconds,
        created="2026-01-01T00:00:00+00:00",
        command="c",
    )


A = score("a", 3.0, rmse=0.9, ndcg_at_10=0.1)
B = score("b", 1.0, rmse=0.8, ndcg_at_10=0.2)
C = score("c", 2.0, ndcg_at_10=0.3)
D = score("d", 4.0, rmse=0.8, ndcg_at_10=0.05)


def test_low_errors_and_high_lists_come_first_and_what_has_no_measure_is_left_out() -> None:
    assert [s.contender for s in ranking([A, B, C], "rmse")] == ["b", "a"]
    assert [s.contender for s in ranking([A, B, C], "ndcg@10")] == ["c", "b", "a"]
    assert [s.contender for s in ranking([A, B, C], "seconds")] == ["b", "c", "a"]
    assert measured(C, "rmse") is None


def test_equal_values_share_a_place_and_the_next_one_is_skipped() -> None:
    board = [A, B, C, D]
    assert [place_of(s, board, "rmse") for s in board] == [3, 1, None, 1]


def test_a_pair_counts_as_swapped_only_if_both_measures_order_it() -> None:
    found = swaps([A, B, C, D], "rmse", "ndcg@10")
    # Ordered by both: A-B (the same way), A-D (D has the lower error and the worse list); B and D tie by error.
    assert found.num_pairs == 2
    assert [(first.contender, second.contender) for first, second in found.swapped] == [("d", "a")]


def test_swaps_do_not_depend_on_the_order_of_the_board() -> None:
    assert swaps([D, C, B, A], "rmse", "ndcg@10").swapped == swaps([A, B, C, D], "rmse", "ndcg@10").swapped


def test_a_damaged_file_hides_only_its_own_scores(tmp_path, monkeypatch: pytest.MonkeyPatch, dataset: Dataset) -> None:
    monkeypatch.setattr(board_reading, "SHIPPED_SCORES", tmp_path)
    ours = replace(A, fingerprint=dataset.fingerprint)
    save_score(ours, tmp_path / "synthetic.json")
    save_score(A, tmp_path / "synthetic.json")
    own = own_scores_file(dataset.name)
    own.parent.mkdir(parents=True)
    own.write_text("{")
    known = known_scores(dataset)
    assert known.scores == (ours,), "A belongs to other data"
    assert [problem.file for problem in known.problems] == [own]


def test_the_widest_gap_is_counted_among_those_that_have_both_measures() -> None:
    high = score("high", rmse=0.7, ndcg_at_10=0.01)
    gap = widest_gap([A, B, C, high], "rmse", "ndcg@10")
    assert gap is not None
    assert (gap.score.contender, gap.first, gap.second, gap.count) == ("high", 1, 3, 3)
    assert widest_gap([A, B, C], "rmse", "ndcg@10") is None, "places differ by one at most"
    assert widest_gap([C], "rmse", "ndcg@10") is None
