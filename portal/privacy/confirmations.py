"""Whoever else has the data erases them, too, and says so (GDPR article 19).

The monitoring station confirms by acknowledging the call lists; the back office is told by a file
and confirms by the deletion's id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.station import station_state
from portal.privacy.erasing import BACK_OFFICE, STATION
from portal.privacy.models import Deletion, DeletionNotice


@dataclass(frozen=True)
class OfficeNotice:
    """Somebody of a customer whom the back office must erase: who had this role until then."""

    deletion: UUID
    customer_number: str
    role: str
    scope: str
    erased_at: datetime


def to_be_confirmed(db: Session, actor: Actor) -> list[OfficeNotice]:
    """What the back office has not confirmed yet, the oldest first.

    Raises:
        NotAllowedError: a person acts.
    """
    actor.require_system()
    rows = db.execute(
        select(DeletionNotice, Deletion)
        .join(Deletion, col(Deletion.id) == col(DeletionNotice.deletion_id))
        .where(
            col(DeletionNotice.recipient) == BACK_OFFICE,
            col(DeletionNotice.confirmed_at).is_(None),
        )
        .order_by(col(DeletionNotice.created_at), col(DeletionNotice.id))
    ).all()
    return [
        OfficeNotice(
            deletion.id,
            notice.customer_number,
            notice.role,
            deletion.scope,
            deletion.erased_at or notice.created_at,
        )
        for notice, deletion in rows
    ]


def confirm(db: Session, actor: Actor, deletions: Collection[UUID], *, now: datetime) -> int:
    """The back office has erased these, too; says how many notices that ends. Twice is once.

    Raises:
        NotAllowedError: a person acts.
    """
    actor.require_system()
    return _confirm(
        db,
        actor,
        select(col(DeletionNotice.id)).where(
            col(DeletionNotice.recipient) == BACK_OFFICE,
            col(DeletionNotice.deletion_id).in_(deletions),
        ),
        now,
    )


def confirm_what_the_station_has(db: Session, actor: Actor, *, now: datetime) -> int:
    """Note which deletions the monitoring station has confirmed by its acknowledgements."""
    acknowledged = station_state(db).acknowledged_version
    return _confirm(
        db,
        actor,
        select(col(DeletionNotice.id)).where(
            col(DeletionNotice.recipient) == STATION,
            col(DeletionNotice.station_version) <= acknowledged,
        ),
        now,
    )


def _confirm(db: Session, actor: Actor, which: Select[UUID], now: datetime) -> int:
    done = db.execute(
        update(DeletionNotice)
        .where(col(DeletionNotice.id).in_(which), col(DeletionNotice.confirmed_at).is_(None))
        .values(confirmed_at=now)
        .returning(col(DeletionNotice.recipient))
    ).all()
    for (recipient,) in done:
        trail.record(db, AuditEvent.DELETION_CONFIRMED, actor, now=now, recipient=recipient)
    return len(done)
