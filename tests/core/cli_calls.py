"""Calls of the command line and what they answer."""

import json
from pathlib import Path

from recsys.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK = [
    *("--dataset", "synthetic", "--preset", "article", "--epochs", "1", "--batch-size", "4096"),
    *("--init", "0.05", "--learning-rate", "0.01"),
]
MOVIE_KEYS = {"movie_id", "title", "year", "genres"}


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def values_of(capsys, *arguments: str) -> dict:
    status, out, err = call(capsys, *arguments, "--json")
    assert status == 0, err
    return json.loads(out)


def refusal(capsys, *arguments: str, status: int = 1) -> str:
    """The one line of an error; nothing else may be on standard output, and no traceback anywhere."""
    found, out, err = call(capsys, *arguments)
    assert (found, out) == (status, ""), err
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert err.splitlines()[-1] == lines[0]
    return lines[0]
