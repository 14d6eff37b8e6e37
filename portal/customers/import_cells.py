"""What a single cell of the back office's file may hold."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from portal.customers.company_fields import LONGEST
from portal.emails import parse_sign_in_email
from portal.errors import InvalidValueError
from portal.languages import LOCALES
from portal.text import parse_line

COUNTRY_NAMES = {
    "no": "NO",
    "nor": "NO",
    "norway": "NO",
    "norge": "NO",
    "noreg": "NO",
    "se": "SE",
    "swe": "SE",
    "sweden": "SE",
    "sverige": "SE",
    "dk": "DK",
    "dnk": "DK",
    "denmark": "DK",
    "danmark": "DK",
    "fi": "FI",
    "fin": "FI",
    "finland": "FI",
    "suomi": "FI",
}
HOUSEHOLDS = {"household", "private", "husholdning", "privat", "hushåll", "kotitalous"}
_LANGUAGES = {locale: locale for locale in LOCALES} | {"no": "nb", "nn": "nb"}
COUNTRY_LANGUAGES = {"NO": "nb", "SE": "sv", "DK": "da", "FI": "fi"}
_YES = {"yes", "y", "true", "1", "x", "ja", "j", "kyllä", "k"}
_NO = {"", "no", "n", "false", "0", "-", "nei", "nej", "ei", "e"}
_CUSTOMER_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,19}")
_PRODUCTS_LONGEST = 300
_NORWEGIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def attempt(
    into: dict[str, Any],
    wrong: dict[str, InvalidValueError],
    column: str,
    parse: Callable[[str], Any],
    text: str,
) -> None:
    """Put the cell's value `into` place, or what is wrong with it among the `wrong`."""
    try:
        into[column] = parse(text)
    except InvalidValueError as error:
        wrong[column] = error


def parse_products(text: str) -> list[str]:
    if len(text) > _PRODUCTS_LONGEST:
        raise InvalidValueError("text-too-long", limit=_PRODUCTS_LONGEST)
    return [name for part in text.split("|") if (name := " ".join(part.split()))]


def parse_day(text: str) -> date | None:
    if not text:
        return None
    try:
        if norwegian := _NORWEGIAN_DATE.fullmatch(text):
            day, month, year = map(int, norwegian.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError("date-unknown") from None


def parse_person(text: str) -> str:
    name = parse_line(text, LONGEST["name"])
    if not name:
        raise InvalidValueError("owner-name-required")
    return name


def parse_owner_email(text: str) -> str:
    if not text:
        raise InvalidValueError("owner-email-required")
    return parse_sign_in_email(text)


def parse_site_name(text: str) -> str:
    return parse_line(text, LONGEST["site_name"])


def parse_customer_number(text: str) -> str:
    if not text:
        raise InvalidValueError("customer-number-required")
    if not _CUSTOMER_NUMBER.fullmatch(text):
        raise InvalidValueError("customer-number-characters")
    return text


def parse_country_name(text: str) -> str:
    try:
        return COUNTRY_NAMES[text.casefold()]
    except KeyError:
        raise InvalidValueError("country-unknown") from None


def parse_language(text: str) -> str:
    try:
        return _LANGUAGES[text.casefold()]
    except KeyError:
        raise InvalidValueError("language-unknown") from None


def parse_yes_or_no(text: str) -> bool:
    """Yes or no, also in the Nordic languages; empty is no."""
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise InvalidValueError("yes-or-no")
