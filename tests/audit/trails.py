"""Trails for tests, and what somebody could do to them who owns the database."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import col, select

from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.audit.trail import Verification
from portal.database import get_engine, reading, transaction

OFFICE = system("back office")
SQLITE_GUARDS = (
    "audit_entries_no_update",
    "audit_entries_no_delete",
    "audit_entries_no_replace",
    "audit_anchors_no_delete",
    "audit_anchors_no_replace",
    "audit_anchors_forward",
)


def record_some(count: int, clock: datetime) -> None:
    """Entries a second apart, each in a transaction of its own."""
    for number in range(count):
        with transaction() as db:
            later = clock + timedelta(seconds=number)
            trail.record(db, AuditEvent.CUSTOMERS_IMPORTED, OFFICE, now=later, number=number)


def without_triggers(*statements: str, **values: object) -> None:
    """Tamper as somebody could who owns the database."""
    with get_engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            for guard in SQLITE_GUARDS:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
        else:
            for table in ("audit_entries", "audit_anchors"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement), values)


def ids() -> list[int]:
    with reading() as db:
        return [each or 0 for each in db.exec(select(AuditEntry.id).order_by(col(AuditEntry.id)))]


def verified() -> Verification:
    with reading() as db:
        return trail.verify(db)
