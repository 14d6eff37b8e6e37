"""Joining a team: what an invited colleague answers by the mailed link.

Opening the link changes nothing. Only the account of the invited address can join.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.sign_in import VISITOR, acting_as
from portal.actor import Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.models import Customer, Member
from portal.invitations import offers
from portal.invitations.acceptance import WayIn, require_invited, way_in
from portal.invitations.models import Invitation, InvitationKind, Outcome
from portal.invitations.offers import InvitationRefusedError
from portal.mail.delivery import register_outcome
from portal.mail.models import MailState, OutboxMessage
from portal.mail.outbox import Post, post_many
from portal.notices import giving
from portal.notices.models import Audience, Channel

INVITATION_MAIL = "team-invitation"


@dataclass(frozen=True)
class OfferedMembership:
    """What the invitation's page says. `declined`: the person said no, and can take it back.

    `way_in` says how they come to an account; `inviter_name` is empty for one who is erased.
    """

    declined: bool
    name: str
    email: str
    locale: str
    customer_name: str
    inviter_name: str
    role: Role
    expires_at: datetime
    way_in: WayIn


def offered_membership(db: Session, token: str, *, now: datetime) -> OfferedMembership:
    """Look at the invitation behind a mailed link.

    Raises:
        InvitationRefusedError: there is nothing to answer, or it is no colleague's.
        StaffAccountError: the address belongs to support staff.
    """
    invitation = _of_member(offers.open_invitation(db, token, now=now))
    inviter = db.get(User, invitation.invited_by) if invitation.invited_by else None
    return OfferedMembership(
        declined=invitation.outcome == Outcome.DECLINED,
        name=invitation.name,
        email=invitation.email,
        locale=invitation.locale,
        customer_name=db.get_one(Customer, invitation.customer_id).name,
        inviter_name=inviter.name if inviter else "",
        role=Role(invitation.role),
        expires_at=invitation.expires_at,
        way_in=way_in(db, invitation),
    )


def accept_membership(db: Session, token: str, *, user: User, now: datetime) -> Member:
    """Join the team in the offered role; the owners and the inviter are told.

    Who is a member already stays one, in the role that they have.

    Raises:
        InvitationRefusedError: there is nothing to answer (any more).
        WrongAccountError: the invitation is for another address than the user's.
        StaffAccountError: the user is support staff.
    """
    invitation = _taken(db, token, now)
    require_invited(db, invitation, acting_as(user))
    offers.end(db, invitation, Outcome.ACCEPTED, now=now, accepted_by=user.id)
    _note_notice(db, invitation, user, now)
    member = _membership(db, invitation.customer_id, user.id)
    if member is not None:
        return member
    member = Member(
        user_id=user.id, customer_id=invitation.customer_id, role=invitation.role, created_at=now
    )
    db.add(member)
    db.flush()
    trail.record(
        db,
        AuditEvent.MEMBER_JOINED,
        acting_as(user),
        now=now,
        subject=user.id,
        customer=invitation.customer_id,
        role=invitation.role,
    )
    _tell(db, invitation, user, now)
    return member


def decline_membership(db: Session, token: str, *, now: datetime) -> None:
    """Say no, without an account. Saying it twice changes nothing.

    Raises:
        InvitationRefusedError: there is nothing to answer (any more).
    """
    invitation = _taken(db, token, now)
    if invitation.pending:
        offers.end(db, invitation, Outcome.DECLINED, now=now)
        customer = invitation.customer_id
        trail.record(db, AuditEvent.MEMBER_DECLINED, VISITOR, now=now, customer=customer)


def reconsider_membership(db: Session, token: str, *, now: datetime) -> None:
    """Take a no back: the invitation waits for an answer again.

    Raises:
        InvitationRefusedError: there was no no, or a newer invitation has come since.
    """
    offers.reopen(db, _taken(db, token, now), now=now)


def _taken(db: Session, token: str, now: datetime) -> Invitation:
    """The invitation, to be answered by one at a time."""
    customer = offers.open_invitation(db, token, now=now).customer_id
    lock_team(db, col(Customer.id) == customer)
    return _of_member(offers.take_invitation(db, token, now=now))


@register_outcome
def note_returned(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    """An invitation that no server takes has reached nobody: it is void, and the team sees why."""
    if state is not MailState.GIVEN_UP or mail.kind != INVITATION_MAIL:
        return
    invitation = db.execute(
        select(Invitation)
        .where(col(Invitation.message_id) == mail.message_id, col(Invitation.ended_at).is_(None))
        .with_for_update()
    ).scalar()
    if invitation is not None:
        offers.end(db, invitation, Outcome.RETURNED, now=now)


def lock_team(db: Session, customer: ColumnElement[bool]) -> None:
    """Let nobody else change who belongs to this customer before the transaction ends.

    Whoever changes a team locks this first, and invitations after it.
    """
    db.execute(select(col(Customer.id)).where(customer).with_for_update(key_share=True))


def _of_member(invitation: Invitation) -> Invitation:
    if invitation.kind != InvitationKind.MEMBER:
        raise InvitationRefusedError
    return invitation


def _membership(db: Session, customer_id: UUID, user_id: UUID) -> Member | None:
    return db.execute(
        select(Member).where(col(Member.customer_id) == customer_id, col(Member.user_id) == user_id)
    ).scalar()


def _note_notice(db: Session, invitation: Invitation, user: User, now: datetime) -> None:
    """The mail that carried the link carried the way to the privacy notice, too."""
    if not giving.has_current(db, Audience.CUSTOMER, user_id=user.id):
        giving.record_given(
            db,
            Audience.CUSTOMER,
            locale=invitation.locale,
            channel=Channel.MAIL,
            user_id=user.id,
            message_id=invitation.message_id,
            now=now,
        )


def _tell(db: Session, invitation: Invitation, joined: User, now: datetime) -> None:
    customer = db.get_one(Customer, invitation.customer_id)
    readers = db.execute(
        select(User)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(
            col(Member.customer_id) == customer.id,
            col(User.id) != joined.id,
            col(User.activated_at).is_not(None),
            or_(col(Member.role) == Role.OWNER.value, col(User.id) == invitation.invited_by),
        )
        .order_by(col(User.email))
    ).scalars()
    told = {"customer": customer.name, "who": joined.name, "role": invitation.role}
    mails = [
        Post("team-joined", reader.email, reader.locale, {"name": reader.name, **told}, reader.id)
        for reader in readers
    ]
    post_many(db, mails, now=now)
