"""Leaving a customer's team for good: nobody has to agree, not even the last owner's colleagues."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.sign_in import acting_as
from portal.accounts.staff import mail_leads
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.joining import lock_team
from portal.customers.models import Customer, CustomerKind, Member
from portal.customers.team import take_back_invitations_by
from portal.invitations.models import Invitation, InvitationKind
from portal.mail.outbox import Post, post_many

MOST_LISTED = 100


@dataclass(frozen=True)
class Left:
    """Whom somebody has left, in which role. `without_owner`: nobody owns the customer now."""

    customer_number: str
    role: Role
    without_owner: bool


@dataclass(frozen=True)
class Ownerless:
    """A customer that nobody owns; `closed`: its owner closed the account, the alarm goes on."""

    number: str
    name: str
    closed: bool


def ownerless_customers(db: Session, actor: Actor) -> list[Ownerless]:
    """Whose alarms nobody looks after, by number, 100 at most: the only owner had their account
    deleted, or closed the customer's.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    actor.require_lead()
    owned = select(col(Member.id)).where(
        col(Member.customer_id) == col(Customer.id), col(Member.role) == Role.OWNER.value
    )
    rows = db.execute(
        select(col(Customer.number), col(Customer.name), col(Customer.closed_at).is_not(None))
        .where(~owned.exists())
        .order_by(col(Customer.number))
        .limit(MOST_LISTED)
    )
    return [Ownerless(*row) for row in rows]


def own_businesses_of(db: Session, user_id: UUID) -> list[tuple[UUID, date | None]]:
    """The sole trades and households that a person owns, whose details are the person's own, and
    until when their contracts run.
    """
    mine = (
        select(col(Customer.id), col(Customer.contract_end))
        .join(Member, col(Member.customer_id) == col(Customer.id))
        .where(
            col(Member.user_id) == user_id,
            col(Member.role) == Role.OWNER.value,
            col(Customer.kind) != CustomerKind.COMPANY.value,
        )
    )
    return [(customer_id, end) for customer_id, end in db.execute(mine.order_by(Customer.number))]


def memberships_of(db: Session, user_id: UUID) -> list[UUID]:
    """The customers for which a person acts, by id."""
    mine = select(col(Member.customer_id)).where(col(Member.user_id) == user_id)
    return list(db.execute(mine.order_by(col(Member.customer_id))).scalars())


def memberships_since(db: Session, user_id: UUID, moment: datetime) -> list[UUID]:
    """The customers for which a person has acted since before a moment."""
    mine = select(col(Member.customer_id)).where(
        col(Member.user_id) == user_id, col(Member.created_at) < moment
    )
    return list(db.execute(mine).scalars())


def hold_teams(db: Session, customers: Iterable[UUID]) -> None:
    """Let nobody else change these teams before the transaction ends, taken in one order."""
    for customer_id in sorted(customers):
        lock_team(db, col(Customer.id) == customer_id)


def leave_team(
    db: Session, user: User, customer_id: UUID, *, tell: bool, now: datetime
) -> Left | None:
    """End somebody's membership by their own wish; None if there is none (any more).

    Invitations that they sent and that wait are taken back. The owners who remain are told
    (`tell`); if none does, the support leads are, so that somebody looks after the customer.
    """
    lock_team(db, col(Customer.id) == customer_id)
    member = _membership(db, user.id, customer_id)
    if member is None:
        return None
    actor = _as_member(user, member)
    take_back_invitations_by(db, actor, user, now)
    db.delete(member)
    db.flush()
    trail.record(db, AuditEvent.MEMBER_LEFT, actor, now=now, subject=user.id, role=member.role)
    customer = db.get_one(Customer, customer_id)
    owners = owners_of(db, customer_id)
    without_owner = not owners and customer.closed_at is None
    left = Left(customer.number, Role(member.role), without_owner)
    if not tell:
        return left
    values = {"customer": customer.name, "who": user.name}
    post_many(
        db,
        [
            Post("team-left", owner.email, owner.locale, {"name": owner.name, **values}, owner.id)
            for owner in owners
        ],
        now=now,
    )
    if without_owner:
        values = {"customer_number": customer.number, "closed": False}
        mail_leads(db, "customer-without-owner", lambda: values, now=now)
    return left


def forget_invitations_to(db: Session, email: str) -> None:
    """Remove invitations to teams that were sent to an address, answered or not."""
    db.execute(
        delete(Invitation).where(
            col(Invitation.kind) == InvitationKind.MEMBER.value,
            func.lower(col(Invitation.email)) == email.lower(),
        )
    )


def owners_of(db: Session, customer_id: UUID) -> list[User]:
    """The customer's owners who can sign in, by address."""
    found = db.execute(
        select(User)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(
            col(Member.customer_id) == customer_id,
            col(Member.role) == Role.OWNER.value,
            col(User.activated_at).is_not(None),
        )
        .order_by(col(User.email))
    )
    return list(found.scalars())


def _membership(db: Session, user_id: UUID, customer_id: UUID) -> Member | None:
    return db.execute(
        select(Member)
        .where(col(Member.user_id) == user_id, col(Member.customer_id) == customer_id)
        .execution_options(populate_existing=True)
    ).scalar()


def _as_member(user: User, member: Member) -> Actor:
    return replace(acting_as(user), customer_id=member.customer_id, role=Role(member.role))
