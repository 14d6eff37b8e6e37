"""Users, their sessions, and the one-time links that are mailed to them."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, func
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
    DataEntry,
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

ACCOUNT = DataEntry(
    Subject.USER,
    Purpose.ACCOUNT,
    Retention.ACCOUNT_END,
    recipients=(Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER),
    source=Source.PERSON,
)
ACCOUNT_USE = DataEntry(Subject.USER, Purpose.ACCOUNT, Retention.ACCOUNT_END)
ACCOUNT_LINKAGE = DataEntry(Subject.USER, Purpose.ACCOUNT, Retention.ACCOUNT_END, Export.WITHHELD)
RESTRICTION = DataEntry(Subject.USER, Purpose.ACCOUNTABILITY, Retention.ACCOUNT_END)
CREDENTIAL = DataEntry(Subject.USER, Purpose.SECURITY, Retention.ACCOUNT_END, Export.WITHHELD)
SESSION = DataEntry(Subject.USER, Purpose.SECURITY, Retention.SESSION_END)
SESSION_SECRET = DataEntry(Subject.USER, Purpose.SECURITY, Retention.SESSION_END, Export.WITHHELD)
LINK = DataEntry(Subject.USER, Purpose.SECURITY, Retention.LINK_END)
LINK_SECRET = DataEntry(Subject.USER, Purpose.SECURITY, Retention.LINK_END, Export.WITHHELD)


class User(SQLModel, table=True):
    """A person with a sign-in. Without a password the account is not activated yet.

    From `restricted_at` on, their data are kept and little else is done with them (GDPR article
    18), up to and including the day `restricted_until`, if one is set.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint("staff_role IN ('agent', 'lead')", name="staff_role_is_known"),
    )

    id: UUID = column(ACCOUNT_LINKAGE, default_factory=new_id, primary_key=True)
    email: str = column(ACCOUNT, max_length=254, unique=True)
    name: str = column(ACCOUNT, max_length=120)
    phone: str = column(ACCOUNT, max_length=20, default="", index=True)
    locale: str = column(ACCOUNT, max_length=2)
    password_hash: str | None = column(CREDENTIAL, default=None, max_length=200)
    password_changed_at: datetime | None = column(ACCOUNT_USE, default=None, sa_type=UtcDateTime)
    staff_role: str | None = column(ACCOUNT_USE, default=None, max_length=10)
    created_at: datetime = column(ACCOUNT_USE, sa_type=UtcDateTime)
    activated_at: datetime | None = column(ACCOUNT_USE, default=None, sa_type=UtcDateTime)
    last_sign_in_at: datetime | None = column(ACCOUNT_USE, default=None, sa_type=UtcDateTime)
    restricted_at: datetime | None = column(RESTRICTION, default=None, sa_type=UtcDateTime)
    restricted_until: date | None = column(RESTRICTION, default=None)


class SignInSession(SQLModel, table=True):
    """One browser that is signed in. Only the cookie's hash is kept."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id_ended_at", "user_id", "ended_at"),
        runs_out(
            counted(Retention.SESSION_END, lambda row: func.coalesce(row.ended_at, row.expires_at))
        ),
    )

    id: UUID = column(SESSION_SECRET, default_factory=new_id, primary_key=True)
    token_hash: str = column(SESSION_SECRET, max_length=64, unique=True)
    user_id: UUID = column(SESSION_SECRET, foreign_key="users.id", ondelete="CASCADE")
    customer_id: UUID | None = column(
        SESSION_SECRET, default=None, foreign_key="customers.id", ondelete="SET NULL"
    )
    device: str = column(SESSION, max_length=80)
    created_at: datetime = column(SESSION, sa_type=UtcDateTime)
    last_seen_at: datetime = column(SESSION, sa_type=UtcDateTime)
    authenticated_at: datetime = column(SESSION, sa_type=UtcDateTime)
    expires_at: datetime = column(SESSION, sa_type=UtcDateTime)
    ended_at: datetime | None = column(SESSION, default=None, sa_type=UtcDateTime)


class LinkPurpose(StrEnum):
    """What a mailed link is for. A link for one purpose is worthless for every other."""

    ACTIVATE = "activate"
    RESET_PASSWORD = "reset-password"  # noqa: S105
    CONFIRM_EMAIL = "confirm-email"
    UNDO_EMAIL = "undo-email"
    KEEP_ACCOUNT = "keep-account"


class OneTimeLink(SQLModel, table=True):
    """A mailed link: 256 random bits of which only the hash is kept; one purpose, one use."""

    __tablename__ = "one_time_links"
    __table_args__ = runs_out(
        counted(Retention.LINK_END, lambda row: func.coalesce(row.used_at, row.expires_at))
    )

    token_hash: str = column(LINK_SECRET, max_length=64, primary_key=True)
    purpose: str = column(LINK, max_length=20)
    user_id: UUID = column(LINK_SECRET, foreign_key="users.id", ondelete="CASCADE", index=True)
    details: dict[str, Any] = column(LINK, sa_type=JSON, default_factory=dict)
    created_at: datetime = column(LINK, sa_type=UtcDateTime)
    expires_at: datetime = column(LINK, sa_type=UtcDateTime)
    used_at: datetime | None = column(LINK, default=None, sa_type=UtcDateTime)
