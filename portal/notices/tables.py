"""The tables of a notice: which data serve which purpose, how long they are kept, who gets them.

They are made from the data map, and stand in a file beside the texts of each version, so that a
version that was published can be read for ever as it was. `python tools/register.py` writes the
file of the newest version; a test fails while it differs from the data map.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.datamap import Person, Purpose, Recipient, RegisterRow, Retention, Subject, register
from portal.languages import N_, _
from portal.notices.controller import AUTHORITIES
from portal.notices.kinds import EVERYTHING, KINDS, ONLY_OF_MEMBERS, kind_of
from portal.notices.models import Audience

FILE = "tables.json"
_PERSONS: dict[Audience, tuple[Person, ...]] = {
    Audience.CUSTOMER: (Person.REPRESENTATIVE, Person.PRIVATE_CUSTOMER),
    Audience.ALARM_CONTACT: (Person.ALARM_CONTACT,),
}
_SUBJECTS: dict[Audience, frozenset[Subject]] = {
    Audience.CUSTOMER: frozenset({Subject.CUSTOMER, Subject.MEMBER, Subject.USER}),
    Audience.ALARM_CONTACT: frozenset({Subject.ALARM_CONTACT, Subject.USER}),
}

_PURPOSES: dict[Purpose, str] = {
    Purpose.AGREEMENT: N_("To keep our agreement"),
    Purpose.MONITORING: N_("To send help when the alarm sounds"),
    Purpose.INTRODUCTION: N_("To tell you, and to teach you your role"),
    Purpose.INVOICING: N_("To send invoices"),
    Purpose.ACCOUNT: N_("To give you an account in the portal"),
    Purpose.SECURITY: N_("To keep strangers out"),
    Purpose.ACCOUNTABILITY: N_("To be able to show what was done"),
    Purpose.CUSTOMER_SERVICE: N_("To help you"),
    Purpose.PRICE_ADJUSTMENT: N_("To adjust prices"),
    Purpose.MARKETING: N_("To send you the mail that you chose"),
    Purpose.SATISFACTION: N_("To learn how we do"),
    Purpose.OPERATION: N_("To run the portal"),
}
_RETENTION: dict[Retention, str] = {
    Retention.ACCOUNT_END: N_("Until your account is deleted"),
    Retention.CONTRACT_END: N_("Until the contract ends"),
    Retention.SESSION_END: N_("30 days after you signed out"),
    Retention.LINK_END: N_("30 days after the link was used or ran out"),
    Retention.MAIL_BODY: N_("The text until the mail has left, the rest for 30 days"),
    Retention.HISTORY: N_("24 months"),
    Retention.CONTACT_END: N_(
        "Until you are no longer an alarm contact; 30 days after you said no"
    ),
    Retention.INVITATION_END: N_("30 days after the invitation was answered or ran out"),
    Retention.BAR_END: N_("90 days after you said no"),
    Retention.PROOF: N_("36 months"),
    Retention.CHOICE_REPLACED: N_("36 months after you chose anew"),
    Retention.SUPPRESSION: N_("For as long as we send marketing"),
    Retention.CASE: N_("3 years after we answered"),
    Retention.TRAIL: N_("24 months, under a pseudonym"),
    Retention.NOT_PERSONAL: N_("As long as it is needed"),
}
_RECIPIENTS: dict[Recipient, str] = {
    Recipient.BACK_OFFICE: N_("Our own office"),
    Recipient.MONITORING_STATION: N_("The monitoring station, whose people answer the alarm"),
    Recipient.MAIL_PROVIDER: N_("The company that carries our mail"),
    Recipient.MAILING_PROVIDER: N_("The companies that carry our marketing"),
    Recipient.HOSTING_PROVIDER: N_("The company that runs our computers"),
}
_BASES: dict[str, str] = {
    "6(1)(a)": N_("Consent, 6(1)(a)"),
    "6(1)(b)": N_("Agreement, 6(1)(b)"),
    "6(1)(c)": N_("Legal duty, 6(1)(c)"),
    "6(1)(d)": N_("Vital interests, 6(1)(d)"),
    "6(1)(a) or 6(1)(f)": N_("Consent, 6(1)(a), or legitimate interests, 6(1)(f)"),
    "6(1)(f)": N_("Legitimate interests, 6(1)(f)"),
}
_FOR: dict[Person, str] = {
    Person.REPRESENTATIVE: N_("If you act for a company"),
    Person.PRIVATE_CUSTOMER: N_("Sole traders and households"),
    Person.ALARM_CONTACT: N_("Alarm contacts"),
}
_WORDS: dict[str, str] = {
    **{purpose.name: words for purpose, words in _PURPOSES.items()},
    **{retention.name: words for retention, words in _RETENTION.items()},
    **{recipient.name: words for recipient, words in _RECIPIENTS.items()},
    # What versions say that were published before the trail was cut off after 24 months.
    "AUDIT": N_("24 months; then under a pseudonym that leads to nobody"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row in the reader's language: what it is about, the kinds of data, and on which basis."""

    name: str
    kinds: tuple[str, ...]
    bases: tuple[str, ...] = ()


def words_of(code: Purpose | Retention | Recipient) -> str:
    """What readers of a notice are told that this is, in the current language."""
    return _(_WORDS[code.name])


def basis_in_words(basis: str) -> str:
    """A legal basis by its name and article, in the current language."""
    return _(_BASES[basis])


def of_today(audience: Audience) -> str:
    """The tables that the data map yields now, as a file: by the company's country, and by name."""
    content = {country: _tables(audience, country) for country in AUTHORITIES}
    return json.dumps(content, indent=1) + "\n"


def in_words(file: str, country: str, name: str) -> tuple[Row, ...]:
    """A table of a version's file, in the current language."""
    return tuple(
        Row(
            name=_(_WORDS[row["about"]]),
            kinds=tuple(_(KINDS[kind]) for kind in row["kinds"]),
            bases=bases_in_words(
                {Person[person]: basis for person, basis in row.get("bases", {}).items()}
            ),
        )
        for row in json.loads(file)[country][name]
    )


def bases_in_words(bases: Mapping[Person, str]) -> tuple[str, ...]:
    """One basis for everybody, or each class of people with its own."""
    if len(set(bases.values())) < 2:
        return tuple(basis_in_words(basis) for basis in set(bases.values()))
    return tuple(f"{_(_FOR[person])}: {basis_in_words(basis)}" for person, basis in bases.items())


def _tables(audience: Audience, country: str) -> dict[str, list[dict[str, object]]]:
    rows = [
        row
        for row in register(country)
        if row.entry.subject in _SUBJECTS[audience]
        and (audience is Audience.CUSTOMER or _kind(row) not in ONLY_OF_MEMBERS)
    ]
    everything = _kinds(rows)

    def about(code: Purpose | Retention | Recipient, mine: list[RegisterRow]) -> dict[str, object]:
        kinds = _kinds(mine)
        return {"about": code.name, "kinds": [EVERYTHING] if kinds == everything else kinds}

    return {
        "purposes": [
            about(purpose, mine)
            | {"bases": {person.name: mine[0].bases[person] for person in _PERSONS[audience]}}
            for purpose in Purpose
            if (mine := [row for row in rows if row.entry.purpose is purpose])
        ],
        "retention": [
            about(retention, mine)
            for retention in Retention
            if (mine := [row for row in rows if row.entry.retention is retention])
        ],
        "recipients": [
            about(recipient, mine)
            for recipient in Recipient
            if (mine := [row for row in rows if recipient in row.entry.recipients])
        ],
    }


def _kind(row: RegisterRow) -> str:
    return kind_of(row.table, row.column)


def _kinds(rows: Iterable[RegisterRow]) -> list[str]:
    """The kinds of data in these rows, in the order in which readers are told of them."""
    found = {_kind(row) for row in rows}
    return [kind for kind in KINDS if kind in found]
