"""Views: that somebody looked at another's data is noted, once an hour for the same thing.

A page asks `unnoted` within the transaction in which it reads what it shows; only where something
is left over does it write. So that opening a page again costs one indexed read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.database import UtcDateTime, columns

ONCE_EVERY = timedelta(hours=1)
_VIEWING_LOCK = 0x76696577  # PostgreSQL's advisory locks, one for each actor


@dataclass(frozen=True, slots=True)
class View:
    """What was looked at: which kind of thing, of which customer, and about whom, as in
    `trail.record`. Without a customer it is the actor's own.
    """

    what: AuditEvent
    customer: UUID | None = None
    subject: UUID | None = None
    contact: UUID | None = None
    site: UUID | None = None


_LATELY = select(col(AuditEntry.subject), col(AuditEntry.customer)).where(
    col(AuditEntry.actor) == bindparam("actor"),
    col(AuditEntry.event) == bindparam("event"),
    col(AuditEntry.at) > bindparam("since", type_=UtcDateTime()),
)


def unnoted(db: Session, actor: Actor, views: Iterable[View], *, now: datetime) -> list[View]:
    """Those of the views that the trail does not tell of within the last hour."""
    found: dict[AuditEvent, set[tuple[str, str]]] = {}
    left: list[View] = []
    for view in views:
        if view.what not in found:
            found[view.what] = _noted_lately(db, actor, view.what, now)
        thing = _thing(actor, view)
        if thing not in found[view.what]:
            found[view.what].add(thing)
            left.append(view)
    return left


def note_views(db: Session, actor: Actor, views: Collection[View], *, now: datetime) -> None:
    """Note the views in the trail. Of two tabs that open at once, one does."""
    if not views:
        return
    if db.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:actor))")
        db.execute(lock, {"kind": _VIEWING_LOCK, "actor": trail.name_of(actor)})
    for view in unnoted(db, actor, views, now=now):
        trail.record(
            db,
            view.what,
            actor,
            now=now,
            subject=view.subject,
            contact=view.contact,
            site=view.site,
            customer=view.customer,
        )


def _noted_lately(
    db: Session, actor: Actor, what: AuditEvent, now: datetime
) -> set[tuple[str, str]]:
    values = {"actor": trail.name_of(actor), "event": what.value, "since": now - ONCE_EVERY}
    return {(row.subject, row.customer) for row in columns(db, _LATELY, values)}


def _thing(actor: Actor, view: View) -> tuple[str, str]:
    """How the trail would call it."""
    customer = trail.pseudonym("customer", view.customer or actor.customer_id)
    return trail.about(view.subject, view.contact, view.site), customer
