"""Members: the users who act for a customer."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, Role, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.models import Customer, Member
from portal.errors import NotAllowedError, NotFoundError, PortalError


class AlreadyMemberError(PortalError):
    """The person acts for this customer already."""

    code: ClassVar[str] = "already-member"
    status: ClassVar[int] = 409


class LastOwnerError(PortalError):
    """A customer always keeps at least one owner."""

    code: ClassVar[str] = "last-owner"
    status: ClassVar[int] = 409


def add_member(
    db: Session, actor: Actor, user_id: UUID, *, customer_id: UUID, role: Role, now: datetime
) -> Member:
    """Let a user act for a customer.

    Raises:
        NotAllowedError: only the customer's owners and SensorNordic itself may; support staff
            have their own way in and become nobody's members.
        NotFoundError: there is no such user or customer.
        AlreadyMemberError: the user is a member already, in whatever role.
    """
    if not actor.system:
        actor.require(Right.MANAGE_TEAM)
        if actor.customer_id != customer_id:
            raise NotFoundError
    user = db.get(User, user_id)
    if user is None or db.get(Customer, customer_id) is None:
        raise NotFoundError
    if user.staff_role is not None:
        raise NotAllowedError
    present = select(col(Member.id)).where(
        col(Member.user_id) == user_id, col(Member.customer_id) == customer_id
    )
    if db.execute(present).first() is not None:
        raise AlreadyMemberError
    member = Member(user_id=user_id, customer_id=customer_id, role=role.value, created_at=now)
    db.add(member)
    db.flush()
    trail.record(
        db,
        AuditEvent.MEMBER_ADDED,
        actor,
        now=now,
        subject=user_id,
        customer=customer_id,
        role=role.value,
    )
    return member


def require_another_owner(db: Session, actor: Actor, member: Member) -> None:
    """Go on only if the customer has an owner besides this member.

    The customer's row is locked, so that two owners who leave at once cannot both go.

    Raises:
        LastOwnerError: nobody else could decide for the customer.
    """
    db.execute(select(col(Customer.id)).where(owned_by(actor, Customer)).with_for_update())
    others = db.execute(
        select(func.count())
        .select_from(Member)
        .where(
            owned_by(actor, Member),
            col(Member.role) == Role.OWNER.value,
            col(Member.id) != member.id,
        )
    ).scalar_one()
    if others == 0:
        raise LastOwnerError
