"""The columns of the files that come from the back office and go back to it."""

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
