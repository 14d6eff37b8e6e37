"""The export to the back office: what customers changed in the portal, row by row.

The columns are the import's, so that a file that comes back unchanged changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views
from portal.batches import in_batches
from portal.customers.csv_cells import neutralised
from portal.customers.csv_columns import COLUMNS
from portal.customers.models import (
    ChangeSource,
    CompanyChange,
    Customer,
    Member,
    MovingRequest,
    Site,
)
from portal.customers.sites import OPEN_MOVES
from portal.languages import format_phone

_BATCH = 200


def record_export(db: Session, actor: Actor, *, changed_since: datetime, now: datetime) -> None:
    """Tell the audit trail that customers' data leave, and for each customer that theirs do.

    Apart from the reading, so that a slow reader of the file keeps nobody from writing.

    Raises:
        NotAllowedError: only SensorNordic itself exports.
    """
    actor.require_system()
    trail.record(db, AuditEvent.CUSTOMERS_EXPORTED, actor, now=now)
    read = _changes(db, changed_since)
    views = [View(AuditEvent.CHANGES_EXPORTED, customer=customer_id) for customer_id in read]
    note_views(db, actor, views, now=now)


def export_changes(db: Session, actor: Actor, *, changed_since: datetime) -> Iterator[list[str]]:
    """The header, then the customers with changes made in the portal since then, by number,
    a row for each site. Cells are safe to open in a spreadsheet.

    `db` is read while the caller takes rows, a few hundred customers at a time.

    Raises:
        NotAllowedError: only SensorNordic itself exports.
    """
    actor.require_system()
    return _rows(db, _changes(db, changed_since))


@dataclass
class _Changed:
    fields: list[str]
    at: datetime


def _changes(db: Session, since: datetime) -> dict[UUID, _Changed]:
    rows = db.execute(
        select(col(CompanyChange.customer_id), col(CompanyChange.field), col(CompanyChange.at))
        .where(
            col(CompanyChange.source) == ChangeSource.PORTAL.value, col(CompanyChange.at) >= since
        )
        .order_by(col(CompanyChange.id))
    )
    changes: dict[UUID, _Changed] = {}
    for customer_id, field, at in rows:
        changed = changes.setdefault(customer_id, _Changed([], at))
        changed.at = max(changed.at, at)
        if field not in changed.fields:
            changed.fields.append(field)
    return changes


def _rows(db: Session, changes: dict[UUID, _Changed]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    numbers = _numbers(db, changes)
    for some in in_batches(numbers, _BATCH):
        ids = [customer_id for _number, customer_id in some]
        for row in _batch(db, ids, changes):
            yield [neutralised(row.get(name, "")) for name in COLUMNS]


def _numbers(db: Session, changes: dict[UUID, _Changed]) -> list[tuple[str, UUID]]:
    found: list[tuple[str, UUID]] = []
    for ids in in_batches(changes, _BATCH):
        statement = select(col(Customer.number), col(Customer.id)).where(col(Customer.id).in_(ids))
        found.extend((number, customer_id) for number, customer_id in db.execute(statement))
    return sorted(found)


def _batch(
    db: Session, ids: Sequence[UUID], changes: dict[UUID, _Changed]
) -> Iterator[dict[str, str]]:
    customers = db.execute(
        select(Customer).where(col(Customer.id).in_(ids)).order_by(col(Customer.number))
    ).scalars()
    owners = _owners(db, ids)
    sites = _sites(db, ids)
    for customer in customers:
        shared = _company(customer) | owners.get(customer.id, {})
        shared["changed_fields"] = "|".join(changes[customer.id].fields)
        shared["changed_at"] = changes[customer.id].at.isoformat(timespec="seconds")
        for site in sites.get(customer.id, [{}]):
            yield shared | site


def _owners(db: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """The owner of each customer; of several, whoever became one first."""
    rows = db.execute(
        select(col(Member.customer_id), User)
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(Member.customer_id).in_(ids), col(Member.role) == Role.OWNER.value)
        .order_by(col(Member.created_at).desc(), col(Member.id))
    )
    return {
        customer_id: {
            "owner_name": user.name,
            "owner_email": user.email,
            "language": user.locale,
        }
        for customer_id, user in rows
    }


def _sites(db: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, str]]]:
    rows = db.execute(
        select(Site, MovingRequest)
        .outerjoin(
            MovingRequest,
            (col(MovingRequest.site_id) == col(Site.id))
            & col(MovingRequest.status).in_(OPEN_MOVES),
        )
        .where(col(Site.customer_id).in_(ids))
        .order_by(col(Site.created_at), col(Site.name), col(Site.id))
    )
    sites: dict[UUID, list[dict[str, str]]] = {}
    for site, move in rows:
        cells = {
            "site_name": site.name,
            "site_address": site.address,
            "site_postal_code": site.postal_code,
            "site_city": site.city,
        }
        if move is not None:
            cells |= {
                "moves_on": move.moves_on.isoformat(),
                "move_address": move.address,
                "move_postal_code": move.postal_code,
                "move_city": move.city,
                "move_country": move.country,
            }
        sites.setdefault(site.customer_id, []).append(cells)
    return sites


def _company(customer: Customer) -> dict[str, str]:
    return {
        "customer_number": customer.number,
        "name": customer.name,
        "organisation_number": customer.organisation_number,
        "organisation_form": customer.organisation_form,
        "address": customer.address,
        "postal_code": customer.postal_code,
        "city": customer.city,
        "country": customer.country,
        "phone": format_phone(customer.phone),
        "email": customer.email,
        "invoice_email": customer.invoice_email,
        "products": "|".join(customer.products),
        "contract_start": _iso(customer.contract_start),
        "contract_end": _iso(customer.contract_end),
        "customer_since": _iso(customer.customer_since),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
