"""Writes what is made from the data map: the register of processing in `docs/data-map.md`, between
its two marks, and the tables of the newest version of each privacy notice.

Tests compare them, so that neither document nor notice can fall behind the tables. Once a notice
is published its tables stay: write a new version, and then run this.
"""

import sys
from itertools import groupby
from pathlib import Path

from portal import register
from portal.datamap import Person, Purpose, Subject, legal_basis
from portal.notices import tables, texts
from portal.notices.models import Audience

DOCUMENT = Path("docs/data-map.md")
BEGIN, END = "<!-- register: begin -->", "<!-- register: end -->"
COLUMNS = ("column", "whose data", "purpose", "kept", "recipients", "in the person's copy")


def as_markdown() -> str:
    """The register's rows, a table for each of the database's."""
    lines = ["### Legal bases (GDPR article 6)", "", *_bases(), ""]
    for name, rows in groupby(register.rows(), key=lambda row: row["table"]):
        lines += [f"### `{name}`", "", *_table(list(rows)), ""]
    return "\n".join(lines)


def _bases() -> list[str]:
    persons = list(Person)
    head = ["purpose", *(person.value for person in persons)]
    rows = [
        [purpose.value, *(_basis(purpose, person) for person in persons)] for purpose in Purpose
    ]
    return _lines(head, rows)


def _basis(purpose: Purpose, person: Person) -> str:
    try:
        return legal_basis(purpose, person)
    except LookupError:
        return "no such data"


def _table(rows: list[dict[str, str]]) -> list[str]:
    personal = [row for row in rows if row["whose data"] != Subject.NOBODY]
    others = [f"`{row['column']}`" for row in rows if row not in personal]
    body = [[*(row[name] for name in COLUMNS), _erasure(row)] for row in personal]
    for cells in body:
        cells[0] = f"`{cells[0]}`"
    said = [f"About nobody: {', '.join(others)}."] if others else []
    return [*(_lines([*COLUMNS, "at erasure"], body) if body else []), "", *said]


def _erasure(row: dict[str, str]) -> str:
    return f"{row['at erasure']}: {row['because']}" if row["because"] else row["at erasure"]


def _lines(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def with_register(text: str) -> str:
    """The document with the register of now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{as_markdown()}\n{END}{after}"


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_register(text), encoding="utf-8")
    for audience in Audience:
        newest = texts.versions(audience)[-1]
        (newest.folder / tables.FILE).write_text(tables.of_today(audience), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT} holds {len(register.rows())} columns\n")
