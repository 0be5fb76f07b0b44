"""What the command line writes: the answer to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

messages = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(text: str) -> None:
    """Write a message to standard error."""
    messages.print(text)


def answer_json(values: object) -> None:
    """Write the answer as one JSON object to standard output."""
    sys.stdout.write(json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    sys.stdout.flush()


def answer_lines(lines: Iterable[str]) -> None:
    """Write the answer as lines to standard output."""
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()


def answer_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the answer as a table to standard output; numbers to the right."""
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    cells = [list(row) for row in rows]
    for place, name in enumerate(columns):
        is_number = all(isinstance(row[place], int | float) for row in cells) and bool(cells)
        table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console = Console(highlight=False)
    console.print(table)


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
