"""The order in which people are called: moving somebody, and taking the last move back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.changes import note
from portal.contacts.finding import find_entry, find_site
from portal.contacts.models import (
    AlarmContact,
    CallList,
    CallListEntry,
    ContactChange,
    ContactEvent,
)
from portal.errors import ChangedMeanwhileError, NotFoundError, PortalError


class NothingToUndoError(PortalError):
    """The list has changed in another way since the last move, or nobody was moved."""

    code = "nothing-to-undo"
    status = 409


def move_contact(
    db: Session, actor: Actor, entry_id: UUID, *, to: int, version: int, now: datetime
) -> int:
    """Call somebody earlier or later. The list's new version is returned.

    Args:
        db: a transaction.
        actor: a member.
        entry_id: whose place.
        to: the new place, from 1; beyond the end means the end.
        version: the list's version as the actor saw it.
        now: the time of moving.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such place of this customer (any more).
        ChangedMeanwhileError: somebody else changed the list since; `name` and `at` say who and
            when, `version` is today's.
    """
    actor.require(Right.EDIT_CONTACTS)
    entry = find_entry(db, actor, entry_id)
    call_list, people = _locked(db, actor, entry.site_id, version, now)
    order = [each for _, each in people]
    mover = next((pair for pair in people if pair[1].id == entry_id), None)
    if mover is None:
        raise NotFoundError
    contact, moved = mover
    before = [str(each.id) for each in order]
    order.remove(moved)
    order.insert(max(to, 1) - 1, moved)
    call_lists.put_in_order(db, order)
    note(db, actor, ContactEvent.MOVED, contact, now=now, site_id=moved.site_id, to=moved.position)
    return _finish(db, actor, call_list, before, now)


def undo_move(db: Session, actor: Actor, site_id: UUID, *, version: int, now: datetime) -> int:
    """Put the list back into the order before the last move. Its new version is returned.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such site of this customer.
        ChangedMeanwhileError: as `move_contact`.
        NothingToUndoError: nobody was moved, or the list has changed otherwise since.
    """
    actor.require(Right.EDIT_CONTACTS)
    call_list, people = _locked(db, actor, site_id, version, now)
    entries = {str(entry.id): entry for _, entry in people}
    if call_list.order_before is None or set(call_list.order_before) != entries.keys():
        raise NothingToUndoError
    call_lists.put_in_order(db, [entries[each] for each in call_list.order_before])
    contact, _ = people[0]
    note(db, actor, ContactEvent.MOVE_UNDONE, contact, now=now, site_id=site_id)
    return _finish(db, actor, call_list, None, now)


def _locked(
    db: Session, actor: Actor, site_id: UUID, version: int, now: datetime
) -> tuple[CallList, Sequence[tuple[AlarmContact, CallListEntry]]]:
    site = find_site(db, actor, site_id)
    call_list = call_lists.locked_lists(db, [site], now=now)[site.id]
    if call_list.version != version:
        _refuse_overtaken(db, actor, call_list)
    return call_list, call_lists.people_on(db, [site.id])[site.id]


def _finish(
    db: Session, actor: Actor, call_list: CallList, before: list[str] | None, now: datetime
) -> int:
    trail.record(db, AuditEvent.CALL_LIST_REORDERED, actor, now=now, site=call_list.site_id)
    call_lists.changed(db, [call_list], now=now)
    call_list.order_before = before
    db.add(call_list)
    db.flush()
    return call_list.version


def _refuse_overtaken(db: Session, actor: Actor, call_list: CallList) -> None:
    last = db.execute(
        select(col(User.name), col(ContactChange.at))
        .select_from(ContactChange)
        .outerjoin(User, col(User.id) == col(ContactChange.changed_by))
        .where(owned_by(actor, ContactChange), col(ContactChange.site_id) == call_list.site_id)
        .order_by(col(ContactChange.id).desc())
        .limit(1)
    ).first()
    if last is None:
        raise ChangedMeanwhileError(version=call_list.version)
    raise ChangedMeanwhileError(version=call_list.version, name=last.name or "", at=last.at)
