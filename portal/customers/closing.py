"""Closing a customer's account: its people go, what the contract needs stays until its end."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.staff import mail_leads
from portal.accounts.users import mail_to
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.joining import lock_team
from portal.customers.models import Customer, Member, Site
from portal.invitations.models import Invitation, InvitationKind


@dataclass(frozen=True)
class Contract:
    """What a customer has with SensorNordic, for pages and mails about ending it in the portal."""

    customer_id: UUID
    number: str
    name: str
    sites: int
    contract_end: date | None


@dataclass(frozen=True)
class Closed:
    """Whose account was closed; `people` are those who acted for it, in which roles."""

    customer_number: str
    people: tuple[tuple[UUID, str], ...]


def contract_of(db: Session, customer_id: UUID) -> Contract:
    """The customer's contract. The caller knows that it is the actor's or a job's business."""
    customer = db.get_one(Customer, customer_id)
    sites = select(func.count()).select_from(Site).where(col(Site.customer_id) == customer_id)
    return Contract(
        customer.id,
        customer.number,
        customer.name,
        db.execute(sites).scalar_one(),
        customer.contract_end,
    )


def open_since(db: Session, moment: datetime) -> list[UUID]:
    """The customers from before a moment whose account is open."""
    found = select(col(Customer.id)).where(
        col(Customer.closed_at).is_(None), col(Customer.created_at) < moment
    )
    return list(db.execute(found).scalars())


def closed_and_ended(db: Session, *, day: date) -> list[UUID]:
    """The customers whose account was closed and whose contract ended before a day."""
    found = select(col(Customer.id)).where(
        col(Customer.closed_at).is_not(None), col(Customer.contract_end) < day
    )
    return list(db.execute(found.order_by(col(Customer.id))).scalars())


def erase_customer(db: Session, actor: Actor, customer_id: UUID, *, now: datetime) -> None:
    """Remove a customer with everything that is kept about it."""
    trail.record(db, AuditEvent.CUSTOMER_ERASED, actor, now=now, customer=customer_id)
    db.execute(delete(Customer).where(col(Customer.id) == customer_id))


def close_customer(
    db: Session, actor: Actor, customer_id: UUID, *, tell: bool, now: datetime
) -> Closed | None:
    """End every membership and invitation to the team, and tell everybody (`tell`). Sites, call
    lists and company details stay: the monitoring goes on. None if the account is closed already.
    """
    lock_team(db, col(Customer.id) == customer_id)
    customer = db.get_one(Customer, customer_id, populate_existing=True)
    if customer.closed_at is not None:
        return None
    members = db.execute(
        select(Member, User)
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(Member.customer_id) == customer_id)
        .order_by(col(User.email))
    ).all()
    for member, user in members:
        if tell:
            values = {"name": user.name, "customer": customer.name}
            mail_to(db, user, "customer-closed", values, now=now)
        db.delete(member)
    db.execute(
        delete(Invitation).where(
            col(Invitation.customer_id) == customer_id,
            col(Invitation.kind) == InvitationKind.MEMBER.value,
        )
    )
    if tell:
        values = {"customer_number": customer.number, "closed": True}
        mail_leads(db, "customer-without-owner", lambda: values, now=now)
    customer.closed_at = now
    db.add(customer)
    db.flush()
    trail.record(db, AuditEvent.CUSTOMER_CLOSED, actor, now=now, customer=customer_id)
    return Closed(customer.number, tuple((user.id, member.role) for member, user in members))
