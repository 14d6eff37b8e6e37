"""What the portal has already of the customers and owners that a file names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Role
from portal.batches import in_batches
from portal.customers.import_rows import ImportedCustomer
from portal.customers.models import Customer, ImportConflict, Member, MovingRequest, Site
from portal.customers.sites import OPEN_MOVES


@dataclass
class Existing:
    """What the portal has of the customers and owners that a file names."""

    customers: dict[str, Customer] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    owners: dict[UUID, set[str]] = field(default_factory=dict)
    sites: dict[UUID, list[Site]] = field(default_factory=dict)
    moves: dict[UUID, MovingRequest] = field(default_factory=dict)
    conflicts: dict[tuple[UUID, str], ImportConflict] = field(default_factory=dict)


def load_existing(db: Session, customers: Sequence[ImportedCustomer]) -> Existing:
    """Everything the file may meet, in a handful of statements for each 500 customers.

    The customers are locked: nobody edits one between the comparison and the commit. This reads
    across tenants, which only SensorNordic's own acts do.
    """
    found = Existing()
    for numbers in in_batches(sorted({customer.number for customer in customers})):
        statement = select(Customer).where(col(Customer.number).in_(numbers)).with_for_update()
        for customer in db.execute(statement).scalars():
            found.customers[customer.number] = customer
    for emails in in_batches(sorted({customer.owner_email for customer in customers})):
        statement = select(col(User.email), col(User.id), col(User.staff_role)).where(
            col(User.email).in_(emails)
        )
        for email, user_id, staff_role in db.execute(statement):
            found.users[email] = user_id
            if staff_role is not None:
                found.staff.add(email)
    for ids in in_batches([customer.id for customer in found.customers.values()]):
        _load_parts(db, found, ids)
    return found


def _load_parts(db: Session, found: Existing, ids: Sequence[UUID]) -> None:
    owners = (
        select(col(Member.customer_id), col(User.email))
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(Member.customer_id).in_(ids), col(Member.role) == Role.OWNER.value)
    )
    for customer_id, email in db.execute(owners):
        found.owners.setdefault(customer_id, set()).add(email)
    for site in db.execute(select(Site).where(col(Site.customer_id).in_(ids))).scalars():
        found.sites.setdefault(site.customer_id, []).append(site)
    open_moves = select(MovingRequest).where(
        col(MovingRequest.customer_id).in_(ids), col(MovingRequest.status).in_(OPEN_MOVES)
    )
    for move in db.execute(open_moves).scalars():
        found.moves[move.site_id] = move
    conflicts = select(ImportConflict).where(col(ImportConflict.customer_id).in_(ids))
    for conflict in db.execute(conflicts).scalars():
        found.conflicts[conflict.customer_id, conflict.field] = conflict
