"""What members have chosen, the receipts of it, and the addresses that must not be written to."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
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
    done_by,
    runs_out,
)
from portal.marketing.topics import ALL, Channel, Topic

_RECIPIENTS = (Recipient.HOSTING_PROVIDER, Recipient.MAILING_PROVIDER)
CHOICE = DataEntry(
    Subject.MEMBER,
    Purpose.MARKETING,
    Retention.ACCOUNT_END,
    recipients=_RECIPIENTS,
    source=Source.PERSON,
)
SENT = replace(CHOICE, source=Source.USE)
CHOICE_LINKAGE = DataEntry(
    Subject.MEMBER, Purpose.MARKETING, Retention.ACCOUNT_END, Export.WITHHELD
)
_PROVEN = (
    "what was chosen must be shown for as long as somebody may ask (GDPR articles 5(2) and 7(1))"
)
RECEIPT = DataEntry(
    Subject.MEMBER,
    Purpose.ACCOUNTABILITY,
    Retention.CHOICE_REPLACED,
    erasure=Erasure.KEEP,
    because=_PROVEN,
    source=Source.PERSON,
)
RECEIPT_KEY = DataEntry(
    Subject.MEMBER,
    Purpose.ACCOUNTABILITY,
    Retention.CHOICE_REPLACED,
    Export.WITHHELD,
    Erasure.ANONYMISE,
    because=_PROVEN,
)
ANSWER = DataEntry(Subject.MEMBER, Purpose.SATISFACTION, Retention.HISTORY, source=Source.PERSON)
ANSWER_LINKAGE = DataEntry(Subject.MEMBER, Purpose.SATISFACTION, Retention.HISTORY, Export.WITHHELD)
SUPPRESSED = DataEntry(
    Subject.MEMBER,
    Purpose.ACCOUNTABILITY,
    Retention.SUPPRESSION,
    Export.WITHHELD,
    Erasure.KEEP,
    because="a no holds after its person is gone, and only a keyed hash says to which address",
)


class Basis(StrEnum):
    """On which legal basis a topic may be sent (GDPR article 6(1)(a) or (f))."""

    CONSENT = "consent"
    LEGITIMATE_INTEREST = "legitimate interest"


class Decision(StrEnum):
    YES = "yes"
    NO = "no"
    PAUSE = "pause"
    RESUME = "resume"


class Way(StrEnum):
    """How a choice reached us."""

    PORTAL = "portal"
    MAIL_LINK = "mail link"
    ONE_CLICK = "one-click"
    LETTER = "letter"  # by letter or telephone, entered by support
    IMPORT = "import"
    STOP = "stop"  # the word STOP, or unsubscribing with the sender
    COMPLAINT = "complaint"
    BOUNCE = "bounce"


def _one_of(name: str, values: type[StrEnum], *more: str) -> CheckConstraint:
    known = ", ".join(f"'{value}'" for value in (*values, *more))
    return CheckConstraint(f"{name} IN ({known})", name=f"{name}_is_known")


class MarketingChoice(SQLModel, table=True):
    """What a member said about one topic by one channel. No row: never asked, and never a yes.

    The row belongs to a membership and goes with it: whoever is an alarm contact only can have
    none. A yes cannot be written without the receipt that proves it, nor can that receipt be
    removed while the yes stands on it.
    """

    __tablename__ = "marketing_choices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            ondelete="CASCADE",
        ),
        _one_of("topic", Topic),
        _one_of("channel", Channel),
        _one_of("basis", Basis),
        _one_of("way", Way),
        Index(
            "ix_marketing_choices_topic_channel_chosen_user_id",
            "topic",
            "channel",
            "chosen",
            "user_id",
        ),
    )

    user_id: UUID = column(CHOICE_LINKAGE, primary_key=True)
    customer_id: UUID = column(CHOICE_LINKAGE, primary_key=True)
    topic: str = column(CHOICE, max_length=20, primary_key=True)
    channel: str = column(CHOICE, max_length=5, primary_key=True)
    chosen: bool = column(CHOICE)
    basis: str = column(CHOICE, max_length=20)
    way: str = column(CHOICE, max_length=10)
    at: datetime = column(CHOICE, sa_type=UtcDateTime)
    receipt_id: UUID = column(CHOICE_LINKAGE, foreign_key="marketing_receipts.id", index=True)


class MarketingReceipt(SQLModel, table=True):
    """The record of one choice: what was shown, and what was answered. Rows are never changed.

    `subject`, `customer` and `actor` are the pseudonyms of the audit trail (`audit/trail.py`):
    once the person is erased, the receipt leads to nobody. `subject` is the keyed hash of the
    address where nobody with an account has it. `customer` is empty for a no, which holds for all
    of them. `text` is what was shown, letter for letter; for an import what the earlier records
    say was shown, and `source` whose records.
    """

    __tablename__ = "marketing_receipts"
    __table_args__ = (
        _one_of("topic", Topic, ALL),
        _one_of("channel", Channel, ALL),
        _one_of("decision", Decision),
        _one_of("way", Way),
        Index("ix_marketing_receipts_subject_at", "subject", "at"),
        runs_out(done_by(Retention.CHOICE_REPLACED, "forget replaced receipts")),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    at: datetime = column(RECEIPT, sa_type=UtcDateTime)
    subject: str = column(RECEIPT_KEY, pseudonym=True, max_length=64)
    customer: str = column(RECEIPT_KEY, max_length=64, default="")
    actor: str = column(RECEIPT_KEY, max_length=64, default="")
    topic: str = column(RECEIPT, max_length=20)
    channel: str = column(RECEIPT, max_length=5)
    decision: str = column(RECEIPT, max_length=6)
    until: date | None = column(RECEIPT, default=None)
    basis: str = column(RECEIPT, max_length=20, default="")
    way: str = column(RECEIPT, max_length=10)
    text: str = column(RECEIPT, max_length=1000)
    text_version: str = column(RECEIPT, max_length=12)
    locale: str = column(RECEIPT, max_length=2)
    source: str = column(RECEIPT, max_length=200, default="")
    chosen_on: date | None = column(RECEIPT, default=None)


class Suppression(SQLModel, table=True):
    """An address that must not be written to about a topic, or about anything (`ALL`).

    `address_hash` is a keyed hash of channel and address. The row stays when the person goes.
    """

    __tablename__ = "suppressions"
    __table_args__ = (
        _one_of("topic", Topic, ALL),
        _one_of("channel", Channel),
        _one_of("way", Way),
    )

    address_hash: str = column(SUPPRESSED, max_length=64, primary_key=True)
    channel: str = column(SUPPRESSED, max_length=5, primary_key=True)
    topic: str = column(SUPPRESSED, max_length=20, primary_key=True)
    way: str = column(SUPPRESSED, max_length=10)
    at: datetime = column(SUPPRESSED, sa_type=UtcDateTime)


class MarketingPause(SQLModel, table=True):
    """Somebody wants to hear nothing up to and including a day, whatever they chose."""

    __tablename__ = "marketing_pauses"

    user_id: UUID = column(
        CHOICE_LINKAGE, foreign_key="users.id", ondelete="CASCADE", primary_key=True
    )
    until: date = column(CHOICE)
    at: datetime = column(CHOICE, sa_type=UtcDateTime)


class MarketingMailing(SQLModel, table=True):
    """One status report or survey that was posted to a member: none is posted twice.

    `period` is what it is about: the quarter of a report (`2026-Q4`), the day of a survey. A
    survey's link is kept as a hash.
    """

    __tablename__ = "marketing_mailings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            ondelete="CASCADE",
        ),
        _one_of("topic", Topic),
    )

    user_id: UUID = column(CHOICE_LINKAGE, primary_key=True)
    customer_id: UUID = column(CHOICE_LINKAGE, primary_key=True)
    topic: str = column(SENT, max_length=20, primary_key=True)
    period: str = column(SENT, max_length=10, primary_key=True)
    token_hash: str | None = column(CHOICE_LINKAGE, max_length=64, default=None, unique=True)
    at: datetime = column(SENT, sa_type=UtcDateTime, index=True)


class SurveyAnswer(SQLModel, table=True):
    """What a member answered to one survey: a score from 1 to 5, and words if they like."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("score BETWEEN 1 AND 5", name="score_is_one_to_five"),
        runs_out(counted(Retention.HISTORY, lambda row: row.at)),
    )

    user_id: UUID = column(ANSWER_LINKAGE, primary_key=True)
    customer_id: UUID = column(ANSWER_LINKAGE, primary_key=True)
    period: str = column(ANSWER, max_length=10, primary_key=True)
    score: int = column(ANSWER)
    words: str = column(ANSWER, max_length=1000, default="")
    at: datetime = column(ANSWER, sa_type=UtcDateTime, index=True)
