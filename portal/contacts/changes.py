"""Writing the history of the call lists."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from portal.actor import Actor
from portal.contacts.models import AlarmContact, By, ContactChange, ContactEvent


def note(
    db: Session,
    actor: Actor,
    what: ContactEvent,
    contact: AlarmContact,
    *,
    now: datetime,
    site_id: UUID | None = None,
    **details: Any,
) -> None:
    """Put one line into the history that the customer sees.

    Who acts is a member of the contact's customer, the contact, or SensorNordic (a part of it
    that acts by itself, or staff, who are never named).
    """
    db.add(
        ContactChange(
            customer_id=contact.customer_id,
            site_id=site_id,
            contact_id=contact.id,
            name=contact.name,
            at=now,
            event=what.value,
            details=details,
            by=_by(actor, contact).value,
            changed_by=None if actor.staff_role else actor.user_id,
        )
    )


def tie_to_account(db: Session, contact: AlarmContact) -> None:
    """Before a contact's row goes, or forgets whose it was: let the lines about them be found by
    the account, so that its deletion takes the name out of them.
    """
    if contact.user_id is not None:
        db.flush()
        db.execute(
            update(ContactChange)
            .where(col(ContactChange.contact_id) == contact.id)
            .values(user_id=contact.user_id)
        )


def forget_names(db: Session, contacts: Collection[UUID]) -> None:
    """Take the names of contacts who said no, or left, out of the history."""
    db.flush()
    db.execute(
        update(ContactChange).where(col(ContactChange.contact_id).in_(contacts)).values(name="")
    )


def _by(actor: Actor, contact: AlarmContact) -> By:
    if actor.user_id is None or actor.staff_role:
        # Whoever answers by the mailed link acts without an account.
        return By.CONTACT if actor.system == "contact" else By.SENSORNORDIC
    return By.CONTACT if actor.user_id == contact.user_id else By.MEMBER
