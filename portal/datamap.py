"""The data map: what every stored column is for.

Each column's declaration carries a `DataEntry`. The register of processing (GDPR article 30), the
tables of the privacy notice, the export, the erasure and the retention job all read it, so that
none of them can drift from the tables. A test fails on a column without an entry.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Table
from sqlmodel import Field

from portal.database import metadata


class Subject(StrEnum):
    """Whose data a column holds."""

    CUSTOMER = "customer"
    USER = "user"
    MEMBER = "member"
    ALARM_CONTACT = "alarm contact"
    STAFF = "staff"
    NOBODY = "nobody"


class Person(StrEnum):
    """In what capacity somebody meets SensorNordic; the legal basis depends on it."""

    REPRESENTATIVE = "representative of a company"
    PRIVATE_CUSTOMER = "sole trader or household"
    ALARM_CONTACT = "alarm contact"
    STAFF = "staff"


class Purpose(StrEnum):
    AGREEMENT = "agreement"
    MONITORING = "monitoring"
    INTRODUCTION = "introduction of alarm contacts"
    INVOICING = "invoicing"
    ACCOUNT = "account"
    SECURITY = "security"
    ACCOUNTABILITY = "accountability"
    CUSTOMER_SERVICE = "customer service"
    PRICE_ADJUSTMENT = "price adjustment"
    MARKETING = "marketing"
    SATISFACTION = "satisfaction surveys"
    OPERATION = "operation"


class Retention(StrEnum):
    """When data must be gone; `PERIODS` gives the time after the event that the name ends with.

    Published privacy notices name retentions by their code: one is never given another meaning.
    """

    ACCOUNT_END = "until the account is deleted"
    CONTRACT_END = "until the contract ends"
    SESSION_END = "30 days after the session ended"
    LINK_END = "30 days after the link was used or expired"
    MAIL_BODY = "the text until the mail is sent, the rest 30 days"
    HISTORY = "24 months"
    CONTACT_END = "until the person is no longer a contact; 30 days after they said no"
    INVITATION_END = "30 days after the invitation was answered or ran out"
    BAR_END = "90 days after the no"
    PROOF = "36 months"
    CHOICE_REPLACED = "36 months after a later choice took its place"
    SUPPRESSION = "for as long as we send marketing"
    CASE = "3 years after the request was answered"
    TRAIL = "24 months, under a pseudonym"
    NOT_PERSONAL = "as long as it is needed"


PERIODS: dict[Retention, timedelta] = {
    Retention.SESSION_END: timedelta(days=30),
    Retention.LINK_END: timedelta(days=30),
    Retention.MAIL_BODY: timedelta(days=30),
    Retention.HISTORY: timedelta(days=730),
    Retention.CONTACT_END: timedelta(days=30),
    Retention.INVITATION_END: timedelta(days=30),
    Retention.BAR_END: timedelta(0),  # counted from the day on which the bar ends
    Retention.PROOF: timedelta(days=1095),
    Retention.CHOICE_REPLACED: timedelta(days=1095),
    Retention.CASE: timedelta(days=1095),
    Retention.TRAIL: timedelta(days=730),
}


class Erasure(StrEnum):
    """What happens when the person is erased.

    `ERASE`: the row is the person's and goes. `ANONYMISE`: the row stays true, and this column no
    longer leads to the person. `KEEP`: it stays as it is, until its retention is over.
    """

    ERASE = "erase"
    ANONYMISE = "anonymise"
    KEEP = "keep"


class Export(StrEnum):
    """What the person's own copy shows."""

    SHOWN = "shown"
    MASKED = "masked"
    WITHHELD = "withheld"


class Source(StrEnum):
    """Where the data come from (GDPR article 15(1)(g)). What the person gave may be ported."""

    PERSON = "the person"
    CUSTOMER = "the customer"
    OFFICE = "our customer register"
    USE = "use of the portal"


class Recipient(StrEnum):
    BACK_OFFICE = "SensorNordic's back office"
    MONITORING_STATION = "the monitoring station"
    MAIL_PROVIDER = "the mail provider"
    MAILING_PROVIDER = "the companies that send our mailings"
    HOSTING_PROVIDER = "the hosting provider"


@dataclass(frozen=True)
class DataEntry:
    """What one column is for.

    `because` says why a column is kept or anonymised rather than erased; it is required then.
    """

    subject: Subject
    purpose: Purpose
    retention: Retention
    export: Export = Export.SHOWN
    erasure: Erasure = Erasure.ERASE
    recipients: tuple[Recipient, ...] = (Recipient.HOSTING_PROVIDER,)
    because: str = ""
    source: Source = Source.USE

    def __post_init__(self) -> None:
        if self.erasure is not Erasure.ERASE and not self.because:
            raise ValueError("a column that outlives its person needs a reason")


NOT_PERSONAL = DataEntry(Subject.NOBODY, Purpose.OPERATION, Retention.NOT_PERSONAL, Export.WITHHELD)
ATTRIBUTION = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.HISTORY,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because="that it was done stays true for the others; who did it is forgotten",
)


def column(
    entry: DataEntry, *, address: bool = False, pseudonym: bool = False, **field: Any
) -> Any:
    """A column of a table with its place in the data map; `field` goes to SQLModel's `Field`.

    `address`: the column holds the e-mail address of the person whose row it is, who may have no
    account that the row could refer to. `pseudonym`: it holds the name by which the audit trail
    knows that person's account (`audit/trail.py`).
    """
    options = dict(field.pop("sa_column_kwargs", {}))
    info = {"data": entry, "address": address, "pseudonym": pseudonym}
    return Field(sa_column_kwargs={**options, "info": info}, **field)


def entry_of(declared: Column[Any]) -> DataEntry:
    """The column's entry.

    Raises:
        LookupError: the column was declared without one.
    """
    try:
        return declared.info["data"]
    except KeyError:
        raise LookupError(f"{declared} has no entry in the data map") from None


def holds_address(declared: Column[Any]) -> bool:
    """Whether the column holds the e-mail address of the person whose row it is."""
    return bool(declared.info.get("address"))


def holds_pseudonym(declared: Column[Any]) -> bool:
    """Whether the column holds the pseudonym of the person whose row it is."""
    return bool(declared.info.get("pseudonym"))


@dataclass(frozen=True)
class Clock:
    """How one retention ends in a table whose columns have it; made by the functions below."""

    retention: Retention
    since: Callable[[Any], ColumnElement[Any]] | None = None
    job: str = ""
    follows: str = ""


def counted(retention: Retention, since: Callable[[Any], ColumnElement[Any]]) -> Clock:
    """The retention job counts the time for each row from `since`, which is given the table's
    columns; a row where that is NULL has not begun to run out.
    """
    return Clock(retention, since=since)


def done_by(retention: Retention, job: str) -> Clock:
    """A job of that name does it, because more must be known than the row tells."""
    return Clock(retention, job=job)


def going_with(retention: Retention, follows: str) -> Clock:
    """A row goes with the one to which that column refers."""
    return Clock(retention, follows=follows)


def runs_out(*clocks: Clock) -> dict[str, Any]:
    """The end of a table's `__table_args__`: a clock for each of its retentions with a period."""
    return {"info": {"clocks": clocks}}


def clocks_of(table: Table) -> tuple[Clock, ...]:
    return table.info.get("clocks", ())


def columns_of(table: Table, retention: Retention) -> list[Column[Any]]:
    """The table's columns that have this retention."""
    return [column for column in table.columns if entry_of(column).retention is retention]


@dataclass(frozen=True)
class RegisterRow:
    """One column as the register shows it, with its basis for each class of person."""

    table: str
    column: str
    entry: DataEntry
    bases: dict[Person, str]


PERSONS: dict[Subject, tuple[Person, ...]] = {
    Subject.CUSTOMER: (Person.REPRESENTATIVE, Person.PRIVATE_CUSTOMER),
    Subject.USER: (
        Person.REPRESENTATIVE,
        Person.PRIVATE_CUSTOMER,
        Person.ALARM_CONTACT,
        Person.STAFF,
    ),
    Subject.MEMBER: (Person.REPRESENTATIVE, Person.PRIVATE_CUSTOMER),
    Subject.ALARM_CONTACT: (Person.ALARM_CONTACT,),
    Subject.STAFF: (Person.STAFF,),
    Subject.NOBODY: (),
}


def register(country: str = "NO") -> Iterator[RegisterRow]:
    """Every column of every table, in the order of their names."""
    for name, table in sorted(metadata.tables.items()):
        for declared in table.columns:
            entry = entry_of(declared)
            persons = PERSONS[entry.subject]
            bases = {person: legal_basis(entry.purpose, person, country) for person in persons}
            yield RegisterRow(name, declared.name, entry, bases)


def legal_basis(purpose: Purpose, person: Person, country: str = "NO") -> str:
    """The legal basis (GDPR article 6) on which this person's data serve this purpose.

    The table is `portal/legal_bases.toml`, which counsel can change without a programmer.

    Raises:
        LookupError: the table gives no basis; such data must not be kept.
    """
    bases = _legal_bases()[purpose.value]
    by_country = bases.get(country, {})
    try:
        return by_country.get(person.value) or bases[person.value]
    except KeyError:
        raise LookupError(f"no legal basis for {purpose.value} of {person.value}") from None


@lru_cache
def _legal_bases() -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name("legal_bases.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
