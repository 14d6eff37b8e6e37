"""The import from the back office: customers, their sites and their first owners.

What the customer owns is set when the customer first comes; later differences are conflicts,
never overwritten. What the back office owns is brought up to date. Owners are invited once; an
import never replaces an owner and never gives a customer a new one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session

from portal.accounts import activation, links
from portal.accounts.models import LinkPurpose, User
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.batches import in_batches
from portal.customers.import_existing import Existing, load_existing
from portal.customers.import_file import Problem
from portal.customers.import_report import ImportReport
from portal.customers.import_rows import CustomerFile, ImportedCustomer
from portal.customers.import_sites import site_row
from portal.customers.import_updates import apply_to_existing
from portal.customers.models import Customer, Member, Site
from portal.database import new_id
from portal.mail.outbox import Post, post_many

_IMPORT_LOCK = 0x696D706F  # PostgreSQL's advisory lock: one import at a time
Progress = Callable[[int, int], None]


def import_customers(
    db: Session,
    actor: Actor,
    file: CustomerFile,
    *,
    now: datetime,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Take a checked file over, or say what taking it over would do.

    Nothing is written if a row is wrong, unless `skip_invalid`, and nothing in a `dry_run`. The
    second import of a file changes nothing and sends nothing.

    Raises:
        NotAllowedError: only SensorNordic itself imports.
    """
    actor.require_system()
    _wait_for_other_imports(db)
    existing = load_existing(db, file.customers)
    staff = [customer for customer in file.customers if customer.owner_email in existing.staff]
    report = ImportReport(
        rows=file.rows,
        wrong_rows=file.wrong_rows + len(staff),
        problems=[
            *file.problems,
            *(Problem(customer.line, "owner_email", "owner-is-staff") for customer in staff),
        ],
    )
    if report.problems and not skip_invalid:
        return report
    right = [customer for customer in file.customers if customer.owner_email not in existing.staff]
    new = [customer for customer in right if customer.number not in existing.customers]
    known = [customer for customer in right if customer.number in existing.customers]
    report.created = len(new)
    report.invited = len({customer.owner_email for customer in new} - existing.users.keys())
    report.written = not dry_run
    apply_to_existing(db, actor, known, existing, report, now=now)
    if dry_run:
        return report
    _create(db, new, existing, now, progress)
    trail.record(
        db,
        AuditEvent.CUSTOMERS_IMPORTED,
        actor,
        now=now,
        created=report.created,
        updated=report.updated,
        invited=report.invited,
        conflicts=len(report.conflicts),
        wrong_rows=report.wrong_rows,
    )
    return report


def _wait_for_other_imports(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _IMPORT_LOCK})


def _create(
    db: Session,
    new: list[ImportedCustomer],
    existing: Existing,
    now: datetime,
    progress: Progress,
) -> None:
    users = dict(existing.users)
    invited: dict[str, list[ImportedCustomer]] = {}
    for customer in new:
        if customer.owner_email not in existing.users:
            users.setdefault(customer.owner_email, new_id())
            invited.setdefault(customer.owner_email, []).append(customer)
    people = [_user(users[email], owned[0], now) for email, owned in invited.items()]
    for some in in_batches(people):
        db.execute(insert(User), some)
    done, total = 0, len(new) + len(invited)
    for some in in_batches(new):
        _write_customers(db, some, users, now)
        progress(done := done + len(some), total)
    for some in in_batches(invited.items()):
        _invite(db, some, users, now)
        progress(done := done + len(some), total)


def _write_customers(
    db: Session, customers: list[ImportedCustomer], users: dict[str, UUID], now: datetime
) -> None:
    rows = [_customer(customer, now) for customer in customers]
    pairs = list(zip(customers, rows, strict=True))
    members = [_member(row["id"], users[customer.owner_email], now) for customer, row in pairs]
    sites = [
        site_row(site, row["id"], customer.country, now)
        for customer, row in pairs
        for site in customer.sites
    ]
    db.execute(insert(Customer), rows)
    db.execute(insert(Member), members)
    db.execute(insert(Site), sites)


def _invite(
    db: Session,
    invited: list[tuple[str, list[ImportedCustomer]]],
    users: dict[str, UUID],
    now: datetime,
) -> None:
    """One mail for each new owner, naming all that they will look after."""
    details = {
        users[email]: {"customers": [customer.values["name"] for customer in owned]}
        for email, owned in invited
    }
    tokens = links.create_many(db, details, LinkPurpose.ACTIVATE, now=now)
    mails = [
        Post(
            "activation",
            email,
            owned[0].locale,
            activation.mail_values(owned[0].owner_name, tokens[users[email]], owned[0].locale)
            | details[users[email]],
            users[email],
        )
        for email, owned in invited
    ]
    post_many(db, mails, now=now)


def _user(user_id: UUID, customer: ImportedCustomer, now: datetime) -> dict[str, Any]:
    return {
        "id": user_id,
        "email": customer.owner_email,
        "name": customer.owner_name,
        "phone": "",
        "locale": customer.locale,
        "created_at": now,
    }


def _customer(customer: ImportedCustomer, now: datetime) -> dict[str, Any]:
    values = customer.values
    contract = customer.contract
    return {
        "id": new_id(),
        "number": customer.number,
        "kind": customer.kind.value,
        "name": values["name"],
        "organisation_number": values.get("organisation_number", ""),
        "organisation_form": values.get("organisation_form", ""),
        "address": values["address"],
        "postal_code": values["postal_code"],
        "city": values["city"],
        "country": customer.country,
        "phone": values.get("phone", ""),
        "email": values.get("email", ""),
        "invoice_email": values.get("invoice_email", ""),
        "products": contract.get("products", []),
        "contract_start": contract.get("contract_start"),
        "contract_end": contract.get("contract_end"),
        "customer_since": contract.get("customer_since"),
        "back_office_values": values,
        "version": 1,
        "created_at": now,
    }


def _member(customer_id: UUID, user_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": user_id,
        "customer_id": customer_id,
        "role": Role.OWNER.value,
        "created_at": now,
    }
