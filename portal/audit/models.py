"""The trail, and the anchor that it begins at."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
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
    done_by,
    runs_out,
)

PSEUDONYM = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.TRAIL,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because="the proof of what happened stays true; once the person's row is gone, "
    "the pseudonym leads to nobody",
)


class AuditEntry(SQLModel, table=True):
    """One thing that happened. Rows are never changed; the database lets them be deleted only at
    the front, up to the anchor.

    `subject` is whom it was about (see `trail.about`), `customer` for which customer it was. Both
    are read from the newest entry on; the actor is asked what they looked at within the hour.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject_id", "subject", "id"),
        Index("ix_audit_entries_customer_id", "customer", "id"),
        Index("ix_audit_entries_actor_event_at", "actor", "event", "at"),
        runs_out(done_by(Retention.TRAIL, "shorten the trail")),
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


class AuditAnchor(SQLModel, table=True):
    """The one row (id 1) that says where the trail begins: how far it was cut off because it was
    old (`through`, an entry's id), that entry's hash, and how many were cut off in all.

    The database lets it move forward only, onto an entry that is there, and counts along.
    """

    __tablename__ = "audit_anchors"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: int = column(NOT_PERSONAL, default=1, primary_key=True)
    through: int = column(NOT_PERSONAL, default=0)
    hash: str = column(NOT_PERSONAL, max_length=64)
    entries: int = column(NOT_PERSONAL, default=0)
    moved_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)

    @property
    def noted(self) -> dict[str, Any]:
        """As the trail itself tells of the anchor's last move; nothing while it has not moved."""
        if not self.through and not self.entries:
            return {}
        return {"through": self.through, "hash": self.hash, "entries": self.entries}


class KeyCheck(SQLModel, table=True):
    """A fingerprint of each key that must never change silently."""

    __tablename__ = "key_checks"

    name: str = column(NOT_PERSONAL, max_length=40, primary_key=True)
    fingerprint: str = column(NOT_PERSONAL, max_length=64)
