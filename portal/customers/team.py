"""The team: who acts for a customer, in which role, and for how long."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.users import mail_to
from portal.actor import RIGHTS, Actor, Right, Role, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.joining import lock_team
from portal.customers.models import Customer, Member
from portal.errors import InvalidValueError, NotAllowedError, NotFoundError, PortalError
from portal.invitations import offers
from portal.invitations.models import Invitation, InvitationKind, Outcome

# Owner becomes only who agrees to it: see `ownership.py`.
GIVEN_ROLES = (Role.ADMINISTRATOR, Role.COLLEAGUE)


class LastOwnerError(PortalError):
    """Nobody else owns the customer, or the others have not signed in yet."""

    code = "last-owner"
    status = 409


@dataclass(frozen=True)
class TeamMember:
    """`you`: the reader. `activated`: they have signed in. `needed`: the only owner who has."""

    id: UUID
    name: str
    email: str
    role: Role
    since: datetime
    you: bool
    activated: bool
    needed: bool


def team(db: Session, actor: Actor) -> list[TeamMember]:
    """The members of the actor's customer: owners first, then by name.

    Raises:
        NotAllowedError: the actor may not see the team.
    """
    actor.require(Right.INVITE_COLLEAGUES)
    rows = members_of(db, actor)
    found = [
        TeamMember(
            id=member.id,
            name=user.name,
            email=user.email,
            role=Role(member.role),
            since=member.created_at,
            you=user.id == actor.user_id,
            activated=user.activated_at is not None,
            needed=_is_needed(member, rows),
        )
        for member, user in rows
    ]
    order = list(Role)
    return sorted(found, key=lambda each: (order.index(each.role), each.name.casefold()))


def change_role(db: Session, actor: Actor, member_id: UUID, role: str, *, now: datetime) -> None:
    """Give a member another role, and tell them. Owner becomes only who agrees to it.

    Invitations that the member sent and may no longer send are taken back.

    Raises:
        NotAllowedError: the actor is no owner (any more).
        RecentSignInRequiredError: the actor must enter the password again first.
        NotFoundError: there is no such member of this customer.
        InvalidValueError: `role-required`, field `role`.
        LastOwnerError: the customer would have no owner who can sign in.
    """
    member, user = _member_to_change(db, actor, member_id, now)
    new = parse_role(role)
    if member.role == new:
        return
    member.role = new.value
    db.add(member)
    if Right.INVITE_COLLEAGUES not in _rights(new):
        take_back_invitations_by(db, actor, user, now)
    trail.record(
        db, AuditEvent.MEMBER_ROLE_CHANGED, actor, now=now, subject=user.id, role=new.value
    )
    values = {"name": user.name, "customer": customer_name(db, actor), "role": new.value}
    mail_to(db, user, "team-role-changed", values, now=now)
    db.flush()


def remove_member(db: Session, actor: Actor, member_id: UUID, *, now: datetime) -> None:
    """Let somebody act for the customer no longer, from their next click on, and tell them.

    Their account stays. Invitations that they sent and that wait for an answer are taken back.

    Raises:
        NotAllowedError: the actor is no owner (any more).
        RecentSignInRequiredError: the actor must enter the password again first.
        NotFoundError: there is no such member of this customer.
        LastOwnerError: the customer would have no owner who can sign in.
    """
    member, user = _member_to_change(db, actor, member_id, now)
    db.delete(member)
    take_back_invitations_by(db, actor, user, now)
    trail.record(db, AuditEvent.MEMBER_REMOVED, actor, now=now, subject=user.id, role=member.role)
    values = {"name": user.name, "customer": customer_name(db, actor)}
    mail_to(db, user, "team-removed", values, now=now)
    db.flush()


def members_of(db: Session, actor: Actor) -> list[tuple[Member, User]]:
    """Everybody who acts for the actor's customer, as the rows are now."""
    rows = db.execute(
        select(Member, User)
        .join(User, col(User.id) == col(Member.user_id))
        .where(owned_by(actor, Member))
        .execution_options(populate_existing=True)
    )
    return [(member, user) for member, user in rows]


def members_to_change(db: Session, actor: Actor, right: Right) -> list[tuple[Member, User]]:
    """As `members_of`, for whoever changes the team: nobody else does before the transaction ends.

    The actor's own role is read anew. Of two owners who remove each other at once, the second is
    no owner any more.

    Raises:
        NotAllowedError: the actor does not have this right (any more).
    """
    actor.require(right)
    lock_team(db, owned_by(actor, Customer))
    rows = members_of(db, actor)
    if not any(user.id == actor.user_id and right in _rights(member.role) for member, user in rows):
        raise NotAllowedError
    return rows


def customer_name(db: Session, actor: Actor) -> str:
    """What the actor's customer is called."""
    return db.execute(select(col(Customer.name)).where(owned_by(actor, Customer))).scalar_one()


def parse_role(text: str) -> Role:
    """A role that an owner can give.

    Raises:
        InvalidValueError: `role-required`, field `role`.
    """
    if text not in GIVEN_ROLES:
        raise InvalidValueError("role-required", "role")
    return Role(text)


def _member_to_change(
    db: Session, actor: Actor, member_id: UUID, now: datetime
) -> tuple[Member, User]:
    """Somebody whom the customer can do without as an owner."""
    actor.require(Right.MANAGE_TEAM)
    actor.require_recent_sign_in(now)
    rows = members_to_change(db, actor, Right.MANAGE_TEAM)
    for member, user in rows:
        if member.id == member_id:
            if _is_needed(member, rows):
                raise LastOwnerError
            return member, user
    raise NotFoundError


def take_back_invitations_by(db: Session, actor: Actor, inviter: User, now: datetime) -> None:
    """Nobody joins on the word of somebody who is no longer trusted with it."""
    waiting = db.execute(
        select(Invitation)
        .where(
            owned_by(actor, Invitation),
            col(Invitation.kind) == InvitationKind.MEMBER.value,
            col(Invitation.invited_by) == inviter.id,
            col(Invitation.ended_at).is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    for invitation in waiting.all():
        offers.end(db, invitation, Outcome.REVOKED, now=now)
        trail.record(db, AuditEvent.MEMBER_INVITATION_REVOKED, actor, now=now)


def _is_needed(member: Member, rows: list[tuple[Member, User]]) -> bool:
    """Whether the customer would have no owner without this one who can sign in."""
    others = [
        other
        for other, user in rows
        if other.id != member.id and other.role == Role.OWNER and user.activated_at is not None
    ]
    return member.role == Role.OWNER and not others


def _rights(role: str) -> frozenset[Right]:
    return frozenset(right for right, roles in RIGHTS.items() if role in roles)
