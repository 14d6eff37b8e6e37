"""Writing the trail and proving that nobody has touched it.

Entries name people and customers by keyed pseudonyms: HMAC-SHA-256 of the row's random id under
`PORTAL_PSEUDONYM_KEY`. Erasing a person removes the id, after which the pseudonym leads to nobody
while every hash stays valid.

After 24 months entries are cut off at the front (`audit/shortening.py`). What is left begins at
an anchor, whose every move the trail tells in turn.

The chain needs one writer at a time. Entries therefore wait in the session and are chained as the
last act before the commit: the lock is held for a moment, and always taken last, so that two
transactions cannot wait for each other.
"""

import hashlib
import hmac
import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, text, true
from sqlalchemy.orm import Session as SqlalchemySession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.audit.models import AuditAnchor, AuditEntry
from portal.settings import get_settings

GENESIS = "0" * 64
SYSTEM = "system "  # begins the names of the parts of SensorNordic that act by themselves
AS, STAFF = "as", "staff"  # in the details of what staff did
_WAITING = "audit entries waiting for the commit"
_BEFORE = "how many of them waited when each savepoint began"
_CHAIN_LOCK = 0x61756469  # PostgreSQL's advisory lock for the end of the chain


def pseudonym(kind: str, identifier: UUID | str | None) -> str:
    """The name under which the trail knows somebody; empty for nobody."""
    if identifier is None or identifier == "":
        return ""
    key = get_settings().pseudonym_key.encode()
    return hmac.new(key, f"{kind}:{identifier}".encode(), hashlib.sha256).hexdigest()


def name_of(actor: Actor) -> str:
    """The name under which the trail knows who acts: a part of SensorNordic by its own."""
    return pseudonym("user", actor.user_id) or (f"{SYSTEM}{actor.system}" if actor.system else "")


def about(
    subject: UUID | None = None, contact: UUID | None = None, site: UUID | None = None
) -> str:
    """The name under which the trail knows whom an entry is about: the person; an alarm contact
    who has no account; or everybody on the call list of a site.
    """
    return pseudonym("user", subject) or pseudonym("contact", contact) or pseudonym("site", site)


def record(
    db: Session,
    what: AuditEvent,
    actor: Actor,
    *,
    now: datetime,
    subject: UUID | None = None,
    contact: UUID | None = None,
    site: UUID | None = None,
    customer: UUID | None = None,
    **details: str | int | bool | None,
) -> None:
    """Tell the trail that `actor` did `what`, to whom (see `about`), for which customer.

    `details` must hold no personal data: codes, counts and field names only. That staff acted
    is noted among them, so that it is known when their account is long gone.
    """
    entry = AuditEntry(
        at=now,
        event=what.value,
        actor=name_of(actor),
        subject=about(subject, contact, site),
        customer=pseudonym("customer", customer or actor.customer_id),
        details=details | {AS: STAFF} if actor.staff_role else details,
        previous_hash="",
        hash="",
    )
    db.info.setdefault(_WAITING, []).append(entry)


@event.listens_for(SqlalchemySession, "before_commit")
def _chain_waiting_entries(db: SqlalchemySession) -> None:
    if db.in_nested_transaction():  # the end of a savepoint is no commit
        return
    waiting: list[AuditEntry] = db.info.pop(_WAITING, [])
    db.info.pop(_BEFORE, None)
    if not waiting:
        return
    db.flush()
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    newest = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)
    last = db.execute(newest).scalar() or GENESIS
    for entry in waiting:
        entry.previous_hash = last
        entry.hash = last = _hash(entry)
    db.add_all(waiting)
    db.flush()  # in the order in which they were added, an import's ten thousands in one go


@event.listens_for(SqlalchemySession, "after_transaction_create")
def _remember_what_waited(db: SqlalchemySession, began: SessionTransaction) -> None:
    if began.nested:
        db.info.setdefault(_BEFORE, {})[began] = len(db.info.get(_WAITING, ()))


@event.listens_for(SqlalchemySession, "after_soft_rollback")
def _forget_what_was_taken_back(db: SqlalchemySession, ended: SessionTransaction) -> None:
    """What was recorded within a savepoint goes with it; what was recorded before it stays."""
    savepoint = ended  # of a flush that failed, its whole savepoint is taken back
    while savepoint.parent is not None and not savepoint.nested:
        savepoint = savepoint.parent
    waited_before = db.info.get(_BEFORE, {}).get(savepoint, 0)
    del db.info.get(_WAITING, [])[waited_before:]


def _hash(entry: AuditEntry) -> str:
    content: list[Any] = [
        entry.previous_hash,
        entry.at.isoformat(timespec="microseconds"),
        entry.event,
        entry.actor,
        entry.subject,
        entry.customer,
        entry.details,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """What a check of the whole trail found: `broken_at` is the first wrong entry's id.

    `cut_off` older entries were there once, up to `anchored_at`. `anchor_holds`: the anchor is
    where the trail says that it was moved last.
    """

    entries: int
    head: str
    broken_at: int | None
    cut_off: int = 0
    anchored_at: datetime | None = None
    anchor_holds: bool = True

    @property
    def whole(self) -> bool:
        return self.broken_at is None and self.anchor_holds


def verify(db: Session) -> Verification:
    """Recompute every hash of the trail, from its anchor on.

    An entry that was changed, removed from the middle or right after the anchor, or inserted
    breaks the chain. An anchor that was moved by hand is not where the trail's own last word on it
    says. Entries cut off at the end are found by comparing `head` with one noted earlier
    (`portal audit verify` prints it).
    """
    last, count, noted = "", 0, {}
    anchor: AuditAnchor | None = None
    with closing(_anchor_and_entries(db)) as rows:
        for anchor, entry in rows:
            last = last or anchor.hash
            if entry is None:  # nothing was ever recorded
                break
            if entry.previous_hash != last or entry.hash != _hash(entry):
                return _found(count, last, entry.id, anchor)
            if entry.event == AuditEvent.TRAIL_SHORTENED:
                noted = entry.details
            last, count = entry.hash, count + 1
    if anchor is None or anchor.noted != noted:
        return replace(_found(count, last, None, anchor), anchor_holds=False)
    return _found(count, last, None, anchor)


def _anchor_and_entries(
    db: Session,
) -> Generator[tuple[AuditAnchor, AuditEntry | None], None, None]:
    """Each entry, beside the anchor: one statement, so that both are of the same moment."""
    statement = (
        select(AuditAnchor, AuditEntry)
        .outerjoin(AuditEntry, true())
        .where(col(AuditAnchor.id) == 1)
        .order_by(col(AuditEntry.id))
    )
    with closing(db.exec(statement.execution_options(yield_per=1000))) as rows:
        yield from rows


def _found(
    count: int, head: str, broken_at: int | None, anchor: AuditAnchor | None
) -> Verification:
    if anchor is None:
        return Verification(count, head, broken_at)
    return Verification(count, head, broken_at, anchor.entries, anchor.moved_at)
