"""Who reads an access log: under which names the trail knows them, and by which customers and call
lists something concerns them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import RIGHTS, Actor, Right, Role
from portal.audit import trail
from portal.contacts.models import AlarmContact, Answer, CallListEntry
from portal.customers.models import Customer, Member
from portal.privacy.models import Deletion

CALLED = (Answer.NONE.value, Answer.ACCEPTED.value)


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a reader to a customer: since when they are its member in this role; or, without
    a role, that they are its alarm contact.
    """

    customer_id: UUID
    name: str
    role: Role | None = None
    since: datetime | None = None

    def may(self, right: Right) -> bool:
        return self.role is not None and self.role in RIGHTS[right]


@dataclass(frozen=True, slots=True)
class Listed:
    """The call list of a site on which the reader stands, by its name in the trail."""

    site: str
    since: datetime


@dataclass(frozen=True, slots=True)
class LogReader:
    """`mine` are the reader's own names in the trail, `ties` their customers by theirs, `lists`
    the call lists of customers that they are no members of.
    """

    me: str
    mine: tuple[str, ...]
    ties: dict[str, Tie]
    lists: tuple[Listed, ...]


def log_reader_of(db: Session, actor: Actor) -> LogReader:
    """The actor as a reader of their own log.

    Raises:
        NotAllowedError: no person reads.
    """
    me = trail.pseudonym("user", actor.user)
    memberships = list(_memberships(db, actor))
    places = _places(db, actor)
    member_of = {tie.customer_id for tie in memberships}
    ties = [Tie(place.customer_id, place.customer) for place in places] + memberships
    return LogReader(
        me=me,
        mine=(me, *sorted({trail.pseudonym("contact", place.contact_id) for place in places})),
        ties={trail.pseudonym("customer", tie.customer_id): tie for tie in ties},
        lists=tuple(
            Listed(trail.pseudonym("site", place.site_id), place.since)
            for place in places
            if place.site_id and place.since and place.customer_id not in member_of
        ),
    )


@dataclass
class Names:
    """Who is who, as far as a reader may know. Read when somebody's name is first asked for."""

    db: Session
    reader: LogReader
    _people: dict[str, dict[str, str]] = field(default_factory=dict)
    _deleted: dict[str, bool] = field(default_factory=dict)

    def name(self, customer: str, person: str) -> str:
        """What a member or alarm contact of this customer is called; empty for nobody known."""
        if customer not in self._people:
            self._people[customer] = dict(self._known(customer))
        return self._people[customer].get(person, "")

    def is_deleted(self, person: str) -> bool:
        """Whether somebody's account is known to have been deleted."""
        if person not in self._deleted:
            ledger = select(col(Deletion.id)).where(
                col(Deletion.person) == person,
                col(Deletion.erased_at).is_not(None),
                col(Deletion.customer) == "",  # an account, not one membership
            )
            self._deleted[person] = self.db.execute(ledger.limit(1)).first() is not None
        return self._deleted[person]

    def _known(self, customer: str) -> Iterator[tuple[str, str]]:
        tie = self.reader.ties.get(customer)
        if tie is None:
            return
        if tie.may(Right.EDIT_CONTACTS):
            yield from _contacts(self.db, tie)
        if tie.may(Right.INVITE_COLLEAGUES):
            yield from _members(self.db, tie)


@dataclass(frozen=True, slots=True)
class _Place:
    """One entry of the reader as alarm contact; with the site of a list on which they stand."""

    contact_id: UUID
    customer_id: UUID
    customer: str
    site_id: UUID | None
    since: datetime | None


def _memberships(db: Session, actor: Actor) -> Iterator[Tie]:
    rows = db.execute(
        select(
            col(Member.customer_id), col(Customer.name), col(Member.role), col(Member.created_at)
        )
        .join(Customer, col(Customer.id) == col(Member.customer_id))
        .where(col(Member.user_id) == actor.user)
    )
    for customer_id, name, role, since in rows:
        yield Tie(customer_id, name, Role(role), since)


def _places(db: Session, actor: Actor) -> list[_Place]:
    rows = db.execute(
        select(
            col(AlarmContact.id),
            col(AlarmContact.customer_id),
            col(Customer.name),
            col(CallListEntry.site_id),
            col(CallListEntry.created_at),
        )
        .join(Customer, col(Customer.id) == col(AlarmContact.customer_id))
        .outerjoin(
            CallListEntry,
            (col(CallListEntry.contact_id) == col(AlarmContact.id))
            & col(CallListEntry.answer).in_(CALLED),
        )
        .where(col(AlarmContact.user_id) == actor.user)
    )
    return [_Place(*row) for row in rows]


def _contacts(db: Session, tie: Tie) -> Iterator[tuple[str, str]]:
    """The customer's alarm contacts, by what the customer calls them."""
    rows = db.execute(
        select(col(AlarmContact.id), col(AlarmContact.user_id), col(AlarmContact.name)).where(
            col(AlarmContact.customer_id) == tie.customer_id
        )
    )
    for contact_id, user_id, name in rows:
        yield trail.pseudonym("contact", contact_id), name
        if user_id is not None:
            yield trail.pseudonym("user", user_id), name


def _members(db: Session, tie: Tie) -> Iterator[tuple[str, str]]:
    rows = db.execute(
        select(col(User.id), col(User.name))
        .join(Member, col(Member.user_id) == col(User.id))
        .where(col(Member.customer_id) == tie.customer_id)
    )
    for user_id, name in rows:
        yield trail.pseudonym("user", user_id), name
