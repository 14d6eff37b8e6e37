"""Organisation numbers of the four countries, and what they say about who the customer is.

A Swedish sole trader's organisation number is the owner's national identity number. Other
countries' identity numbers never belong in this field and are refused.
"""

import re
from datetime import date
from typing import Any

from stdnum.dk import cpr, cvr
from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError
from stdnum.fi import hetu, ytunnus
from stdnum.no import fodselsnummer
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

from portal.actor import Actor, Role
from portal.customers.models import CustomerKind
from portal.errors import InvalidValueError

_NUMBERS: dict[str, Any] = {"NO": norwegian, "SE": swedish, "DK": cvr, "FI": ytunnus}
_LENGTHS: dict[str, int] = {"NO": 9, "SE": 10, "DK": 8, "FI": 8}
_IDENTITY_NUMBERS: dict[str, Any] = {"NO": fodselsnummer, "DK": cpr, "FI": hetu}
_VAT_MARKS = re.compile(r"^(NO|SE|DK|FI)|(MVA)$")
_MASK = "••••••-••••"
_COORDINATION = 60  # what a Swedish coordination number adds to the day of birth

_SOLE_TRADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "NO": {"ENK": ("enk", "enkeltpersonforetak", "enkeltmannsforetak")},
    "SE": {"EF": ("ef", "enskild firma", "enskild näringsidkare", "enskild näringsverksamhet")},
    "DK": {"ENK": ("enk", "enkeltmandsvirksomhed", "pmv", "personligt ejet mindre virksomhed")},
    "FI": {
        "TMI": ("tmi", "toiminimi", "yksityinen elinkeinonharjoittaja", "enskild näringsidkare")
    },
}


def parse_organisation_number(text: str, country: str) -> str:
    """The number's digits, checked by the rules of `country`.

    Raises:
        InvalidValueError: `organisation-number-characters`, `organisation-number-too-short`,
            `organisation-number-too-long`, `organisation-number-unknown` (a digit is wrong) or
            `national-identity-number` (it belongs to a person and must not be kept here).
    """
    written = re.sub(r"[\s.\-+:/\u2010-\u2015]", "", text).upper()
    _refuse_identity_number(text, written, country)
    digits = _VAT_MARKS.sub("", written)
    if country == "SE" and len(digits) == 12:
        digits = digits[2:] if digits[:2] in {"16", "18", "19", "20"} else digits
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidValueError("organisation-number-characters")
    if len(digits) != _LENGTHS[country]:
        short = len(digits) < _LENGTHS[country]
        raise InvalidValueError(f"organisation-number-too-{'short' if short else 'long'}")
    try:
        _NUMBERS[country].validate(digits)
    except ValidationError as error:
        raise InvalidValueError("organisation-number-unknown") from error
    if is_identity_number(digits, country) and not _holds_a_birthday(digits):
        raise InvalidValueError("organisation-number-unknown")
    return digits


def is_identity_number(number: str, country: str) -> bool:
    """Whether a number that passed the check is a person's own: legal persons' Swedish numbers
    have at least a 2 where a birthday has the first digit of its month.
    """
    return country == "SE" and len(number) == 10 and number[2] < "2"


def format_organisation_number(number: str, country: str) -> str:
    """The number as people of the country write it, such as `923 609 016` or `556036-0793`."""
    write = getattr(_NUMBERS[country], "format", str)
    return write(number) if number else ""


def masked(number: str, country: str, actor: Actor) -> str:
    """The number as `actor` may see it: only the owner sees a national identity number."""
    if is_identity_number(number, country) and actor.role is not Role.OWNER:
        return _MASK
    return format_organisation_number(number, country)


def kept(field: str, value: str, country: str) -> str:
    """A field's value as records keep it that outlive its use: no identity number, a mask."""
    personal = field == "organisation_number" and is_identity_number(value, country)
    return _MASK if personal else value


def is_mask(text: str) -> bool:
    """Whether a form came back with the mask it was shown, that is, unchanged."""
    return text.strip() == _MASK


def parse_organisation_form(text: str, country: str) -> str:
    """The form in its short spelling where it is a sole trader's, else as it was written."""
    written = " ".join(text.split())
    for short, spellings in _SOLE_TRADERS[country].items():
        if written.casefold() in spellings:
            return short
    return written


def kind_of(number: str, form: str, country: str) -> CustomerKind:
    """Whether the customer is a company, a sole trader or a household.

    In doubt somebody is treated as a person: a number that is a person's own outweighs the form.
    """
    if form in _SOLE_TRADERS[country] or is_identity_number(number, country):
        return CustomerKind.SOLE_TRADER
    return CustomerKind.COMPANY if number or form else CustomerKind.HOUSEHOLD


def _holds_a_birthday(digits: str) -> bool:
    month, day = int(digits[2:4]), int(digits[4:6])
    try:
        date(2000, month, day - _COORDINATION if day > _COORDINATION else day)
    except ValueError:
        return False
    return True


def _refuse_identity_number(text: str, written: str, country: str) -> None:
    module = _IDENTITY_NUMBERS.get(country)
    if module is None:
        return
    # The Finnish number's century sign is among what was taken out: it needs the original.
    for candidate in (text.strip(), written):
        try:
            module.validate(candidate)
        except (InvalidFormat, InvalidLength, ValidationError):
            continue
        raise InvalidValueError("national-identity-number")
