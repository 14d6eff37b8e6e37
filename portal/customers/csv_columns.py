"""The columns of the files that come from the back office and go back to it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FileColumns:
    """The columns of one kind of file, and the names that others have for them."""

    known: tuple[str, ...]
    required: tuple[str, ...]
    also_called: Mapping[str, str]


REQUIRED = (
    "customer_number",
    "name",
    "address",
    "postal_code",
    "city",
    "owner_name",
    "owner_email",
)

# What the export adds; the import reads past it, so that its file can come back as it is.
ADDED_BY_EXPORT = (
    "changed_fields",
    "changed_at",
    "moves_on",
    "move_address",
    "move_postal_code",
    "move_city",
    "move_country",
)
# All of them, in the export's order; an import may have them in any.
COLUMNS = (
    "customer_number",
    "name",
    "organisation_number",
    "organisation_form",
    "address",
    "postal_code",
    "city",
    "country",
    "site_name",
    "site_address",
    "site_postal_code",
    "site_city",
    "phone",
    "email",
    "invoice_email",
    "products",
    "contract_start",
    "contract_end",
    "customer_since",
    "owner_name",
    "owner_email",
    "language",
    *ADDED_BY_EXPORT,
)

CUSTOMER_FILE = FileColumns(
    COLUMNS,
    REQUIRED,
    {
        "customer_no": "customer_number",
        "customer_name": "name",
        "company_name": "name",
        "company_number": "organisation_number",
        "org_number": "organisation_number",
        "organisation_no": "organisation_number",
        "org_form": "organisation_form",
        "street": "address",
        "postal_address": "address",
        "postcode": "postal_code",
        "post_code": "postal_code",
        "zip": "postal_code",
        "zip_code": "postal_code",
        "town": "city",
        "telephone": "phone",
        "phone_number": "phone",
        "product": "products",
        "contract_from": "contract_start",
        "start_of_contract": "contract_start",
        "contract_to": "contract_end",
        "end_of_contract": "contract_end",
        "owner": "owner_name",
        "owners_name": "owner_name",
        "owners_email": "owner_email",
        "site": "site_name",
        "site_postcode": "site_postal_code",
        "locale": "language",
    },
)
