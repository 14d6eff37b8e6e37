"""Asking somebody to be an alarm contact: one mail that is invitation and privacy notice in one.

The inviter never learns whether an address was known: the mail, the page and the statuses are the
same for everybody.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.bars import InvitationBarredError, require_no_bar
from portal.contacts.changes import note
from portal.contacts.finding import find_contact, find_site
from portal.contacts.mailings import mail_contact
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallListEntry,
    ContactEvent,
    InvitationState,
)
from portal.contacts.standing import effective_locale
from portal.customers.addresses import named_line
from portal.customers.models import Site
from portal.errors import InvalidValueError, TooManyAttemptsError
from portal.invitations import offers
from portal.invitations.limits import LIFE
from portal.invitations.models import Invitation, InvitationKind, Outcome
from portal.invitations.offers import (
    AlreadyInvitedError,
    InvitationRefusedError,
    TooManyInvitationsError,
)
from portal.languages import format_phone
from portal.mail.models import OutboxMessage
from portal.notices import giving
from portal.notices.models import Audience
from portal.settings import get_settings

# Imported, and neither confirmed by a member nor released: as `standing.is_held`.
HELD = (col(AlarmContact.batch_id).is_not(None), col(AlarmContact.released_at).is_(None))


def invite(db: Session, actor: Actor, contact: AlarmContact, *, now: datetime) -> None:
    """Mail the invitation to a contact who has an e-mail address; the status is *invited*.

    Raises:
        InvitationBarredError: the person said no less than 90 days ago.
        AlreadyInvitedError, TooManyInvitationsError, TooManyAttemptsError: as `offers.offer`.
    """
    require_no_bar(db, contact, now=now)
    invitation, token = offers.offer(
        db,
        actor,
        kind=InvitationKind.CONTACT,
        contact_id=contact.id,
        name=contact.name,
        email=contact.email,
        locale=effective_locale(contact),
        now=now,
    )
    mail = _mail_offer(db, contact, invitation, "contact-invitation", token, now=now)
    invitation.message_id = mail.message_id if mail else ""
    contact.invitation_state = InvitationState.INVITED.value
    contact.invited_until = invitation.expires_at
    db.add_all([invitation, contact])
    note(db, actor, ContactEvent.INVITED, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_INVITED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )


def invite_again(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> None:
    """Invite somebody anew who has not answered in time.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such contact of this customer.
        InvalidValueError: `email-required`, field `email`.
        InvitationRefusedError: the person has answered.
        AlreadyInvitedError and others: as `invite`.
    """
    actor.require(Right.EDIT_CONTACTS)
    contact = find_contact(db, actor, contact_id)
    if not contact.email:
        raise InvalidValueError("email-required", "email")
    if not _unanswered(db, contact):
        raise InvitationRefusedError
    invite(db, actor, contact, now=now)


def remind(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> None:
    """Send the one reminder of a pending invitation.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such contact of this customer.
        InvitationRefusedError: no invitation is pending.
        AlreadyRemindedError: there was a reminder.
    """
    actor.require(Right.EDIT_CONTACTS)
    contact = find_contact(db, actor, contact_id)
    invitation = pending_invitation(db, contact)
    if invitation is None:
        raise InvitationRefusedError
    token = offers.remind(db, invitation, now=now)
    _mail_offer(db, contact, invitation, "contact-reminder", token, now=now)
    note(db, actor, ContactEvent.REMINDED, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_REMINDED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )


def revoke(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> None:
    """Take a pending invitation back; its links lead nowhere. The person stays on the list.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such contact of this customer.
        InvitationRefusedError: no invitation is pending.
    """
    actor.require(Right.EDIT_CONTACTS)
    contact = find_contact(db, actor, contact_id)
    if not withdraw_pending(db, contact, now=now):
        raise InvitationRefusedError
    contact.invitation_state = InvitationState.NO_ANSWER.value
    db.add(contact)
    note(db, actor, ContactEvent.REVOKED, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_INVITATION_REVOKED,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
    )


def readdress(
    db: Session, actor: Actor, contact: AlarmContact, email: str, *, now: datetime
) -> None:
    """Another e-mail address of somebody without an account: what was sent to the old one is void,
    and the new one is invited, unless the person has answered or no mail may leave yet.

    Raises:
        InvitationBarredError and others: as `invite`.
    """
    withdraw_pending(db, contact, now=now)
    contact.email = email
    contact.invitation_state = InvitationState.NONE.value
    db.add(contact)
    db.flush()
    held = contact.batch_id is not None and contact.released_at is None
    if email and not held and _unanswered(db, contact):
        invite(db, actor, contact, now=now)


def withdraw_pending(db: Session, contact: AlarmContact, *, now: datetime) -> bool:
    """End the contact's pending invitation, if there is one; says whether there was."""
    invitation = pending_invitation(db, contact)
    if invitation is None:
        return False
    offers.end(db, invitation, Outcome.REVOKED, now=now)
    return True


def pending_invitation(db: Session, contact: AlarmContact) -> Invitation | None:
    """The contact's invitation that waits for an answer; the contact's row is locked."""
    return db.execute(
        select(Invitation)
        .where(col(Invitation.contact_id) == contact.id, col(Invitation.ended_at).is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()


def tell_of_another_site(
    db: Session, contact: AlarmContact, site: Site, entry: CallListEntry, *, now: datetime
) -> None:
    """Tell somebody with an account that they were named for one site more.

    Whoever has a pending invitation finds the site there.
    """
    if contact.user_id is None:
        return
    values = {
        "site": site.name,
        "role": entry.role,
        "link": f"{get_settings().origin}/{effective_locale(contact)}/my-alarms",
    }
    mail_contact(db, contact, "contact-another-site", values, now=now)


def confirm_imported(
    db: Session, actor: Actor, *, site_id: UUID, told: bool, told_words: str, now: datetime
) -> int:
    """A member confirms having told the imported people of a site's list: whoever has an e-mail
    address is invited. Says how many were.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
        NotFoundError: there is no such site of this customer.
        InvalidValueError: `told-required`, field `told`.
    """
    actor.require(Right.EDIT_CONTACTS)
    site = find_site(db, actor, site_id)
    if not told:
        raise InvalidValueError("told-required", "told")
    held = db.execute(
        select(AlarmContact)
        .join(CallListEntry, col(CallListEntry.contact_id) == col(AlarmContact.id))
        .where(
            owned_by(actor, AlarmContact),
            col(CallListEntry.site_id) == site.id,
            *HELD,
        )
        .order_by(col(AlarmContact.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    invited = 0
    for contact in list(held.scalars()):
        contact.told_at, contact.told_by, contact.told_words = now, actor.user, told_words
        note(db, actor, ContactEvent.CONFIRMED, contact, now=now)
        invited += release(db, actor, contact, now=now)
    trail.record(db, AuditEvent.CONTACTS_CONFIRMED, actor, now=now, site=site.id, invited=invited)
    return invited


def release(db: Session, actor: Actor, contact: AlarmContact, *, now: datetime) -> bool:
    """Let mail to an imported contact leave; says whether an invitation does.

    Whoever said no, is invited already, or was sent too many today is not invited now: the list
    says so, and a member can invite them later.
    """
    contact.released_at = now
    db.add(contact)
    if not contact.email:
        return False
    try:
        invite(db, actor, contact, now=now)
    except (
        AlreadyInvitedError,
        InvitationBarredError,
        TooManyAttemptsError,
        TooManyInvitationsError,
    ):
        return False
    return True


def _unanswered(db: Session, contact: AlarmContact) -> bool:
    """Whether the person has yet to say something about at least one site, and nothing about any
    other: whoever has an account answers in the portal.
    """
    answers = db.execute(
        select(col(CallListEntry.answer)).where(col(CallListEntry.contact_id) == contact.id)
    )
    return contact.user_id is None and set(answers.scalars()) <= {Answer.NONE.value}


def _mail_offer(
    db: Session,
    contact: AlarmContact,
    invitation: Invitation,
    kind: str,
    token: str,
    *,
    now: datetime,
) -> OutboxMessage | None:
    inviter = db.get(User, invitation.invited_by) if invitation.invited_by else None
    sites = db.execute(
        select(Site, CallListEntry)
        .join(CallListEntry, col(CallListEntry.site_id) == col(Site.id))
        .where(col(CallListEntry.contact_id) == contact.id)
        .order_by(col(Site.name))
    )
    values = {
        "inviter": "" if inviter is None or inviter.staff_role else inviter.name,
        "sites": [
            {
                "place": named_line(site.name, site),
                "role": entry.role,
                "key_holder": entry.key_holder,
            }
            for site, entry in sites
        ],
        "has_notice": _has_notice(db, contact),
        "has_phone": format_phone(contact.phone),
        "link": offers.address(token, effective_locale(contact)),
        "days": LIFE.days,
    }
    return mail_contact(db, contact, kind, values, now=now)


def _has_notice(db: Session, contact: AlarmContact) -> bool:
    recipient = giving.recipient_hash(contact.email, contact.phone)
    return giving.has_current(db, Audience.ALARM_CONTACT, recipient=recipient)
