"""Who looked at or changed what is about somebody, read from the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.settings import get_settings

KEPT = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that somebody else did, in the current language."""

    id: int
    at: datetime
    event: AuditEvent
    by: str
    what: str
    purpose: str
    case: str
    customer: str


def every_entry(db: Session, actor: Actor, *, now: datetime) -> Iterator[LogEntry]:
    """Everything of the last 24 months, the newest first."""
    person = trail.pseudonym("user", actor.user)
    rows = db.execute(
        select(
            col(AuditEntry.id),
            col(AuditEntry.at),
            col(AuditEntry.event),
            col(AuditEntry.details),
        )
        .where(
            col(AuditEntry.subject) == person,
            col(AuditEntry.actor) != person,
            col(AuditEntry.at) >= now - KEPT,
        )
        .order_by(col(AuditEntry.id).desc()),
        execution_options={"yield_per": 500},
    )
    by = get_settings().company_name
    for number, at, event, details in rows:
        yield LogEntry(
            number, at, AuditEvent(event), by, event, "", str(details.get("case", "")), ""
        )
