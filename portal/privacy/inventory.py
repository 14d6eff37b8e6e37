"""What a deletion erases, and what it leaves, why and until when: counted from the data map.

The preview shows it before, the certificate proves it after.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, false, func, not_, or_, select
from sqlmodel import Session

from portal.customers.leaving import own_businesses_of
from portal.customers.models import CONTRACT_REASON
from portal.customers.moves import today
from portal.database import metadata
from portal.datamap import PERIODS, DataEntry, Erasure, Retention, Subject, entry_of
from portal.notices.controller import home_country
from portal.notices.kinds import KINDS, kind_of
from portal.privacy.holdings import Holding, Person, holdings, pseudonymous

UNPROVEN_REASON = "who has the address may be another; say no by the link in that mail"
CALL_LIST_REASON = "until the contract ends, help is sent and these people are called"
CALL_LISTS = "call-lists"
_NOBODY = frozenset({Subject.NOBODY, Subject.STAFF})


@dataclass(frozen=True)
class Erased:
    """A kind of data (by its code in `notices/kinds.py`), and how many rows hold it."""

    kind: str
    rows: int


@dataclass(frozen=True)
class Kept:
    """A kind of data that stays: `because` is the data map's reason, `until` the last day; None
    where it ends with something that has no date yet.
    """

    kind: str
    because: str
    retention: Retention
    until: date | None


@dataclass(frozen=True)
class Inventory:
    erased: tuple[Erased, ...]
    kept: tuple[Kept, ...]


def of_person(db: Session, person: Person, *, now: datetime) -> Inventory:
    """What deleting this account, or this membership, would erase and leave now."""
    found = list(holdings(person))
    gone = [each for each in found if each.proven and each.entry.erasure is Erasure.ERASE]
    stays = [each for each in found if each.proven and each.entry.erasure is not Erasure.ERASE]
    if person.customer_id is None:
        stays += pseudonymous(person)
    kept = _Kept(now)
    for table, rows in _by_table(stays).items():
        if _count(db, table, rows):
            kept.add(table, [column for column in table.columns if _outlives(column)])
    for customer_id, end in _own_businesses(db, person):
        kept.add_business(db, customer_id, end)
    kept.add_unproven(db, [each for each in found if not each.proven], gone)
    erased = _erased(db, gone)
    if person.customer_id is None:
        kept.add_hashes(*_hashes_left(erased))
    return Inventory(erased, kept.in_order())


def of_customer(
    db: Session, customer_id: UUID, *, contract_end: date | None, now: datetime
) -> Inventory:
    """What closing this customer's account would erase, and leave until the contract ends."""
    gone: list[Holding] = []
    kept = _Kept(now, of_customer=True, contract_end=contract_end)
    for table in metadata.sorted_tables:
        link = _customer_link(table)
        if link is None:
            continue
        rows = link == customer_id
        if _goes_with_the_team(table):
            gone.append(Holding(table, link, rows))
        elif _count(db, table, [rows]):
            kept.add(table, [column for column in table.columns if _about_somebody(column)])
    return Inventory(_erased(db, gone), kept.in_order())


class _Kept:
    """Collects what stays: each kind once for each reason."""

    def __init__(
        self, now: datetime, *, of_customer: bool = False, contract_end: date | None = None
    ) -> None:
        self._now = now
        self._of_customer = of_customer
        self._contract_end = contract_end
        self._found: dict[tuple[str, str], Kept] = {}

    def add(self, table: Table, columns: Iterable[Column[Any]]) -> None:
        for column in columns:
            entry = entry_of(column)
            about_contacts = self._of_customer and entry.subject is Subject.ALARM_CONTACT
            because = CALL_LIST_REASON if about_contacts else entry.because or CONTRACT_REASON
            kind = CALL_LISTS if about_contacts else kind_of(table.name, column.name)
            self._note(kind, because, entry)

    def add_unproven(self, db: Session, doubtful: list[Holding], gone: list[Holding]) -> None:
        """Rows that only an address leads to, but for those that go with the person anyway."""
        ours = _by_table(gone)
        for table, rows in _by_table(doubtful).items():
            others = and_(
                or_(*rows), not_(func.coalesce(or_(false(), *ours.get(table, [])), false()))
            )
            if _count(db, table, [others]):
                for link in (each.link for each in doubtful if each.table is table):
                    kind = kind_of(table.name, link.name)
                    self._note(kind, UNPROVEN_REASON, entry_of(link))

    def add_business(self, db: Session, customer_id: UUID, contract_end: date | None) -> None:
        """A sole trade or household: what its contract needs is about the person, and stays."""
        self._contract_end = contract_end
        for table in metadata.sorted_tables:
            link = _customer_link(table)
            if link is not None and _count(db, table, [link == customer_id]):
                self.add(table, [each for each in table.columns if _of_the_contract(each)])

    def add_hashes(self, *names: str) -> None:
        """A no leaves a keyed hash in these columns, which nobody finds without the address."""
        for name in names:
            table, _, column = name.partition(".")
            found = metadata.tables[table]
            self.add(found, [found.c[column]])

    def _note(self, kind: str, because: str, entry: DataEntry) -> None:
        retention, until = entry.retention, self._until(entry.retention)
        if because in {CALL_LIST_REASON, CONTRACT_REASON}:
            retention, until = Retention.CONTRACT_END, self._contract_end
        self._found.setdefault((kind, because), Kept(kind, because, retention, until))

    def _until(self, retention: Retention) -> date | None:
        if retention is Retention.CONTRACT_END:
            return self._contract_end
        period = PERIODS.get(retention)
        return today(self._now + period, home_country()) if period else None

    def in_order(self) -> tuple[Kept, ...]:
        order = list(KINDS)
        return tuple(sorted(self._found.values(), key=lambda each: order.index(each.kind)))


def _own_businesses(db: Session, person: Person) -> list[tuple[UUID, date | None]]:
    return own_businesses_of(db, person.user_id) if person.user_id else []


def _of_the_contract(column: Column[Any]) -> bool:
    entry = entry_of(column)
    return entry.subject is Subject.CUSTOMER and entry.retention is Retention.CONTRACT_END


def _hashes_left(erased: Iterable[Erased]) -> list[str]:
    """Members have said no to marketing; who leaves a call list is not asked again for a while."""
    kinds = {each.kind for each in erased}
    left = ["suppressions.address_hash"] if "team" in kinds else []
    return left + (["invitation_bars.person_hash"] if "contact" in kinds else [])


def _erased(db: Session, gone: Iterable[Holding]) -> tuple[Erased, ...]:
    counts: defaultdict[str, int] = defaultdict(int)
    for table, rows in _by_table(gone).items():
        if number := _count(db, table, rows):
            kinds = {kind_of(table.name, each.name) for each in table.columns if _goes(each)}
            for kind in kinds:
                counts[kind] += number
    return tuple(Erased(kind, counts[kind]) for kind in KINDS if kind in counts)


def _by_table(found: Iterable[Holding]) -> dict[Table, list[ColumnElement[bool]]]:
    tables: dict[Table, list[ColumnElement[bool]]] = {}
    for holding in found:
        tables.setdefault(holding.table, []).append(holding.rows)
    return tables


def _count(db: Session, table: Table, rows: list[ColumnElement[bool]]) -> int:
    statement = select(func.count()).select_from(table).where(or_(*rows))
    return db.execute(statement).scalar_one()


def _about_somebody(column: Column[Any]) -> bool:
    return entry_of(column).subject not in _NOBODY


def _goes(column: Column[Any]) -> bool:
    return _about_somebody(column) and entry_of(column).erasure is Erasure.ERASE


def _outlives(column: Column[Any]) -> bool:
    entry = entry_of(column)
    return entry.erasure is not Erasure.ERASE and entry.subject in {Subject.USER, Subject.MEMBER}


def _customer_link(table: Table) -> Column[Any] | None:
    if table.name == "customers":
        return table.c.id
    for column in table.columns:
        for key in column.foreign_keys:
            ours = key.target_fullname in {"customers.id", "members.customer_id"}
            if ours and key.ondelete == "CASCADE":
                return column
    return None


def _goes_with_the_team(table: Table) -> bool:
    """Whether the rows are memberships, or hang on one."""
    names = {key.column.table.name for key in table.foreign_keys}
    return table.name == "members" or "members" in names
