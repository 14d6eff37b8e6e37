"""Imported call lists whose mail a support lead may let leave, where no member confirms them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import distinct, func, select
from sqlmodel import Session, col

from portal.actor import Actor, system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.inviting import HELD, release
from portal.contacts.models import AlarmContact, ContactBatch
from portal.errors import NotFoundError

PORTION = 200  # invitations in one transaction: a batch may hold 100,000 people


@dataclass(frozen=True)
class WaitingBatch:
    """An import some of whose people wait: how many they are, of how many customers, and how
    many of them have an e-mail address.
    """

    id: UUID
    imported_at: datetime
    people: int
    customers: int
    with_email: int


def waiting_batches(db: Session, actor: Actor) -> list[WaitingBatch]:
    """The imports that nobody released and some of whose people no member has confirmed, the
    oldest first.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    _require_lead(actor)
    has_email = func.nullif(col(AlarmContact.email), "")
    rows = db.execute(
        select(
            col(ContactBatch.id),
            col(ContactBatch.imported_at),
            func.count(),
            func.count(distinct(col(AlarmContact.customer_id))),
            func.count(has_email),
        )
        .join(AlarmContact, col(AlarmContact.batch_id) == col(ContactBatch.id))
        .where(col(ContactBatch.released_at).is_(None), *HELD)
        .group_by(col(ContactBatch.id), col(ContactBatch.imported_at))
        .order_by(col(ContactBatch.imported_at), col(ContactBatch.id))
    )
    return [WaitingBatch(*row) for row in rows]


def release_batch(db: Session, actor: Actor, batch_id: UUID, *, now: datetime) -> None:
    """Let a batch's mail leave. The job `invite released contacts` writes it, some at a time.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: there is no such batch, or it was released.
    """
    _require_lead(actor)
    batch = db.execute(
        select(ContactBatch)
        .where(col(ContactBatch.id) == batch_id, col(ContactBatch.released_at).is_(None))
        .with_for_update()
    ).scalar()
    if batch is None:
        raise NotFoundError
    batch.released_at, batch.released_by = now, actor.user
    db.add(batch)
    trail.record(db, AuditEvent.CONTACT_BATCH_RELEASED, actor, now=now, batch=str(batch_id))


def invite_released(db: Session, *, now: datetime) -> int:
    """Invite some of the people of released batches; says how many were dealt with."""
    held = db.execute(
        select(AlarmContact)
        .join(ContactBatch, col(ContactBatch.id) == col(AlarmContact.batch_id))
        .where(col(ContactBatch.released_at).is_not(None), *HELD)
        .order_by(col(AlarmContact.id))
        .limit(PORTION)
        .with_for_update(of=AlarmContact, skip_locked=True)
    )
    people = list(held.scalars())
    for contact in people:
        acting = replace(system("worker"), customer_id=contact.customer_id)
        release(db, acting, contact, now=now)
    return len(people)


def _require_lead(actor: Actor) -> None:
    actor.require_lead()
