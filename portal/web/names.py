"""What fields and countries are called on pages and in histories."""

from babel import Locale

from portal.customers.company_fields import COUNTRIES
from portal.web.locale import N_, _, current_locale

_FIELDS: dict[str, str] = {
    "name": N_("Company name"),
    "organisation_number": N_("Organisation number"),
    "organisation_form": N_("Organisation form"),
    "address": N_("Address"),
    "postal_code": N_("Postal code"),
    "city": N_("City"),
    "country": N_("Country"),
    "phone": N_("Phone"),
    "email": N_("Email"),
    "invoice_email": N_("Invoice email"),
    "products": N_("Products"),
    "contract_start": N_("Contract from"),
    "contract_end": N_("Contract until"),
    "customer_since": N_("Customer since"),
    "site": N_("New site"),
    "site_name": N_("Name of the site"),
    "site_address": N_("Address"),
    "moving_request": N_("Moving request"),
    "move_confirmed": N_("Move confirmed"),
    "moves_on": N_("Moving day"),
}


def field_name(field: str) -> str:
    """What a field is called; fields unknown here are shown as they are."""
    return _(_FIELDS.get(field, field))


def country_name(code: str) -> str:
    """What the country with this ISO 3166 code is called in the reader's language."""
    return str(Locale.parse(current_locale()).territories.get(code, code))


def country_names() -> list[tuple[str, str]]:
    """The countries we work in, as (code, name in the reader's language)."""
    return [(code, country_name(code)) for code in COUNTRIES]
