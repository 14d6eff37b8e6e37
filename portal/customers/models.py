"""Customers, their members and sites, and the history of every change."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import synonym
from sqlmodel import SQLModel

from portal.actor import Role
from portal.database import UtcDateTime, new_id
from portal.datamap import (
    ATTRIBUTION,
    NOT_PERSONAL,
    DataEntry,
    Erasure,
    Export,
    Purpose,
    Recipient,
    Retention,
    Source,
    Subject,
    column,
    counted,
    runs_out,
)

CONTRACT_REASON = "the agreement goes on until the contract ends, and names who is party to it"
_RECIPIENTS = (
    Recipient.BACK_OFFICE,
    Recipient.MONITORING_STATION,
    Recipient.HOSTING_PROVIDER,
)
CONTRACT = DataEntry(
    Subject.CUSTOMER,
    Purpose.AGREEMENT,
    Retention.CONTRACT_END,
    erasure=Erasure.KEEP,
    recipients=_RECIPIENTS,
    because=CONTRACT_REASON,
    source=Source.OFFICE,
)
COMPANY = replace(CONTRACT, source=Source.PERSON)
ORGANISATION_NUMBER = DataEntry(
    Subject.CUSTOMER,
    Purpose.AGREEMENT,
    Retention.CONTRACT_END,
    export=Export.MASKED,
    erasure=Erasure.KEEP,
    recipients=_RECIPIENTS,
    because=CONTRACT_REASON,
    source=Source.PERSON,
)
INVOICING = DataEntry(
    Subject.CUSTOMER,
    Purpose.INVOICING,
    Retention.CONTRACT_END,
    erasure=Erasure.KEEP,
    recipients=(Recipient.BACK_OFFICE, Recipient.HOSTING_PROVIDER),
    because=CONTRACT_REASON,
    source=Source.PERSON,
)
PRICING = DataEntry(
    Subject.CUSTOMER,
    Purpose.PRICE_ADJUSTMENT,
    Retention.CONTRACT_END,
    erasure=Erasure.KEEP,
    recipients=(Recipient.BACK_OFFICE, Recipient.HOSTING_PROVIDER),
    because=CONTRACT_REASON,
    source=Source.OFFICE,
)
SITE = DataEntry(
    Subject.CUSTOMER,
    Purpose.MONITORING,
    Retention.CONTRACT_END,
    erasure=Erasure.KEEP,
    recipients=_RECIPIENTS,
    because="guards are sent to this address for as long as the alarm is monitored",
    source=Source.PERSON,
)
MEMBERSHIP = DataEntry(Subject.USER, Purpose.ACCOUNT, Retention.ACCOUNT_END, source=Source.CUSTOMER)
HISTORY = DataEntry(
    Subject.CUSTOMER,
    Purpose.ACCOUNTABILITY,
    Retention.HISTORY,
    erasure=Erasure.KEEP,
    because="the history of the company stays true for its other members",
)
EXCHANGE = DataEntry(
    Subject.CUSTOMER,
    Purpose.AGREEMENT,
    Retention.CONTRACT_END,
    Export.WITHHELD,
    Erasure.KEEP,
    (Recipient.BACK_OFFICE, Recipient.HOSTING_PROVIDER),
    because=CONTRACT_REASON,
    source=Source.OFFICE,
)


class CustomerKind(StrEnum):
    """Whether the customer's own data are personal data: a company's are not, the others' are."""

    COMPANY = "company"
    SOLE_TRADER = "sole trader"
    HOUSEHOLD = "household"

    @property
    def personal(self) -> bool:
        return self is not CustomerKind.COMPANY


class Customer(SQLModel, table=True):
    """The company or household that buys monitoring.

    `closed_at`: its owner has closed its account here. What the contract needs stays until the
    contract ends.

    `version` grows with every change; whoever saves says which version they saw, so that two
    people who edit at once never overwrite each other silently.
    """

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("kind IN ('company', 'sole trader', 'household')", name="kind_is_known"),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    number: str = column(CONTRACT, max_length=20, unique=True)
    kind: str = column(CONTRACT, max_length=12)
    name: str = column(COMPANY, max_length=120, index=True)
    organisation_number: str = column(ORGANISATION_NUMBER, max_length=20, default="", index=True)
    organisation_form: str = column(COMPANY, max_length=20, default="")
    address: str = column(COMPANY, max_length=120, default="")
    postal_code: str = column(COMPANY, max_length=12, default="")
    city: str = column(COMPANY, max_length=80, default="")
    country: str = column(COMPANY, max_length=2)
    phone: str = column(COMPANY, max_length=20, default="")
    email: str = column(COMPANY, max_length=254, default="")
    invoice_email: str = column(INVOICING, max_length=254, default="")
    products: list[str] = column(PRICING, sa_type=JSON, default_factory=list)
    contract_start: date | None = column(PRICING, default=None)
    contract_end: date | None = column(PRICING, default=None)
    customer_since: date | None = column(PRICING, default=None)
    closed_at: datetime | None = column(CONTRACT, default=None, sa_type=UtcDateTime)
    back_office_values: dict[str, Any] = column(EXCHANGE, sa_type=JSON, default_factory=dict)
    version: int = column(NOT_PERSONAL, default=1)
    created_at: datetime = column(CONTRACT, sa_type=UtcDateTime)


# The tenant scope asks every table for `customer_id`; a customer is its own tenant.
Customer.customer_id = synonym("id")


class Member(SQLModel, table=True):
    """A user who acts for a customer, in one role."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("user_id", "customer_id"),
        CheckConstraint("role IN ('owner', 'administrator', 'colleague')", name="role_is_known"),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    user_id: UUID = column(MEMBERSHIP, foreign_key="users.id", ondelete="CASCADE")
    customer_id: UUID = column(
        MEMBERSHIP, foreign_key="customers.id", ondelete="CASCADE", index=True
    )
    role: str = column(MEMBERSHIP, max_length=15, default=Role.COLLEAGUE.value)
    created_at: datetime = column(MEMBERSHIP, sa_type=UtcDateTime)


class OwnershipOffer(SQLModel, table=True):
    """An owner asks a member to become owner, too, or instead (`steps_down`)."""

    __tablename__ = "ownership_offers"
    __table_args__ = (
        Index(
            "uq_ownership_offers_open",
            "customer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(MEMBERSHIP, foreign_key="customers.id", ondelete="CASCADE")
    member_id: UUID = column(MEMBERSHIP, foreign_key="members.id", ondelete="CASCADE")
    offered_by: UUID = column(MEMBERSHIP, foreign_key="users.id", ondelete="CASCADE")
    steps_down: bool = column(MEMBERSHIP, default=False)
    created_at: datetime = column(MEMBERSHIP, sa_type=UtcDateTime)
    expires_at: datetime = column(MEMBERSHIP, sa_type=UtcDateTime)
    ended_at: datetime | None = column(MEMBERSHIP, default=None, sa_type=UtcDateTime)
    outcome: str = column(MEMBERSHIP, max_length=10, default="")


class Site(SQLModel, table=True):
    """One protected address. Guards are sent there: it changes only by a moving request.

    `back_office_name` is what the back office calls the site, by which its next file finds it.
    """

    __tablename__ = "sites"

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(SITE, foreign_key="customers.id", ondelete="CASCADE", index=True)
    name: str = column(SITE, max_length=120)
    address: str = column(SITE, max_length=120)
    postal_code: str = column(SITE, max_length=12)
    city: str = column(SITE, max_length=80)
    country: str = column(SITE, max_length=2)
    back_office_name: str = column(EXCHANGE, max_length=120, default="")
    version: int = column(NOT_PERSONAL, default=1)
    created_at: datetime = column(SITE, sa_type=UtcDateTime)


class MoveStatus(StrEnum):
    """A request that is confirmed before its day waits for that day; then the site has moved."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class MovingRequest(SQLModel, table=True):
    """A site's new address from a day on, which the back office confirms."""

    __tablename__ = "moving_requests"
    __table_args__ = (
        Index(
            "uq_moving_requests_open",
            "site_id",
            unique=True,
            sqlite_where=text("status IN ('requested', 'confirmed')"),
            postgresql_where=text("status IN ('requested', 'confirmed')"),
        ),
        CheckConstraint(
            "status IN ('requested', 'confirmed', 'moved', 'withdrawn', 'refused')",
            name="status_is_known",
        ),
        runs_out(counted(Retention.HISTORY, lambda row: row.requested_at)),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(SITE, foreign_key="customers.id", ondelete="CASCADE", index=True)
    site_id: UUID = column(SITE, foreign_key="sites.id", ondelete="CASCADE")
    address: str = column(SITE, max_length=120)
    postal_code: str = column(SITE, max_length=12)
    city: str = column(SITE, max_length=80)
    country: str = column(SITE, max_length=2)
    moves_on: date = column(SITE)
    status: str = column(SITE, max_length=12, default=MoveStatus.REQUESTED.value)
    requested_by: UUID | None = column(
        ATTRIBUTION, default=None, foreign_key="users.id", ondelete="SET NULL"
    )
    requested_at: datetime = column(SITE, sa_type=UtcDateTime)
    decided_at: datetime | None = column(SITE, default=None, sa_type=UtcDateTime)


class ChangeSource(StrEnum):
    PORTAL = "portal"
    BACK_OFFICE = "back office"


class CompanyChange(SQLModel, table=True):
    """One field that changed: of the customer, or of one of its sites.

    `version` is the customer's (or the site's) after the change, so that what somebody saw when
    they began to edit can be told from what it became meanwhile.
    """

    __tablename__ = "company_changes"
    __table_args__ = (
        Index("ix_company_changes_customer_id_id", "customer_id", "id"),
        runs_out(counted(Retention.HISTORY, lambda row: row.at)),
    )

    id: int | None = column(NOT_PERSONAL, default=None, primary_key=True)
    customer_id: UUID = column(HISTORY, foreign_key="customers.id", ondelete="CASCADE")
    site_id: UUID | None = column(HISTORY, default=None, foreign_key="sites.id", ondelete="CASCADE")
    at: datetime = column(HISTORY, sa_type=UtcDateTime, index=True)
    field: str = column(HISTORY, max_length=40)
    old: str = column(HISTORY, max_length=300)
    new: str = column(HISTORY, max_length=300)
    version: int = column(NOT_PERSONAL)
    source: str = column(HISTORY, max_length=12)
    changed_by: UUID | None = column(
        ATTRIBUTION, default=None, foreign_key="users.id", ondelete="SET NULL"
    )


class ImportConflict(SQLModel, table=True):
    """A field that the customer owns and on which the back office has another opinion.

    `newer_in_file` tells an opinion that the back office changed from one it has always had, and
    will drop once it takes over the customer's edit.
    """

    __tablename__ = "import_conflicts"
    __table_args__ = (UniqueConstraint("customer_id", "field"),)

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(EXCHANGE, foreign_key="customers.id", ondelete="CASCADE")
    field: str = column(EXCHANGE, max_length=60)
    portal_value: str = column(EXCHANGE, max_length=300)
    back_office_value: str = column(EXCHANGE, max_length=300)
    newer_in_file: bool = column(NOT_PERSONAL)
    found_at: datetime = column(EXCHANGE, sa_type=UtcDateTime)
