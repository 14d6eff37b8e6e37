"""What an alarm contact sees and does themselves: where they are called, pauses, and the way out.

A person may be a contact of many customers. They see their own place and nobody else's data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.bars import bar
from portal.contacts.changes import note, tie_to_account
from portal.contacts.mailings import gap_at, mail_customer
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallList,
    CallListEntry,
    ContactEvent,
    ContactRole,
    InvitationState,
)
from portal.contacts.removing import require_another
from portal.contacts.standing import ContactStatus, is_reachable, status_of
from portal.customers.addresses import one_line
from portal.customers.models import Customer, Site
from portal.customers.moves import today
from portal.errors import InvalidFieldsError, InvalidValueError, NotFoundError, PortalError
from portal.invitations.models import Invitation
from portal.languages import LOCALES
from portal.phones import country_of, parse_phone
from portal.text import parse_line

LONGEST_PAUSE = timedelta(days=365)
LONGEST_REASON = 300


@dataclass(frozen=True)
class MyAlarm:
    """One site at which the person is called, or was asked to be.

    `address` is as much of it as the role needs: whoever decides or holds a key may have to go
    there. `number` is the place among those who are called now; None for somebody who is not.
    `is_last`: nobody else can be called there today.
    """

    entry_id: UUID
    contact_id: UUID
    customer: str
    site: str
    address: str
    role: ContactRole
    key_holder: bool
    answer: Answer
    status: ContactStatus
    number: int | None
    valid_from: date | None
    valid_until: date | None
    paused_from: date | None
    paused_until: date | None
    is_last: bool


@dataclass(frozen=True)
class OwnDetails:
    """How the person is called: the number in E.164, and the language."""

    phone: str
    locale: str


@dataclass
class _OwnPlace:
    """The person's own place on a list, with everything that a change of it concerns, locked."""

    site: Site
    call_list: CallList
    people: call_lists.People
    contact: AlarmContact
    entry: CallListEntry


def my_alarms(db: Session, actor: Actor, *, now: datetime) -> list[MyAlarm]:
    """Where the actor is called, by customer and site."""
    rows = db.execute(
        select(AlarmContact, CallListEntry, Site, Customer)
        .join(CallListEntry, col(CallListEntry.contact_id) == col(AlarmContact.id))
        .join(Site, col(Site.id) == col(CallListEntry.site_id))
        .join(Customer, col(Customer.id) == col(AlarmContact.customer_id))
        .where(col(AlarmContact.user_id) == actor.user)
        .order_by(col(Customer.name), col(Site.name), col(Site.id))
    ).all()
    people = call_lists.people_on(db, [site.id for _, _, site, _ in rows])
    return [
        _my_alarm(contact, entry, site, customer, people[site.id], now)
        for contact, entry, site, customer in rows
    ]


def answer_site(
    db: Session, actor: Actor, entry_id: UUID, *, yes: bool, sure: bool, now: datetime
) -> None:
    """Say yes or no to a site for which the actor was named after having an account. After a no,
    nobody of the customer may ask for 90 days.

    Raises:
        NotFoundError: the actor has no such place.
        LastContactError: nobody else can be called there, and the actor is not `sure`.
    """
    place = _own_place(db, actor, entry_id, now)
    if not yes:
        require_another(place.people, entry_id, place.site, sure=sure, now=now)
        bar(db, place.contact, now=now)
    answer = Answer.ACCEPTED if yes else Answer.DECLINED
    place.entry.answer, place.entry.answered_at = answer.value, now
    event = AuditEvent.CONTACT_ACCEPTED if yes else AuditEvent.CONTACT_DECLINED
    _finish(db, actor, place, _EVENTS[answer], event, now)
    _tell(
        db,
        place,
        "contact-answered",
        {
            "accepted": [place.site.name] if yes else [],
            "declined": [] if yes else [gap_at(db, place.site, now=now)],
        },
        now,
    )


def pause(
    db: Session,
    actor: Actor,
    entry_id: UUID,
    *,
    first: date | None,
    last: date | None,
    sure: bool,
    now: datetime,
) -> None:
    """Not be called from the first day to the last, both included.

    Raises:
        NotFoundError: the actor has no such place.
        NotAcceptedError: the actor has not said yes.
        InvalidFieldsError: `pause-required`, `pause-past`, `pause-reversed` or `pause-far` (at
            most a year ahead), fields `first` and `last`.
        LastContactError: nobody else can be called there, and the actor is not `sure`.
    """
    place = _own_place(db, actor, entry_id, now)
    if place.entry.answer != Answer.ACCEPTED:
        raise NotAcceptedError
    days = _checked_pause(first, last, today(now, place.site.country))
    require_another(place.people, entry_id, place.site, sure=sure, now=now)
    place.entry.paused_from, place.entry.paused_until = days
    _finish(db, actor, place, ContactEvent.PAUSED, AuditEvent.CONTACT_PAUSED, now)
    values = {"until": days[1], "first": days[0], **gap_at(db, place.site, now=now)}
    _tell(db, place, "contact-away", values, now)


def come_back(db: Session, actor: Actor, entry_id: UUID, *, now: datetime) -> None:
    """End a pause, now.

    Raises:
        NotFoundError: the actor has no such place.
    """
    place = _own_place(db, actor, entry_id, now)
    if place.entry.paused_from is None:
        return
    place.entry.paused_from = place.entry.paused_until = None
    _finish(db, actor, place, ContactEvent.BACK, AuditEvent.CONTACT_BACK, now)
    _tell(db, place, "contact-back", gap_at(db, place.site, now=now), now)


def leave(
    db: Session, actor: Actor, entry_id: UUID, *, reason: str, sure: bool, now: datetime
) -> None:
    """Be a contact for this site no longer, at once. Nobody has to agree.

    With the last site of a customer goes what was kept for it: number, address and code word. The
    customer sees the name and that the person left, until they remove the line.

    Args:
        db: a transaction.
        actor: the contact.
        entry_id: their own place.
        reason: what the customer is told in the person's own words; may be empty.
        sure: they know that nobody else can be called there.
        now: the time of leaving.

    Raises:
        NotFoundError: the actor has no such place.
        LastContactError: nobody else can be called there, and the actor is not `sure`.
        InvalidValueError: `text-too-long`, field `reason`.
    """
    place = _own_place(db, actor, entry_id, now)
    words = parse_line(reason, LONGEST_REASON)
    require_another(place.people, entry_id, place.site, sure=sure, now=now)
    place.entry.answer, place.entry.answered_at = Answer.LEFT.value, now
    place.entry.paused_from = place.entry.paused_until = None
    bar(db, place.contact, now=now)
    _finish(db, actor, place, ContactEvent.LEFT, AuditEvent.CONTACT_LEFT, now)
    _tell(db, place, "contact-left", {"reason": words, **gap_at(db, place.site, now=now)}, now)
    _forget_unless_called(db, place.contact)


def own_details(db: Session, actor: Actor) -> OwnDetails:
    """How the actor is called, by what they said last or what a customer typed.

    Raises:
        NotFoundError: the actor is nobody's contact.
    """
    contact = db.execute(_OWN, {"user": actor.user}).scalars().first()
    if contact is None:
        raise NotFoundError
    return OwnDetails(contact.own_phone or contact.phone, contact.own_locale or contact.locale)


def change_own_details(
    db: Session, actor: Actor, *, phone: str, locale: str, now: datetime
) -> OwnDetails:
    """Be called on another number or in another language, for every customer.

    The customers see that something changed, and not what.

    Raises:
        InvalidFieldsError: what is wrong with `phone` or `locale`.
    """
    number, language = _checked_details(phone, locale)
    sites = _own_sites(db, actor)
    lists = call_lists.locked_lists(db, sites, now=now)
    contacts = list(db.execute(_OWN, {"user": actor.user}).scalars())
    changed = [
        contact
        for contact in contacts
        if (contact.own_phone or contact.phone, contact.own_locale or contact.locale)
        != (number, language)
    ]
    for contact in changed:
        contact.own_phone, contact.own_locale = number, language
        db.add(contact)
        note(db, actor, ContactEvent.OWN_DETAILS, contact, now=now)
    if changed:
        trail.record(db, AuditEvent.CONTACT_OWN_DETAILS, actor, now=now, subject=actor.user)
        call_lists.changed(db, lists.values(), now=now)
    return OwnDetails(number, language)


class NotAcceptedError(PortalError):
    """Only somebody who said yes can take a break from it."""

    code = "not-accepted"
    status = 409


_EVENTS = {Answer.ACCEPTED: ContactEvent.ACCEPTED, Answer.DECLINED: ContactEvent.DECLINED}
_OWN = (
    select(AlarmContact)
    .where(col(AlarmContact.user_id) == bindparam("user", type_=Uuid()))
    .order_by(col(AlarmContact.created_at), col(AlarmContact.id))
)


def _my_alarm(
    contact: AlarmContact,
    entry: CallListEntry,
    site: Site,
    customer: Customer,
    people: call_lists.People,
    now: datetime,
) -> MyAlarm:
    day = today(now, site.country)
    called = [each.id for other, each in people if is_reachable(other, each, day)]
    goes_there = entry.role == ContactRole.DECIDE or entry.key_holder
    return MyAlarm(
        entry_id=entry.id,
        contact_id=contact.id,
        customer=customer.name,
        site=site.name if goes_there else "",
        address=one_line(site) if goes_there else site.city,
        role=ContactRole(entry.role),
        key_holder=entry.key_holder,
        answer=Answer(entry.answer),
        status=status_of(contact, entry, day=day, now=now),
        number=called.index(entry.id) + 1 if entry.id in called else None,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        paused_from=entry.paused_from,
        paused_until=entry.paused_until,
        is_last=called == [entry.id],
    )


def _own_place(db: Session, actor: Actor, entry_id: UUID, now: datetime) -> _OwnPlace:
    """The actor's own place on a list.

    Raises:
        NotFoundError: there is none with this id, or the actor has left it.
    """
    site = db.execute(
        select(Site)
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
        .where(col(CallListEntry.id) == entry_id, col(AlarmContact.user_id) == actor.user)
    ).scalar()
    if site is None:
        raise NotFoundError
    call_list = call_lists.locked_lists(db, [site], now=now)[site.id]
    people = call_lists.people_on(db, [site.id])[site.id]
    for contact, entry in people:
        if entry.id == entry_id and entry.answer not in {Answer.LEFT, Answer.DECLINED}:
            return _OwnPlace(site, call_list, people, contact, entry)
    raise NotFoundError


def _own_sites(db: Session, actor: Actor) -> list[Site]:
    found = db.execute(
        select(Site)
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
        .where(col(AlarmContact.user_id) == actor.user)
    )
    return list(found.scalars().unique())


def _checked_pause(first: date | None, last: date | None, day: date) -> tuple[date, date]:
    wrong: dict[str, PortalError] = {}
    for field, value in (("first", first), ("last", last)):
        if value is None:
            wrong[field] = InvalidValueError("pause-required", field)
    if first is None or last is None:
        raise InvalidFieldsError(wrong)
    if first < day:
        wrong["first"] = InvalidValueError("pause-past", "first")
    if last < first:
        wrong["last"] = InvalidValueError("pause-reversed", "last")
    elif last > day + LONGEST_PAUSE:
        wrong["last"] = InvalidValueError("pause-far", "last")
    if wrong:
        raise InvalidFieldsError(wrong)
    return first, last


def _checked_details(phone: str, locale: str) -> tuple[str, str]:
    wrong: dict[str, PortalError] = {}
    number = ""
    try:
        if not phone.strip():
            raise InvalidValueError("phone-required")
        number = parse_phone(phone, country_of(locale))
    except InvalidValueError as error:
        error.field = "phone"
        wrong["phone"] = error
    if locale not in LOCALES:
        wrong["locale"] = InvalidValueError("language-unknown", "locale")
    if wrong:
        raise InvalidFieldsError(wrong)
    return number, locale


def _finish(
    db: Session,
    actor: Actor,
    place: _OwnPlace,
    event: ContactEvent,
    audited: AuditEvent,
    now: datetime,
) -> None:
    """Write down what the person did; the list has its next version."""
    db.add(place.entry)
    note(db, actor, event, place.contact, now=now, site_id=place.site.id)
    trail.record(
        db,
        audited,
        actor,
        now=now,
        subject=actor.user,
        customer=place.contact.customer_id,
    )
    call_lists.changed(db, [place.call_list], now=now)


def _tell(
    db: Session, place: _OwnPlace, kind: str, values: Mapping[str, object], now: datetime
) -> None:
    mail_customer(
        db,
        place.contact.customer_id,
        kind,
        {"contact": place.contact.name, "site": place.site.name, **values},
        also=place.contact.told_by,
        now=now,
    )


def _forget_unless_called(db: Session, contact: AlarmContact) -> None:
    """Erase what was kept to call the person, once they are on none of the customer's lists."""
    answers = db.execute(
        select(col(CallListEntry.answer)).where(col(CallListEntry.contact_id) == contact.id)
    )
    if set(answers.scalars()) - {Answer.LEFT.value, Answer.DECLINED.value}:
        return
    tie_to_account(db, contact)
    contact.phone = contact.own_phone = contact.email = contact.relation = ""
    contact.code_word = contact.user_id = None
    contact.invitation_state = InvitationState.NONE.value
    contact.version += 1
    db.add(contact)
    db.execute(delete(Invitation).where(col(Invitation.contact_id) == contact.id))
    db.flush()
