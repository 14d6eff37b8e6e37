"""The register of processing activities (GDPR article 30(1)): one activity for each purpose.

All of it is read from the data map, but for what no column can tell: that nothing leaves the
European Economic Area, and how the data are protected. It covers what this portal keeps.
"""

from dataclasses import dataclass

from portal.datamap import (
    PERSONS,
    Person,
    Purpose,
    Recipient,
    RegisterRow,
    Retention,
    Subject,
    legal_basis,
    register,
)
from portal.languages import N_
from portal.notices.controller import AUTHORITIES
from portal.notices.kinds import KINDS, kind_of

THIRD_COUNTRIES = N_("None. Everything stays within the European Economic Area.")
SECURITY: tuple[str, ...] = (
    N_("What travels between people and the portal is encrypted."),
    N_("Passwords are kept as hashes from which nobody can read them, and so are mailed links."),
    N_("Code words, and the text of mail that waits, are kept encrypted."),
    N_("Everybody sees and does only what their role allows; what is not allowed is refused."),
    N_("What is dangerous asks for the password again, and attempts are limited."),
    N_("What was done stands in a log under pseudonyms, which nobody can change unnoticed."),
    N_("What has run out is erased every hour, without anybody asking."),
)
PERSON_WORDS: dict[Person, str] = {
    Person.REPRESENTATIVE: N_("People who act for a company"),
    Person.PRIVATE_CUSTOMER: N_("Sole traders and households"),
    Person.ALARM_CONTACT: N_("Alarm contacts"),
    Person.STAFF: N_("Our own staff"),
}


@dataclass(frozen=True)
class Activity:
    """What is done for one purpose.

    `kinds` are codes of `notices/kinds.py`. `bases` gives the legal basis for each class of person
    in each country where we have customers; `kept` which kinds are kept how long.
    """

    purpose: Purpose
    persons: tuple[Person, ...]
    bases: dict[Person, dict[str, str]]
    kinds: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    kept: dict[Retention, tuple[str, ...]]


def activities() -> list[Activity]:
    """Every purpose for which something about somebody is kept, in the data map's order."""
    rows = [row for row in register() if row.entry.subject is not Subject.NOBODY]
    return [
        _activity(purpose, mine)
        for purpose in Purpose
        if (mine := [row for row in rows if row.entry.purpose is purpose])
    ]


def _activity(purpose: Purpose, rows: list[RegisterRow]) -> Activity:
    about = {person for row in rows for person in PERSONS[row.entry.subject]}
    given_to = {recipient for row in rows for recipient in row.entry.recipients}
    persons = tuple(person for person in Person if person in about)
    return Activity(
        purpose=purpose,
        persons=persons,
        bases={
            person: {country: legal_basis(purpose, person, country) for country in AUTHORITIES}
            for person in persons
        },
        kinds=_kinds(rows),
        recipients=tuple(recipient for recipient in Recipient if recipient in given_to),
        kept={
            retention: _kinds(mine)
            for retention in Retention
            if (mine := [row for row in rows if row.entry.retention is retention])
        },
    )


def _kinds(rows: list[RegisterRow]) -> tuple[str, ...]:
    found = {kind_of(row.table, row.column) for row in rows}
    return tuple(kind for kind in KINDS if kind in found)
