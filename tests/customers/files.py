"""The back office's files, as tests write them."""

from datetime import datetime

from sqlmodel import Session

from portal.actor import system
from portal.customers.back_office_import import import_customers
from portal.customers.import_report import ImportReport
from portal.customers.import_rows import CustomerFile, read_customers

BACK_OFFICE = system("back office")
NORDLYS = {
    "customer_number": "10001",
    "name": "Nordlys Bakeri AS",
    "organisation_number": "314200004",
    "organisation_form": "AS",
    "address": "Storgata 4",
    "postal_code": "7030",
    "city": "Trondheim",
    "country": "NO",
    "phone": "+47 73 00 01 00",
    "email": "post@nordlys.example",
    "products": "Burglar alarm|Fire alarm",
    "contract_start": "2024-03-01",
    "contract_end": "2029-02-28",
    "customer_since": "16.09.2019",
    "owner_name": "Kari Nordli",
    "owner_email": "kari@nordlys.example",
}
HOLM = NORDLYS | {
    "customer_number": "10002",
    "name": "Holm Rør ENK",
    "organisation_number": "314200012",
    "organisation_form": "ENK",
    "address": "Verkstedveien 11",
    "owner_name": "Nils Holm",
    "owner_email": "nils@holm.example",
}
SITE = {
    "customer_number": "10001",
    "site_name": "Utsalget",
    "site_address": "Torvet 2",
    "site_postal_code": "7011",
    "site_city": "Trondheim",
}


def text(*rows: dict[str, str], separator: str = ";") -> str:
    """A file of these rows; a column that a row lacks is empty there."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\r\n".join(separator.join(line) for line in lines) + "\r\n"


def read(*rows: dict[str, str]) -> CustomerFile:
    return read_customers(text(*rows).encode())


def take(
    db: Session,
    now: datetime,
    *rows: dict[str, str],
    skip_invalid: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    file = read(*rows)
    return import_customers(
        db, BACK_OFFICE, file, now=now, skip_invalid=skip_invalid, dry_run=dry_run
    )


def told(file: CustomerFile) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in file.problems]
