"""The outbox."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, case, func
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
    NOT_PERSONAL,
    DataEntry,
    Export,
    Purpose,
    Recipient,
    Retention,
    Subject,
    column,
    counted,
    runs_out,
)

_RECIPIENTS = (Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER)
MAIL = DataEntry(Subject.USER, Purpose.ACCOUNT, Retention.MAIL_BODY, recipients=_RECIPIENTS)
MAIL_TEXT = DataEntry(
    Subject.USER, Purpose.ACCOUNT, Retention.MAIL_BODY, Export.WITHHELD, recipients=_RECIPIENTS
)


class MailState(StrEnum):
    """What has become of a mail. `GIVEN_UP`: it could not be delivered. `STOPPED`: a check at the
    moment of sending said that it must not leave any more.
    """

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"
    STOPPED = "stopped"


def _no_longer_waits(row: Any) -> ColumnElement[Any]:
    """Since when a mail does not wait; NULL while it does."""
    return case(
        (row.state != MailState.WAITING.value, func.coalesce(row.sent_at, row.due_at)),
    )


class OutboxMessage(SQLModel, table=True):
    """A mail that must leave.

    With a `topic` it is marketing: its kind stands in `templates/marketing/`, it carries a way out,
    it rests on the yes that its reader gave for `about_customer`, and it is checked again before it
    leaves. Without one it is a service message, which nobody's choice can hold back and which can
    carry no offer. The table itself allows no third.

    The text is encrypted at rest, because it holds links that act, and is removed when the mail
    no longer waits. `leased_until` is set by the worker that is sending it now; a worker that
    dies leaves a lease that runs out.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sent', 'given-up', 'stopped')", name="state_is_known"
        ),
        CheckConstraint(
            "(topic = '') = (kind NOT LIKE 'marketing/%')", name="marketing_has_a_topic"
        ),
        CheckConstraint(
            "(topic = '') = (about_customer IS NULL)", name="marketing_is_about_a_customer"
        ),
        Index("ix_outbox_state_kind_due_at", "state", "kind", "due_at"),
        Index("ix_outbox_recipient_created_at", "recipient", "created_at"),
        runs_out(counted(Retention.MAIL_BODY, _no_longer_waits)),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    message_id: str = column(NOT_PERSONAL, max_length=200, unique=True)
    kind: str = column(MAIL, max_length=40)
    topic: str = column(NOT_PERSONAL, max_length=20, default="")
    about_customer: UUID | None = column(MAIL_TEXT, default=None)
    user_id: UUID | None = column(
        MAIL_TEXT, default=None, foreign_key="users.id", ondelete="CASCADE", index=True
    )
    recipient: str = column(MAIL, address=True, max_length=254)
    locale: str = column(MAIL, max_length=2)
    body: str | None = column(MAIL_TEXT, default=None)
    state: str = column(NOT_PERSONAL, max_length=10, default=MailState.WAITING.value)
    attempts: int = column(NOT_PERSONAL, default=0)
    created_at: datetime = column(MAIL, sa_type=UtcDateTime)
    due_at: datetime = column(MAIL, sa_type=UtcDateTime)
    leased_until: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = column(MAIL, default=None, sa_type=UtcDateTime)
    last_error: str = column(NOT_PERSONAL, max_length=200, default="")
