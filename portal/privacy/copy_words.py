"""What parts, fields and values of a copy are called, in the reader's language.

What has no words here yet is shown under its own name, so that nothing is left out for want of a
translation.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.customers.history import DATES, MOVES
from portal.datamap import Person, Purpose, Retention, Source
from portal.languages import (
    LANGUAGE_NAMES,
    LOCALES,
    N_,
    _,
    format_day,
    format_phone,
    format_time,
    iso_time,
)
from portal.marketing.topics import Topic
from portal.marketing.wordings import topic_name
from portal.notices.controller import country_name
from portal.notices.kinds import KINDS, kind_of
from portal.notices.tables import words_of
from portal.privacy.copy_contents import LOG, About, Field, Part, Reader
from portal.privacy.mail_words import MAIL_WORDS
from portal.privacy.models import RequestKind
from portal.privacy.request_kinds import kind_name
from portal.settings import get_settings

_PARTS: dict[tuple[About, str], str] = {
    (About.PERSON, "users"): N_("Your account"),
    (About.PERSON, "sessions"): N_("Your devices"),
    (About.PERSON, "one-time-links"): N_("Links that we mailed you"),
    (About.PERSON, "members"): N_("For whom you act"),
    (About.PERSON, "ownership-offers"): N_("Offers of ownership, by you or to you"),
    (About.PERSON, "company-changes"): N_("Company details that you changed"),
    (About.PERSON, "alarm-contacts"): N_("You as an alarm contact"),
    (About.PERSON, "call-list-entries"): N_("Your places on call lists"),
    (About.PERSON, "contact-changes"): N_("Changes of call lists, by you or about you"),
    (About.PERSON, "course-confirmations"): N_("Courses that you took"),
    (About.PERSON, "invitations"): N_("Invitations to you"),
    (About.PERSON, "notices-given"): N_("Privacy notices that you were given"),
    (About.PERSON, "outbox"): N_("Mail from us to you"),
    (About.PERSON, "marketing-choices"): N_("What you chose about marketing"),
    (About.PERSON, "marketing-pauses"): N_("Your break from marketing"),
    (About.PERSON, "marketing-mailings"): N_("Reports and surveys that we sent you"),
    (About.PERSON, "marketing-receipts"): N_("The record of your choices"),
    (About.PERSON, "survey-answers"): N_("Your answers to surveys"),
    (About.PERSON, "data-requests"): N_("What you asked of us about your data"),
    (About.PERSON, "deletions"): N_("Deletions that you asked for"),
    (About.PERSON, LOG): N_("Who looked at your data"),
    (About.CUSTOMER, "customers"): N_("Customers"),
    (About.CUSTOMER, "sites"): N_("Sites"),
    (About.CUSTOMER, "moving-requests"): N_("Moving requests"),
    (About.CUSTOMER, "company-changes"): N_("Changes of company details"),
    (About.CUSTOMER, "alarm-contacts"): N_("Alarm contacts, as the customer named them"),
    (About.CUSTOMER, "call-list-entries"): N_("Call lists"),
    (About.CUSTOMER, "members"): N_("The team"),
}

_FIELDS: dict[str, str] = {
    "activated_at": N_("Activated"),
    "address": N_("Address"),
    "adult_at": N_("Confirmed being an adult"),
    "answer": N_("Answer"),
    "answered_at": N_("Answered"),
    "asked_at": N_("Asked for"),
    "at": N_("When"),
    "audience": N_("For whom"),
    "authenticated_at": N_("Password last entered"),
    "basis": N_("Legal basis"),
    "by": N_("By whom"),
    "case": N_("Case"),
    "certificate": N_("Certificate"),
    "channel": N_("How"),
    "chosen": N_("Chosen"),
    "chosen_on": N_("Chosen on"),
    "city": N_("City"),
    "closed_at": N_("Closed"),
    "contact": N_("Alarm contact"),
    "contract_end": N_("Contract until"),
    "contract_start": N_("Contract from"),
    "country": N_("Country"),
    "created_at": N_("Since"),
    "customer": N_("Customer"),
    "customer_since": N_("Customer since"),
    "decided_at": N_("Decided"),
    "decision": N_("Choice"),
    "details": N_("Details"),
    "device": N_("Device"),
    "due_at": N_("Due"),
    "email": N_("Email"),
    "ended_at": N_("Ended"),
    "erased_at": N_("Deleted"),
    "event": N_("What happened"),
    "expires_at": N_("Valid until"),
    "field": N_("What"),
    "invitation_state": N_("Invitation"),
    "invited_until": N_("Invited until"),
    "invoice_email": N_("Invoice email"),
    "kept_at": N_("Taken back"),
    "key_holder": N_("Has a key"),
    "kind": N_("Kind of customer"),
    "last_seen_at": N_("Last used"),
    "last_sign_in_at": N_("Last sign-in"),
    "locale": N_("Language"),
    "message_id": N_("Number of the mail"),
    "moves_on": N_("Moving day"),
    "name": N_("Name"),
    "new": N_("After"),
    "notice_due_at": N_("Privacy notice due"),
    "notice_given_at": N_("Privacy notice given"),
    "notice_warned_at": N_("Customer warned"),
    "number": N_("Customer number"),
    "old": N_("Before"),
    "organisation_form": N_("Organisation form"),
    "organisation_number": N_("Organisation number"),
    "outcome": N_("Outcome"),
    "own_locale": N_("Language that you gave"),
    "own_phone": N_("Phone that you gave"),
    "password_changed_at": N_("Password changed"),
    "paused_from": N_("Away from"),
    "paused_until": N_("Away until"),
    "period": N_("Period"),
    "phone": N_("Phone"),
    "position": N_("Place"),
    "postal_code": N_("Postal code"),
    "products": N_("Products"),
    "purpose": N_("What for"),
    "recipient": N_("To"),
    "relation": N_("Relation"),
    "released_at": N_("Released"),
    "reminded_at": N_("Reminded"),
    "requested_at": N_("Asked for"),
    "role": N_("Role"),
    "scope": N_("What"),
    "score": N_("Score"),
    "sent_at": N_("Sent"),
    "site": N_("Site"),
    "source": N_("Source"),
    "staff_role": N_("Role"),
    "status": N_("Status"),
    "steps_down": N_("Steps down"),
    "text": N_("What was shown"),
    "text_hash": N_("Fingerprint of the text"),
    "text_version": N_("Version of the text"),
    "told_at": N_("Told by the customer"),
    "told_words": N_("What the customer confirmed"),
    "topic": N_("Topic"),
    "until": N_("Until"),
    "used_at": N_("Used"),
    "valid_from": N_("From"),
    "valid_until": N_("Until"),
    "version": N_("Version"),
    "way": N_("How"),
    "what": N_("What happened"),
    "words": N_("Your words"),
}

# Where a name alone says too little, or the same as another of its table.
_FIELDS_OF: dict[str, str] = {
    "call_list_entries.created_at": N_("On the list since"),
    "data_requests.answer": N_("Our answer"),
    "data_requests.due_on": N_("Our answer at the latest"),
    "data_requests.extended_at": N_("Told that it takes longer"),
    "data_requests.extended_until": N_("Our answer then at the latest"),
    "data_requests.extension_reason": N_("Why it takes longer"),
    "data_requests.kind": N_("What you asked for"),
    "data_requests.received_at": N_("Received"),
    "data_requests.verified_at": N_("Known to be from you"),
    "data_requests.verified_by": N_("How we know"),
    "invitations.created_at": N_("Invited"),
    "marketing_choices.way": N_("How you told us"),
    "marketing_receipts.way": N_("How you told us"),
    "one_time_links.created_at": N_("Mailed"),
    "outbox.created_at": N_("Written"),
    "outbox.due_at": N_("To be sent from"),
    "outbox.kind": N_("What it was about"),
    "users.restricted_at": N_("Restricted since"),
    "users.restricted_until": N_("Restricted until"),
}
_DETAILS: dict[str, str] = {
    "email": N_("Email"),
    "fields": N_("What"),
    "to": N_("Place"),
}

_QUARTERS = ("Q1", "Q2", "Q3", "Q4")  # what a period ends with that is no day
_MEMBER_ROLES = {
    "owner": N_("Owner"),
    "administrator": N_("Administrator"),
    "colleague": N_("Colleague"),
}
_CONTACT_ROLES = {
    "decide": N_("May decide during an alarm"),
    "cancel": N_("May only cancel a false alarm"),
}
_WAYS = {
    "portal": N_("in the portal"),
    "mail link": N_("by the link in a mail"),
    "one-click": N_("by one click in the mail program"),
    "letter": N_("by letter or phone, entered by customer service"),
    "import": N_("from our earlier records"),
    "stop": N_("by STOP in answer to a message"),
    "complaint": N_("by reporting a message as unwanted"),
    "bounce": N_("because our message came back"),
}
_CHANNELS = {"email": N_("Email"), "sms": N_("SMS"), "all": N_("Everything")}
_BASES = {"consent": N_("Consent"), "legitimate interest": N_("Legitimate interest")}
_OUTCOMES = {
    "accepted": N_("Accepted"),
    "declined": N_("Declined"),
    "revoked": N_("Taken back"),
    "withdrawn": N_("Taken back"),
    "expired": N_("Ran out"),
    "not me": N_("Removed by the reader"),
    "returned": N_("Mail returned"),
}

_VALUES: dict[str, Mapping[str, str]] = {
    "members.role": _MEMBER_ROLES,
    "invitations.role": _MEMBER_ROLES,
    "invitations.outcome": _OUTCOMES,
    "ownership_offers.outcome": _OUTCOMES,
    "customers.kind": {
        "company": N_("Company"),
        "sole trader": N_("Sole trader"),
        "household": N_("Household"),
    },
    "moving_requests.status": {
        "requested": N_("Asked for"),
        "confirmed": N_("Confirmed"),
        "moved": N_("Moved"),
        "withdrawn": N_("Taken back"),
        "refused": N_("Refused"),
    },
    "company_changes.source": {
        "portal": N_("in the portal"),
        "back office": N_("from our customer register"),
    },
    "company_changes.field": _FIELDS
    | {
        "name": N_("Company name"),
        "site": N_("New site"),
        "site_name": N_("Name of the site"),
        "site_address": N_("Address"),
        "moving_request": N_("Moving request"),
        "move_confirmed": N_("Move confirmed"),
    },
    "alarm_contacts.invitation_state": {
        "none": N_("Not invited"),
        "invited": N_("Invited"),
        "returned": N_("Mail returned"),
        "no answer": N_("No answer"),
    },
    "call_list_entries.role": _CONTACT_ROLES,
    "call_list_entries.answer": {
        "none": N_("No answer yet"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
        "left": N_("No longer a contact"),
    },
    "course_confirmations.role": _CONTACT_ROLES,
    "contact_changes.by": {
        "member": N_("Somebody of the customer"),
        "contact": N_("The alarm contact"),
    },
    "contact_changes.event": {
        "added": N_("Added"),
        "edited": N_("Details changed"),
        "moved": N_("Moved to another place"),
        "move undone": N_("The last move was undone"),
        "removed": N_("Removed"),
        "imported": N_("Taken over from our records"),
        "confirmed": N_("Confirmed as told"),
        "invited": N_("Invited"),
        "mail sent": N_("The mail has left"),
        "mail returned": N_("Mail returned"),
        "reminded": N_("Reminded"),
        "invitation taken back": N_("The invitation was taken back"),
        "no answer": N_("No answer"),
        "not me": N_("The address was removed by its reader"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
        "no taken back": N_("Took the no back"),
        "paused": N_("Paused"),
        "back": N_("Back from a pause"),
        "left": N_("No longer a contact"),
        "course taken": N_("Course taken"),
        "letter given": N_("Letter given"),
        "code word changed": N_("Code word changed"),
        "own details changed": N_("Own number or language changed"),
        "erased": N_("Somebody left, and had their data deleted"),
    },
    "one_time_links.purpose": {
        "activate": N_("To choose the first password"),
        "reset-password": N_("To choose a new password"),
        "confirm-email": N_("To confirm a new email"),
        "undo-email": N_("To undo the change of email"),
        "keep-account": N_("To keep what was to be deleted"),
    },
    "outbox.kind": MAIL_WORDS,
    "marketing_choices.channel": _CHANNELS,
    "marketing_choices.basis": _BASES,
    "marketing_choices.way": _WAYS,
    "marketing_receipts.channel": _CHANNELS,
    "marketing_receipts.basis": _BASES,
    "marketing_receipts.way": _WAYS,
    "marketing_receipts.decision": {
        "yes": N_("Yes"),
        "no": N_("No"),
        "pause": N_("Pause"),
        "resume": N_("End of the pause"),
    },
    "notices_given.audience": {
        "customer": N_("Customers"),
        "alarm contact": N_("Alarm contacts"),
    },
    "notices_given.channel": {
        "mail": N_("Email"),
        "portal": N_("in the portal"),
        "letter": N_("Letter"),
    },
    "data_requests.verified_by": {
        "account": N_("Signed in"),
        "mail": N_("By the link in a mail"),
        "call-back": N_("By calling back"),
    },
    "users.staff_role": {
        "agent": N_("Customer service"),
        "lead": N_("Head of customer service"),
    },
    "deletions.scope": {
        "membership": N_("Acting for a customer"),
        "account": N_("The account"),
        "customer": N_("The customer's account"),
    },
}

_SOURCES: dict[Source, str] = {
    Source.PERSON: N_("Yourself"),
    Source.CUSTOMER: N_("The customer"),
    Source.OFFICE: N_("Our customer register"),
    Source.USE: N_("Use of the portal"),
}
_CUSTOMER_S_SOURCES: dict[Source, str] = _SOURCES | {Source.PERSON: N_("The customer")}

# What the words of the notice say to a contact, said to a member about one.
_OF_THEM: dict[Purpose | Retention, str] = {
    Purpose.INTRODUCTION: N_("To tell them, and to teach them their role"),
    Retention.CONTACT_END: N_(
        "Until they are no longer an alarm contact; 30 days after they said no"
    ),
}

# What everybody may ask for, what only who acts for a customer may, and what only contacts may.
_RIGHTS: tuple[tuple[str, Person | None], ...] = (
    (N_("See: this copy, and the pages of the portal."), None),
    (N_("Correct: most of it you change yourself in the portal. We correct the rest."), None),
    (N_("Delete: in the portal. You see first what goes, what stays, and why."), None),
    (N_("Restrict: we leave your data alone while a question about them is open."), None),
    (N_("Object to whatever rests on legitimate interests: tell us in a few words why."), None),
    (
        N_("Say no to marketing at any time, without giving a reason. It stops at once."),
        Person.REPRESENTATIVE,
    ),
    (
        N_("Take back a consent whenever you like, as easily as you gave it."),
        Person.REPRESENTATIVE,
    ),
    (
        N_("Stop being an alarm contact at any time, with one button. Nobody has to agree."),
        Person.ALARM_CONTACT,
    ),
)


_TO_TAKE_ALONG = N_(
    "Take along what is marked as yours, and give it to somebody else: see data.json."
)


def rights_of(reader: Reader, *, portable: bool) -> tuple[str, ...]:
    """What the reader may ask for, in a sentence each. `portable`: something of the copy is theirs
    to take along, which nothing is that rests on legitimate interests (GDPR article 20(1)).
    """
    acts = bool(reader.memberships)
    capacities = reader.capacities | ({Person.REPRESENTATIVE} if acts else set())
    told = [words for words, who in _RIGHTS if who is None or who in capacities]
    return tuple(_(words) for words in ([*told, _TO_TAKE_ALONG] if portable else told))


def place_of(part: Part) -> int:
    """Where the part stands among those that readers are shown."""
    known = list(_PARTS)
    key = (part.about, part.name)
    return known.index(key) if key in known else len(known)


def title_of(part: Part) -> str:
    """The heading of a part."""
    words = _PARTS.get((part.about, part.name))
    return _(words or KINDS[kind_of(part.name.replace("-", "_"), "")])


def source_words(part: Part, field: Field) -> str:
    """Where these data come from (GDPR article 15(1)(g))."""
    sources = _SOURCES if part.about is About.PERSON else _CUSTOMER_S_SOURCES
    return _(sources[field.entry.source])


def purpose_words(part: Part, field: Field) -> str:
    """What these data are kept for."""
    if part.about is About.CUSTOMER and field.entry.purpose in _OF_THEM:
        return _(_OF_THEM[field.entry.purpose])
    return words_of(field.entry.purpose)


def retention_words(part: Part, field: Field) -> str:
    """How long these data are kept."""
    if part.about is About.CUSTOMER and field.entry.retention in _OF_THEM:
        return _(_OF_THEM[field.entry.retention])
    return words_of(field.entry.retention)


def field_words(field: Field) -> str:
    """What a field is called."""
    words = _FIELDS_OF.get(field.column) or _FIELDS.get(field.name)
    return _(words) if words else field.name.replace("_", " ").capitalize()


def row_words(fields: Sequence[Field], row: Sequence[Any]) -> tuple[str, ...]:
    """A row's values as people read them; empty for none."""
    pairs = list(zip(fields, row, strict=True))
    changed = next((value for each, value in pairs if each.column == "company_changes.field"), "")
    return tuple(
        _change_words(changed, value)
        if each.column in {"company_changes.old", "company_changes.new"}
        else value_words(each, value)
        for each, value in pairs
    )


def _change_words(changed: str, value: str | None) -> str:
    """What the changed field was, or has become."""
    if not value:
        return ""
    if changed == "phone":
        return _phone_words(value)
    if changed == "country":
        return country_name(value)
    if changed in DATES:
        return format_day(date.fromisoformat(value))
    if changed in MOVES:
        place, _comma, day = value.rpartition(", ")
        return f"{place}, {format_day(date.fromisoformat(day))}"
    word = _VALUES["customers.kind"].get(value, value)
    return _(word) if changed == "kind" else value


def value_words(field: Field, value: Any) -> str:
    """A value as people read it; empty for none."""
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, date):
        return format_day(value)
    if field.name == "period" and value and not value.endswith(_QUARTERS):
        return format_day(date.fromisoformat(value))
    return _plain_words(field, value)


def cell_words(field: Field, value: Any) -> str:
    """As `value_words`, with days and times as spreadsheets sort them."""
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return _plain_words(field, value)


def _plain_words(field: Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(_detail_words(name, each) for name, each in value.items())
    return _code_words(field, str(value))


def _detail_words(name: str, value: Any) -> str:
    told = [_named(_FIELDS, each) for each in value] if name == "fields" else [str(value)]
    return f"{_named(_DETAILS, name)}: {', '.join(told)}"


def _named(names: Mapping[str, str], name: str) -> str:
    words = names.get(name)
    return _(words) if words else name


def _phone_words(number: str) -> str:
    return format_phone(number) if number.startswith("+") else number


def _code_words(field: Field, code: str) -> str:
    if field.name in {"phone", "own_phone"}:
        return _phone_words(code)
    if field.name in {"locale", "own_locale"} and code in LOCALES:
        return LANGUAGE_NAMES[code]
    if field.name == "country":
        return country_name(code)
    if field.name == "topic":
        return _("Everything") if code == "all" else topic_name(Topic(code))
    if field.column == "data_requests.kind":
        return kind_name(RequestKind(code))
    if field.column == "contact_changes.by" and code == "sensornordic":
        return get_settings().company_name
    words = _VALUES.get(field.column, {}).get(code)
    return _(words) if words else code
