"""Whoever said no is not asked again by the same customer for 90 days.

The bar outlives the contact's row: a keyed hash of the e-mail address and one of the phone number
say who it was, and nothing else is kept.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel import Session, col

from portal.contacts.models import AlarmContact, InvitationBar
from portal.errors import PortalError
from portal.settings import get_settings

LENGTH = timedelta(days=90)


class InvitationBarredError(PortalError):
    """The person said no to this customer; `details["day"]` is when they may be asked again."""

    code = "invitation-barred"
    status = 409


def bar(db: Session, contact: AlarmContact, *, now: datetime) -> None:
    """Let nobody of this customer ask the person again for 90 days."""
    lift(db, contact)
    for person in _hashes(contact):
        db.add(
            InvitationBar(customer_id=contact.customer_id, person_hash=person, until=now + LENGTH)
        )
    db.flush()


def lift(db: Session, contact: AlarmContact) -> None:
    """The person took the no back."""
    db.execute(delete(InvitationBar).where(*_of(contact)))


def require_no_bar(db: Session, contact: AlarmContact, *, now: datetime) -> None:
    """Go on unless the person, by e-mail address or phone, has said no lately.

    Raises:
        InvitationBarredError: with the day from which they may be asked.
    """
    until = db.execute(
        select(func.max(col(InvitationBar.until))).where(
            *_of(contact), col(InvitationBar.until) > now
        )
    ).scalar()
    if until is not None:
        raise InvitationBarredError("phone", day=until.date())


def _of(contact: AlarmContact) -> tuple[ColumnElement[bool], ...]:
    return (
        col(InvitationBar.customer_id) == contact.customer_id,
        col(InvitationBar.person_hash).in_(list(_hashes(contact))),
    )


def _hashes(contact: AlarmContact) -> Iterator[str]:
    key = get_settings().pseudonym_key.encode()
    for what in (contact.email, contact.phone):
        if what:
            yield hmac.new(key, f"said no:{what}".encode(), hashlib.sha256).hexdigest()
