"""What the monitoring station gets: versioned call lists, and its word that it has them.

Every change of a list takes the next number of one sequence under its lock (`call_lists.changed`),
so that numbers become visible in their order: whoever always asks for what came after the last
answer's version misses nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.code_words import word_of
from portal.contacts.models import AlarmContact, Answer, CallList, CallListEntry, StationFeed
from portal.contacts.standing import effective_locale, effective_phone
from portal.customers.models import Customer, Site
from portal.errors import InvalidValueError

PAGE = 500  # lists in one answer, or a few more where they changed together


class CalledPerson(BaseModel):
    """Somebody to call, in this order. The station applies the days: it calls nobody before
    `valid_from`, after `valid_until`, or from `paused_from` to `paused_until`.
    """

    name: str
    phone: str = Field(description="E.164", pattern=r"^\+[0-9]{6,15}$")
    language: str = Field(description="nb, en, sv, da or fi")
    role: str = Field(description="decide: may decide; cancel: may only cancel a false alarm")
    key_holder: bool
    code_word: str = Field(description="empty: none is agreed")
    valid_from: date | None
    valid_until: date | None
    paused_from: date | None
    paused_until: date | None


class SiteCallList(BaseModel):
    """A site's whole call list; `people` is empty where nobody is left."""

    site_id: UUID
    customer_number: str
    customer: str
    site: str
    address: str
    postal_code: str
    city: str
    country: str
    version: int
    needed: int
    people: list[CalledPerson]


class CallLists(BaseModel):
    """The lists that changed after `since`. Ask again with `since=version`, at once if `more`."""

    version: int
    more: bool
    call_lists: list[SiteCallList]


class Acknowledgement(BaseModel, extra="forbid", strict=True):
    """The station has every list up to this version."""

    version: int = Field(ge=0)


@dataclass(frozen=True)
class StationState:
    """How far the monitoring station has come. Times are None before its first call."""

    version: int
    fetched_at: datetime | None
    acknowledged_version: int
    acknowledged_at: datetime | None


def fetch_call_lists(db: Session, actor: Actor, *, since: int, now: datetime) -> CallLists:
    """Every list that changed after the version `since`, whole, in at most one page.

    Raises:
        NotAllowedError: only a part of SensorNordic fetches them.
    """
    actor.require_system()
    newest = _feed(db).version
    changed = db.execute(
        select(CallList, Site, Customer)
        .join(Site, col(Site.id) == col(CallList.site_id))
        .join(Customer, col(Customer.id) == col(CallList.customer_id))
        .where(col(CallList.version) > since, col(CallList.version) <= _last(db, since, newest))
        .order_by(col(CallList.version), col(CallList.site_id))
    ).all()
    people = _people(db, [site.id for _, site, _ in changed])
    version = changed[-1][0].version if changed else newest
    more = bool(changed) and version < _newest_listed(db, newest)
    db.execute(update(StationFeed).values(fetched_at=now))
    trail.record(db, AuditEvent.CALL_LISTS_FETCHED, actor, now=now, since=since, lists=len(changed))
    return CallLists(
        version=version if more else newest,
        more=more,
        call_lists=[
            _site_list(call_list, site, customer, people[site.id])
            for call_list, site, customer in changed
        ],
    )


def acknowledge_call_lists(db: Session, actor: Actor, *, version: int, now: datetime) -> None:
    """The station has everything up to this version. An older word than its last changes nothing.

    Raises:
        NotAllowedError: only a part of SensorNordic acknowledges.
        InvalidValueError: `version-unknown`: there is no such version yet.
    """
    actor.require_system()
    feed = _feed(db, lock=True)
    if version > feed.version:
        raise InvalidValueError("version-unknown", "version")
    if version <= feed.acknowledged_version:
        return
    feed.acknowledged_version, feed.acknowledged_at = version, now
    db.add(feed)
    trail.record(db, AuditEvent.CALL_LISTS_ACKNOWLEDGED, actor, now=now, version=version)


def station_state(db: Session) -> StationState:
    """How far the monitoring station has come, for the pages that say so."""
    feed = _feed(db)
    return StationState(
        feed.version, feed.fetched_at, feed.acknowledged_version, feed.acknowledged_at
    )


def _feed(db: Session, *, lock: bool = False) -> StationFeed:
    statement = select(StationFeed).execution_options(populate_existing=True)
    return db.execute(statement.with_for_update() if lock else statement).scalar_one()


def _last(db: Session, since: int, newest: int) -> int:
    """The version at which a page ends: lists that changed together are never parted."""
    page = (
        select(col(CallList.version))
        .where(col(CallList.version) > since, col(CallList.version) <= newest)
        .order_by(col(CallList.version))
        .limit(PAGE)
        .subquery()
    )
    return db.execute(select(func.max(page.c.version))).scalar() or newest


def _newest_listed(db: Session, newest: int) -> int:
    """The newest version that a list still has: many versions are overtaken by later ones."""
    found = db.execute(
        select(func.max(col(CallList.version))).where(col(CallList.version) <= newest)
    )
    return found.scalar() or 0


def _people(
    db: Session, sites: Iterable[UUID]
) -> defaultdict[UUID, list[tuple[AlarmContact, CallListEntry]]]:
    """Who may be called at these sites, in order."""
    found: defaultdict[UUID, list[tuple[AlarmContact, CallListEntry]]] = defaultdict(list)
    rows = db.execute(
        select(AlarmContact, CallListEntry)
        .join(CallListEntry, col(CallListEntry.contact_id) == col(AlarmContact.id))
        .where(
            col(CallListEntry.site_id).in_(list(sites)),
            col(CallListEntry.answer).in_([Answer.NONE.value, Answer.ACCEPTED.value]),
        )
        .order_by(col(CallListEntry.site_id), col(CallListEntry.position))
    )
    for contact, entry in rows:
        found[entry.site_id].append((contact, entry))
    return found


def _site_list(
    call_list: CallList,
    site: Site,
    customer: Customer,
    people: list[tuple[AlarmContact, CallListEntry]],
) -> SiteCallList:
    return SiteCallList(
        site_id=site.id,
        customer_number=customer.number,
        customer=customer.name,
        site=site.name,
        address=site.address,
        postal_code=site.postal_code,
        city=site.city,
        country=site.country,
        version=call_list.version,
        needed=call_list.needed,
        people=[
            CalledPerson(
                name=contact.name,
                phone=effective_phone(contact),
                language=effective_locale(contact),
                role=entry.role,
                key_holder=entry.key_holder,
                code_word=word_of(contact),
                valid_from=entry.valid_from,
                valid_until=entry.valid_until,
                paused_from=entry.paused_from,
                paused_until=entry.paused_until,
            )
            for contact, entry in people
        ],
    )
