"""Where a contact stands: the status that the customer sees, and whether they can be reached.

Pure rules over a contact and their place on one call list. The day is that of the site's country.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from portal.contacts.models import AlarmContact, Answer, CallListEntry, InvitationState


class ContactStatus(StrEnum):
    NO_EMAIL = "no email"
    UNCONFIRMED = "unconfirmed"  # imported, and nobody has confirmed having told them
    INVITED = "invited"
    MAIL_RETURNED = "mail returned"
    NO_ANSWER = "no answer"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PAUSED = "paused"
    LEFT = "no longer a contact"


def is_held(contact: AlarmContact) -> bool:
    """Imported, and neither confirmed by a member nor released by SensorNordic: no mail leaves."""
    return contact.batch_id is not None and contact.released_at is None


def is_paused(entry: CallListEntry, day: date) -> bool:
    return (
        entry.paused_from is not None
        and entry.paused_until is not None
        and entry.paused_from <= day <= entry.paused_until
    )


def is_valid(entry: CallListEntry, day: date) -> bool:
    """Whether the day lies within the dates that the customer gave."""
    began = entry.valid_from is None or entry.valid_from <= day
    return began and (entry.valid_until is None or day <= entry.valid_until)


def is_reachable(contact: AlarmContact, entry: CallListEntry, day: date) -> bool:
    """Whether the monitoring station calls this person on that day.

    Acceptance is no condition: whoever has a phone, is within the dates, and has not declined,
    paused or left is called.
    """
    return (
        bool(effective_phone(contact))
        and entry.answer not in {Answer.DECLINED, Answer.LEFT}
        and is_valid(entry, day)
        and not is_paused(entry, day)
    )


def effective_phone(contact: AlarmContact) -> str:
    """The number that is called: what the person said themselves counts more."""
    return contact.own_phone or contact.phone


def effective_locale(contact: AlarmContact) -> str:
    return contact.own_locale or contact.locale


def status_of(
    contact: AlarmContact, entry: CallListEntry, *, day: date, now: datetime
) -> ContactStatus:
    """The one word for the customer."""
    if entry.answer == Answer.LEFT:
        return ContactStatus.LEFT
    if entry.answer == Answer.DECLINED:
        return ContactStatus.DECLINED
    if entry.answer == Answer.ACCEPTED:
        return ContactStatus.PAUSED if is_paused(entry, day) else ContactStatus.ACCEPTED
    if not contact.email:
        return ContactStatus.NO_EMAIL
    return _of_invitation(contact, now)


def _of_invitation(contact: AlarmContact, now: datetime) -> ContactStatus:
    if contact.invitation_state == InvitationState.RETURNED:
        return ContactStatus.MAIL_RETURNED
    if contact.invitation_state == InvitationState.INVITED:
        over = contact.invited_until is not None and contact.invited_until <= now
        return ContactStatus.NO_ANSWER if over else ContactStatus.INVITED
    if contact.invitation_state == InvitationState.NO_ANSWER:
        return ContactStatus.NO_ANSWER
    return ContactStatus.UNCONFIRMED


def reachable(people: Iterable[tuple[AlarmContact, CallListEntry]], day: date) -> int:
    """How many of these can be reached on that day."""
    return sum(is_reachable(contact, entry, day) for contact, entry in people)
