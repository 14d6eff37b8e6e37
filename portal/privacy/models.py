"""Deletions: asked for, waiting, done; and who has still to confirm them. Data requests: what
somebody wants who uses a right, by when, and what they were answered.
"""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, ColumnElement, Index, case, func, text
from sqlmodel import SQLModel, col

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
    going_with,
    runs_out,
)

DELETION = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.PROOF,
    erasure=Erasure.KEEP,
    because="that we deleted, what and when, can be shown without saying whom (article 5(2))",
)
LEDGER = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.PROOF,
    Export.WITHHELD,
    Erasure.KEEP,
    because="the ledger must find who was deleted in a backup, and leads to nobody without one",
)
WISHED = replace(ATTRIBUTION, retention=Retention.PROOF)

TO_CONFIRM = DataEntry(
    Subject.CUSTOMER,
    Purpose.ACCOUNTABILITY,
    Retention.PROOF,
    Export.WITHHELD,
    Erasure.KEEP,
    (Recipient.BACK_OFFICE, Recipient.HOSTING_PROVIDER),
    because="whoever else has the data must know whose they erase (GDPR article 19)",
)


class Scope(StrEnum):
    """How much is deleted: one membership, a person's whole account, or a customer's account."""

    MEMBERSHIP = "membership"
    ACCOUNT = "account"
    CUSTOMER = "customer"


class Deletion(SQLModel, table=True):
    """One deletion, from the wish to the certificate. What is left of it at the end is a line of
    the erasure ledger: it says what was erased and when, and whom only to who has the backup.

    Until `erased_at` it waits for `due_at`, or was taken back (`kept_at`). `user_id` is who asked,
    and empty once it is done. `person` and `customer` are pseudonyms as in the audit trail, by
    which a restored backup is searched. `certificate` holds what was erased and what is kept until
    when: kinds of data, counts and days, no personal data.
    """

    __tablename__ = "deletions"
    __table_args__ = (
        CheckConstraint("scope IN ('membership', 'account', 'customer')", name="scope_is_known"),
        CheckConstraint(
            "(scope = 'account') = (customer = '')", name="customer_is_named_where_it_matters"
        ),
        CheckConstraint("kept_at IS NULL OR erased_at IS NULL", name="kept_or_erased"),
        Index(
            "uq_deletions_waiting",
            "person",
            "scope",
            "customer",
            unique=True,
            sqlite_where=text("kept_at IS NULL AND erased_at IS NULL"),
            postgresql_where=text("kept_at IS NULL AND erased_at IS NULL"),
        ),
        Index("ix_deletions_erased_at_due_at", "erased_at", "due_at"),
        runs_out(counted(Retention.PROOF, lambda row: func.coalesce(row.erased_at, row.kept_at))),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    scope: str = column(DELETION, max_length=10)
    user_id: UUID | None = column(
        WISHED, default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    customer_id: UUID | None = column(
        LEDGER, default=None, foreign_key="customers.id", ondelete="SET NULL", index=True
    )
    person: str = column(LEDGER, pseudonym=True, max_length=64, index=True)
    customer: str = column(LEDGER, max_length=64, default="")
    asked_at: datetime = column(DELETION, sa_type=UtcDateTime)
    due_at: datetime = column(DELETION, sa_type=UtcDateTime)
    kept_at: datetime | None = column(DELETION, default=None, sa_type=UtcDateTime)
    erased_at: datetime | None = column(DELETION, default=None, sa_type=UtcDateTime)
    certificate_hash: str | None = column(LEDGER, default=None, max_length=64, unique=True)
    certificate: dict[str, Any] = column(DELETION, sa_type=JSON, default_factory=dict)


def waiting() -> tuple[ColumnElement[bool], ...]:
    """The deletions that were neither carried out nor taken back."""
    return col(Deletion.kept_at).is_(None), col(Deletion.erased_at).is_(None)


class DeletionNotice(SQLModel, table=True):
    """Somebody outside the portal who has the data too, and must erase them (GDPR article 19).

    The back office is told by `customer_number` in which role the person acted, and confirms by
    the deletion's id. The monitoring station confirms by acknowledging the version of the call
    lists in which the person is gone.
    """

    __tablename__ = "deletion_notices"
    __table_args__ = (
        CheckConstraint(
            "recipient IN ('back office', 'monitoring station')", name="recipient_is_known"
        ),
        CheckConstraint(
            "(recipient = 'monitoring station') = (station_version IS NOT NULL)",
            name="the_station_confirms_a_version",
        ),
        runs_out(going_with(Retention.PROOF, "deletion_id")),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    deletion_id: UUID = column(
        NOT_PERSONAL, foreign_key="deletions.id", ondelete="CASCADE", index=True
    )
    recipient: str = column(NOT_PERSONAL, max_length=20)
    customer_number: str = column(TO_CONFIRM, max_length=20, default="")
    role: str = column(TO_CONFIRM, max_length=20, default="")
    station_version: int | None = column(NOT_PERSONAL, default=None, sa_type=BigInteger)
    created_at: datetime = column(NOT_PERSONAL, sa_type=UtcDateTime)
    confirmed_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)


CASE_REASON = "what was asked and answered can be shown for three years (articles 5(2) and 12)"
ASKED = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.CASE,
    erasure=Erasure.KEEP,
    recipients=(Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER),
    because=CASE_REASON,
    source=Source.PERSON,
)
HANDLED = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.CASE,
    erasure=Erasure.KEEP,
    recipients=(Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER),
    because=CASE_REASON,
)
ASKED_BY = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.CASE,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because="the case stays for its three years; it leads to no account once there is none",
)
CONFIRMATION = DataEntry(Subject.USER, Purpose.SECURITY, Retention.LINK_END, Export.WITHHELD)


class RequestKind(StrEnum):
    """Which right somebody uses (GDPR articles 15 to 21)."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    PORTABILITY = "portability"
    OBJECT_PRICES = "object to prices"
    OBJECT_OTHER = "object"
    OTHER = "other"


class Verification(StrEnum):
    """How it was made sure that a request comes from the person it is about."""

    NONE = ""
    ACCOUNT = "account"
    MAIL = "mail"
    CALL_BACK = "call-back"


class DataRequest(SQLModel, table=True):
    """The exercise of a legal right, from the day of receipt to the answer.

    Name and addresses are those of the day on which it came: an answer reaches its reader even if
    their account is gone. Without an account the person confirms by a mailed link, good until
    `link_ends_at`, or is called back. `due_on` counts from receipt in either case. Where nobody was
    found by calling, `answer` says what was tried, and `verified_at` stays empty.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('access', 'rectify', 'erase', 'restrict', 'portability', "
            "'object to prices', 'object', 'other')",
            name="kind_is_known",
        ),
        CheckConstraint(
            "verified_by IN ('', 'account', 'mail', 'call-back')", name="verification_is_known"
        ),
        CheckConstraint("(verified_at IS NULL) = (verified_by = '')", name="verified_in_some_way"),
        CheckConstraint("email <> '' OR phone <> ''", name="somebody_can_be_answered"),
        CheckConstraint(
            "(extended_until IS NULL) = (extension_reason = '')", name="extended_with_a_reason"
        ),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_in_words"),
        CheckConstraint("(token_hash IS NULL) = (link_ends_at IS NULL)", name="every_link_ends"),
        Index("ix_data_requests_answered_at_due_on", "answered_at", "due_on"),
        runs_out(
            counted(Retention.CASE, lambda row: row.answered_at),
            # Never confirmed, so that nobody knows whose it was.
            counted(
                Retention.LINK_END, lambda row: case((row.verified_at.is_(None), row.link_ends_at))
            ),
        ),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    kind: str = column(ASKED, max_length=20)
    user_id: UUID | None = column(
        ASKED_BY, default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    customer_id: UUID | None = column(
        ASKED_BY, default=None, foreign_key="customers.id", ondelete="SET NULL", index=True
    )
    name: str = column(ASKED, max_length=120)
    email: str = column(ASKED, max_length=254, default="", index=True)
    phone: str = column(ASKED, max_length=20, default="")
    locale: str = column(ASKED, max_length=2)
    words: str = column(ASKED, max_length=4000, default="")
    received_at: datetime = column(HANDLED, sa_type=UtcDateTime)
    due_on: date = column(HANDLED)
    verified_at: datetime | None = column(HANDLED, default=None, sa_type=UtcDateTime)
    verified_by: str = column(HANDLED, max_length=10, default="")
    token_hash: str | None = column(CONFIRMATION, default=None, max_length=64, unique=True)
    link_ends_at: datetime | None = column(CONFIRMATION, default=None, sa_type=UtcDateTime)
    extended_until: date | None = column(HANDLED, default=None)
    extended_at: datetime | None = column(HANDLED, default=None, sa_type=UtcDateTime)
    extension_reason: str = column(HANDLED, max_length=1000, default="")
    answered_at: datetime | None = column(HANDLED, default=None, sa_type=UtcDateTime)
    answer: str = column(HANDLED, max_length=8000, default="")
    leads_reminded_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)
