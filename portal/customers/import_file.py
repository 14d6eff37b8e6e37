"""Reading a file of the back office: its encoding, its separator, its columns.

`docs/import.md` is the operator's side of this.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.customers.csv_cells import restored
from portal.customers.csv_columns import FileColumns


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, row or column. `line` counts from 1, the header's line."""

    line: int
    column: str
    code: str
    details: dict[str, object] = field(default_factory=dict)


class UnreadableFileError(Exception):
    """The file as a whole cannot be used; `problems` says why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Record:
    """One row: its cells by column, and the line it begins on."""

    line: int
    cells: dict[str, str]


@dataclass
class Records:
    """The rows of a file. `problems` fills while they are read."""

    columns: frozenset[str]
    total: int
    problems: list[Problem]
    _rows: Iterator[tuple[int, list[str]]]
    _header: list[str]

    def __iter__(self) -> Iterator[Record]:
        for line, row in self._rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(self._header):
                details: dict[str, object] = {"expected": len(self._header), "found": len(row)}
                self.problems.append(Problem(line, "", "cells-count", details))
                continue
            cells = zip(self._header, row, strict=True)
            yield Record(line, {name: restored(cell.strip()) for name, cell in cells if name})


def open_records(data: bytes, columns: FileColumns) -> Records:
    """The rows of a file in UTF-8 or Windows-1252, separated by `;` or `,`.

    Raises:
        UnreadableFileError: `file-encoding`, `file-empty`, `column-missing` or `column-twice`.
    """
    text = _decoded(data)
    rows = _numbered(text, _separator(text))
    first = next(rows, None)
    if first is None:
        raise UnreadableFileError(Problem(1, "", "file-empty"))
    _line, header = first
    names = [_column(title, columns) for title in header]
    problems = [
        Problem(1, title.strip(), "column-unknown")
        for title, name in zip(header, names, strict=True)
        if name not in columns.known
    ]
    fatal = [Problem(1, name, "column-missing") for name in columns.required if name not in names]
    known = [name for name in names if name in columns.known]
    fatal += [
        Problem(1, name, "column-twice") for name in sorted(set(known)) if known.count(name) > 1
    ]
    if fatal:
        raise UnreadableFileError(*fatal, *problems)
    kept = [name if name in columns.known else "" for name in names]
    return Records(frozenset(known), text.count("\n"), problems, rows, kept)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # UTF-16, or no text at all
            break
        return text
    raise UnreadableFileError(Problem(1, "", "file-encoding"))


def _separator(text: str) -> str:
    """Whichever stands oftener in the header, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return ";" if header.count(";") > header.count(",") else ","


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on: a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableFileError(Problem(line, "", "quotes")) from None


def _column(title: str, columns: FileColumns) -> str:
    """The column's name for a title such as `Owner's e-mail` or `Organization number`."""
    plain = title.strip().casefold().replace("'", "").replace("’", "")
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    name = name.replace("e_mail", "email").replace("organization", "organisation")
    return columns.also_called.get(name, name)
