"""What an invited person answers by the mailed link: yes or no for each site, or *this is not me*.

Saying no needs no account. Opening the link changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.sign_in import acting_as
from portal.actor import Actor, system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.bars import bar, lift
from portal.contacts.changes import note
from portal.contacts.mailings import gap_at, mail_customer
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallList,
    CallListEntry,
    ContactEvent,
    InvitationState,
)
from portal.contacts.removing import require_another
from portal.contacts.standing import is_reachable
from portal.customers.addresses import one_line
from portal.customers.models import Customer, Site
from portal.customers.moves import today
from portal.errors import InvalidValueError
from portal.invitations import offers
from portal.invitations.acceptance import WayIn, way_in
from portal.invitations.models import Invitation, InvitationKind, Outcome
from portal.invitations.offers import InvitationRefusedError

BY_LINK = system("contact")  # whoever answers without an account


@dataclass(frozen=True)
class OfferedSite:
    """One site for which the person was named. `last`: nobody else can be called there today."""

    entry_id: UUID
    name: str
    address: str
    role: str
    key_holder: bool
    valid_from: date | None
    valid_until: date | None
    last: bool


@dataclass(frozen=True)
class Offered:
    """What the invitation's page says. `declined`: the person said no, and can take it back.

    `way_in` says how they would come to an account.
    """

    declined: bool
    name: str
    customer: str
    inviter: str
    email: str
    locale: str
    expires_at: datetime
    sites: tuple[OfferedSite, ...]
    way_in: WayIn


@dataclass
class _Conversation:
    """An invitation that is being answered, with everything it concerns, locked in order."""

    invitation: Invitation
    contact: AlarmContact
    sites: dict[UUID, Site]
    lists: dict[UUID, CallList]
    people: dict[UUID, call_lists.People]
    entries: list[CallListEntry] = field(default_factory=list)


def offered(db: Session, token: str, *, now: datetime) -> Offered:
    """Look at the invitation behind a mailed link.

    Raises:
        InvitationRefusedError: there is nothing to answer, or it is no alarm contact's.
        StaffAccountError: the address belongs to support staff.
    """
    invitation = _of_contact(offers.open_invitation(db, token, now=now))
    contact = db.get_one(AlarmContact, invitation.contact_id)
    inviter = db.get(User, invitation.invited_by) if invitation.invited_by else None
    sites = _sites_of(db, invitation)
    people = call_lists.people_on(db, sites)
    return Offered(
        declined=invitation.outcome == Outcome.DECLINED,
        name=contact.name,
        customer=db.get_one(Customer, contact.customer_id).name,
        inviter="" if inviter is None or inviter.staff_role else inviter.name,
        email=invitation.email,
        locale=invitation.locale,
        expires_at=invitation.expires_at,
        sites=tuple(
            OfferedSite(
                entry_id=entry.id,
                name=site.name,
                address=one_line(site),
                role=entry.role,
                key_holder=entry.key_holder,
                valid_from=entry.valid_from,
                valid_until=entry.valid_until,
                last=_is_last(people[site.id], entry, site, now),
            )
            for site, entry in _places(people, sites, contact)
        ),
        way_in=_way_in(db, invitation, contact),
    )


def accept(
    db: Session,
    token: str,
    *,
    yes: Collection[UUID],
    user: User | None,
    sure: bool,
    now: datetime,
) -> AlarmContact:
    """Say yes for the places in `yes`, and no for the others.

    The page says that whoever accepts is at least 18 years old.

    Args:
        db: a transaction.
        token: of the mailed link.
        yes: ids of places on lists.
        user: the account of the invited address; None only where its mailbox is shared.
        sure: a no for a site where nobody else can be called is meant.
        now: the time of the answer.

    Raises:
        InvitationRefusedError: there is nothing to answer (any more).
        InvalidValueError: `site-required`, field `sites`.
        LastContactError: a no would leave a site without anybody, and they are not `sure`.
    """
    conversation = _take(db, token, now)
    contact = conversation.contact
    if _way_in(db, conversation.invitation, contact) is WayIn.NONE:
        user = None  # the mailbox is shared: nobody's account belongs to this person
    elif user is None:
        raise InvitationRefusedError
    accepted = [entry for entry in conversation.entries if entry.id in yes]
    if not accepted:
        raise InvalidValueError("site-required", "sites")
    actor = acting_as(user) if user else BY_LINK
    contact.user_id = user.id if user else None
    contact.adult_at = now
    db.add(contact)
    _say(db, actor, conversation, accepted, Answer.ACCEPTED, now)
    refused = [entry for entry in conversation.entries if entry.id not in yes]
    _require_others(conversation, refused, sure=sure, now=now)
    _say(db, actor, conversation, refused, Answer.DECLINED, now)
    if refused:
        bar(db, contact, now=now)
    offers.end(db, conversation.invitation, Outcome.ACCEPTED, now=now, accepted_by=contact.user_id)
    trail.record(
        db,
        AuditEvent.CONTACT_ACCEPTED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )
    _finish(db, conversation, accepted=accepted, refused=refused, now=now)
    return contact


def decline(db: Session, token: str, *, sure: bool, now: datetime) -> None:
    """Say no for every site. It needs no account; nobody of the customer may ask for 90 days.

    Raises:
        InvitationRefusedError: there is nothing to answer (any more).
        LastContactError: a site would be left without anybody, and they are not `sure`.
    """
    conversation = _take(db, token, now)
    _require_others(conversation, conversation.entries, sure=sure, now=now)
    _say(db, BY_LINK, conversation, conversation.entries, Answer.DECLINED, now)
    offers.end(db, conversation.invitation, Outcome.DECLINED, now=now)
    bar(db, conversation.contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_DECLINED,
        BY_LINK,
        now=now,
        subject=conversation.contact.user_id,
        contact=conversation.contact.id,
        customer=conversation.contact.customer_id,
    )
    _finish(db, conversation, accepted=[], refused=conversation.entries, now=now)


def take_back(db: Session, token: str, *, now: datetime) -> None:
    """Take a no back: the invitation waits for an answer again.

    Raises:
        InvitationRefusedError: nothing was declined, or the invitation's time is over.
    """
    invitation = _of_contact(offers.open_invitation(db, token, now=now))
    conversation = _locked(db, invitation, token, now)
    offers.reopen(db, conversation.invitation, now=now)
    contact = conversation.contact
    lift(db, contact)
    contact.invitation_state = InvitationState.INVITED.value
    db.add(contact)
    for entry in conversation.entries:
        entry.answer, entry.answered_at = Answer.NONE.value, None
        db.add(entry)
    note(db, BY_LINK, ContactEvent.NO_TAKEN_BACK, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_NO_TAKEN_BACK,
        BY_LINK,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )
    call_lists.changed(db, conversation.lists.values(), now=now)


def not_me(db: Session, token: str, *, now: datetime) -> None:
    """The address belongs to somebody else: it is removed, and nothing else changes.

    Raises:
        InvitationRefusedError: there is nothing to answer (any more).
    """
    contact = _named_in(db, _of_contact(offers.open_invitation(db, token, now=now)))
    invitation = offers.take_invitation(db, token, now=now)
    if not invitation.pending:
        raise InvitationRefusedError
    offers.end(db, invitation, Outcome.NOT_ME, now=now)
    contact.email = invitation.email = ""
    contact.invitation_state = InvitationState.NONE.value
    contact.notice_given_at = None
    contact.version += 1
    db.add_all([contact, invitation])
    note(db, BY_LINK, ContactEvent.NOT_ME, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_NOT_ME,
        BY_LINK,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )
    mail_customer(
        db,
        contact.customer_id,
        "contact-not-me",
        {"contact": contact.name},
        also=invitation.invited_by,
        now=now,
    )


def _of_contact(invitation: Invitation) -> Invitation:
    if invitation.kind != InvitationKind.CONTACT:
        raise InvitationRefusedError
    return invitation


def _way_in(db: Session, invitation: Invitation, contact: AlarmContact) -> WayIn:
    """As `way_in`; of several contacts of one customer who share a mailbox one has its account."""
    way = way_in(db, invitation)
    if way is not WayIn.SIGN_IN:
        return way
    taken = db.execute(
        select(col(AlarmContact.id))
        .join(User, col(User.id) == col(AlarmContact.user_id))
        .where(
            col(AlarmContact.customer_id) == contact.customer_id,
            col(AlarmContact.id) != contact.id,
            col(User.email) == invitation.email.lower(),
        )
    ).first()
    return way if taken is None else WayIn.NONE


def _take(db: Session, token: str, now: datetime) -> _Conversation:
    """The pending invitation of a link, to be answered now."""
    invitation = _of_contact(offers.open_invitation(db, token, now=now))
    conversation = _locked(db, invitation, token, now)
    if not conversation.invitation.pending:
        raise InvitationRefusedError
    return conversation


def _locked(db: Session, invitation: Invitation, token: str, now: datetime) -> _Conversation:
    """Everything that an answer changes, locked: the lists first, as everywhere, and read after."""
    sites = _sites_of(db, invitation)
    lists = call_lists.locked_lists(db, sites.values(), now=now)
    contact = _named_in(db, invitation)
    invitation = offers.take_invitation(db, token, now=now)
    people = call_lists.people_on(db, sites)
    entries = [entry for _, entry in _places(people, sites, contact)]
    return _Conversation(invitation, contact, sites, lists, people, entries)


def _named_in(db: Session, invitation: Invitation) -> AlarmContact:
    """The contact, locked before the invitation is.

    Raises:
        InvitationRefusedError: the person was removed meanwhile.
    """
    contact = db.get(
        AlarmContact, invitation.contact_id, with_for_update=True, populate_existing=True
    )
    if contact is None:
        raise InvitationRefusedError
    return contact


def _sites_of(db: Session, invitation: Invitation) -> dict[UUID, Site]:
    if invitation.contact_id is None:
        return {}
    return {site.id: site for site in call_lists.sites_of(db, invitation.contact_id)}


def _places(
    people: dict[UUID, call_lists.People], sites: dict[UUID, Site], contact: AlarmContact
) -> Iterable[tuple[Site, CallListEntry]]:
    for site in sites.values():
        for _, entry in people[site.id]:
            if entry.contact_id == contact.id:
                yield site, entry


def _is_last(people: call_lists.People, entry: CallListEntry, site: Site, now: datetime) -> bool:
    day = today(now, site.country)
    called = [each.id for contact, each in people if is_reachable(contact, each, day)]
    return called == [entry.id]


def _require_others(
    conversation: _Conversation,
    entries: Iterable[CallListEntry],
    *,
    sure: bool,
    now: datetime,
) -> None:
    for entry in entries:
        site = conversation.sites[entry.site_id]
        require_another(conversation.people[site.id], entry.id, site, sure=sure, now=now)


def _say(
    db: Session,
    actor: Actor,
    conversation: _Conversation,
    entries: Iterable[CallListEntry],
    answer: Answer,
    now: datetime,
) -> None:
    event = ContactEvent.ACCEPTED if answer is Answer.ACCEPTED else ContactEvent.DECLINED
    for entry in entries:
        entry.answer, entry.answered_at = answer.value, now
        db.add(entry)
        note(db, actor, event, conversation.contact, now=now, site_id=entry.site_id)
    db.flush()


def _finish(
    db: Session,
    conversation: _Conversation,
    *,
    accepted: list[CallListEntry],
    refused: list[CallListEntry],
    now: datetime,
) -> None:
    """Tell the customer, and give the lists their next version."""
    sites = conversation.sites
    mail_customer(
        db,
        conversation.contact.customer_id,
        "contact-answered",
        {
            "contact": conversation.contact.name,
            "accepted": [sites[entry.site_id].name for entry in accepted],
            "declined": [gap_at(db, sites[entry.site_id], now=now) for entry in refused],
        },
        also=conversation.invitation.invited_by,
        now=now,
    )
    call_lists.changed(db, conversation.lists.values(), now=now)
