"""Delivery: what is due leaves, at least once, and at most twice if a worker died in between.

A worker takes a batch by putting a lease on its rows, sends outside any transaction, and marks
each mail right after the server has taken it. A worker that dies between the server's answer and
the mark leaves one mail that will leave again, under the same Message-ID. Rows of a dead worker
are free again when its lease has run out.

**Order.** The oldest of every kind go first, so that one password reset does not wait behind ten
thousand activations.

**Failure.** What may work later is tried again after the times in `BACK_OFF`, and given up about
two days after the first attempt; what never will is given up at once. Given up means: in the log
as an error, counted by `portal doctor`, with the text removed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from portal.database import reading, transaction
from portal.encryption import UndecipherableError
from portal.mail.envelopes import enclose
from portal.mail.letters import Letter
from portal.mail.models import MailState, OutboxMessage
from portal.mail.transports import (
    MailError,
    NotNowError,
    RefusedError,
    Transport,
    UnreachableError,
)

BATCH = 20
LEASE = timedelta(minutes=5)
LATE = timedelta(minutes=10)
TIME_TO_SEND = timedelta(minutes=2)  # with less of the lease left, no mail is begun
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=12),
    timedelta(hours=12),
)

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Check = Callable[[Session, OutboxMessage, datetime], str]
_checks: list[Check] = []
Outcome = Callable[[Session, OutboxMessage, MailState, datetime], None]
_outcomes: list[Outcome] = []


def register_check(check: Check) -> Check:
    """Let `check` be asked before every marketing mail leaves, however long ago it was written.

    It gets a reading session, the row and the time, and answers with the reason why the mail must
    not leave (a few words without personal data), or with nothing. A check that fails postpones;
    while nobody checks, no marketing leaves. Service messages are asked about nothing: nobody's
    choice can hold back a password reset.
    """
    _checks.append(check)
    return check


def register_outcome(outcome: Outcome) -> Outcome:
    """Let `outcome` be told, in the transaction that marks it, of every mail that was sent, given
    up or, later, returned. Sent means that a server took it, not that it was delivered.
    """
    _outcomes.append(outcome)
    return outcome


def tell_outcome(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    """Tell everybody who registered what became of a mail."""
    for outcome in _outcomes:
        outcome(db, mail, state, now)


def deliver_due(transport: Transport, clock: Clock, stop: Event | None = None) -> int:
    """Deliver until nothing is due or `stop` is set; says how many mails were dealt with."""
    count = 0
    try:
        while not (stop and stop.is_set()) and (batch := _take_batch(clock())):
            count += _deliver(batch, transport, clock, stop)
    finally:
        transport.close()
    return count


def _deliver(
    batch: list[OutboxMessage], transport: Transport, clock: Clock, stop: Event | None
) -> int:
    unreachable = ""
    for number, mail in enumerate(batch):
        lease = mail.leased_until
        if (stop and stop.is_set()) or lease is None or lease - clock() < TIME_TO_SEND:
            _give_back(batch[number:])
            return number
        if unreachable:  # the others would wait for the same silence, one after the other
            _postpone_or_give_up(mail, unreachable, clock())
            continue
        try:
            _deliver_one(mail, transport, clock)
        except UnreachableError as error:
            unreachable = str(error)
            log.warning("mail cannot leave", reason=unreachable)
            _postpone_or_give_up(mail, unreachable, clock())
    return len(batch)


def _deliver_one(mail: OutboxMessage, transport: Transport, clock: Clock) -> None:
    try:
        if reason := _reason_to_stop(mail, clock()):
            _finish(mail, MailState.STOPPED, clock(), reason)
            return
        letter = Letter.opened(mail.body or "")
        transport.send(
            enclose(
                letter,
                recipient=mail.recipient,
                locale=mail.locale,
                message_id=mail.message_id,
                now=clock(),
            )
        )
    except UnreachableError:
        raise
    except RefusedError as error:
        _finish(mail, MailState.GIVEN_UP, clock(), str(error))
    except UndecipherableError:
        _finish(mail, MailState.GIVEN_UP, clock(), "no key opens the text")
    except MailError as error:
        _postpone_or_give_up(mail, str(error), clock())
    except Exception as error:
        log.exception("mail failed", kind=mail.kind, message_id=mail.message_id)
        _postpone_or_give_up(mail, type(error).__name__, clock())
    else:
        _finish(mail, MailState.SENT, clock())


def _reason_to_stop(mail: OutboxMessage, now: datetime) -> str:
    if not mail.topic:
        return ""
    if not _checks:
        raise NotNowError("nobody checks marketing")
    with reading() as db:
        return next(filter(None, (check(db, mail, now) for check in _checks)), "")


def _is_due(now: datetime) -> list[ColumnElement[bool]]:
    return [col(OutboxMessage.state) == MailState.WAITING.value, col(OutboxMessage.due_at) <= now]


def _take_batch(now: datetime) -> list[OutboxMessage]:
    """Lease some rows that are due.

    The attempt counts at once, so that a mail that kills its worker does not do so for ever.
    """
    with reading() as db:  # looking needs no lock, and most looks find nothing
        kinds = db.exec(select(OutboxMessage.kind).where(*_is_due(now)).distinct()).all()
    if not kinds:
        return []
    share = -(-BATCH // len(kinds))
    with transaction() as db:
        batch = [mail for kind in kinds for mail in _oldest(db, kind, share, now)]
        db.expunge_all()
        for mail in batch:
            mail.leased_until = now + LEASE
            mail.attempts += 1
        taken = col(OutboxMessage.id).in_([mail.id for mail in batch])
        lease = {"leased_until": now + LEASE, "attempts": OutboxMessage.attempts + 1}
        db.execute(update(OutboxMessage).where(taken).values(lease))
    return batch


def _oldest(db: Session, kind: str, count: int, now: datetime) -> list[OutboxMessage]:
    leased_until = col(OutboxMessage.leased_until)
    statement = (
        select(OutboxMessage)
        .where(OutboxMessage.kind == kind, *_is_due(now))
        .where(or_(leased_until.is_(None), leased_until <= now))
        .order_by(col(OutboxMessage.due_at))  # the index is in this order: nothing to sort
        .limit(count)
        .with_for_update(skip_locked=True)  # SQLite's transaction holds the only lock anyway
    )
    return list(db.exec(statement).all())


def _postpone_or_give_up(mail: OutboxMessage, reason: str, now: datetime) -> None:
    if mail.attempts > len(BACK_OFF):
        _finish(mail, MailState.GIVEN_UP, now, reason)
        return
    wait = BACK_OFF[mail.attempts - 1]
    _mark(mail, due_at=now + wait, last_error=reason)
    log.info("mail postponed", kind=mail.kind, reason=reason, wait=str(wait))


def _finish(mail: OutboxMessage, state: MailState, now: datetime, reason: str = "") -> None:
    sent_at = now if state is MailState.SENT else None
    values = {"state": state.value, "body": None, "sent_at": sent_at, "last_error": reason}
    with transaction() as db:
        if _marked(db, mail, values):
            tell_outcome(db, mail, state, now)
    note = log.error if state is MailState.GIVEN_UP else log.info
    details = {"reason": reason} if reason else {}
    note(f"mail {state.value}", kind=mail.kind, message_id=mail.message_id, **details)


def _give_back(batch: list[OutboxMessage]) -> None:
    """Free rows that were taken and not tried."""
    for mail in batch:
        _mark(mail, attempts=mail.attempts - 1)


def _mark(mail: OutboxMessage, **values: Any) -> None:
    with transaction() as db:
        _marked(db, mail, values)


def _marked(db: Session, mail: OutboxMessage, values: dict[str, Any]) -> bool:
    """Write down what became of the mail, unless the lease ran out and another worker has it;
    says whether it was ours.
    """
    ours = (col(OutboxMessage.id) == mail.id, col(OutboxMessage.leased_until) == mail.leased_until)
    done = db.connection().execute(
        update(OutboxMessage).where(*ours).values(leased_until=None, **values)
    )
    return done.rowcount == 1


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """How the outbox does: `late` mails have been due for more than ten minutes."""

    late: int
    given_up: int


def health(db: Session, *, now: datetime) -> OutboxHealth:
    """Counts for `portal doctor`; a mail given up is counted for 30 days."""
    waiting = col(OutboxMessage.state) == MailState.WAITING.value
    tried_or_due = or_(col(OutboxMessage.due_at) <= now, col(OutboxMessage.attempts) > 0)
    old = col(OutboxMessage.created_at) < now - LATE
    given_up = col(OutboxMessage.state) == MailState.GIVEN_UP.value

    def count(*conditions: ColumnElement[bool]) -> int:
        return db.exec(select(func.count()).select_from(OutboxMessage).where(*conditions)).one()

    return OutboxHealth(count(waiting, old, tried_or_due), count(given_up))


def given_up(db: Session, *, limit: int = 100) -> Sequence[OutboxMessage]:
    """The mails that could not be delivered, the newest first; `last_error` says why."""
    statement = (
        select(OutboxMessage)
        .where(OutboxMessage.state == MailState.GIVEN_UP.value)
        .order_by(col(OutboxMessage.created_at).desc())
        .limit(limit)
    )
    return db.exec(statement).all()
