"""The access log: who looked at somebody's data or changed them, when, what for and in which case.

It is the audit trail, read by the person whom an entry is about. What somebody did themselves is
left out. An entry reaches a member by name or by their customer, an alarm contact by name or by
the call list on which they stand, each from the day on which they came. Staff are never named.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.datamap import PERIODS, Retention
from portal.languages import _
from portal.privacy.log_readers import LogReader, Names, Tie, log_reader_of
from portal.privacy.log_words import (
    BY_LINK,
    RIGHTS_TO_SEE,
    SHOWN,
    About,
    Kind,
    purpose_in_words,
    support_in_words,
    system_in_words,
)

KEPT = PERIODS[Retention.TRAIL]
LONGEST_PAGE = 100
_AT_ONCE = 500
_SLACK = timedelta(days=1)  # entries get their ids at the commit, a moment after their time


class Doers(StrEnum):
    """By whom: SensorNordic with all its parts and staff, or everybody else."""

    SENSORNORDIC = "sensornordic"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is wanted; everything where nothing is said. `until` is no part of it."""

    kind: Kind | None = None
    by: Doers | None = None
    until: datetime | None = None


EVERYTHING = LogFilter()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done, in words of the current language. `case` is support's number, and
    `customer` the name of the customer for whom it was; each empty where there is none.
    """

    id: int
    at: datetime
    event: AuditEvent
    by: str
    what: str
    purpose: str
    case: str
    customer: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """The entries, newest first, and whether there are older ones."""

    entries: list[LogEntry]
    more: bool


def access_log(
    db: Session,
    actor: Actor,
    *,
    of: LogFilter = EVERYTHING,
    before: int | None = None,
    limit: int = 20,
    now: datetime,
) -> LogPage:
    """A page of the actor's own log; `before` is the id of the last entry of the page before."""
    reader = log_reader_of(db, actor)
    count = min(limit, LONGEST_PAGE)
    found = _newest_first(
        db.execute(statement.limit(count + 1)).all()
        for statement in _statements(reader, of, [*_wanted(db, of, now), *_older(before)])
    )
    rows = list(islice(found, count + 1))
    return LogPage(list(_in_words(db, reader, rows[:count])), len(rows) > count)


def every_entry(db: Session, actor: Actor, *, now: datetime) -> Iterator[LogEntry]:
    """The actor's whole log, newest first. `db` is read while the caller takes entries."""
    reader = log_reader_of(db, actor)
    found = _newest_first(
        db.execute(statement.execution_options(yield_per=_AT_ONCE))
        for statement in _statements(reader, EVERYTHING, list(_wanted(db, EVERYTHING, now)))
    )
    return _in_words(db, reader, found)


def _newest_first(found: Iterable[Iterable[Any]]) -> Iterator[Any]:
    return heapq.merge(*found, key=lambda row: -row.id)


_ENTRIES = select(
    col(AuditEntry.id),
    col(AuditEntry.at),
    col(AuditEntry.event),
    col(AuditEntry.actor),
    col(AuditEntry.subject),
    col(AuditEntry.customer),
    col(AuditEntry.details),
).order_by(col(AuditEntry.id).desc())
_BY_LINK = tuple(f"{trail.SYSTEM}{name}" for name in BY_LINK)
_BY_SENSORNORDIC = or_(
    and_(col(AuditEntry.actor).startswith(trail.SYSTEM), col(AuditEntry.actor).not_in(_BY_LINK)),
    func.coalesce(col(AuditEntry.details)[trail.AS].as_string(), "") == trail.STAFF,
)


def _statements(
    reader: LogReader, of: LogFilter, wanted: list[ColumnElement[bool]]
) -> Iterator[Any]:
    """What leads to the reader, each by one index from the newest entry on; no entry comes twice.

    One statement for all would be sorted as a whole before its first row.
    """
    others = col(AuditEntry.actor) != reader.me
    for name in reader.mine:
        yield _ENTRIES.where(
            col(AuditEntry.subject) == name,
            others,
            col(AuditEntry.actor) != f"{trail.SYSTEM}contact",  # it was the reader, by the link
            _one_of(set(SHOWN), of),
            *wanted,
        )
    for listed in reader.lists:
        yield _ENTRIES.where(
            col(AuditEntry.subject) == listed.site,
            others,
            col(AuditEntry.at) >= listed.since,
            _one_of(_about({About.CALL_LIST}), of),
            *wanted,
        )
    for customer, tie in reader.ties.items():
        if tie.role is not None:
            yield _ENTRIES.where(
                col(AuditEntry.customer) == customer,
                col(AuditEntry.subject).not_in(reader.mine),
                others,
                col(AuditEntry.at) >= tie.since,
                _one_of(_about(_seen_by(tie)), of),
                *wanted,
            )


def _wanted(db: Session, of: LogFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """What is asked of every entry. A time to begin at is also said by an id, which the indexes
    know; what is older than the trail is kept has been cut off.
    """
    yield col(AuditEntry.at) >= now - KEPT
    if of.until is not None:
        yield col(AuditEntry.at) < of.until
        if (later := _first_since(db, of.until + _SLACK)) is not None:
            yield col(AuditEntry.id) < later
    if of.by is not None:
        yield _BY_SENSORNORDIC if of.by is Doers.SENSORNORDIC else not_(_BY_SENSORNORDIC)


def _older(before: int | None) -> Iterator[ColumnElement[bool]]:
    if before is not None:
        yield col(AuditEntry.id) < before


def _first_since(db: Session, instant: datetime) -> int | None:
    """The id of the first entry since then, if there is one."""
    since = select(col(AuditEntry.id)).where(col(AuditEntry.at) >= instant)
    return db.execute(since.order_by(col(AuditEntry.at), col(AuditEntry.id)).limit(1)).scalar()


def _one_of(events: set[AuditEvent], of: LogFilter) -> ColumnElement[bool]:
    kinds = {of.kind} if of.kind else set(Kind)
    return col(AuditEntry.event).in_(
        sorted(event.value for event in events if SHOWN[event].kind in kinds)
    )


def _about(whom: set[About]) -> set[AuditEvent]:
    return {event for event, wording in SHOWN.items() if wording.about in whom}


def _seen_by(tie: Tie) -> set[About]:
    return {about for about, right in RIGHTS_TO_SEE.items() if tie.may(right)}


def _in_words(db: Session, reader: LogReader, rows: Iterable[Any]) -> Iterator[LogEntry]:
    names = Names(db, reader)
    own = {*reader.mine, *(listed.site for listed in reader.lists)}
    for row in rows:
        event = AuditEvent(row.event)
        wording = SHOWN[event]
        tie = reader.ties.get(row.customer)
        yield LogEntry(
            id=row.id,
            at=row.at,
            event=event,
            by=_by(row, wording.about, tie, names),
            what=_(wording.yours) if row.subject in own else _what(row, wording.what, names),
            purpose=purpose_in_words(wording.purpose),
            case=str(row.details.get("case", "")),
            customer=tie.name if tie else "",
        )


def _what(row: Any, words: str, names: Names) -> str:
    """What was done, with the name of whom it was done to if another did it."""
    if row.subject in {"", row.actor}:
        return _(words)
    name = names.name(row.customer, row.subject)
    return f"{_(words)}: {name}" if name else _(words)


def _by(row: Any, about: About, tie: Tie | None, names: Names) -> str:
    if row.details.get(trail.AS) == trail.STAFF:
        return support_in_words()
    if row.actor.startswith(trail.SYSTEM):
        return system_in_words(row.actor.removeprefix(trail.SYSTEM))
    if tie is None:
        return _("Somebody at a customer you have left") if row.customer else _("Somebody")
    if tie.role is None:
        return _("Somebody at {customer}").format(customer=tie.name)
    return _by_colleague(row, about, tie, names)


def _by_colleague(row: Any, about: About, tie: Tie, names: Names) -> str:
    """By name for whoever sees the team; alarm contacts are known to every member."""
    by_contact = about is About.CONTACT and row.actor == row.subject
    sees_team = tie.may(RIGHTS_TO_SEE[About.TEAM])
    name = names.name(row.customer, row.actor) if by_contact or sees_team else ""
    if name:
        return name
    if names.is_deleted(row.actor):
        return _("Somebody whose account is deleted")
    if by_contact:
        return _("An alarm contact")
    return _("A former colleague") if sees_team else _("A colleague")
