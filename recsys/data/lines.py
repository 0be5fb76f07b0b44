"""Lines and fields of MovieLens files, strictly checked.

The lowest step of reading: from bytes to lines and fields, where every breach of the format names file, line and
field. Nothing is repaired and no line is left out; `recsys.data.movielens` gives the fields their meaning.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recsys.errors import DataFileError

AGAIN = "Download the data set again."
MAX_ID = 9_999_999
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Layout(NamedTuple):
    """How one file is written.

    Attributes:
        separator: what stands between two fields.
        fields: names of the fields in order.
        encoding: "latin-1" or "utf-8".
        header: the first line, or None for a file without.
    """

    separator: str
    fields: tuple[str, ...]
    encoding: str = "latin-1"
    header: str | None = None


class Line(NamedTuple):
    """One line of a file: what stands in it, and where it stands.

    Attributes:
        file: name of the file.
        number: line number counted from 1.
        raw: the line without its end.
        values: the fields.
        layout: how the file is written.
    """

    file: str
    number: int
    raw: str
    values: Sequence[str]
    layout: Layout

    def error(self, field: str | None, problem: str) -> DataFileError:
        """Return the error that says what is wrong in this line."""
        return DataFileError(self.file, self.number, field, problem)

    def text(self, field: str) -> str:
        """Return a field as text."""
        return self.values[self.layout.fields.index(field)]

    def whole(self, field: str, low: int, high: int) -> int:
        """Return a field as a whole number.

        Raises:
            DataFileError: if it is none, or outside `low` to `high`.
        """
        text = self.text(field)
        if not (text.isascii() and text.isdigit()):
            raise self.error(field, f"expected a whole number from {low} to {high}, found {_shown(text)}.")
        if len(text) > 15 or not low <= int(text) <= high:
            raise self.error(field, f"{_shown(text, quote=False)} is out of range; it must lie from {low} to {high}.")
        return int(text)

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        """Return a field that must be one of a few words.

        Raises:
            DataFileError: if it is none of them.
        """
        text = self.text(field)
        if text not in allowed:
            raise self.error(field, f"expected one of {', '.join(allowed)}, found {_shown(text)}.")
        return text


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        DataFileError: if it is missing, empty or cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DataFileError(path.name, None, None, f"is missing in {path.parent}. {AGAIN}") from error
    except OSError as error:
        raise DataFileError(path.name, None, None, f"cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise DataFileError(path.name, None, None, f"is empty. {AGAIN}")
    return content


def read_lines(path: Path, layout: Layout) -> Iterator[Line]:
    """Read a file line by line, see `split_lines`."""
    return split_lines(read_bytes(path), path.name, layout)


def split_lines(content: bytes, file: str, layout: Layout) -> Iterator[Line]:
    r"""Split the content of a file into checked lines.

    Line ends may be \n or \r\n; empty lines at the very end are allowed.

    Args:
        content: the bytes.
        file: name of the file, for errors.
        layout: how it is written.

    Yields:
        Every line behind the header.

    Raises:
        DataFileError: for a wrong encoding, header or number of fields, or a last line that was cut off.
    """
    if content.startswith(_BOMS):
        raise DataFileError(
            file,
            1,
            None,
            f"starts with a byte order mark: it was saved in another encoding than {layout.encoding}. {AGAIN}",
        )
    rows = content.split(b"\n")
    is_cut = bool(rows.pop())
    if is_cut:
        rows = content.split(b"\n")
    while rows and not rows[-1].strip():
        rows.pop()
    previous: Line | None = None
    for number, row in enumerate(rows, start=1):
        raw = _decoded(row.removesuffix(b"\r"), file, number, layout)
        if number == 1 and layout.header is not None:
            _check_header(raw, file, layout.header)
            continue
        line = Line(file, number, raw, raw.split(layout.separator), layout)
        _check_shape(line)
        if is_cut and number == len(rows):
            _check_last(line, previous)
        previous = line
        yield line
    if previous is None:
        raise DataFileError(file, None, None, f"holds no line behind its header. {AGAIN}")


def _decoded(row: bytes, file: str, number: int, layout: Layout) -> str:
    if row.isascii():
        text = row.decode("ascii")
    elif layout.encoding == "utf-8":
        try:
            text = row.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataFileError(file, number, None, f"is not valid UTF-8 at byte {error.start + 1}. {AGAIN}") from error
    elif _is_utf8(row):
        raise DataFileError(file, number, None, f"is UTF-8, but this file must be Latin-1 (ISO 8859-1). {AGAIN}")
    else:
        text = row.decode("latin-1")
    control = _CONTROL.search(text.replace(layout.separator, ""))
    if control is not None:
        problem = f"holds the control character {control[0]!r}: it is damaged or not {layout.encoding}. {AGAIN}"
        raise DataFileError(file, number, None, problem)
    return text


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_header(raw: str, file: str, header: str) -> None:
    if raw != header:
        raise DataFileError(file, 1, None, f"expected the header {header!r}, found {_shown(raw)}. {AGAIN}")


def _check_shape(line: Line) -> None:
    expected, found = len(line.layout.fields), len(line.values)
    if found != expected:
        separator = "tab" if line.layout.separator == "\t" else repr(line.layout.separator)
        raise line.error(None, f"expected {expected} fields split by {separator}, found {found}. {AGAIN}")


def _check_last(line: Line, previous: Line | None) -> None:
    """A last line without an end may be whole; one whose last number is shorter than the one above was cut off."""
    if previous is None or not (line.values[-1] + previous.values[-1]).isdigit():
        return
    if len(line.values[-1]) < len(previous.values[-1]):
        raise line.error(
            line.layout.fields[-1],
            f"the file breaks off inside this line. {AGAIN} (If the line is whole, end it with a line break.)",
        )


def _shown(text: str, *, quote: bool = True) -> str:
    short = text if len(text) <= 40 else text[:37] + "..."
    return repr(short) if quote else short
