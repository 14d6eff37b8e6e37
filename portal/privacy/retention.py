"""Retention: what has run out by the data map is erased, or loses what leads to somebody.

Each table says in its own declaration when the time of its rows begins to run (`datamap.runs_out`);
what the tables say is all there is to know. Any number of processes may do it at once, any number
of times, and be cut off at any moment: the end is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Table, delete, or_, select, tuple_, update
from sqlmodel import Session

from portal.customers.ended_contracts import count_ended_contracts
from portal.database import metadata, reading, transaction
from portal.datamap import PERIODS, Erasure, Retention, clocks_of, columns_of, entry_of

log = structlog.get_logger(__name__)

BATCH = 1000


@dataclass(frozen=True)
class Expiring:
    """Rows of one table whose time for one retention is counted `since` a moment.

    `blanked`: the columns that lose what they hold, where the row itself lives longer. Where there
    are none, the row goes.
    """

    table: Table
    retention: Retention
    since: ColumnElement[Any]
    blanked: tuple[Column[Any], ...]

    @property
    def action(self) -> str:
        if not self.blanked:
            return "erased"
        return f"anonymised: {', '.join(column.name for column in self.blanked)}"


@dataclass(frozen=True)
class Line:
    """How many rows of a table have run out, and what was done to them."""

    table: str
    action: str
    rows: int


@dataclass(frozen=True)
class Report:
    """One run. `ended_contracts`: customers whose contract has ended while their account is open;
    nothing of theirs is erased for it, people decide.
    """

    lines: tuple[Line, ...]
    ended_contracts: int

    @property
    def rows(self) -> int:
        return sum(line.rows for line in self.lines)


def expiring() -> Iterator[Expiring]:
    """All that is counted, in the order of the tables' names.

    Where every column of a retention is to be anonymised, they are about somebody else than the
    row, such as who entered it: these are blanked. Else the row goes when they run out.
    """
    for _, table in sorted(metadata.tables.items()):
        for clock in clocks_of(table):
            if clock.since is None:
                continue
            columns = columns_of(table, clock.retention)
            row_stays = all(entry_of(each).erasure is Erasure.ANONYMISE for each in columns)
            blanked = tuple(columns) if row_stays else ()
            yield Expiring(table, clock.retention, clock.since(table.c), blanked)


def run_out(now: datetime) -> Report:
    """Erase and anonymise what has run out, in batches that hold no lock for long."""
    lines = tuple(Line(each.table.name, each.action, _all(each, now)) for each in expiring())
    for line in lines:
        if line.rows:
            log.info("retention", table=line.table, action=line.action, rows=line.rows)
    with reading() as db:
        return Report(lines, count_ended_contracts(db, now=now))


def _all(what: Expiring, now: datetime) -> int:
    done = 0
    while True:
        with transaction() as db:
            some = _some(db, what, now)
        done += some
        if some < BATCH:
            return done


def _some(db: Session, what: Expiring, now: datetime) -> int:
    """One batch. Rows that somebody else holds are theirs to finish, or the next run's."""
    key = list(what.table.primary_key)
    past = [what.since < now - PERIODS[what.retention]]
    if what.blanked:
        past.append(or_(*(column != _blank(column) for column in what.blanked)))
    connection = db.connection()
    rows = select(*key).where(*past).limit(BATCH).with_for_update(skip_locked=True)
    found = [tuple(row) for row in connection.execute(rows)]
    if found:
        these = tuple_(*key).in_(found)
        if what.blanked:
            blank = {column: _blank(column) for column in what.blanked}
            connection.execute(update(what.table).where(these).values(blank))
        else:
            connection.execute(delete(what.table).where(these))
    return len(found)


def _blank(column: Column[Any]) -> str | None:
    return None if column.nullable else ""
