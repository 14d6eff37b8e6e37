"""The trail's table."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import SQLModel

from portal.database import UtcDateTime
from portal.datamap import (
    NOT_PERSONAL,
    DataEntry,
    Erasure,
    Export,
    Purpose,
    Retention,
    Subject,
    column,
)

PSEUDONYM = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.AUDIT,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because="the proof of what happened stays true; once the person's row is gone, "
    "the pseudonym leads to nobody",
)


class AuditEntry(SQLModel, table=True):
    """One thing that happened. Rows are never changed and never deleted.

    `subject` is whom it was about (see `trail.about`), `customer` for which customer it was. Both
    are read from the newest entry on; the actor is asked what they looked at within the hour.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject_id", "subject", "id"),
        Index("ix_audit_entries_customer_id", "customer", "id"),
        Index("ix_audit_entries_actor_event_at", "actor", "event", "at"),
    )

    id: int | None = column(NOT_PERSONAL, default=None, primary_key=True)
    at: datetime = column(NOT_PERSONAL, sa_type=UtcDateTime, index=True)
    event: str = column(NOT_PERSONAL, max_length=60, index=True)
    actor: str = column(PSEUDONYM, max_length=64)
    subject: str = column(PSEUDONYM, pseudonym=True, max_length=64)
    customer: str = column(PSEUDONYM, max_length=64)
    details: dict[str, Any] = column(NOT_PERSONAL, sa_type=JSON)
    previous_hash: str = column(NOT_PERSONAL, max_length=64)
    hash: str = column(NOT_PERSONAL, max_length=64, unique=True)


class KeyCheck(SQLModel, table=True):
    """A fingerprint of each key that must never change silently."""

    __tablename__ = "key_checks"

    name: str = column(NOT_PERSONAL, max_length=40, primary_key=True)
    fingerprint: str = column(NOT_PERSONAL, max_length=64)
