"""What is watched without anybody asking: invitations that run out, lists that fall below what
their site needs as the days pass, and people who have not been told within three weeks.
"""

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.accounts.staff import mail_leads
from portal.actor import Actor, system
from portal.contacts.changes import forget_names, note
from portal.contacts.inviting import pending_invitation
from portal.contacts.mailings import gap_at, mail_customer
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallList,
    CallListEntry,
    ContactEvent,
    InvitationState,
)
from portal.contacts.standing import is_reachable
from portal.contacts.taking_off import finish, take_off_lists
from portal.customers.models import Customer, Site
from portal.customers.moves import today
from portal.database import columns
from portal.invitations import offers
from portal.invitations.models import Invitation, Outcome

WARNED_AFTER = timedelta(days=21)  # of the one month that article 14(3)(a) gives
CLOCK = system("worker")


def run_out_invitations(db: Session, *, now: datetime) -> int:
    """End the invitations that nobody answered; says how many of contacts there were."""
    offers.run_out(db, now=now)
    count = 0
    unanswered = db.execute(
        select(AlarmContact)
        .join(Invitation, col(Invitation.contact_id) == col(AlarmContact.id))
        .where(col(Invitation.ended_at).is_(None), col(Invitation.expires_at) <= now)
        .order_by(col(AlarmContact.id))
        .with_for_update(of=AlarmContact, skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalars()
    for contact in list(unanswered):
        invitation = pending_invitation(db, contact)
        if invitation is None or invitation.expires_at > now:
            continue  # it was answered, or another has come, just before the contact was locked
        offers.end(db, invitation, Outcome.EXPIRED, now=now)
        contact.invitation_state = InvitationState.NO_ANSWER.value
        db.add(contact)
        note(db, CLOCK, ContactEvent.NO_ANSWER, contact, now=now)
        count += 1
    return count


_STANDING = (
    select(
        col(CallList.site_id),
        col(CallList.needed),
        col(CallList.gap_told_at),
        col(Site.country),
        col(CallListEntry.answer),
        col(CallListEntry.valid_from),
        col(CallListEntry.valid_until),
        col(CallListEntry.paused_from),
        col(CallListEntry.paused_until),
        col(AlarmContact.phone),
        col(AlarmContact.own_phone),
    )
    .join(Site, col(Site.id) == col(CallList.site_id))
    .outerjoin(CallListEntry, col(CallListEntry.site_id) == col(CallList.site_id))
    .outerjoin(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
    .where(col(CallList.version) > 0)
    .order_by(col(CallList.site_id))
)


def lists_to_tell_of(db: Session, *, now: datetime) -> list[UUID]:
    """The sites where a gap has come that nobody was told of, or one has closed that was told.

    Reads every list there is, and locks none.
    """
    days: dict[str, date] = {}
    found: list[UUID] = []
    rows: Iterable[Any] = columns(db, _STANDING, {})
    for site_id, listed in groupby(rows, key=attrgetter("site_id")):
        people: list[Any] = list(listed)
        first = people[0]
        day = days.setdefault(first.country, today(now, first.country))
        lit = sum(each.answer is not None and is_reachable(each, each, day) for each in people)
        if (lit >= first.needed) != (first.gap_told_at is None):
            found.append(site_id)
    return found


def watch_call_lists(db: Session, sites: Iterable[UUID], *, now: datetime) -> int:
    """Tell the customers of these sites once that a list has fallen below what its site needs;
    says how many were told. A list that has changed since somebody looked is told as it is.

    Whoever removes, leaves or pauses has been told at once; here it is the days that pass.
    """
    told = 0
    lists = db.execute(
        select(CallList, Site)
        .join(Site, col(Site.id) == col(CallList.site_id))
        .where(col(CallList.site_id).in_(list(sites)))
        .order_by(col(CallList.site_id))
        .with_for_update(of=CallList, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for call_list, site in lists:
        gap = gap_at(db, site, now=now)
        enough = gap["reachable"] >= gap["needed"]
        if enough == (call_list.gap_told_at is None):
            continue
        call_list.gap_told_at = None if enough else now
        db.add(call_list)
        if not enough:
            mail_customer(db, site.customer_id, "call-list-gap", gap, now=now)
            told += 1
    return told


def warn_of_untold(db: Session, *, now: datetime) -> int:
    """On day 21, tell the customer and the support leads of contacts who have not been given the
    privacy notice; says how many there were. Each is told of once.
    """
    untold = db.execute(
        select(AlarmContact)
        .where(
            col(AlarmContact.notice_given_at).is_(None),
            col(AlarmContact.notice_warned_at).is_(None),
            col(AlarmContact.created_at) <= now - WARNED_AFTER,
            col(AlarmContact.id).in_(_still_called()),
        )
        .order_by(col(AlarmContact.name))
        .with_for_update(skip_locked=True)
    ).scalars()
    by_customer: defaultdict[UUID, list[AlarmContact]] = defaultdict(list)
    for contact in untold:
        contact.notice_warned_at = now
        db.add(contact)
        by_customer[contact.customer_id].append(contact)
    for customer_id, contacts in by_customer.items():
        day = min(contact.notice_due_at for contact in contacts).date()
        values = {"contacts": [contact.name for contact in contacts], "day": day}
        mail_customer(db, customer_id, "contacts-untold", values, now=now)
        number = db.get_one(Customer, customer_id).number
        told = {"customer_number": number, "count": len(contacts), "day": day}
        mail_leads(db, "contacts-untold-lead", partial(dict, told), now=now)
    return sum(map(len, by_customer.values()))


@dataclass(frozen=True)
class UntoldCustomer:
    """A customer with contacts of whom the customer was warned and who still have not been given
    the privacy notice. `due_at` is the first of their months' ends.
    """

    id: UUID
    number: str
    name: str
    contacts: int
    due_at: datetime


def untold_customers(db: Session, actor: Actor) -> list[UntoldCustomer]:
    """Whom a support lead should call, the most urgent first.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    actor.require_lead()
    due = func.min(col(AlarmContact.notice_due_at))
    rows = db.execute(
        select(col(Customer.id), col(Customer.number), col(Customer.name), func.count(), due)
        .join(AlarmContact, col(AlarmContact.customer_id) == col(Customer.id))
        .where(
            col(AlarmContact.notice_given_at).is_(None),
            col(AlarmContact.notice_warned_at).is_not(None),
            col(AlarmContact.id).in_(_still_called()),
        )
        .group_by(col(Customer.id), col(Customer.number), col(Customer.name))
        .order_by(due, col(Customer.number))
    )
    return [UntoldCustomer(*row) for row in rows]


def forget_those_who_said_no(db: Session, *, now: datetime, before: datetime) -> int:
    """Remove the contacts who said no for every site, or left, before that time."""
    gone = {Answer.DECLINED.value, Answer.LEFT.value}
    answers: defaultdict[UUID, list[Any]] = defaultdict(list)
    for contact_id, answer, at in db.execute(
        select(
            col(CallListEntry.contact_id),
            col(CallListEntry.answer),
            col(CallListEntry.answered_at),
        ).where(col(CallListEntry.contact_id).in_(_who_said_no(before)))
    ):
        answers[contact_id].append(answer in gone and at is not None and at < before)
    over = {contact_id for contact_id, each in answers.items() if all(each)}
    if over:
        _remove(db, over, now=now)
    return len(over)


def _who_said_no(before: datetime) -> Any:
    return select(col(CallListEntry.contact_id)).where(
        col(CallListEntry.answer).in_([Answer.DECLINED.value, Answer.LEFT.value]),
        col(CallListEntry.answered_at) < before,
    )


def _remove(db: Session, gone: Set[UUID], *, now: datetime) -> None:
    taken = take_off_lists(db, CLOCK, gone, ContactEvent.REMOVED, now=now)
    forget_names(db, gone)
    for contact in db.execute(select(AlarmContact).where(col(AlarmContact.id).in_(gone))).scalars():
        db.delete(contact)
    finish(db, taken, now=now)


def _still_called() -> Any:
    return select(col(CallListEntry.contact_id)).where(
        col(CallListEntry.answer).in_([Answer.NONE.value, Answer.ACCEPTED.value])
    )
