"""What became of the mail to a contact: sent (a server took it), or returned.

The privacy notice counts as given when the mail that carries it has been sent; if it comes back,
it does not.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.changes import note
from portal.contacts.mailings import mail_customer
from portal.contacts.models import AlarmContact, ContactEvent, InvitationState
from portal.invitations import offers
from portal.invitations.models import Invitation, Outcome
from portal.mail.delivery import register_outcome
from portal.mail.models import MailState, OutboxMessage
from portal.notices import giving
from portal.notices.models import Audience, Channel, NoticeGiven

INTRODUCTION = "contact-invitation"
MAIL = system("mail")


@register_outcome
def note_outcome(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    """Write down what became of an invitation."""
    if mail.kind != INTRODUCTION:
        return
    carried = col(Invitation.message_id) == mail.message_id
    contact = db.execute(
        select(AlarmContact)
        .join(Invitation, col(Invitation.contact_id) == col(AlarmContact.id))
        .where(carried)
        .with_for_update(of=AlarmContact)
        .execution_options(populate_existing=True)
    ).scalar()
    invitation = db.execute(select(Invitation).where(carried).with_for_update()).scalar()
    if contact is None or invitation is None:  # the contact was removed meanwhile, or left
        return
    if state is MailState.SENT:
        _sent(db, mail, contact, now)
    elif state is MailState.GIVEN_UP:
        _returned(db, invitation, contact, now)


def _sent(db: Session, mail: OutboxMessage, contact: AlarmContact, now: datetime) -> None:
    note(db, MAIL, ContactEvent.MAIL_SENT, contact, now=now)
    recipient = giving.recipient_hash(contact.email, contact.phone)
    known = giving.has_current(db, Audience.ALARM_CONTACT, recipient=recipient)
    if not known:
        giving.record_given(
            db,
            Audience.ALARM_CONTACT,
            locale=mail.locale,
            channel=Channel.MAIL,
            contact_id=contact.id,
            recipient=recipient,
            message_id=mail.message_id,
            now=now,
        )
    contact.notice_given_at = now
    db.add(contact)


def _returned(db: Session, invitation: Invitation, contact: AlarmContact, now: datetime) -> None:
    """The person has heard nothing: the invitation is void, and the clock runs on."""
    if not invitation.pending:
        return
    offers.end(db, invitation, Outcome.RETURNED, now=now)
    contact.invitation_state = InvitationState.RETURNED.value
    contact.notice_given_at = None
    db.add(contact)
    db.execute(delete(NoticeGiven).where(col(NoticeGiven.message_id) == invitation.message_id))
    note(db, MAIL, ContactEvent.MAIL_RETURNED, contact, now=now)
    trail.record(
        db,
        AuditEvent.CONTACT_MAIL_RETURNED,
        MAIL,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )
    mail_customer(
        db,
        contact.customer_id,
        "contact-mail-returned",
        {"contact": contact.name},
        also=invitation.invited_by,
        now=now,
    )
