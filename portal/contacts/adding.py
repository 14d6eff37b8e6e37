"""Adding somebody to a call list: a new person, or one from another of the customer's lists."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.bars import require_no_bar
from portal.contacts.changes import note
from portal.contacts.contact_fields import (
    Person,
    Place,
    checked_person,
    checked_place,
    require_right,
)
from portal.contacts.finding import find_contact, find_site, hold_customer
from portal.contacts.inviting import invite, tell_of_another_site
from portal.contacts.models import AlarmContact, CallListEntry, ContactEvent
from portal.contacts.standing import effective_phone
from portal.customers.models import Site
from portal.errors import InvalidValueError, NotFoundError, PortalError

MOST_PEOPLE = 50


class ListFullError(PortalError):
    """A call list has room for `details["limit"]` people."""

    code = "list-full"
    status = 409


class AlreadyOnListError(PortalError):
    """The person stands on this list."""

    code = "already-on-list"
    status = 409


@dataclass(frozen=True, kw_only=True)
class NewContact(Person):
    """Somebody new. `told` says that the member has told the person, in the words `told_words`."""

    told: bool
    told_words: str


@dataclass(frozen=True)
class AddedContact:
    """`invited`: the person has an e-mail address, and the invitation is on its way."""

    entry_id: UUID
    contact_id: UUID
    invited: bool


def add_contact(
    db: Session, actor: Actor, site_id: UUID, new: NewContact, *, now: datetime
) -> AddedContact:
    """Put a new person at the end of a site's call list, and invite whoever has an e-mail address.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such site of this customer.
        InvalidFieldsError: what is wrong with the fields; `told-required`; `phone-on-list` or
            `phone-known` (details `name`) if another contact has the number.
        InvitationBarredError: the person said no less than 90 days ago.
        ListFullError: 50 people are on the list.
    """
    actor.require(Right.EDIT_CONTACTS)
    site = find_site(db, actor, site_id)
    hold_customer(db, actor)
    call_list = call_lists.locked_lists(db, [site], now=now)[site.id]
    people = call_lists.people_on(db, [site.id])[site.id]
    values, wrong = checked_person(new, site.country)
    if not new.told:
        wrong["told"] = InvalidValueError("told-required", "told")
    if "phone" not in wrong and not new.same_phone:
        notice_same_phone(db, actor, values["phone"], people, wrong)
    require_right(wrong)
    contact = AlarmContact(
        customer_id=site.customer_id,
        **{name: values[name] for name in ("name", "phone", "email", "locale", "relation")},
        told_at=now,
        told_by=actor.user,
        told_words=new.told_words,
        notice_due_at=a_month_after(now),
        created_at=now,
    )
    db.add(contact)
    db.flush()
    entry = _append(db, contact, site, people, values, now)
    note(db, actor, ContactEvent.ADDED, contact, now=now, site_id=site.id)
    trail.record(
        db,
        AuditEvent.CONTACT_ADDED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )
    if contact.email:
        invite(db, actor, contact, now=now)
    call_lists.changed(db, [call_list], now=now)
    return AddedContact(entry.id, contact.id, bool(contact.email))


def add_known_contact(
    db: Session, actor: Actor, site_id: UUID, contact_id: UUID, place: Place, *, now: datetime
) -> AddedContact:
    """Put a person of another of the customer's lists on this one, too.

    A pending invitation is answered for this site with the others. Who has answered already is
    told by mail, and answers in the portal.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such site or contact of this customer, or the contact left.
        AlreadyOnListError: the person is on this list.
        InvitationBarredError: the person said no less than 90 days ago.
        InvalidFieldsError: `role-required` or `dates-reversed`.
        ListFullError: 50 people are on the list.
    """
    actor.require(Right.EDIT_CONTACTS)
    site = find_site(db, actor, site_id)
    call_list = call_lists.locked_lists(db, [site], now=now)[site.id]
    people = call_lists.people_on(db, [site.id])[site.id]
    contact = find_contact(db, actor, contact_id)
    if any(entry.contact_id == contact.id for _, entry in people):
        raise AlreadyOnListError
    if not effective_phone(contact):
        raise NotFoundError  # their line says that they left; how to call them is forgotten
    require_no_bar(db, contact, now=now)
    values, wrong = checked_place(place)
    require_right(wrong)
    entry = _append(db, contact, site, people, values, now)
    note(db, actor, ContactEvent.ADDED, contact, now=now, site_id=site.id)
    trail.record(
        db,
        AuditEvent.CONTACT_ADDED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )
    tell_of_another_site(db, contact, site, entry, now=now)
    call_lists.changed(db, [call_list], now=now)
    return AddedContact(entry.id, contact.id, invited=False)


def a_month_after(instant: datetime) -> datetime:
    """The same day of the next month, or its last day (GDPR article 14(3)(a): one month)."""
    year, month = divmod(instant.year * 12 + instant.month, 12)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def notice_same_phone(
    db: Session,
    actor: Actor,
    phone: str,
    people: call_lists.People,
    wrong: dict[str, PortalError],
    *,
    besides: UUID | None = None,
) -> None:
    """Say in `wrong` if another contact of this customer than `besides` has the number."""
    for contact, _entry in people:
        if contact.phone == phone and contact.id != besides:
            wrong["phone"] = InvalidValueError("phone-on-list", "phone", name=contact.name)
            return
    elsewhere = db.execute(
        select(col(AlarmContact.name))
        .where(owned_by(actor, AlarmContact), col(AlarmContact.phone) == phone)
        .where(col(AlarmContact.id) != besides)
        .limit(1)
    ).scalar()
    if elsewhere is not None:
        wrong["phone"] = InvalidValueError("phone-known", "phone", name=elsewhere)


def _append(
    db: Session,
    contact: AlarmContact,
    site: Site,
    people: call_lists.People,
    values: dict[str, Any],
    now: datetime,
) -> CallListEntry:
    if len(people) >= MOST_PEOPLE:
        raise ListFullError(limit=MOST_PEOPLE)
    entry = CallListEntry(
        customer_id=site.customer_id,
        site_id=site.id,
        contact_id=contact.id,
        position=len(people) + 1,
        created_at=now,
        **{name: values[name] for name in ("role", "key_holder", "valid_from", "valid_until")},
    )
    db.add(entry)
    db.flush()
    return entry
