"""Who is written to: the contact, and the people of the customer whom an answer concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Role
from portal.contacts import call_lists
from portal.contacts.models import AlarmContact, CallList
from portal.contacts.standing import effective_locale, reachable
from portal.customers.models import Customer, Member, Site
from portal.customers.moves import today
from portal.mail import outbox
from portal.mail.models import OutboxMessage
from portal.mail.outbox import Post, post_many


def mail_contact(
    db: Session, contact: AlarmContact, kind: str, values: Mapping[str, Any], *, now: datetime
) -> OutboxMessage | None:
    """Post a mail to a contact, in their language; None if there is no address to write to.

    An account's address counts more than what the customer typed.
    """
    user = db.get(User, contact.user_id) if contact.user_id else None
    recipient = user.email if user else contact.email
    if not recipient:
        return None
    customer = db.get_one(Customer, contact.customer_id)
    return outbox.post(
        db,
        kind=kind,
        recipient=recipient,
        locale=effective_locale(contact),
        values={"name": contact.name, "customer": customer.name, **values},
        now=now,
        user_id=contact.user_id,
    )


def mail_customer(
    db: Session,
    customer_id: UUID,
    kind: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    also: UUID | None = None,
) -> None:
    """Post a mail to the customer's owners, and to the member `also` whom it concerns."""
    customer = db.get_one(Customer, customer_id)
    readers = db.execute(
        select(User)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(
            col(Member.customer_id) == customer_id,
            col(User.activated_at).is_not(None),
            or_(col(Member.role) == Role.OWNER.value, col(User.id) == also),
        )
        .order_by(col(User.email))
    ).scalars()
    mails = [
        Post(
            kind,
            reader.email,
            reader.locale,
            {"name": reader.name, "customer": customer.name, **values},
            reader.id,
        )
        for reader in readers
    ]
    post_many(db, mails, now=now)


def gap_at(db: Session, site: Site, *, now: datetime) -> dict[str, Any]:
    """For a mail: the site's name, how many can be reached there today, and how many it needs."""
    people = call_lists.people_on(db, [site.id])[site.id]
    kept = db.get(CallList, site.id)
    return {
        "site": site.name,
        "reachable": reachable(people, today(now, site.country)),
        "needed": kept.needed if kept else call_lists.DEFAULT_NEED,
    }
