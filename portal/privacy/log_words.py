"""The access log in words: what was done, what for, and by whom.

Each event of the trail has its wording here, or a reason why nobody's log shows it. The page and
the export print the same words.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.actor import Right
from portal.audit.events import AuditEvent
from portal.datamap import Purpose
from portal.languages import N_, _
from portal.settings import get_settings


class Kind(StrEnum):
    VIEW = "view"
    CHANGE = "change"


class About(StrEnum):
    """Whom an event concerns besides the person whom its entry names."""

    PERSON = "nobody else"
    COMPANY = "whoever sees the company details"
    TEAM = "whoever sees the team"
    MEMBERS = "every member"
    CONTACT = "whoever sees the call lists"
    CALL_LIST = "whoever sees the call lists, and everybody on this one"


RIGHTS_TO_SEE: dict[About, Right] = {
    About.COMPANY: Right.SEE_COMPANY,
    About.TEAM: Right.INVITE_COLLEAGUES,
    About.MEMBERS: Right.SEE_CUSTOMER,
    About.CONTACT: Right.EDIT_CONTACTS,
    About.CALL_LIST: Right.EDIT_CONTACTS,
}


@dataclass(frozen=True, slots=True)
class Wording:
    """How one event is told. `yours` is for the person whom the entry names, and for everybody
    on the call list that it names; `what` for the others.
    """

    kind: Kind
    about: About
    purpose: Purpose
    what: str
    yours: str = ""


def _seen(about: About, purpose: Purpose, what: str, yours: str = "") -> Wording:
    return Wording(Kind.VIEW, about, purpose, what, yours or what)


def _done(about: About, purpose: Purpose, what: str, yours: str = "") -> Wording:
    return Wording(Kind.CHANGE, about, purpose, what, yours or what)


SHOWN: dict[AuditEvent, Wording] = {
    # About the person
    AuditEvent.ACCOUNT_CREATED: _done(About.PERSON, Purpose.ACCOUNT, N_("Your account was made")),
    AuditEvent.PROFILE_CHANGED: _done(
        About.PERSON, Purpose.ACCOUNT, N_("Your name, phone number or language was changed")
    ),
    AuditEvent.MARKETING_CHOSEN: _done(
        About.PERSON, Purpose.MARKETING, N_("A choice of yours about marketing was recorded")
    ),
    AuditEvent.SURVEY_ANSWER_READ: _seen(
        About.PERSON, Purpose.SATISFACTION, N_("Your answer to our survey was read")
    ),
    AuditEvent.DATA_REQUEST_READ: _seen(
        About.PERSON, Purpose.CUSTOMER_SERVICE, N_("Your data request was read")
    ),
    AuditEvent.DATA_REQUEST_EXTENDED: _done(
        About.PERSON, Purpose.CUSTOMER_SERVICE, N_("The answer to your data request was put off")
    ),
    AuditEvent.DATA_REQUEST_ANSWERED: _done(
        About.PERSON, Purpose.CUSTOMER_SERVICE, N_("Your data request was answered")
    ),
    AuditEvent.DATA_RESTRICTED: _done(
        About.PERSON, Purpose.CUSTOMER_SERVICE, N_("The use of your data was restricted")
    ),
    AuditEvent.DATA_RESTRICTION_ENDS: _done(
        About.PERSON, Purpose.CUSTOMER_SERVICE, N_("The restriction of your data was ended")
    ),
    # About the customer
    AuditEvent.COMPANY_SEEN: _seen(
        About.COMPANY, Purpose.AGREEMENT, N_("Company details were looked at")
    ),
    AuditEvent.COMPANY_CHANGED: _done(
        About.COMPANY, Purpose.AGREEMENT, N_("Company details were changed")
    ),
    AuditEvent.CUSTOMER_UPDATED: _done(
        About.COMPANY, Purpose.AGREEMENT, N_("The agreement or the sites were brought up to date")
    ),
    AuditEvent.CHANGES_EXPORTED: _seen(
        About.COMPANY, Purpose.AGREEMENT, N_("Your changes of company details and sites were read")
    ),
    AuditEvent.SITE_CHANGED: _done(
        About.COMPANY, Purpose.MONITORING, N_("A site was given another name")
    ),
    AuditEvent.MOVE_REQUESTED: _done(
        About.COMPANY, Purpose.MONITORING, N_("The move of a site was asked for")
    ),
    AuditEvent.MOVE_WITHDRAWN: _done(
        About.COMPANY, Purpose.MONITORING, N_("The move of a site was called off")
    ),
    AuditEvent.MOVE_CONFIRMED: _done(
        About.COMPANY, Purpose.MONITORING, N_("The move of a site was confirmed")
    ),
    AuditEvent.MOVE_REFUSED: _done(
        About.COMPANY, Purpose.MONITORING, N_("The move of a site was refused")
    ),
    AuditEvent.SITE_MOVED: _done(
        About.COMPANY, Purpose.MONITORING, N_("The new address of a site took effect")
    ),
    AuditEvent.COMPANY_RECORD_DOWNLOADED: _seen(
        About.COMPANY, Purpose.AGREEMENT, N_("The company's record was downloaded by an owner")
    ),
    # About the team
    AuditEvent.TEAM_SEEN: _seen(
        About.MEMBERS, Purpose.ACCOUNT, N_("The team was looked at, with its names and emails")
    ),
    AuditEvent.MEMBER_INVITED: _done(
        About.TEAM, Purpose.ACCOUNT, N_("Somebody was invited into the team")
    ),
    AuditEvent.MEMBER_REMINDED: _done(
        About.TEAM, Purpose.ACCOUNT, N_("Somebody was reminded of the invitation into the team")
    ),
    AuditEvent.MEMBER_INVITATION_REVOKED: _done(
        About.TEAM, Purpose.ACCOUNT, N_("An invitation into the team was taken back")
    ),
    AuditEvent.MEMBER_JOINED: _done(About.TEAM, Purpose.ACCOUNT, N_("Somebody joined the team")),
    AuditEvent.MEMBER_DECLINED: _done(
        About.TEAM, Purpose.ACCOUNT, N_("Somebody said no to joining the team")
    ),
    AuditEvent.MEMBER_REMOVED: _done(
        About.TEAM,
        Purpose.ACCOUNT,
        N_("A member was taken out of the team"),
        N_("You were taken out of the team"),
    ),
    AuditEvent.MEMBER_LEFT: _done(About.TEAM, Purpose.ACCOUNT, N_("A member left the team")),
    AuditEvent.MEMBER_ROLE_CHANGED: _done(
        About.TEAM,
        Purpose.ACCOUNT,
        N_("The role of a member was changed"),
        N_("Your role was changed"),
    ),
    AuditEvent.OWNERSHIP_OFFERED: _done(
        About.TEAM,
        Purpose.ACCOUNT,
        N_("A member was asked to be an owner"),
        N_("You were asked to be an owner"),
    ),
    AuditEvent.OWNERSHIP_ANSWERED: _done(
        About.TEAM, Purpose.ACCOUNT, N_("A member answered whether to be an owner")
    ),
    AuditEvent.OWNERSHIP_OFFER_WITHDRAWN: _done(
        About.TEAM, Purpose.ACCOUNT, N_("The offer to be an owner was taken back")
    ),
    # About call lists
    AuditEvent.CALL_LIST_SEEN: _seen(
        About.CALL_LIST,
        Purpose.MONITORING,
        N_("A call list was looked at"),
        N_("The call list you are on was looked at"),
    ),
    AuditEvent.CALL_LIST_REORDERED: _done(
        About.CALL_LIST,
        Purpose.MONITORING,
        N_("The order of a call list was changed"),
        N_("The order of the call list you are on was changed"),
    ),
    AuditEvent.CALL_LIST_IMPORTED: _done(
        About.CALL_LIST,
        Purpose.MONITORING,
        N_("A call list was taken over from earlier records"),
        N_("The call list you are on was taken over from earlier records"),
    ),
    AuditEvent.CONTACTS_CONFIRMED: _done(
        About.CALL_LIST,
        Purpose.INTRODUCTION,
        N_("It was confirmed that the people on a call list have been told"),
        N_("It was confirmed that you have been told about the call list you are on"),
    ),
    AuditEvent.CUSTOMER_TO_CALL_SEEN: _seen(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("It was looked up how many of your alarm contacts have not been told"),
    ),
    # About one alarm contact
    AuditEvent.CONTACT_ADDED: _done(
        About.CONTACT,
        Purpose.MONITORING,
        N_("An alarm contact was added"),
        N_("You were put on a call list"),
    ),
    AuditEvent.CONTACT_EDITED: _done(
        About.CONTACT,
        Purpose.MONITORING,
        N_("The details of an alarm contact were changed"),
        N_("Your details as alarm contact were changed"),
    ),
    AuditEvent.CONTACT_REMOVED: _done(
        About.CONTACT,
        Purpose.MONITORING,
        N_("An alarm contact was removed"),
        N_("You were taken off a call list"),
    ),
    AuditEvent.CONTACT_INVITED: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("An alarm contact was invited"),
        N_("You were invited to be an alarm contact"),
    ),
    AuditEvent.CONTACT_REMINDED: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("An alarm contact was reminded of the invitation"),
        N_("You were reminded of the invitation to be an alarm contact"),
    ),
    AuditEvent.CONTACT_INVITATION_REVOKED: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("The invitation of an alarm contact was taken back"),
        N_("The invitation to be an alarm contact was taken back"),
    ),
    AuditEvent.CONTACT_ACCEPTED: _done(
        About.CONTACT, Purpose.INTRODUCTION, N_("An alarm contact said yes")
    ),
    AuditEvent.CONTACT_DECLINED: _done(
        About.CONTACT, Purpose.INTRODUCTION, N_("An alarm contact said no")
    ),
    AuditEvent.CONTACT_NO_TAKEN_BACK: _done(
        About.CONTACT, Purpose.INTRODUCTION, N_("An alarm contact took the no back")
    ),
    AuditEvent.CONTACT_NOT_ME: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("The email of an alarm contact was removed, because it is somebody else's"),
    ),
    AuditEvent.CONTACT_PAUSED: _done(
        About.CONTACT, Purpose.MONITORING, N_("An alarm contact takes a break")
    ),
    AuditEvent.CONTACT_BACK: _done(
        About.CONTACT, Purpose.MONITORING, N_("An alarm contact is back from a break")
    ),
    AuditEvent.CONTACT_LEFT: _done(
        About.CONTACT, Purpose.MONITORING, N_("An alarm contact left a call list")
    ),
    AuditEvent.CONTACT_MAIL_RETURNED: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("The mail to an alarm contact came back"),
        N_("Our mail to you came back"),
    ),
    AuditEvent.CONTACT_LETTER_SEEN: _seen(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("The printable letter to an alarm contact was looked at"),
        N_("The printable letter to you was looked at"),
    ),
    AuditEvent.CONTACT_LETTER_GIVEN: _done(
        About.CONTACT,
        Purpose.INTRODUCTION,
        N_("It was confirmed that an alarm contact has been given the letter"),
        N_("It was confirmed that you have been given our letter"),
    ),
    AuditEvent.CODE_WORD_SEEN: _seen(
        About.CONTACT,
        Purpose.MONITORING,
        N_("The code word of an alarm contact was looked at"),
        N_("Your code word was looked at"),
    ),
    AuditEvent.CODE_WORD_CHANGED: _done(
        About.CONTACT,
        Purpose.MONITORING,
        N_("The code word of an alarm contact was changed"),
        N_("Your code word was changed"),
    ),
}

_OWN_ACT = "only the person themselves can do it"
_EACH = "is about many at once: whomever it concerns has an entry of their own"
NOT_SHOWN: dict[AuditEvent, str] = {
    AuditEvent.ACCOUNT_ACTIVATED: _OWN_ACT,
    AuditEvent.SIGNED_IN: _OWN_ACT,
    AuditEvent.SIGNED_OUT: _OWN_ACT,
    AuditEvent.SESSION_ENDED: _OWN_ACT,
    AuditEvent.OTHER_SESSIONS_ENDED: _OWN_ACT,
    AuditEvent.IDENTITY_CONFIRMED: _OWN_ACT,
    AuditEvent.PASSWORD_CHANGED: _OWN_ACT,
    AuditEvent.EMAIL_CHANGE_ASKED: _OWN_ACT,
    AuditEvent.EMAIL_CHANGED: _OWN_ACT,
    AuditEvent.EMAIL_CHANGE_UNDONE: _OWN_ACT,
    AuditEvent.CUSTOMER_CHOSEN: _OWN_ACT,
    AuditEvent.CONTACT_OWN_DETAILS: _OWN_ACT,
    AuditEvent.CONTACT_COURSE_TAKEN: _OWN_ACT,
    AuditEvent.DATA_REQUEST_OPENED: _OWN_ACT,
    AuditEvent.COPY_DOWNLOADED: _OWN_ACT,
    AuditEvent.DATA_REQUEST_CONFIRMED: "the person, or whoever called them back as they had asked",
    AuditEvent.DATA_REQUEST_CLOSED: "nobody was found whose request it was",
    AuditEvent.DELETION_ASKED: "whomever it concerns is told by mail, with the way back",
    AuditEvent.DELETION_KEPT: "whoever asked for it is told by mail",
    AuditEvent.DELETED: "whoever it was about has no log any more, or asked for it themselves",
    AuditEvent.DELETION_CONFIRMED: "names nobody",
    AuditEvent.DELETION_REPLAYED: "whoever it was about has no log any more",
    AuditEvent.CUSTOMER_CLOSED: "nobody acts for the customer any more",
    AuditEvent.CUSTOMER_ERASED: "nobody acts for the customer any more",
    AuditEvent.SIGN_IN_FAILED: "nobody got in: nothing was seen or changed",
    AuditEvent.PASSWORD_RESET_ASKED: "nothing was seen or changed, and only the mail's reader can",
    AuditEvent.CUSTOMERS_IMPORTED: _EACH,
    AuditEvent.CUSTOMERS_EXPORTED: _EACH,
    AuditEvent.CONTACTS_IMPORTED: _EACH,
    AuditEvent.CONTACT_BATCH_RELEASED: _EACH,
    AuditEvent.MARKETING_IMPORTED: _EACH,
    AuditEvent.SURVEY_ANSWERS_READ: _EACH,
    AuditEvent.CALL_LISTS_FETCHED: "the station fetches what has changed, day and night: see below",
    AuditEvent.CALL_LISTS_ACKNOWLEDGED: "says how far the station has come, and nothing of anybody",
    AuditEvent.MARKETING_AUDIENCE: "the senders ask for everybody at once: see below",
    AuditEvent.NOTICE_PUBLISHED: "is about nobody's data",
    AuditEvent.TRAIL_SHORTENED: "is about nobody's data: what is older than 24 months has gone",
    AuditEvent.STAFF_ADDED: "is about staff, who have no such log",
    AuditEvent.MAIL_HELD_BACK: "a mail was not sent: nothing was seen or changed",
}

_NOT_LISTED = (
    N_("What you did yourself."),
    N_(
        "The monitoring station: it fetches changed call lists day and night, because it must "
        "know whom to call."
    ),
    N_("The companies that send our mailings: they get the addresses of those who said yes."),
)

_PURPOSES: dict[Purpose, str] = {
    Purpose.AGREEMENT: N_("the agreement"),
    Purpose.MONITORING: N_("monitoring of the alarm"),
    Purpose.INTRODUCTION: N_("telling alarm contacts what is expected of them"),
    Purpose.INVOICING: N_("invoicing"),
    Purpose.ACCOUNT: N_("accounts in the portal"),
    Purpose.SECURITY: N_("security"),
    Purpose.ACCOUNTABILITY: N_("proof of what was done"),
    Purpose.CUSTOMER_SERVICE: N_("customer service"),
    Purpose.PRICE_ADJUSTMENT: N_("price adjustments"),
    Purpose.MARKETING: N_("marketing"),
    Purpose.SATISFACTION: N_("satisfaction surveys"),
    Purpose.OPERATION: N_("operation of the portal"),
}

_SYSTEMS: dict[str, str] = {
    "back office": N_("{company} (our customer register)"),
    "monitoring station": N_("{company} (monitoring station)"),
    "senders": N_("{company} (mailings)"),
    "command line": N_("{company} (operations)"),
    "visitor": N_("Somebody with a link from our mail"),
    "contact": N_("An alarm contact"),
}
BY_LINK = ("visitor", "contact")  # people who act without an account, not parts of SensorNordic


def not_listed() -> list[str]:
    """What the log leaves out, a sentence each."""
    return [_(words) for words in _NOT_LISTED]


def purpose_in_words(purpose: Purpose) -> str:
    return _(_PURPOSES[purpose])


def system_in_words(name: str) -> str:
    """A part of SensorNordic, or somebody whom only a mailed link identifies."""
    words = _SYSTEMS.get(name, N_("{company} (automatic)"))
    return _(words).format(company=get_settings().company_name)


def support_in_words() -> str:
    """Staff, who are never named."""
    return _("{company} support").format(company=get_settings().company_name)
