"""The printable letter: the privacy notice for a contact whom no mail reaches (GDPR article 14)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views
from portal.contacts.changes import note
from portal.contacts.finding import find_contact
from portal.contacts.models import AlarmContact, CallListEntry, ContactEvent
from portal.contacts.standing import effective_locale
from portal.customers.addresses import named_line
from portal.customers.models import Customer, Site
from portal.notices import giving
from portal.notices.models import Audience, Channel


@dataclass(frozen=True)
class LetterSite:
    """`place`: the site's name and address."""

    place: str
    role: str


@dataclass(frozen=True)
class ContactLetter:
    """What the letter says of the person. `given_at`: it was handed over, or a mail was sent."""

    contact_id: UUID
    name: str
    phone: str
    locale: str
    customer: str
    member: str
    sites: tuple[LetterSite, ...]
    given_at: datetime | None


def contact_letter(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> ContactLetter:
    """The letter to one of the customer's contacts. That the actor looked is written down.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such contact of this customer.
    """
    actor.require(Right.EDIT_CONTACTS)
    contact = find_contact(db, actor, contact_id)
    sites = db.execute(
        select(Site, col(CallListEntry.role))
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .where(owned_by(actor, Site), col(CallListEntry.contact_id) == contact.id)
        .order_by(col(Site.name))
    )
    view = View(AuditEvent.CONTACT_LETTER_SEEN, subject=contact.user_id, contact=contact.id)
    note_views(db, actor, [view], now=now)
    return ContactLetter(
        contact_id=contact.id,
        name=contact.name,
        phone=contact.phone,
        locale=effective_locale(contact),
        customer=db.get_one(Customer, contact.customer_id).name,
        member=actor.name,
        sites=tuple(LetterSite(named_line(site.name, site), role) for site, role in sites),
        given_at=contact.notice_given_at,
    )


def give_letter(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> AlarmContact:
    """Keep the proof that the member has given the person the letter. Saying it twice is one.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such contact of this customer.
    """
    actor.require(Right.EDIT_CONTACTS)
    contact = find_contact(db, actor, contact_id)
    if contact.notice_given_at is not None:
        return contact
    giving.record_given(
        db,
        Audience.ALARM_CONTACT,
        locale=effective_locale(contact),
        channel=Channel.LETTER,
        contact_id=contact.id,
        recipient=giving.recipient_hash(contact.email, contact.phone),
        now=now,
    )
    contact.notice_given_at = now
    db.add(contact)
    note(db, actor, ContactEvent.LETTER, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_LETTER_GIVEN,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )
    return contact
