"""Telephone numbers: kept in E.164 (`+4773000000`), typed in whatever form people write them."""

import re

import phonenumbers
from phonenumbers import ValidationResult

from portal.errors import InvalidValueError
from portal.text import visible

_COUNTRIES = {"nb": "NO", "en": "NO", "sv": "SE", "da": "DK", "fi": "FI"}
_WRITTEN = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]+", re.ASCII)
_REASONS = {
    ValidationResult.TOO_SHORT: "phone-too-short",
    ValidationResult.TOO_LONG: "phone-too-long",
}


def parse_phone(text: str, country: str) -> str:
    """The number in E.164. Without a country code it is read as one of `country` (ISO 3166).

    Raises:
        InvalidValueError: `phone-characters`, `phone-too-short`, `phone-too-long` or
            `phone-unknown` (a number that nobody can have).
    """
    # A number copied from a list of contacts often has invisible marks of direction around it.
    written = " ".join(visible(text).split())
    if not _WRITTEN.fullmatch(written):
        raise InvalidValueError("phone-characters")
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidValueError(_parse_reason(error)) from error
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in _REASONS:
        raise InvalidValueError(_REASONS[possible])
    if not phonenumbers.is_valid_number(number):
        raise InvalidValueError("phone-too-short" if _is_short(number) else "phone-unknown")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country_of(locale: str) -> str:
    """Whose country a number without a country code is read as one of, by the writer's language."""
    return _COUNTRIES.get(locale, "NO")


def _is_short(number: phonenumbers.PhoneNumber) -> bool:
    """Whether the number has fewer digits than an ordinary one of its country."""
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    ordinary = phonenumbers.example_number(region)
    return ordinary is not None and len(phonenumbers.national_significant_number(number)) < len(
        phonenumbers.national_significant_number(ordinary)
    )


def _parse_reason(error: phonenumbers.NumberParseException) -> str:
    too_short = {
        phonenumbers.NumberParseException.NOT_A_NUMBER,
        phonenumbers.NumberParseException.TOO_SHORT_NSN,
        phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
    }
    if error.error_type in too_short:
        return "phone-too-short"
    if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
        return "phone-too-long"
    return "phone-unknown"
