"""The fields that the customer owns: how each is checked and kept.

The page, the import and the export use the same checks, so that what one of them accepts the
others can carry.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from portal.customers.models import CustomerKind
from portal.customers.organisation_numbers import (
    kind_of,
    parse_organisation_form,
    parse_organisation_number,
)
from portal.emails import parse_email
from portal.errors import InvalidValueError, in_field
from portal.phones import parse_phone
from portal.text import parse_line

COUNTRIES = ("NO", "SE", "DK", "FI")
LONGEST = {
    "name": 120,
    "organisation_form": 20,
    "address": 120,
    "city": 80,
    "site_name": 120,
}
_POSTAL_DIGITS = {"NO": 4, "SE": 5, "DK": 4, "FI": 5}


@dataclass(frozen=True, kw_only=True)
class CompanyChanges:
    """What somebody wants the company details to be. `None` leaves a field as it is."""

    name: str | None = None
    organisation_number: str | None = None
    organisation_form: str | None = None
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    invoice_email: str | None = None

    def given(self) -> dict[str, str]:
        values = {name: getattr(self, name) for name in EDITABLE}
        return {name: value for name, value in values.items() if value is not None}


EDITABLE: tuple[str, ...] = tuple(field.name for field in fields(CompanyChanges))
# What the back office owns and the customer only sees.
CONTRACT_FIELDS: tuple[str, ...] = (
    "products",
    "contract_start",
    "contract_end",
    "customer_since",
)
REQUIRED = frozenset({"name", "address", "postal_code", "city", "country"})
# Parts of one thing: two people who each change a part of it have changed the same thing.
TOGETHER: tuple[frozenset[str], ...] = (
    frozenset({"address", "postal_code", "city", "country"}),
    frozenset({"organisation_number", "organisation_form"}),
)


def parse_country(text: str) -> str:
    """One of the countries SensorNordic works in, as ISO 3166 has it.

    Raises:
        InvalidValueError: `country-unknown`.
    """
    code = text.strip().upper()
    if code not in COUNTRIES:
        raise InvalidValueError("country-unknown")
    return code


def parse_postal_code(text: str, country: str) -> str:
    """The code as the country writes it, such as `7010` or `111 22`.

    Raises:
        InvalidValueError: `postal-code-digits` with `digits`, how many the country has.
    """
    code = re.sub(r"^(N|NO|S|SE|DK|FI|FIN)-", "", text.strip().upper()).replace(" ", "")
    digits = _POSTAL_DIGITS[country]
    if not re.fullmatch(rf"[0-9]{{{digits}}}", code):
        raise InvalidValueError("postal-code-digits", digits=digits)
    return f"{code[:3]} {code[3:]}" if country == "SE" else code


def _in_country(parse: Callable[[str, str], str]) -> Callable[[str, str, str], str]:
    return lambda text, _field, country: parse(text, country)


_PARSERS: dict[str, Callable[[str, str, str], str]] = {
    "name": lambda text, field, _country: parse_line(text, LONGEST[field]),
    "organisation_number": _in_country(parse_organisation_number),
    "organisation_form": lambda text, field, country: parse_organisation_form(
        parse_line(text, LONGEST[field]), country
    ),
    "address": lambda text, field, _country: parse_line(text, LONGEST[field]),
    "postal_code": _in_country(parse_postal_code),
    "city": lambda text, field, _country: parse_line(text, LONGEST[field]),
    "country": lambda text, _field, _country: parse_country(text),
    "phone": _in_country(parse_phone),
    "email": lambda text, _field, _country: parse_email(text),
    "invoice_email": lambda text, _field, _country: parse_email(text),
}


def parse_field(field: str, text: str, country: str) -> str:
    """The value as it is kept; empty where the field may be empty.

    Raises:
        InvalidValueError: what is wrong with it; `{field}-required` for an empty one.
    """
    with in_field(field):
        value = _PARSERS[field](text, field, country) if text.strip() else ""
    if not value and field in REQUIRED:  # also when only invisible characters were typed
        raise InvalidValueError(f"{field.replace('_', '-')}-required", field)
    return value


def parse_fields(
    given: Mapping[str, str], country: str
) -> tuple[dict[str, str], dict[str, InvalidValueError]]:
    """Every given field as it is kept, and what is wrong with the others.

    `country` is the country that numbers and codes are read by when none is given.
    """
    values: dict[str, str] = {}
    wrong: dict[str, InvalidValueError] = {}
    country_first = sorted(given, key=lambda field: field != "country")
    for field in country_first:
        try:
            values[field] = parse_field(field, given[field], values.get("country", country))
        except InvalidValueError as error:
            wrong[field] = error
    return values, wrong


def number_problem(values: Mapping[str, str]) -> InvalidValueError | None:
    """What is wrong with an organisation number that is well formed, or missing."""
    number, form = values["organisation_number"], values["organisation_form"]
    kind = kind_of(number, form, values["country"])
    if kind is CustomerKind.COMPANY and not number:
        return InvalidValueError("organisation-number-required", "organisation_number")
    return None
