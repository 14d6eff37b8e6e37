"""Cutting the trail off where it is old. What is left is proven from an anchor on.

The anchor keeps the hash of the last entry that was cut off, which the first one left holds as its
`previous_hash`; and every cut is an entry of the trail itself.
"""

from datetime import datetime
from itertools import takewhile

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditAnchor, AuditEntry


def shorten(db: Session, *, before: datetime, now: datetime, limit: int) -> int:
    """Cut off at most `limit` entries at the front, none of them of `before` or later; says how
    many. The newest entry stays however old it is: the next one hangs on it.

    An entry that is old but stands behind a younger one waits for that one. Whoever shortens at
    the same time waits for the end of this transaction, and goes on from there; whoever writes to
    the trail does not wait.
    """
    anchor = db.execute(
        select(AuditAnchor).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    oldest = db.execute(
        select(col(AuditEntry.id), col(AuditEntry.at), col(AuditEntry.hash))
        .order_by(col(AuditEntry.id))
        .limit(limit + 1)
    ).all()
    old = list(takewhile(lambda entry: entry.at < before, oldest[:-1]))
    if not old:
        return 0
    anchor.through, _, anchor.hash = old[-1]
    anchor.entries += len(old)
    anchor.moved_at = now
    db.add(anchor)
    db.flush()  # the database lets nothing be deleted beyond the anchor
    db.execute(delete(AuditEntry).where(col(AuditEntry.id) <= anchor.through))
    trail.record(db, AuditEvent.TRAIL_SHORTENED, system("worker"), now=now, **anchor.noted)
    return len(old)
