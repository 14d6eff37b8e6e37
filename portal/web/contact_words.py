"""What roles, statuses and events of alarm contacts are called on pages."""

from portal.contacts.models import ContactRole
from portal.contacts.standing import ContactStatus
from portal.web.components.badges import Tone
from portal.web.locale import LANGUAGE_NAMES, N_, _

_STATUSES: dict[ContactStatus, tuple[str, Tone]] = {
    ContactStatus.NO_EMAIL: (N_("No email"), "plain"),
    ContactStatus.UNCONFIRMED: (N_("Not told yet"), "needs-you"),
    ContactStatus.INVITED: (N_("Invited"), "waiting"),
    ContactStatus.MAIL_RETURNED: (N_("Mail returned"), "needs-you"),
    ContactStatus.NO_ANSWER: (N_("No answer"), "needs-you"),
    ContactStatus.ACCEPTED: (N_("Accepted"), "fine"),
    ContactStatus.DECLINED: (N_("Declined"), "loss"),
    ContactStatus.PAUSED: (N_("Paused"), "needs-you"),
    ContactStatus.LEFT: (N_("No longer a contact"), "loss"),
}

_ROLES: dict[ContactRole, str] = {
    ContactRole.DECIDE: N_("May decide during an alarm"),
    ContactRole.CANCEL: N_("May only cancel a false alarm"),
}

# What the role means at three in the morning: to the customer who chooses it.
_AT_NIGHT: dict[ContactRole, tuple[str, ...]] = {
    ContactRole.DECIDE: (
        N_("Is called when the alarm sounds and you cannot be reached."),
        N_("Decides with us what happens: whether a guard or the police are sent."),
        N_("Can cancel a false alarm with the code word."),
    ),
    ContactRole.CANCEL: (
        N_("Is called when the alarm sounds and you cannot be reached."),
        N_("Can cancel a false alarm with the code word."),
        N_("Decides nothing else. If it is a real alarm, we send help as agreed with you."),
    ),
}

KEY_AT_NIGHT = N_("May be asked to come with the key, once guards or the police say it is safe.")


def status_word(status: ContactStatus) -> str:
    return _(_STATUSES[status][0])


def status_tone(status: ContactStatus) -> Tone:
    return _STATUSES[status][1]


def role_word(role: ContactRole | str) -> str:
    """The role in words, such as `May decide during an alarm`."""
    return _(_ROLES[ContactRole(role)])


def role_choices() -> list[tuple[ContactRole, str]]:
    return [(role, _(words)) for role, words in _ROLES.items()]


def at_night(role: ContactRole) -> list[str]:
    """What somebody with this role may do during an alarm, sentence by sentence."""
    return [_(sentence) for sentence in _AT_NIGHT[role]]


def language_name(locale: str) -> str:
    """The language in its own words."""
    return LANGUAGE_NAMES.get(locale, locale)
