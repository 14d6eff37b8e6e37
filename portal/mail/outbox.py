"""Posting: a mail is a row in the caller's transaction, and leaves only if that is committed.

**The limit.** A mail that anybody can cause to be sent to an address (`LIMITED`) is sent at most
ten times an hour to that address. What is above that is not written and not told: whoever asks
must not learn whether the address is known. A line in the log and an entry in the audit trail
remain. Mail that tells of something that has happened is never held back, so that nobody can use
up the limit to keep a warning from its reader.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import event, func, insert
from sqlalchemy.orm import Session as SqlalchemySession
from sqlmodel import Session, col, select

from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.batches import in_batches
from portal.database import new_id
from portal.languages import DEFAULT_LOCALE, LOCALES
from portal.mail import letters
from portal.mail.models import MailState, OutboxMessage
from portal.settings import get_settings

LIMITED = frozenset(
    {"activation", "confirm-email", "data-request-verify", "reset-password", "staff-activation"}
)
MAILS_PER_RECIPIENT = 10
LIMIT_PERIOD = timedelta(hours=1)

log = structlog.get_logger(__name__)

# Set after a commit that wrote mail, so that the worker in this process need not wait for its
# next look. Only a hint: a worker elsewhere finds the rows by looking.
mail_waiting = threading.Event()
_WRITTEN = "mail written"


@dataclass(frozen=True, slots=True)
class Post:
    """One mail to post: see `post` for what the fields mean."""

    kind: str
    recipient: str
    locale: str
    values: Mapping[str, Any] = field(default_factory=dict)
    user_id: UUID | None = None
    due_at: datetime | None = None
    topic: str = ""
    about_customer: UUID | None = None


def post(
    db: Session,
    *,
    kind: str,
    recipient: str,
    locale: str,
    values: Mapping[str, Any],
    now: datetime,
    user_id: UUID | None = None,
    due_at: datetime | None = None,
) -> OutboxMessage | None:
    """Write a mail now, to leave after the commit (or at `due_at`).

    Args:
        db: the caller's session; nothing leaves if it is rolled back.
        kind: names the template `portal/mail/templates/<kind>.jinja`, which lists its values.
        recipient: one address, without a name.
        locale: the reader's language.
        values: for the template. Texts are made inert; `link` must lead to the portal.
        now: the time of writing.
        user_id: the reader, if they have an account: the row goes when the account goes.
        due_at: not before this time.

    Returns:
        The row, or None when the recipient's limit is used up.

    Raises:
        ValueError: the kind is marketing, which leaves by `portal/marketing/mailing.py` only.
    """
    mail = Post(kind, recipient, locale, values, user_id, due_at)
    if _held_back(db, [mail], now):
        return None
    row = OutboxMessage(**_row(mail, now))
    db.add(row)
    db.info[_WRITTEN] = True
    return row


def post_many(db: Session, mails: Sequence[Post], *, now: datetime) -> int:
    """Write many mails at once, as `post` does with each; says how many were written."""
    held_back = _held_back(db, mails, now)
    to_write = [mail for number, mail in enumerate(mails) if number not in held_back]
    for some in in_batches(to_write):
        db.flush()  # the readers' own rows first: the mails refer to them
        db.execute(insert(OutboxMessage), [_row(mail, now) for mail in some])
        db.info[_WRITTEN] = True
    return len(to_write)


def _row(mail: Post, now: datetime) -> dict[str, Any]:
    if letters.is_marketing(mail.kind) != bool(mail.topic):
        raise ValueError("marketing is posted with its topic, and a service message without one")
    identifier = new_id()
    locale = mail.locale if mail.locale in LOCALES else DEFAULT_LOCALE
    return {
        "id": identifier,
        "message_id": f"<{identifier}@{get_settings().public_host.partition(':')[0]}>",
        "kind": mail.kind,
        "topic": mail.topic,
        "about_customer": mail.about_customer,
        "user_id": mail.user_id,
        "recipient": mail.recipient,
        "locale": locale,
        "body": letters.write(mail.kind, locale, mail.values).sealed(),
        "state": MailState.WAITING.value,
        "attempts": 0,
        "created_at": now,
        "due_at": mail.due_at or now,
        "last_error": "",
    }


def _held_back(db: Session, mails: Sequence[Post], now: datetime) -> set[int]:
    """The places in `mails` of those that are above their recipient's limit."""
    limited = [mail for mail in mails if mail.kind in LIMITED]
    if not limited or get_settings().rate_limits == "off":
        return set()
    written = _written_lately(db, {mail.recipient for mail in limited}, now)
    above: set[int] = set()
    for number, mail in enumerate(mails):
        if mail.kind not in LIMITED:
            continue
        written[mail.recipient] += 1
        if written[mail.recipient] > MAILS_PER_RECIPIENT:
            above.add(number)
            log.warning("mail held back: too many to one recipient", kind=mail.kind)
            trail.record(
                db,
                AuditEvent.MAIL_HELD_BACK,
                system("mail"),
                now=now,
                subject=mail.user_id,
                kind=mail.kind,
            )
    return above


def _written_lately(db: Session, recipients: set[str], now: datetime) -> Counter[str]:
    written: Counter[str] = Counter()
    for some in in_batches(sorted(recipients)):
        lately = (
            select(OutboxMessage.recipient, func.count())
            .where(
                col(OutboxMessage.recipient).in_(some),
                col(OutboxMessage.kind).in_(LIMITED),
                OutboxMessage.created_at > now - LIMIT_PERIOD,
            )
            .group_by(col(OutboxMessage.recipient))
        )
        written.update(dict(db.exec(lately).all()))
    return written


@event.listens_for(SqlalchemySession, "after_commit")
def _tell_the_worker(db: SqlalchemySession) -> None:
    # The end of a savepoint is no commit: nobody else can see the row yet.
    if not db.in_nested_transaction() and db.info.pop(_WRITTEN, False):
        mail_waiting.set()


@event.listens_for(SqlalchemySession, "after_rollback")
def _forget_what_was_written(db: SqlalchemySession) -> None:
    db.info.pop(_WRITTEN, None)
