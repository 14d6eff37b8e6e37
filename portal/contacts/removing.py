"""Taking somebody off a call list: what it would mean, and doing it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.call_lists import DEFAULT_NEED
from portal.contacts.changes import note, tie_to_account
from portal.contacts.finding import find_contact, find_entry, find_site
from portal.contacts.inviting import withdraw_pending
from portal.contacts.mailings import mail_contact
from portal.contacts.models import AlarmContact, Answer, CallList, CallListEntry, ContactEvent
from portal.contacts.standing import reachable
from portal.customers.models import Site
from portal.customers.moves import today
from portal.errors import NotFoundError, PortalError


class LastContactError(PortalError):
    """Nobody else can be called for the site: it takes an explicit yes (`sure`)."""

    code = "last-contact"
    status = 409


@dataclass(frozen=True)
class Removal:
    """What taking somebody off a list would mean."""

    name: str
    reachable_after: int
    needed: int


def removal(db: Session, actor: Actor, entry_id: UUID, *, now: datetime) -> Removal:
    """Say how many could still be reached without this person.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such place of this customer.
    """
    actor.require(Right.EDIT_CONTACTS)
    entry = find_entry(db, actor, entry_id)
    site = find_site(db, actor, entry.site_id)
    people = call_lists.people_on(db, [site.id])[site.id]
    name = next(contact.name for contact, each in people if each.id == entry_id)
    needed = db.execute(
        select(col(CallList.needed)).where(
            owned_by(actor, CallList), col(CallList.site_id) == site.id
        )
    ).scalar()
    return Removal(name, reachable_without(people, entry_id, site, now), needed or DEFAULT_NEED)


def remove_contact(db: Session, actor: Actor, entry_id: UUID, *, sure: bool, now: datetime) -> None:
    """Take somebody off a site's call list. Whoever stands on no other list is forgotten.

    Whoever had said yes is told by mail. The history keeps the name.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such place of this customer (any more).
        LastContactError: nobody else could be called, and the actor is not `sure`.
    """
    actor.require(Right.EDIT_CONTACTS)
    entry = find_entry(db, actor, entry_id)
    site = find_site(db, actor, entry.site_id)
    call_list = call_lists.locked_lists(db, [site], now=now)[site.id]
    people = call_lists.people_on(db, [site.id])[site.id]
    if entry_id not in {each.id for _, each in people}:
        raise NotFoundError
    contact = find_contact(db, actor, entry.contact_id)
    require_another(people, entry_id, site, sure=sure, now=now)
    note(db, actor, ContactEvent.REMOVED, contact, now=now, site_id=site.id)
    trail.record(
        db,
        AuditEvent.CONTACT_REMOVED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )
    if entry.answer == Answer.ACCEPTED:
        mail_contact(db, contact, "contact-removed", {"site": site.name}, now=now)
    db.delete(entry)
    call_lists.put_in_order(db, [each for _, each in people if each.id != entry_id])
    forget_unless_listed(db, actor, contact, now=now)
    call_lists.changed(db, [call_list], now=now)


def reachable_without(people: call_lists.People, entry_id: UUID, site: Site, now: datetime) -> int:
    """How many others on the list can be reached today."""
    others = [(contact, entry) for contact, entry in people if entry.id != entry_id]
    return reachable(others, today(now, site.country))


def require_another(
    people: call_lists.People, entry_id: UUID, site: Site, *, sure: bool, now: datetime
) -> None:
    """Go on if others can be reached, if this person cannot anyway, or if somebody is `sure`.

    Raises:
        LastContactError: the site's last reachable contact would vanish without an explicit yes.
    """
    this = [(contact, entry) for contact, entry in people if entry.id == entry_id]
    is_called = reachable(this, today(now, site.country)) > 0
    if is_called and not sure and reachable_without(people, entry_id, site, now) == 0:
        raise LastContactError("sure")


def forget_unless_listed(
    db: Session, actor: Actor, contact: AlarmContact, *, now: datetime
) -> None:
    """Remove the person's row once they stand on none of the customer's lists."""
    db.flush()
    listed = db.execute(
        select(col(CallListEntry.id))
        .where(owned_by(actor, CallListEntry), col(CallListEntry.contact_id) == contact.id)
        .limit(1)
    ).scalar()
    if listed is not None:
        return
    withdraw_pending(db, contact, now=now)
    tie_to_account(db, contact)
    db.delete(contact)
    db.flush()
