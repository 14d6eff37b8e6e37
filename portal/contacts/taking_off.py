"""Taking people off every list: because they are erased, or because they said no long ago."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.bars import bar
from portal.contacts.changes import note
from portal.contacts.mailings import gap_at, mail_customer
from portal.contacts.models import AlarmContact, Answer, CallList, CallListEntry, ContactEvent
from portal.contacts.station import station_state
from portal.customers.models import Site

_CALLED = frozenset({Answer.NONE.value, Answer.ACCEPTED.value})


@dataclass(frozen=True)
class TakenOff:
    """`lists` have no next version yet; `places` are the sites at which each person was called."""

    lists: list[CallList]
    places: list[tuple[AlarmContact, Site]]


def contacts_of(db: Session, user_id: UUID) -> list[UUID]:
    """The entries as alarm contact that are connected with an account, of whichever customer."""
    mine = select(col(AlarmContact.id)).where(col(AlarmContact.user_id) == user_id)
    return list(db.execute(mine.order_by(col(AlarmContact.id))).scalars())


def empty_lists(db: Session, actor: Actor, customer_id: UUID, *, now: datetime) -> bool:
    """Remove all alarm contacts of a customer whose contract has ended; False if there are none."""
    everybody = select(col(AlarmContact.id)).where(col(AlarmContact.customer_id) == customer_id)
    gone = set(db.execute(everybody).scalars())
    if not gone:
        return False
    taken = take_off_lists(db, actor, gone, ContactEvent.REMOVED, now=now)
    db.execute(delete(AlarmContact).where(col(AlarmContact.customer_id) == customer_id))
    call_lists.changed(db, taken.lists, now=now)
    return True


def station_has_lists_of(db: Session, customer_id: UUID) -> bool:
    """Whether the monitoring station has acknowledged the customer's lists as they are."""
    newest = select(func.max(col(CallList.version))).where(col(CallList.customer_id) == customer_id)
    return (db.execute(newest).scalar() or 0) <= station_state(db).acknowledged_version


def hold_lists(db: Session, contacts: Collection[UUID], *, now: datetime) -> None:
    """Let nobody else change the lists of these contacts before the transaction ends."""
    call_lists.locked_lists(db, _sites_of(db, contacts).values(), now=now)


def take_off_lists(
    db: Session, actor: Actor, gone: Collection[UUID], what: ContactEvent, *, now: datetime
) -> TakenOff:
    """Take these contacts off their lists, and tell the history. Their own rows stay; the caller
    gives the lists their next version (`finish`) as the last act.
    """
    sites = _sites_of(db, gone)
    lists = call_lists.locked_lists(db, sites.values(), now=now)
    places: list[tuple[AlarmContact, Site]] = []
    for site_id, listed in call_lists.people_on(db, lists).items():
        for contact, entry in listed:
            if contact.id not in gone:
                continue
            note(db, actor, what, contact, now=now, site_id=site_id)
            if entry.answer in _CALLED:
                places.append((contact, sites[site_id]))
            db.delete(entry)
        call_lists.put_in_order(db, [each for _, each in listed if each.contact_id not in gone])
    return TakenOff(list(lists.values()), places)


def leave_every_list(
    db: Session, actor: Actor, gone: Collection[UUID], *, tell: bool, now: datetime
) -> TakenOff:
    """Let people who are being erased leave all their lists: nobody has to agree, the customers
    are told at once (`tell`), and may not name them again for 90 days. `finish` ends it.
    """
    taken = take_off_lists(db, actor, gone, ContactEvent.ERASED, now=now)
    for contact in db.execute(select(AlarmContact).where(col(AlarmContact.id).in_(gone))).scalars():
        bar(db, contact, now=now)
        trail.record(
            db,
            AuditEvent.CONTACT_LEFT,
            actor,
            now=now,
            subject=contact.user_id,
            contact=contact.id,
            customer=contact.customer_id,
        )
    for contact, site in taken.places if tell else ():
        mail_customer(
            db,
            contact.customer_id,
            "contact-left",
            {"contact": contact.name, "reason": "", **gap_at(db, site, now=now)},
            also=contact.told_by,
            now=now,
        )
    return taken


def finish(db: Session, taken: TakenOff, *, now: datetime) -> int | None:
    """Give the lists their next version, as the last act; the version in which the people are
    gone, for the monitoring station, or None if they stood on no list.
    """
    call_lists.changed(db, taken.lists, now=now)
    return station_state(db).version if taken.lists else None


def _sites_of(db: Session, contacts: Collection[UUID]) -> dict[UUID, Site]:
    found = db.execute(
        select(Site)
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .where(col(CallListEntry.contact_id).in_(contacts))
    )
    return {site.id: site for site in found.scalars()}
