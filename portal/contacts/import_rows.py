"""One row of a file with existing call lists: its columns, and what each cell may hold."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.contacts.code_words import parse_code_word
from portal.contacts.contact_fields import Person, checked_person
from portal.contacts.models import ContactRole
from portal.customers.csv_columns import FileColumns
from portal.customers.import_cells import (
    COUNTRY_LANGUAGES,
    attempt,
    parse_day,
    parse_language,
    parse_yes_or_no,
)
from portal.customers.import_file import Problem, Record
from portal.errors import InvalidValueError

REQUIRED = ("customer_number", "name", "phone", "role")
COLUMNS = (
    "customer_number",
    "site_name",
    "name",
    "phone",
    "email",
    "language",
    "relation",
    "role",
    "key_holder",
    "code_word",
    "valid_from",
    "valid_until",
)
CONTACT_FILE = FileColumns(
    COLUMNS,
    REQUIRED,
    {
        "customer_no": "customer_number",
        "site": "site_name",
        "contact": "name",
        "contact_name": "name",
        "telephone": "phone",
        "phone_number": "phone",
        "mobile": "phone",
        "locale": "language",
        "relationship": "relation",
        "key": "key_holder",
        "keyholder": "key_holder",
        "password": "code_word",
        "from": "valid_from",
        "until": "valid_until",
    },
)
_ROLES = {
    "decide": ContactRole.DECIDE,
    "may decide": ContactRole.DECIDE,
    "may decide during an alarm": ContactRole.DECIDE,
    "cancel": ContactRole.CANCEL,
    "may only cancel": ContactRole.CANCEL,
    "may only cancel a false alarm": ContactRole.CANCEL,
}


@dataclass(frozen=True)
class ImportedContact:
    """Somebody on a list of the file, checked. `values` has the fields of person and place."""

    line: int
    values: dict[str, Any]
    code_word: str = field(repr=False)

    @property
    def phone(self) -> str:
        return self.values["phone"]


def read_contact(record: Record, country: str) -> ImportedContact | list[Problem]:
    """The row's contact, or everything that is wrong with the row.

    `country` is the site's: a number without a country code is read by it, and its language is
    spoken to whoever has none in the file. A code word is never part of a problem.
    """
    cells = record.cells
    read: dict[str, Any] = {"language": COUNTRY_LANGUAGES[country]}
    wrong: dict[str, InvalidValueError] = {}
    for column, parse in (
        ("role", _parse_role),
        ("key_holder", parse_yes_or_no),
        ("valid_from", parse_day),
        ("valid_until", parse_day),
    ):
        attempt(read, wrong, column, parse, cells.get(column, ""))
    if cells.get("language"):
        attempt(read, wrong, "language", parse_language, cells["language"])
    person = Person(
        name=cells["name"],
        phone=cells["phone"],
        email=cells.get("email", ""),
        locale=read["language"],
        relation=cells.get("relation", ""),
        role=read.get("role", ContactRole.CANCEL),
        key_holder=read.get("key_holder", False),
        valid_from=_day(read, "valid_from"),
        valid_until=_day(read, "valid_until"),
    )
    values, wrong_fields = checked_person(person, country)
    attempt(
        read,
        wrong,
        "code_word",
        lambda text: parse_code_word(text, values.get("name", ""), values.get("phone", "")),
        cells.get("code_word", ""),
    )
    problems = {**wrong_fields, **wrong}
    if problems:
        return [
            Problem(record.line, column, error.code, error.details)
            for column, error in problems.items()
        ]
    return ImportedContact(record.line, values, read["code_word"])


def _day(read: dict[str, Any], column: str) -> date | None:
    return read.get(column)


def _parse_role(text: str) -> ContactRole:
    try:
        return _ROLES[" ".join(text.casefold().split())]
    except KeyError:
        raise InvalidValueError("role-unknown") from None
