"""The call list as pages show it: rows in the reader's words."""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from portal.contacts.history import ContactHistoryRow
from portal.contacts.lists import CallListView, ContactLine, SiteChoice, SiteLine
from portal.contacts.models import By, ContactEvent
from portal.contacts.standing import ContactStatus
from portal.settings import get_settings
from portal.web.contact_words import language_name, role_word, status_tone, status_word
from portal.web.history_rows import HistoryEntry
from portal.web.locale import (
    N_,
    _,
    current_locale,
    format_day,
    format_phone,
    format_time,
    ngettext,
)


class ContactRow(TypedDict):
    """One contact on the thread. The ids of form fields hold `id`, which is the entry's."""

    id: str
    contact_id: str
    number: int
    name: str
    phone: str
    email: str
    locale: str
    relation: str
    role: str
    key_holder: bool
    valid_from: str
    valid_until: str
    about: str
    status: str
    tone: str
    note: str
    lit: bool
    first: bool
    last: bool
    has_account: bool
    may_be_reminded: bool
    may_be_invited: bool
    may_get_letter: bool
    code_word_address: str
    letter_address: str
    version: int


class SiteOption(TypedDict):
    id: str
    name: str
    words: str


def contact_row(line: ContactLine, last: int) -> ContactRow:
    locale = current_locale()
    return {
        "id": str(line.entry_id),
        "contact_id": str(line.contact_id),
        "number": line.number,
        "name": line.name,
        "phone": format_phone(line.phone),
        "email": line.email,
        "locale": line.locale,
        "relation": line.relation,
        "role": line.role,
        "key_holder": line.key_holder,
        "valid_from": _iso(line.valid_from),
        "valid_until": _iso(line.valid_until),
        "about": _about(line),
        "status": status_word(line.status),
        "tone": status_tone(line.status),
        "note": _note(line),
        "lit": line.reachable,
        "first": line.number == 1,
        "last": line.number == last,
        "has_account": line.has_account,
        "may_be_reminded": line.may_be_reminded,
        "may_be_invited": line.may_be_invited,
        "may_get_letter": line.status in {ContactStatus.NO_EMAIL, ContactStatus.MAIL_RETURNED},
        "code_word_address": f"/{locale}/contacts/code-word/{line.contact_id}",
        "letter_address": f"/{locale}/contacts/letter/{line.contact_id}",
        "version": line.version,
    }


def site_options(choices: Iterable[SiteChoice]) -> list[SiteOption]:
    """The sites to choose from; those that stand alike share the words, for there may be many."""
    words: dict[tuple[int, int], str] = {}
    options: list[SiteOption] = []
    for each in choices:
        stands = each.people, each.reachable
        if stands not in words:
            words[stands] = reach(each)
        options.append(
            {
                "id": str(each.site_id),
                "name": each.name,
                "words": f"{each.name}: {words[stands]}",
            }
        )
    return options


def reach(line: SiteLine | SiteChoice | CallListView) -> str:
    """How many of those on the list can be reached, in words."""
    people = line.people if isinstance(line.people, int) else len(line.people)
    if people == 0:
        return _("nobody on the list yet")
    if line.reachable == 0:
        return _("nobody can be reached")
    return ngettext(
        "{count} of {people} can be reached", "{count} of {people} can be reached", line.reachable
    ).format(count=line.reachable, people=people)


def gap_words(view: CallListView) -> str:
    """What is missing for the list to be safe; empty if nothing is."""
    missing = view.needed - view.reachable
    if missing <= 0:
        return ""
    return ngettext(
        "{count} more person is needed who can be reached.",
        "{count} more people are needed who can be reached.",
        missing,
    ).format(count=missing)


def _about(line: ContactLine) -> str:
    """The role, the key, the language and the dates in a few words."""
    said = [role_word(line.role)]
    if line.key_holder:
        said.append(_("Has a key"))
    if line.relation:
        said.append(line.relation)
    said.append(language_name(line.locale))
    if line.valid_from:
        said.append(_("From {day}").format(day=format_day(line.valid_from)))
    if line.valid_until:
        said.append(_("Until {day}").format(day=format_day(line.valid_until)))
    return " · ".join(said)


_NOTES: dict[ContactStatus, str] = {
    ContactStatus.NO_EMAIL: N_(
        "Without an email we cannot tell {name} what this means. Add one, or print the letter."
    ),
    ContactStatus.MAIL_RETURNED: N_("Our mail came back. Ask {name} for the right address."),
    ContactStatus.NO_ANSWER: N_("{name} has not answered in 14 days. We call them all the same."),
    ContactStatus.DECLINED: N_("{name} said no. We do not call them."),
    ContactStatus.LEFT: N_("{name} no longer wants to be called. Remove them from the list."),
}


def _note(line: ContactLine) -> str:
    """What the status means, where it asks something of the reader."""
    if line.status is ContactStatus.PAUSED and line.paused_until:
        return _("Away until {day}. We call {name} again after that.").format(
            day=format_day(line.paused_until), name=line.name
        )
    if line.status in _NOTES:
        return _(_NOTES[line.status]).format(name=line.name)
    if line.own_number:
        return _("{name} gave us a number of their own. We call that one.").format(name=line.name)
    return ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


_EVENTS: dict[ContactEvent, str] = {
    ContactEvent.ADDED: N_("{name} was added"),
    ContactEvent.EDITED: N_("The details of {name} were changed"),
    ContactEvent.MOVED: N_("{name} was moved to place {to}"),
    ContactEvent.MOVE_UNDONE: N_("The last move was undone"),
    ContactEvent.REMOVED: N_("{name} was removed"),
    ContactEvent.IMPORTED: N_("{name} was taken over from our records"),
    ContactEvent.CONFIRMED: N_("You confirmed that {name} has been told"),
    ContactEvent.INVITED: N_("{name} was invited"),
    ContactEvent.MAIL_SENT: N_("The mail to {name} has left"),
    ContactEvent.MAIL_RETURNED: N_("The mail to {name} came back"),
    ContactEvent.REMINDED: N_("{name} was reminded once"),
    ContactEvent.REVOKED: N_("The invitation of {name} was taken back"),
    ContactEvent.NO_ANSWER: N_("{name} did not answer in time"),
    ContactEvent.NOT_ME: N_("The address of {name} belongs to somebody else; we removed it"),
    ContactEvent.ACCEPTED: N_("{name} said yes"),
    ContactEvent.DECLINED: N_("{name} said no"),
    ContactEvent.NO_TAKEN_BACK: N_("{name} took the no back"),
    ContactEvent.PAUSED: N_("{name} takes a break"),
    ContactEvent.BACK: N_("{name} is back"),
    ContactEvent.LEFT: N_("{name} left"),
    ContactEvent.COURSE: N_("{name} took the course"),
    ContactEvent.LETTER: N_("{name} was given the letter"),
    ContactEvent.CODE_WORD: N_("The code word of {name} was changed"),
    ContactEvent.OWN_DETAILS: N_("{name} changed how we reach them"),
    ContactEvent.ERASED: N_("Somebody left, and had their data deleted"),
}


def contact_entry(row: ContactHistoryRow) -> HistoryEntry:
    """A line of the call lists' history."""
    name = row.contact or _("a former contact")
    words = _(_EVENTS[row.event]).format(name=name, to=row.details.get("to", ""))
    return {
        "id": row.id,
        "what": f"{row.site_name}: {words}" if row.site_name else words,
        "who": _who(row),
        "when": format_time(row.at),
        "iso": row.at.isoformat(),
        "before": "",
        "after": "",
    }


def _who(row: ContactHistoryRow) -> str:
    if row.by is By.SENSORNORDIC:
        return get_settings().company_name
    if row.by is By.CONTACT:
        return row.contact or _("A former contact")
    return row.name or _("A former member")
