"""What is held about somebody: their rows, found by following the data map's columns.

A row belongs to a person by a foreign key to their account, membership or entry as an alarm
contact, or by an address for people without an account. Which columns these are stands in the
tables' own declarations: a table that is added tomorrow is found here without another word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
    true,
    update,
)
from sqlmodel import Session

from portal.audit.trail import pseudonym
from portal.database import metadata
from portal.datamap import (
    DataEntry,
    Erasure,
    Subject,
    entry_of,
    holds_address,
    holds_pseudonym,
)

_OF_USERS = frozenset({"users.id", "members.user_id"})
_OF_MEMBERS = frozenset({"members.id"})
_OF_CONTACTS = frozenset({"alarm_contacts.id"})
_OF_CUSTOMERS = frozenset({"customers.id", "members.customer_id"})


@dataclass(frozen=True)
class Person:
    """Whose rows are looked for: an account, the address that it signs in with, and the entries as
    alarm contact that are the same person's. With `customer_id` only what they are as a member
    of that customer.
    """

    user_id: UUID | None = None
    email: str = ""
    contacts: tuple[UUID, ...] = ()
    customer_id: UUID | None = None


@dataclass(frozen=True)
class Holding:
    """The rows of one table that lead to somebody by one column."""

    table: Table
    link: Column[Any]
    rows: ColumnElement[bool]

    @property
    def entry(self) -> DataEntry:
        return entry_of(self.link)

    @property
    def proven(self) -> bool:
        """Whether the rows are the person's beyond doubt. An address alone says that of mail to
        it, but of no entry on a call list: couples share mailboxes, and people mistype.
        """
        return not (holds_address(self.link) and self.entry.subject is Subject.ALARM_CONTACT)

    @property
    def anonymised(self) -> list[Column[Any]]:
        """What leads to the person in a row that stays."""
        return [
            column
            for column in self.table.columns
            if (entry := entry_of(column)).erasure is Erasure.ANONYMISE
            and (column is self.link or entry.subject is self.entry.subject)
        ]


def holdings(person: Person) -> Iterator[Holding]:
    """Everything that leads to the person, tables before those that refer to them."""
    for table in metadata.sorted_tables:
        for link in table.columns:
            rows = _leading_to(link, person)
            if rows is not None:
                yield Holding(table, link, rows)


def pseudonymous(person: Person) -> Iterator[Holding]:
    """What leads to the person's account by a pseudonym, until the account is gone."""
    if person.user_id is None:
        return
    name = pseudonym("user", person.user_id)
    for table in metadata.sorted_tables:
        for link in table.columns:
            if holds_pseudonym(link):
                yield Holding(table, link, link == name)


def erase(db: Session, person: Person) -> None:
    """Do what the data map says of each column: rows that are proven to be the person's go, and in
    those that stay nothing leads to them. Doing it twice changes nothing.
    """
    db.flush()
    for holding in reversed([each for each in holdings(person) if each.proven]):
        if holding.entry.erasure is Erasure.ERASE:
            db.execute(delete(holding.table).where(holding.rows))
        elif holding.entry.erasure is Erasure.ANONYMISE:
            blank = {column: None if column.nullable else "" for column in holding.anonymised}
            db.execute(update(holding.table).where(holding.rows).values(blank))
    db.expire_all()


def _leading_to(link: Column[Any], person: Person) -> ColumnElement[bool] | None:
    keys = {each.target_fullname for each in link.foreign_keys}
    targets = {f"{link.table.name}.{link.name}", *keys}
    if person.customer_id is not None:
        return _as_member(link, targets, person)
    if person.user_id is not None and targets & _OF_USERS:
        return link == person.user_id
    if person.user_id is not None and targets & _OF_MEMBERS and link.foreign_keys:
        return link.in_(_memberships(person))
    if person.contacts and targets & _OF_CONTACTS:
        return link.in_(person.contacts)
    if person.email and holds_address(link):
        return and_(func.lower(link) == person.email.lower(), _nobody_else_s(link, person))
    return None


def _memberships(person: Person) -> Select[tuple[UUID]]:
    members = metadata.tables["members"]
    return select(members.c.id).where(members.c.user_id == person.user_id)


def _nobody_else_s(link: Column[Any], person: Person) -> ColumnElement[bool]:
    """An address may have passed on: what its earlier owner has made theirs stays theirs."""
    accounts = [
        column
        for column in link.table.columns
        if entry_of(column).subject is entry_of(link).subject
        and any(key.target_fullname == "users.id" for key in column.foreign_keys)
    ]
    return and_(true(), *(or_(each.is_(None), each == person.user_id) for each in accounts))


def _as_member(link: Column[Any], targets: set[str], person: Person) -> ColumnElement[bool] | None:
    """As `_leading_to`, within what belongs to one customer; a session belongs to the account."""
    if not targets & _OF_USERS or entry_of(link).subject is Subject.ALARM_CONTACT:
        return None
    for column in link.table.columns:
        for key in column.foreign_keys:
            if key.target_fullname in _OF_CUSTOMERS and key.ondelete == "CASCADE":
                return and_(link == person.user_id, column == person.customer_id)
    return None
