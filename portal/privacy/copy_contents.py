"""What stands in a copy of somebody's data (GDPR articles 15 and 20), read row by row.

A person's copy has two halves. What leads to the person (`holdings.py`) is theirs: of each such row
what is about them, as the data map's columns say. For each customer they act for comes what
their role may see of the customer, and of its alarm contacts what the customer has typed: never
what a contact said of themselves. Nothing here names a table's columns: one that is added tomorrow
stands in tomorrow's copy.

Rows are tuples in the order of a part's fields. They are read while the caller takes them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy import false as sql_false
from sqlmodel import Session

from portal import datamap
from portal.actor import RIGHTS, Actor, Right, Role
from portal.audit import trail
from portal.customers.acting import customers_of
from portal.customers.models import CustomerKind
from portal.customers.organisation_numbers import masked
from portal.database import metadata
from portal.datamap import (
    DataEntry,
    Export,
    Purpose,
    Retention,
    Source,
    Subject,
    entry_of,
    holds_address,
)
from portal.notices.controller import home_country
from portal.notices.kinds import KINDS, kind_of
from portal.privacy.access_log import every_entry
from portal.privacy.holdings import Holding, Person, holdings

LOG = "access-log"
ROWS_AT_ONCE = 500
MASK = "••••"
# Rows of these belong to what the key leads to, which readers know by name, not by an id.
_NAMED = {
    "customers.id": ("customer", "customers"),
    "members.customer_id": ("customer", "customers"),
    "sites.id": ("site", "sites"),
    "alarm_contacts.id": ("contact", "alarm_contacts"),
}
# What `details` tell that means something to readers; ids of the portal's own rows do not.
DETAILS = ("email", "fields", "to")
# Which columns are told, and as whom they are read.
_Told = tuple[tuple[Column[Any], ...], Role | None]
_PORTABLE = ("6(1)(a)", "6(1)(b)")


class About(StrEnum):
    """Which half of a copy a part belongs to."""

    PERSON = "person"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Field:
    """One thing that a part tells of each of its rows, and why it is kept at all.

    `column` is the column it is read from, or the one by which its name is found.
    """

    name: str
    column: str
    kind: str
    entry: DataEntry
    bases: dict[datamap.Person, str]

    @property
    def portable(self) -> bool:
        """Whether article 20 applies: the person gave it, by consent or for a contract."""
        by_right = any(each in basis for basis in self.bases.values() for each in _PORTABLE)
        return self.entry.source is Source.PERSON and by_right


@dataclass(frozen=True)
class Part:
    """The rows of one table that a copy has."""

    about: About
    name: str
    fields: tuple[Field, ...]
    rows: Iterable[tuple[Any, ...]] = field(repr=False)


@dataclass(frozen=True)
class Membership:
    """A customer that the reader acts for."""

    customer_id: UUID
    name: str
    role: Role
    personal: bool


@dataclass(frozen=True)
class Reader:
    """Whose copy it is: the person, for whom they act, and in what capacities we meet them."""

    actor: Actor
    person: Person
    name: str
    memberships: tuple[Membership, ...]
    capacities: frozenset[datamap.Person]


@dataclass(frozen=True)
class _Rows:
    """Some rows of a table, of which all show the same columns. `role`: as whom they are read."""

    columns: tuple[Column[Any], ...]
    where: ColumnElement[bool]
    role: Role | None = None


def reader_of(db: Session, actor: Actor) -> Reader:
    """Who asks for their copy."""
    users, contacts = metadata.tables["users"], metadata.tables["alarm_contacts"]
    mine = select(users.c.name, users.c.email).where(users.c.id == actor.user)
    name, email = db.execute(mine).one()
    entries = select(contacts.c.id).where(contacts.c.user_id == actor.user)
    person = Person(actor.user, email, tuple(db.execute(entries).scalars()))
    memberships = tuple(_memberships(db, actor))
    capacities = {
        datamap.Person.PRIVATE_CUSTOMER if each.personal else datamap.Person.REPRESENTATIVE
        for each in memberships
    }
    if person.contacts:
        capacities.add(datamap.Person.ALARM_CONTACT)
    return Reader(actor, person, name, memberships, frozenset(capacities))


def _memberships(db: Session, actor: Actor) -> Iterator[Membership]:
    customers = metadata.tables["customers"]
    for choice in customers_of(db, actor):
        kind = select(customers.c.kind).where(customers.c.id == choice.customer_id)
        personal = CustomerKind(db.execute(kind).scalar_one()).personal
        yield Membership(choice.customer_id, choice.name, choice.role, personal)


def parts_of_person(db: Session, reader: Reader) -> Iterator[Part]:
    """What leads to the reader, then what their customers' members may see."""
    for table, found in groupby(_holdings(reader), key=lambda each: each.table):
        told = [_Rows(_about_person(each), each.rows) for each in found]
        if part := _part(db, About.PERSON, table, told, reader):
            yield part
    yield from _parts_of_customers(db, reader, reader.memberships)


def parts_of_customer(db: Session, reader: Reader) -> Iterator[Part]:
    """The company's record: all that its owner may see of it, its team among it.

    Raises:
        NotAllowedError: the reader is no owner.
    """
    reader.actor.require(Right.CLOSE_CUSTOMER)
    own = [each for each in reader.memberships if each.customer_id == reader.actor.customer_id]
    yield from _parts_of_customers(db, reader, own)
    yield _team(db, reader)


def _holdings(reader: Reader) -> Iterator[Holding]:
    """Receipts lead to a person by pseudonym only; they come last."""
    yield from holdings(reader.person)
    receipts = metadata.tables["marketing_receipts"]
    mine = receipts.c.subject == trail.pseudonym("user", reader.actor.user)
    yield Holding(receipts, receipts.c.subject, mine)


def _about_person(holding: Holding) -> tuple[Column[Any], ...]:
    """Which columns of the row are about whom its link leads to.

    An address proves less than an account, for somebody may have mistyped it: by it only what
    serves the same purpose is shown. Of what a person did to others' data, that they did it.
    """
    link = holding.entry

    def is_told(entry: DataEntry) -> bool:
        if holds_address(holding.link):
            return entry.subject is link.subject and entry.purpose is link.purpose
        did = link.purpose is entry.purpose is Purpose.ACCOUNTABILITY and entry.source is Source.USE
        return did or entry.subject is link.subject

    return _shown(holding.table, is_told)


def _parts_of_customers(
    db: Session, reader: Reader, memberships: Sequence[Membership]
) -> Iterator[Part]:
    for table in metadata.sorted_tables:
        owner = _owned_by_customer(table)
        if owner is None:
            continue
        told: list[_Rows] = []
        for role in Role:
            ids = [each.customer_id for each in memberships if each.role is role]
            if ids:
                columns = _shown(table, lambda entry, role=role: _may_see(entry, role))
                told.append(_Rows(columns, owner.in_(ids), role))
        if part := _part(db, About.CUSTOMER, table, told, reader):
            yield part


def _owned_by_customer(table: Table) -> Column[Any] | None:
    if table.name == "customers":
        return table.c.id
    for column in table.columns:
        for key in column.foreign_keys:
            if key.target_fullname == "customers.id" and key.ondelete == "CASCADE":
                return column
    return None


def _may_see(entry: DataEntry, role: Role) -> bool:
    """What a member in this role sees of the customer and, of its contacts, what it has typed."""
    if entry.subject is Subject.CUSTOMER:
        return entry.purpose is Purpose.MONITORING or role in RIGHTS[Right.SEE_COMPANY]
    return (
        entry.subject is Subject.ALARM_CONTACT
        and entry.source is Source.CUSTOMER
        and entry.retention is Retention.CONTACT_END
    )


def _shown(table: Table, is_told: Callable[[DataEntry], bool]) -> tuple[Column[Any], ...]:
    """The columns that a copy may show and that this one tells; a key to a row is no column."""
    return tuple(
        column
        for column in table.columns
        if (entry := entry_of(column)).export is not Export.WITHHELD
        and not column.foreign_keys
        and is_told(entry)
    )


def _part(
    db: Session, about: About, table: Table, told: Sequence[_Rows], reader: Reader
) -> Part | None:
    """The rows as one part; None where nothing of them is shown.

    A row that leads to somebody by two links is told once, by the link that tells more.
    """
    groups: dict[_Told, list[ColumnElement[bool]]] = {}
    for each in told:
        if each.columns:
            groups.setdefault((each.columns, each.role), []).append(each.where)
    if not groups:
        return None
    names = list(_names(table))
    shown = {column for columns, _role in groups for column in columns}
    columns = [column for column in table.columns if column in shown]
    fields = [
        *[_field(name, key, reader) for name, key, _target in names],
        *[_field(column.name, column, reader) for column in columns],
    ]
    rows = _in_turn(db, table, columns, groups, reader)
    return Part(about, table.name.replace("_", "-"), tuple(fields), rows)


def _in_turn(
    db: Session,
    table: Table,
    columns: Sequence[Column[Any]],
    groups: dict[_Told, list[ColumnElement[bool]]],
    reader: Reader,
) -> Iterator[tuple[Any, ...]]:
    already: ColumnElement[bool] = sql_false()
    for (shown, role), conditions in sorted(groups.items(), key=lambda each: -len(each[0][0])):
        where = or_(*conditions)
        untold = and_(where, not_(func.coalesce(already, sql_false())))
        actor = replace(reader.actor, role=role)
        places = [shown.index(each) if each in shown else None for each in columns]
        statement = _statement(table, shown, untold)
        with db.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}) as found:
            for row in found:
                values = dict(zip(shown, row, strict=False))
                cells = [_cell(values, column, actor) for column in shown]
                names = row[len(shown) :]
                yield (*names, *(None if each is None else cells[each] for each in places))
        already = or_(already, where)


def _statement(
    table: Table, columns: Sequence[Column[Any]], where: ColumnElement[bool]
) -> Select[Any]:
    """These columns, and no other is even read; then the names of what the rows belong to."""
    joined: FromClause = table
    named: dict[str, ColumnElement[Any]] = {}
    for name, key, target in _names(table):
        other = metadata.tables[target].alias(f"named_{name}")
        joined = joined.outerjoin(other, other.c.id == key)
        named[name] = other.c.name.label(f"named_{name}")
    places = [named[name] for name in ("customer", "site") if name in named]
    order = [table.c[name] for name in ("position", "at", "created_at") if name in table.c]
    chosen = select(*columns, *named.values()).select_from(joined).where(where)
    return chosen.order_by(*places, *order[:1], *table.primary_key.columns)


def _names(table: Table) -> Iterator[tuple[str, Column[Any], str]]:
    """What the table's rows belong to: its name in the copy, the key that leads there, a table."""
    found: set[str] = set()
    for column in table.columns:
        for key in sorted(column.foreign_keys, key=lambda each: each.target_fullname):
            name, target = _NAMED.get(key.target_fullname, ("", ""))
            if name and name not in found and key.ondelete == "CASCADE":
                found.add(name)
                yield name, column, target


def _cell(values: dict[Column[Any], Any], column: Column[Any], actor: Actor) -> Any:
    value = values[column]
    if column.name == "details" and value:
        return {name: value[name] for name in DETAILS if name in value}
    if entry_of(column).export is not Export.MASKED or not value:
        return value
    customers = metadata.tables["customers"]
    if column is customers.c.organisation_number:
        return masked(value, values[customers.c.country], actor)
    return MASK  # nobody has said yet how much of it may be seen


def _field(name: str, column: Column[Any], reader: Reader) -> Field:
    entry = entry_of(column)
    place = f"{column.table.name}.{column.name}"
    return Field(name, place, _kind(column), entry, bases_for(entry, reader))


def _kind(column: Column[Any]) -> str:
    return kind_of(column.table.name, column.name)


def bases_for(entry: DataEntry, reader: Reader) -> dict[datamap.Person, str]:
    """On which legal basis these data are kept of people such as the reader."""
    about = [each for each in datamap.PERSONS[entry.subject] if each is not datamap.Person.STAFF]
    own = [each for each in about if each in reader.capacities] or about
    return {each: datamap.legal_basis(entry.purpose, each, home_country()) for each in own}


def _team(db: Session, reader: Reader) -> Part:
    """Who acts for the customer, as the page of the team shows them."""
    members, users = metadata.tables["members"], metadata.tables["users"]
    columns = (users.c.name, users.c.email, members.c.role, members.c.created_at)
    rows = (
        select(*columns)
        .join_from(members, users, users.c.id == members.c.user_id)
        .where(members.c.customer_id == reader.actor.customer_id)
        .order_by(users.c.name, users.c.id)
    )
    fields = tuple(_field(each.name, each, reader) for each in columns)
    return Part(About.CUSTOMER, "members", fields, (tuple(row) for row in db.execute(rows)))


def log_part(db: Session, reader: Reader, *, now: datetime) -> Part:
    """Who looked at or changed what is about the reader."""
    entry = entry_of(metadata.tables["audit_entries"].c.subject)
    bases = bases_for(entry, reader)
    names = ("at", "what", "by", "purpose", "case", "customer")
    return Part(
        About.PERSON,
        LOG,
        tuple(Field(name, f"{LOG}.{name}", "log", entry, bases) for name in names),
        (
            tuple(getattr(each, name) for name in names)
            for each in every_entry(db, reader.actor, now=now)
        ),
    )


def notices_given(db: Session, reader: Reader) -> list[tuple[str, str, str]]:
    """Audience, version and language of every privacy notice that the reader was given."""
    given = metadata.tables["notices_given"]
    to_reader = [each.rows for each in holdings(reader.person) if each.table is given]
    chosen = select(given.c.audience, given.c.version, given.c.locale).where(or_(*to_reader))
    found = db.execute(chosen.distinct().order_by(*chosen.selected_columns))
    return [(row.audience, row.version, row.locale) for row in found]


def kept_besides(reader: Reader) -> list[str]:
    """Kinds of data about people such as the reader that no copy shows: secrets, and hashes."""
    shown: set[str] = set()
    withheld: set[str] = set()
    for table in metadata.sorted_tables:
        for column in table.columns:
            entry = entry_of(column)
            if reader.capacities.intersection(datamap.PERSONS[entry.subject]):
                (withheld if entry.export is Export.WITHHELD else shown).add(_kind(column))
    return [kind for kind in KINDS if kind in withheld - shown]
