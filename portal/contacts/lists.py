"""What pages show of call lists: every site in a line, or to choose from, and one list in full.

The statements select columns and are written once: a customer may have 50 sites and 500 contacts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlmodel import Session, col

from portal.actor import Actor, Right, owned, scope
from portal.contacts.call_lists import DEFAULT_NEED
from portal.contacts.models import AlarmContact, CallList, CallListEntry, StationFeed
from portal.contacts.standing import (
    ContactStatus,
    is_held,
    is_reachable,
    status_of,
)
from portal.customers.addresses import one_line
from portal.customers.models import Site
from portal.customers.moves import today
from portal.database import columns
from portal.errors import NotFoundError
from portal.invitations.models import Invitation


@dataclass(frozen=True)
class SiteLine:
    """One site: how many people are on its list, and how many of them can be reached today.

    `not_told` counts those who were imported and whom nobody has confirmed. `lights` says of
    each, in order, whether they can be reached.
    """

    site_id: UUID
    name: str
    address: str
    people: int
    reachable: int
    needed: int
    not_told: int
    lights: tuple[bool, ...]


@dataclass(frozen=True)
class SiteChoice:
    """A site to choose: how many people are on its list, and how many can be reached today."""

    site_id: UUID
    name: str
    people: int
    reachable: int


@dataclass(frozen=True)
class ContactLine:
    """One person on a list, as the customer may see them.

    `phone` is what the customer typed; `own_number` says that the person gave another one, which
    the customer does not see.
    """

    entry_id: UUID
    contact_id: UUID
    number: int
    name: str
    phone: str
    email: str
    locale: str
    relation: str
    role: str
    key_holder: bool
    valid_from: date | None
    valid_until: date | None
    status: ContactStatus
    reachable: bool
    paused_until: date | None
    own_number: bool
    may_be_reminded: bool
    may_be_invited: bool
    has_code_word: bool
    has_account: bool
    version: int


@dataclass(frozen=True)
class CallListView:
    """A site's call list. `saved_at` is when it last changed, None if it never had anybody.

    `without_email` counts those who could have an account and the notice; `not_told` those who
    were imported and whom nobody has confirmed.
    """

    site_id: UUID
    name: str
    address: str
    version: int
    needed: int
    reachable: int
    without_email: int
    not_told: int
    can_undo: bool
    station_has_it: bool
    saved_at: datetime | None
    people: tuple[ContactLine, ...]


@dataclass(frozen=True)
class KnownContact:
    """Somebody from the customer's other lists, with the names of those sites."""

    contact_id: UUID
    name: str
    sites: tuple[str, ...]


_SITES = (
    select(
        col(Site.id),
        col(Site.name),
        col(Site.address),
        col(Site.postal_code),
        col(Site.city),
        col(Site.country),
        col(CallList.needed),
    )
    .outerjoin(CallList, col(CallList.site_id) == col(Site.id))
    .where(owned(Site))
    .order_by(col(Site.created_at), col(Site.name), col(Site.id))
)
# What `standing.py` asks of a contact and an entry, without making models of 500 rows.
_STANDING = (
    select(
        col(CallListEntry.site_id),
        col(CallListEntry.answer),
        col(CallListEntry.valid_from),
        col(CallListEntry.valid_until),
        col(CallListEntry.paused_from),
        col(CallListEntry.paused_until),
        col(AlarmContact.phone),
        col(AlarmContact.own_phone),
        col(AlarmContact.batch_id),
        col(AlarmContact.released_at),
    )
    .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
    .where(owned(CallListEntry))
    .order_by(col(CallListEntry.site_id), col(CallListEntry.position))
)
# People about whom `is_reachable` asks the same are one row: 500 people are a hundred.
_ALIKE = (
    col(CallListEntry.site_id),
    col(CallListEntry.answer),
    col(CallListEntry.valid_from),
    col(CallListEntry.valid_until),
    col(CallListEntry.paused_from),
    col(CallListEntry.paused_until),
)
_REACH = (
    select(
        *_ALIKE,
        func.max(col(AlarmContact.phone)).label("phone"),
        func.max(col(AlarmContact.own_phone)).label("own_phone"),
        func.count().label("people"),
    )
    .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
    .where(owned(CallListEntry))
    .group_by(*_ALIKE, col(AlarmContact.phone) != "", col(AlarmContact.own_phone) != "")
)
_CHOICES = (
    select(col(Site.id), col(Site.name), col(Site.country))
    .where(owned(Site))
    .order_by(col(Site.created_at), col(Site.name), col(Site.id))
)
_STATE_OF_CHOICES = (
    select(
        func.count(),
        func.coalesce(func.sum(col(Site.version)), 0),
        func.coalesce(func.max(col(CallList.version)), 0),
    )
    .select_from(Site)
    .outerjoin(CallList, col(CallList.site_id) == col(Site.id))
    .where(owned(Site))
)
_SITE = (
    select(Site, CallList)
    .outerjoin(CallList, col(CallList.site_id) == col(Site.id))
    .where(owned(Site), col(Site.id) == bindparam("site", type_=Uuid()))
)
_PEOPLE = (
    select(
        *_ALIKE,
        col(CallListEntry.id).label("entry_id"),
        col(CallListEntry.position),
        col(CallListEntry.role),
        col(CallListEntry.key_holder),
        col(AlarmContact.id).label("contact_id"),
        col(AlarmContact.user_id),
        col(AlarmContact.name),
        col(AlarmContact.phone),
        col(AlarmContact.own_phone),
        col(AlarmContact.email),
        col(AlarmContact.locale),
        col(AlarmContact.relation),
        col(AlarmContact.code_word).is_not(None).label("has_code_word"),
        col(AlarmContact.invitation_state),
        col(AlarmContact.invited_until),
        col(AlarmContact.batch_id),
        col(AlarmContact.released_at),
        col(AlarmContact.version),
        col(Invitation.id).label("pending"),
        col(Invitation.reminded_at),
    )
    .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
    .outerjoin(
        Invitation,
        (col(Invitation.contact_id) == col(AlarmContact.id)) & col(Invitation.ended_at).is_(None),
    )
    .where(owned(CallListEntry), col(CallListEntry.site_id) == bindparam("site", type_=Uuid()))
    .order_by(col(CallListEntry.position))
)
_ELSEWHERE = (
    select(
        col(AlarmContact.id).label("contact_id"),
        col(AlarmContact.name),
        col(Site.id).label("site_id"),
        col(Site.name).label("site_name"),
    )
    .join(CallListEntry, col(CallListEntry.contact_id) == col(AlarmContact.id))
    .join(Site, col(Site.id) == col(CallListEntry.site_id))
    .where(owned(AlarmContact), col(AlarmContact.phone) != "")  # whoever left has no number
    .order_by(col(AlarmContact.name), col(AlarmContact.id), col(Site.name))
)


def site_lines(db: Session, actor: Actor, *, now: datetime) -> list[SiteLine]:
    """The customer's sites, the oldest first, each with how its call list stands today.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
    """
    actor.require(Right.EDIT_CONTACTS)
    people: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in columns(db, _STANDING, scope(actor)):
        people[row.site_id].append(row)
    days: dict[str, date] = {}
    lines: list[SiteLine] = []
    rows: Iterable[Any] = columns(db, _SITES, scope(actor))
    for site in rows:
        day = days.setdefault(site.country, today(now, site.country))
        listed = people[site.id]
        lights = tuple(is_reachable(row, row, day) for row in listed)
        lines.append(
            SiteLine(
                site_id=site.id,
                name=site.name,
                address=f"{site.address}, {site.postal_code} {site.city}",
                people=len(listed),
                reachable=sum(lights),
                needed=site.needed or DEFAULT_NEED,
                not_told=sum(is_held(row) for row in listed),
                lights=lights,
            )
        )
    return lines


def state_of_choices(db: Session, actor: Actor, *, now: datetime) -> str:
    """As long as this is the same, `site_choices` are: no site has been added or changed, no list
    has another version, and no day has ended.
    """
    row: Any = columns(db, _STATE_OF_CHOICES, scope(actor)).one()
    return f"{' '.join(map(str, row))} {now:%Y-%m-%dT%H}"


def site_choices(db: Session, actor: Actor, *, now: datetime) -> list[SiteChoice]:
    """The customer's sites, the oldest first, as cheaply as they can be had.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
    """
    actor.require(Right.EDIT_CONTACTS)
    alike: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in columns(db, _REACH, scope(actor)):
        alike[row.site_id].append(row)
    days: dict[str, date] = {}
    choices: list[SiteChoice] = []
    for site in columns(db, _CHOICES, scope(actor)):
        day = days.get(site.country) or days.setdefault(site.country, today(now, site.country))
        listed = alike[site.id]
        choices.append(
            SiteChoice(
                site.id,
                site.name,
                people=sum(row.people for row in listed),
                reachable=sum(row.people for row in listed if is_reachable(row, row, day)),
            )
        )
    return choices


def call_list(db: Session, actor: Actor, site_id: UUID, *, now: datetime) -> CallListView:
    """One site's call list.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such site of this customer.
    """
    actor.require(Right.EDIT_CONTACTS)
    values = {**scope(actor), "site": site_id}
    found = db.execute(_SITE, values).first()
    if found is None:
        raise NotFoundError
    site, kept = found
    day = today(now, site.country)
    rows: Sequence[Any] = columns(db, _PEOPLE, values).all()
    people = tuple(_line(row, day=day, now=now) for row in rows)
    acknowledged = db.execute(select(col(StationFeed.acknowledged_version))).scalar_one()
    return CallListView(
        site_id=site.id,
        name=site.name,
        address=one_line(site),
        version=kept.version if kept else 0,
        needed=kept.needed if kept else DEFAULT_NEED,
        reachable=sum(person.reachable for person in people),
        without_email=sum(person.status is ContactStatus.NO_EMAIL for person in people),
        not_told=sum(is_held(row) for row in rows),
        can_undo=kept is not None and kept.order_before is not None,
        station_has_it=kept is not None and kept.version <= acknowledged,
        saved_at=kept.changed_at if kept and kept.version else None,
        people=people,
    )


def known_contacts(db: Session, actor: Actor, site_id: UUID) -> list[KnownContact]:
    """The people of the customer's other lists who are not on this one, by name.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
    """
    actor.require(Right.EDIT_CONTACTS)
    names: dict[UUID, str] = {}
    sites: defaultdict[UUID, list[str]] = defaultdict(list)
    here: set[UUID] = set()
    for row in columns(db, _ELSEWHERE, scope(actor)):
        names[row.contact_id] = row.name
        sites[row.contact_id].append(row.site_name)
        if row.site_id == site_id:
            here.add(row.contact_id)
    return [
        KnownContact(contact_id, name, tuple(sites[contact_id]))
        for contact_id, name in names.items()
        if contact_id not in here
    ]


def _line(row: Any, *, day: date, now: datetime) -> ContactLine:
    """A row of `_PEOPLE`, which stands for the contact and the entry."""
    status = status_of(row, row, day=day, now=now)
    pending = row.pending is not None and row.reminded_at is None
    return ContactLine(
        entry_id=row.entry_id,
        contact_id=row.contact_id,
        number=row.position,
        name=row.name,
        phone=row.phone,
        email=row.email,
        locale=row.locale,
        relation=row.relation,
        role=row.role,
        key_holder=row.key_holder,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        status=status,
        reachable=is_reachable(row, row, day),
        paused_until=row.paused_until,
        own_number=bool(row.own_phone),
        may_be_reminded=status is ContactStatus.INVITED and pending,
        may_be_invited=status is ContactStatus.NO_ANSWER,
        has_code_word=row.has_code_word,
        has_account=row.user_id is not None,
        version=row.version,
    )
