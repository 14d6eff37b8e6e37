"""The fields of an alarm contact: how each is checked and kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.accounts.users import parse_name
from portal.contacts.models import ContactRole
from portal.emails import parse_email
from portal.errors import InvalidFieldsError, InvalidValueError, PortalError
from portal.languages import LOCALES
from portal.phones import parse_phone
from portal.text import parse_line

LONGEST_RELATION = 60


@dataclass(frozen=True, kw_only=True)
class Place:
    """What somebody is to do on one call list, as it was typed."""

    role: str
    key_holder: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Person(Place):
    """Somebody on a call list, as it was typed. Only name, phone and role are required.

    `same_phone`: whoever typed it knows that another contact has the same number.
    """

    name: str
    phone: str
    email: str = ""
    locale: str = ""
    relation: str = ""
    same_phone: bool = False


PERSON_FIELDS = ("name", "phone", "email", "locale", "relation")
PLACE_FIELDS = ("role", "key_holder", "valid_from", "valid_until")


def checked_person(typed: Person, country: str) -> tuple[dict[str, Any], dict[str, PortalError]]:
    """Every field of the person and the place as it is kept, and what is wrong with the others.

    `country` is the one that a number without a country code is read by.
    """
    parsers: dict[str, Callable[[], str]] = {
        "name": lambda: parse_name(typed.name),
        "phone": lambda: _phone(typed.phone, country),
        "email": lambda: parse_email(typed.email).lower() if typed.email.strip() else "",
        "locale": lambda: _locale(typed.locale),
        "relation": lambda: parse_line(typed.relation, LONGEST_RELATION),
    }
    values, wrong = checked_place(typed)
    for field, parse in parsers.items():
        try:
            values[field] = parse()
        except InvalidValueError as error:
            error.field = field
            wrong[field] = error
    return values, wrong


def checked_place(typed: Place) -> tuple[dict[str, Any], dict[str, PortalError]]:
    """As `checked_person`, of the place alone."""
    wrong: dict[str, PortalError] = {}
    if typed.role not in set(ContactRole):
        wrong["role"] = InvalidValueError("role-required", "role")
    began, ends = typed.valid_from, typed.valid_until
    if began is not None and ends is not None and ends < began:
        wrong["valid_until"] = InvalidValueError("dates-reversed", "valid_until")
    return {field: getattr(typed, field) for field in PLACE_FIELDS}, wrong


def require_right(wrong: dict[str, PortalError]) -> None:
    """Go on only if nothing is wrong.

    Raises:
        InvalidFieldsError: something is.
    """
    if wrong:
        raise InvalidFieldsError(wrong)


def _phone(text: str, country: str) -> str:
    if not text.strip():
        raise InvalidValueError("phone-required")
    return parse_phone(text, country)


def _locale(locale: str) -> str:
    if locale not in LOCALES:
        raise InvalidValueError("language-unknown")
    return locale
