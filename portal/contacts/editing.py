"""Changing what is known of somebody on a call list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.adding import notice_same_phone
from portal.contacts.changes import note
from portal.contacts.contact_fields import (
    PERSON_FIELDS,
    PLACE_FIELDS,
    Person,
    checked_person,
    require_right,
)
from portal.contacts.finding import find_contact, find_entry, find_site, hold_customer
from portal.contacts.inviting import readdress
from portal.contacts.mailings import mail_contact
from portal.contacts.models import AlarmContact, Answer, CallListEntry, ContactEvent
from portal.errors import ChangedMeanwhileError, InvalidValueError


@dataclass(frozen=True, kw_only=True)
class ContactChanges(Person):
    """What a contact is to be like, as it was typed."""


def edit_contact(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    changes: ContactChanges,
    *,
    version: int,
    now: datetime,
) -> None:
    """Save a contact's details, and what they are to do at this site.

    A new e-mail address is invited instead of the old one. Whoever has said yes is told by mail
    of what changes for them. What is the same already leaves no trace.

    Args:
        db: a transaction.
        actor: a member.
        entry_id: the place on a list.
        changes: every field, as typed.
        version: the contact's version as the actor saw it.
        now: the time of saving.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such place of this customer (any more).
        ChangedMeanwhileError: somebody else saved since; `version` is today's.
        InvalidFieldsError: as `add_contact`; `email-of-account` if the contact looks after their
            own address.
    """
    actor.require(Right.EDIT_CONTACTS)
    site = find_site(db, actor, find_entry(db, actor, entry_id).site_id)
    hold_customer(db, actor)
    sites = call_lists.sites_of(db, find_entry(db, actor, entry_id).contact_id)
    lists = call_lists.locked_lists(db, sites, now=now)
    entry = find_entry(db, actor, entry_id)
    contact = find_contact(db, actor, entry.contact_id)
    if contact.version != version:
        raise ChangedMeanwhileError(version=contact.version)
    values, wrong = checked_person(changes, site.country)
    if "email" not in wrong and contact.user_id and values["email"] != contact.email:
        wrong["email"] = InvalidValueError("email-of-account", "email")
    if "phone" not in wrong and values["phone"] != contact.phone and not changes.same_phone:
        people = call_lists.people_on(db, [site.id])[site.id]
        notice_same_phone(db, actor, values["phone"], people, wrong, besides=contact.id)
    require_right(wrong)
    email = values.pop("email")
    person = _apply(contact, {name: values[name] for name in PERSON_FIELDS if name != "email"})
    place = _apply(entry, {name: values[name] for name in PLACE_FIELDS})
    if email != contact.email:
        readdress(db, actor, contact, email, now=now)
        person.append("email")
    if not person and not place:
        return
    contact.version += 1
    db.add_all([contact, entry])
    note(
        db, actor, ContactEvent.EDITED, contact, now=now, site_id=site.id, fields=[*person, *place]
    )
    trail.record(
        db,
        AuditEvent.CONTACT_EDITED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        fields=", ".join([*person, *place]),
    )
    if place and entry.answer == Answer.ACCEPTED:
        _tell(db, contact, entry, site.name, now)
    # A number is called from every list on which the person stands.
    call_lists.changed(db, lists.values() if person else [lists[site.id]], now=now)


def _apply(row: AlarmContact | CallListEntry, values: dict[str, Any]) -> list[str]:
    """Set what differs; says which fields did."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _tell(
    db: Session, contact: AlarmContact, entry: CallListEntry, site_name: str, now: datetime
) -> None:
    values = {
        "site": site_name,
        "role": entry.role,
        "key_holder": entry.key_holder,
        "valid_from": entry.valid_from,
        "valid_until": entry.valid_until,
    }
    mail_contact(db, contact, "contact-role-changed", values, now=now)
