"""What an import does with customers that are in the portal already.

The back office's own fields follow the file. The customer's are compared, and differences kept
as conflicts until both say the same again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.trail import pseudonym
from portal.batches import in_batches
from portal.customers.addresses import one_line
from portal.customers.company_fields import CONTRACT_FIELDS, EDITABLE
from portal.customers.import_existing import Existing
from portal.customers.import_report import Conflict, ImportReport
from portal.customers.import_rows import ImportedCustomer
from portal.customers.import_sites import address_of, matched, site_row
from portal.customers.models import (
    ChangeSource,
    CompanyChange,
    Customer,
    ImportConflict,
    MoveStatus,
    Site,
)
from portal.customers.moves import confirm_move
from portal.customers.organisation_numbers import kept
from portal.database import new_id


@dataclass
class _Work:
    """What will be written for all customers together, and what it rests on."""

    existing: Existing
    report: ImportReport
    now: datetime
    updates: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    sites: list[dict[str, Any]] = field(default_factory=list)
    site_names: list[dict[str, Any]] = field(default_factory=list)
    confirmed: list[UUID] = field(default_factory=list)
    new_conflicts: list[dict[str, Any]] = field(default_factory=list)
    changed_conflicts: list[dict[str, Any]] = field(default_factory=list)
    resolved: list[UUID] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)


def apply_to_existing(
    db: Session,
    actor: Actor,
    customers: Iterable[ImportedCustomer],
    existing: Existing,
    report: ImportReport,
    *,
    now: datetime,
) -> None:
    """Bring the customers up to date and fill the report; write only if `report.written`."""
    work = _Work(existing, report, now)
    for imported in customers:
        customer = existing.customers[imported.number]
        changed = _update_contract(work, customer, imported)
        added = _compare_sites(work, customer, imported)
        _compare_fields(work, customer, imported)
        _compare_owner(work, customer, imported)
        if changed or added:
            work.updated.append(customer.id)
            report.updated += 1
        else:
            report.unchanged += 1
    report.conflicts_resolved = len(work.resolved)
    if report.written:
        _write(db, actor, work)


def _update_contract(work: _Work, customer: Customer, imported: ImportedCustomer) -> bool:
    """Products, contract dates and the like follow the file."""
    new = {
        name: value
        for name in CONTRACT_FIELDS
        if name in imported.contract
        and (value := imported.contract[name]) != getattr(customer, name)
    }
    version = customer.version + 1 if new else customer.version
    if new or imported.values != customer.back_office_values:
        seen = customer.back_office_values | imported.values
        old = {name: getattr(customer, name) for name in CONTRACT_FIELDS}
        work.updates.append(
            {"id": customer.id, "version": version, "back_office_values": seen} | old | new
        )
    for name, value in new.items():
        work.changes.append(
            _change(
                customer.id,
                None,
                name,
                _text(getattr(customer, name)),
                _text(value),
                version,
                work.now,
            )
        )
    return bool(new)


def _compare_fields(work: _Work, customer: Customer, imported: ImportedCustomer) -> None:
    for name in EDITABLE:
        if name not in imported.values:
            continue
        theirs, ours = imported.values[name], getattr(customer, name)
        conflict = Conflict(
            imported.line,
            customer.number,
            name,
            kept(name, ours, customer.country),
            kept(name, theirs, imported.country),
            newer_in_file=theirs != customer.back_office_values.get(name),
        )
        _settle(work, customer.id, conflict, same=theirs == ours)


def _compare_owner(work: _Work, customer: Customer, imported: ImportedCustomer) -> None:
    owners = work.existing.owners.get(customer.id, set())
    conflict = Conflict(
        imported.line,
        customer.number,
        "owner_email",
        ", ".join(sorted(owners))[:300],
        imported.owner_email,
        newer_in_file=True,
    )
    same = imported.owner_email in owners
    _settle(work, customer.id, conflict, same=same)


def _compare_sites(work: _Work, customer: Customer, imported: ImportedCustomer) -> bool:
    """New sites are added, requested moves that the file knows of are confirmed."""
    changed = False
    for wanted, site in matched(
        imported.sites, work.existing.sites.get(customer.id, []), work.existing
    ):
        there = one_line(wanted)
        if site is None:
            row = site_row(wanted, customer.id, imported.country, work.now)
            work.sites.append(row)
            work.changes.append(_change(customer.id, row["id"], "site", "", there, 1, work.now))
            work.report.sites_added += 1
            changed = True
            continue
        if site.back_office_name.casefold() != wanted.key:
            work.site_names.append({"id": site.id, "back_office_name": wanted.name})
        same = address_of(site) == address_of(wanted)
        move = work.existing.moves.get(site.id)
        if not same and move is not None and address_of(move) == address_of(wanted):
            same = True
            if move.status == MoveStatus.REQUESTED:
                work.confirmed.append(move.id)
                work.report.moves_confirmed += 1
                changed = True
        name = f"site_address:{site.id.hex}"
        conflict = Conflict(
            wanted.line, customer.number, name, one_line(site), there, newer_in_file=True
        )
        _settle(work, customer.id, conflict, same=same)
    return changed


def _settle(work: _Work, customer_id: UUID, found: Conflict, *, same: bool) -> None:
    """Keep a difference until it is gone; one that is known already is not found anew."""
    known = work.existing.conflicts.get((customer_id, found.field))
    portal_value, back_office_value = _as_kept(found)
    if same:
        if known is not None:
            work.resolved.append(known.id)
        return
    if known is not None and known.back_office_value == back_office_value:
        found = replace(found, newer_in_file=known.newer_in_file)
    work.report.conflicts.append(found)
    values = {
        "portal_value": portal_value,
        "back_office_value": back_office_value,
        "newer_in_file": found.newer_in_file,
        "found_at": work.now,
    }
    if known is None:
        key = {"id": new_id(), "customer_id": customer_id, "field": found.field}
        work.new_conflicts.append(key | values)
    elif any(
        getattr(known, name) != values[name] for name in ("portal_value", "back_office_value")
    ):
        work.changed_conflicts.append({"id": known.id} | values)


def _as_kept(found: Conflict) -> tuple[str, str]:
    """The two values as the table keeps them: an owner's address only as a keyed hash, which tells
    a new difference from an old one and outlives no owner.
    """
    values = found.portal_value, found.back_office_value
    if found.field == "owner_email":
        return pseudonym("e-mail", values[0]), pseudonym("e-mail", values[1])
    return values[0][:300], values[1][:300]


def _write(db: Session, actor: Actor, work: _Work) -> None:
    if work.updates:
        db.execute(update(Customer), work.updates)
    for table, rows in (
        (Site, work.sites),
        (CompanyChange, work.changes),
        (ImportConflict, work.new_conflicts),
    ):
        if rows:
            db.execute(insert(table), rows)
    if work.site_names:
        db.execute(update(Site), work.site_names)
    if work.changed_conflicts:
        db.execute(update(ImportConflict), work.changed_conflicts)
    for ids in in_batches(work.resolved):
        db.execute(delete(ImportConflict).where(col(ImportConflict.id).in_(ids)))
    for customer_id in work.updated:
        trail.record(db, AuditEvent.CUSTOMER_UPDATED, actor, now=work.now, customer=customer_id)
    for request_id in work.confirmed:
        confirm_move(db, actor, request_id, now=work.now)
    db.expire_all()  # the statements above went past what is loaded


def _change(
    customer_id: UUID,
    site_id: UUID | None,
    name: str,
    old: str,
    new: str,
    version: int,
    now: datetime,
) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "site_id": site_id,
        "at": now,
        "field": name,
        "old": old,
        "new": new,
        "version": version,
        "source": ChangeSource.BACK_OFFICE.value,
        "changed_by": None,
    }


def _text(value: list[str] | date | None) -> str:
    """The value as the history keeps it."""
    if isinstance(value, list):
        return ", ".join(value)[:300]
    return value.isoformat() if value else ""
