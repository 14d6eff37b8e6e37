"""Which privacy notices are in force, and the proof of who was given which."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
    NOT_PERSONAL,
    DataEntry,
    Erasure,
    Export,
    Purpose,
    Retention,
    Subject,
    column,
    counted,
    runs_out,
)

_BECAUSE = "the proof that a person was informed outlives the person's account (GDPR article 5(2))"
PROOF = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.PROOF,
    erasure=Erasure.KEEP,
    because=_BECAUSE,
)
PROOF_KEY = DataEntry(
    Subject.USER,
    Purpose.ACCOUNTABILITY,
    Retention.PROOF,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because=_BECAUSE,
)


class Audience(StrEnum):
    CUSTOMER = "customer"
    ALARM_CONTACT = "alarm contact"


class Channel(StrEnum):
    MAIL = "mail"
    PORTAL = "portal"
    LETTER = "letter"


class PublishedNotice(SQLModel, table=True):
    """A version that was activated. The text stands in a file and never changes again.

    `announced_at` is set when everybody concerned has been written to.
    """

    __tablename__ = "published_notices"
    __table_args__ = (
        UniqueConstraint("audience", "version"),
        CheckConstraint("audience IN ('customer', 'alarm contact')", name="audience_is_known"),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    audience: str = column(NOT_PERSONAL, max_length=15)
    version: str = column(NOT_PERSONAL, max_length=20)
    published_at: datetime = column(NOT_PERSONAL, sa_type=UtcDateTime)
    effective_on: date = column(NOT_PERSONAL)
    announced_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)


class NoticeGiven(SQLModel, table=True):
    """The proof that a person was given a notice: reading it is not consenting to anything.

    `recipient_hash` is a keyed hash of the e-mail address and phone under which the person was
    written to, so that "already has it" is known for people without an account, too.
    """

    __tablename__ = "notices_given"
    __table_args__ = (
        Index("ix_notices_given_recipient_hash_audience", "recipient_hash", "audience"),
        CheckConstraint("audience IN ('customer', 'alarm contact')", name="audience_is_known"),
        CheckConstraint("channel IN ('mail', 'portal', 'letter')", name="channel_is_known"),
        runs_out(counted(Retention.PROOF, lambda row: row.at)),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    user_id: UUID | None = column(
        PROOF_KEY, default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    contact_id: UUID | None = column(
        PROOF_KEY, default=None, foreign_key="alarm_contacts.id", ondelete="SET NULL", index=True
    )
    recipient_hash: str = column(PROOF_KEY, max_length=64, default="")
    audience: str = column(PROOF, max_length=15)
    version: str = column(PROOF, max_length=20)
    locale: str = column(PROOF, max_length=2)
    text_hash: str = column(PROOF, max_length=64)
    channel: str = column(PROOF, max_length=10)
    message_id: str = column(PROOF, max_length=200, default="")
    at: datetime = column(PROOF, sa_type=UtcDateTime, index=True)
