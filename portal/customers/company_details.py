"""Company details: what the customer owns and may change, and what SensorNordic knows of it.

Two people who edit at once never overwrite each other silently: whoever saves says which version
they saw, edits of different things are merged, and edits of the same thing are laid before the
one who came second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned, owned_by, scope
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.changes import FieldChange, write_changes
from portal.customers.company_fields import (
    CONTRACT_FIELDS,
    EDITABLE,
    TOGETHER,
    CompanyChanges,
    number_problem,
    parse_fields,
)
from portal.customers.merging import Meanwhile, Theirs, earliest_base, edited, overlap
from portal.customers.models import CompanyChange, Customer, CustomerKind, ImportConflict, Site
from portal.customers.organisation_numbers import is_mask, kept, kind_of, masked
from portal.customers.site_changes import tell_sites_changed
from portal.database import columns
from portal.errors import ChangedMeanwhileError, InvalidFieldsError, NotFoundError


@dataclass(frozen=True)
class CompanyDetails:
    """A customer as its own people see it.

    `organisation_number` is written as the country writes it, and masked where it is a national
    identity number that the actor may not see. `conflicts` names the fields of which the back
    office has newly said something else.
    """

    number: str
    kind: CustomerKind
    version: int
    name: str
    organisation_number: str
    organisation_form: str
    address: str
    postal_code: str
    city: str
    country: str
    phone: str
    email: str
    invoice_email: str
    products: tuple[str, ...]
    contract_start: date | None
    contract_end: date | None
    customer_since: date | None
    conflicts: tuple[str, ...]


_FACTS = ("number", "kind", "version", *CONTRACT_FIELDS)
_COLUMNS = [getattr(Customer, name) for name in (*EDITABLE, *_FACTS)]
_HAS_CONFLICTS = select(1).where(col(ImportConflict.customer_id) == Customer.id).exists()
_DETAILS = select(*_COLUMNS, _HAS_CONFLICTS.label("conflicts")).where(owned(Customer))


def company_details(db: Session, actor: Actor) -> CompanyDetails:
    """The company details of the customer the actor acts for.

    Raises:
        NotAllowedError: the actor may not see them.
        NotFoundError: the actor acts for no customer.
    """
    actor.require(Right.SEE_COMPANY)
    found = columns(db, _DETAILS, scope(actor)).first()
    if found is None:
        raise NotFoundError
    row = found._asdict()
    conflicts = _conflicts(db, actor) if row["conflicts"] else ()
    return CompanyDetails(
        **{field: row[field] for field in EDITABLE if field != "organisation_number"},
        organisation_number=masked(row["organisation_number"], row["country"], actor),
        number=row["number"],
        kind=CustomerKind(row["kind"]),
        version=row["version"],
        products=tuple(row["products"]),
        contract_start=row["contract_start"],
        contract_end=row["contract_end"],
        customer_since=row["customer_since"],
        conflicts=conflicts,
    )


def _conflicts(db: Session, actor: Actor) -> tuple[str, ...]:
    found = db.execute(
        select(col(ImportConflict.field)).where(
            owned_by(actor, ImportConflict), col(ImportConflict.newer_in_file)
        )
    ).scalars()
    return tuple(sorted(set(found).intersection(EDITABLE), key=EDITABLE.index))


def change_company_details(
    db: Session, actor: Actor, changes: CompanyChanges, *, version: int, now: datetime
) -> CompanyDetails:
    """Save what the actor changed since `version`, the version of the details they saw.

    A given field that is as it was in that version counts as untouched, so that a form may send
    all of its fields. Nothing to change is no error and leaves no trace.

    Raises:
        NotAllowedError: the actor may not change them.
        InvalidFieldsError: what is wrong, field by field.
        ChangedMeanwhileError: somebody else changed the same thing after `version`.
            `details["fields"]` is a tuple of `Meanwhile`, `details["version"]` the version to
            save with after the actor has seen them.
    """
    actor.require(Right.EDIT_COMPANY)
    customer = _locked(db, actor)
    current: dict[str, str] = {field: getattr(customer, field) for field in EDITABLE}
    theirs = _changed_since(db, actor, version) if version < customer.version else {}
    values = _checked(changes, current, theirs)
    both = overlap(values, current, theirs, TOGETHER)
    if both:
        seen = tuple(_as_seen_by(actor, each, current["country"]) for each in both)
        raise ChangedMeanwhileError(both[0].field, fields=seen, version=customer.version)
    new = {field: value for field, value in values.items() if value != current[field]}
    if new:
        _save(db, actor, customer, new, now)
    return company_details(db, actor)


def _locked(db: Session, actor: Actor) -> Customer:
    statement = select(Customer).where(owned_by(actor, Customer)).with_for_update()
    customer = db.execute(statement.execution_options(populate_existing=True)).scalar()
    if customer is None:
        raise NotFoundError
    return customer


def _changed_since(db: Session, actor: Actor, version: int) -> dict[str, Theirs]:
    rows = db.execute(
        select(
            col(CompanyChange.field), col(CompanyChange.old), col(User.name), col(CompanyChange.at)
        )
        .outerjoin(User, col(User.id) == col(CompanyChange.changed_by))
        .where(
            owned_by(actor, CompanyChange),
            col(CompanyChange.site_id).is_(None),
            col(CompanyChange.field).in_(EDITABLE),
            col(CompanyChange.version) > version,
        )
        .order_by(col(CompanyChange.id))
    )
    return earliest_base((field, old, name, at) for field, old, name, at in rows)


def _checked(
    changes: CompanyChanges, current: Mapping[str, str], theirs: Mapping[str, Theirs]
) -> dict[str, str]:
    """What the actor edited, as it will be kept.

    Only that is checked: a value from the back office that does not meet today's rules must not
    keep anybody from correcting another field.
    """
    given = {
        field: text
        for field, text in changes.given().items()
        if not (field == "organisation_number" and is_mask(text))
    }
    country = current["country"]
    values, wrong = parse_fields(edited(given, current, theirs), country)
    values = edited(values, current, theirs)
    merged = dict(current) | values
    if merged["country"] != country:
        # A new country reads codes and numbers by other rules, also those nobody touched.
        rest = {
            field: merged[field]
            for field in ("postal_code", "organisation_number")
            if field not in given and merged[field]
        }
        wrong |= parse_fields(rest, merged["country"])[1]
    if not wrong and values.keys() & {"organisation_number", "organisation_form", "country"}:
        problem = number_problem(merged)
        wrong |= {problem.field: problem} if problem else {}
    if wrong:
        raise InvalidFieldsError(dict(wrong))
    return values


def _as_seen_by(actor: Actor, both: Meanwhile, country: str) -> Meanwhile:
    """What two people changed, with an identity number in it masked as everywhere else."""
    if both.field != "organisation_number":
        return both
    return replace(
        both,
        yours=both.yours if is_mask(both.yours) else masked(both.yours, country, actor),
        current=masked(both.current, country, actor),
    )


def _save(
    db: Session, actor: Actor, customer: Customer, new: Mapping[str, str], now: datetime
) -> None:
    old_country = customer.country
    history = [(field, getattr(customer, field), value) for field, value in new.items()]
    for field, value in new.items():
        setattr(customer, field, value)
    customer.kind = kind_of(
        customer.organisation_number, customer.organisation_form, customer.country
    ).value
    customer.version += 1
    db.add(customer)
    db.flush()
    write_changes(
        db,
        actor,
        [
            FieldChange(field, kept(field, old, old_country), kept(field, value, customer.country))
            for field, old, value in history
        ],
        customer_id=customer.id,
        version=customer.version,
        now=now,
    )
    trail.record(db, AuditEvent.COMPANY_CHANGED, actor, now=now, fields=",".join(sorted(new)))
    if "name" in new:
        sites = db.execute(select(Site).where(owned_by(actor, Site))).scalars()
        tell_sites_changed(db, list(sites), now=now)
