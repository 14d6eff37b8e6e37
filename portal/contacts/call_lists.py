"""A site's call list as a whole: locking it, its order, and the version that others ask for.

**Order of locks**: the call lists of the sites concerned, in the order of the sites' ids; then
contacts and entries; then invitations; then people's accounts; `changed` takes the station's feed
as the very last. Whoever adds a person or changes a number holds the customer before all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col

from portal.contacts.models import AlarmContact, CallList, CallListEntry, StationFeed
from portal.customers.models import Site
from portal.customers.site_changes import register_site_listener

DEFAULT_NEED = 2  # reachable contacts, unless SensorNordic says otherwise for a site

People = list[tuple[AlarmContact, CallListEntry]]


def locked_lists(db: Session, sites: Iterable[Site], *, now: datetime) -> dict[UUID, CallList]:
    """The call lists of these sites, which nobody else changes before this transaction ends.

    A list comes into being here, with its site's first contact. The caller has found the sites
    through the tenant scope.
    """
    owners = {site.id: site.customer_id for site in sites}
    if not owners:
        return {}
    insert: Any = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [
        {
            "site_id": site,
            "customer_id": owners[site],
            "version": 0,
            "needed": DEFAULT_NEED,
            "changed_at": now,
        }
        for site in sorted(owners)
    ]
    db.execute(insert(CallList).on_conflict_do_nothing(), rows)
    found = db.execute(
        select(CallList)
        .where(col(CallList.site_id).in_(owners))
        .order_by(col(CallList.site_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.site_id: each for each in found.scalars()}


def people_on(db: Session, site_ids: Iterable[UUID]) -> dict[UUID, People]:
    """Everybody on these lists, in order; also those who are not called."""
    wanted = list(site_ids)
    found: dict[UUID, People] = {site: [] for site in wanted}
    rows = db.execute(
        select(AlarmContact, CallListEntry)
        .join(CallListEntry, col(CallListEntry.contact_id) == col(AlarmContact.id))
        .where(col(CallListEntry.site_id).in_(wanted))
        .order_by(col(CallListEntry.site_id), col(CallListEntry.position))
        .execution_options(populate_existing=True)
    )
    for contact, entry in rows:
        found[entry.site_id].append((contact, entry))
    return found


def put_in_order(db: Session, entries: Sequence[CallListEntry]) -> None:
    """Number the entries of one list from 1, in this order.

    In two steps, because the database allows no two people on one place, not even for a moment.
    """
    db.flush()
    for step in (-1, 1):
        for place, entry in enumerate(entries, start=1):
            entry.position = step * place
            db.add(entry)
        db.flush()


def changed(db: Session, lists: Iterable[CallList], *, now: datetime) -> None:
    """Give the lists their next version, as the last act of a service that changed them.

    What the monitoring station has is older from now on. The one move that could be undone no
    longer can.
    """
    touched = list(lists)
    if not touched:
        return
    db.flush()
    next_version = db.execute(
        update(StationFeed)
        .values(version=col(StationFeed.version) + 1)
        .returning(col(StationFeed.version))
    ).scalar_one()
    for each in touched:
        each.version = next_version
        each.changed_at = now
        each.order_before = None
        db.add(each)
    db.flush()


@register_site_listener
def follow_sites(db: Session, sites: Sequence[Site], now: datetime) -> None:
    """Let the monitoring station fetch the lists of sites that were renamed or have moved."""
    lists = locked_lists(db, sites, now=now)
    changed(db, [each for each in lists.values() if each.version > 0], now=now)


def sites_of(db: Session, contact_id: UUID) -> list[Site]:
    """The sites on whose lists a contact stands, by name. The caller has found the contact."""
    found = db.execute(
        select(Site)
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .where(col(CallListEntry.contact_id) == contact_id)
        .order_by(col(Site.name), col(Site.id))
    )
    return list(found.scalars())
