"""Invitations."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, text
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
    ATTRIBUTION,
    NOT_PERSONAL,
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

OFFER = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.INTRODUCTION,
    Retention.INVITATION_END,
    recipients=(Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER),
    source=Source.CUSTOMER,
)
OFFER_USE = replace(OFFER, source=Source.USE)
OFFER_SECRET = DataEntry(
    Subject.ALARM_CONTACT, Purpose.SECURITY, Retention.INVITATION_END, Export.WITHHELD
)


class InvitationKind(StrEnum):
    CONTACT = "contact"
    MEMBER = "member"


class Outcome(StrEnum):
    """How an invitation ended. Only a no can be taken back, by whoever said it."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_ME = "not me"
    RETURNED = "returned"


_OPEN = "ended_at IS NULL"


class Invitation(SQLModel, table=True):
    """One offer to one person for one customer. Only the hashes of its links are kept.

    While `ended_at` is empty the invitation is pending; the database lets nobody have two.
    `role` is the offered role of a member. `message_id` is that of the mail that carries it.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("kind IN ('contact', 'member')", name="kind_is_known"),
        CheckConstraint("(kind = 'contact') = (contact_id IS NOT NULL)", name="contacts_are_named"),
        CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ends_with_an_outcome"),
        Index(
            "uq_invitations_contact_pending",
            "contact_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "uq_invitations_member_pending",
            "customer_id",
            "email",
            unique=True,
            sqlite_where=text(f"kind = 'member' AND {_OPEN}"),
            postgresql_where=text(f"kind = 'member' AND {_OPEN}"),
        ),
        Index("ix_invitations_ended_at_expires_at", "ended_at", "expires_at"),
        runs_out(
            counted(
                Retention.INVITATION_END, lambda row: func.coalesce(row.ended_at, row.expires_at)
            ),
            counted(Retention.HISTORY, lambda row: row.created_at),
        ),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(OFFER, foreign_key="customers.id", ondelete="CASCADE", index=True)
    kind: str = column(NOT_PERSONAL, max_length=10)
    contact_id: UUID | None = column(
        OFFER_SECRET, default=None, foreign_key="alarm_contacts.id", ondelete="CASCADE", index=True
    )
    role: str = column(OFFER, max_length=15, default="")
    name: str = column(OFFER, max_length=120)
    email: str = column(OFFER, address=True, max_length=254)
    locale: str = column(OFFER, max_length=2)
    token_hash: str = column(OFFER_SECRET, max_length=64, unique=True)
    reminder_hash: str | None = column(OFFER_SECRET, default=None, max_length=64, unique=True)
    message_id: str = column(NOT_PERSONAL, max_length=200, default="", index=True)
    invited_by: UUID | None = column(
        ATTRIBUTION, default=None, foreign_key="users.id", ondelete="SET NULL"
    )
    created_at: datetime = column(OFFER_USE, sa_type=UtcDateTime)
    expires_at: datetime = column(OFFER_USE, sa_type=UtcDateTime)
    reminded_at: datetime | None = column(OFFER_USE, default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = column(OFFER_USE, default=None, sa_type=UtcDateTime)
    outcome: str = column(OFFER_USE, max_length=10, default="")
    accepted_by: UUID | None = column(
        OFFER_SECRET, default=None, foreign_key="users.id", ondelete="SET NULL"
    )

    @property
    def pending(self) -> bool:
        return self.ended_at is None
