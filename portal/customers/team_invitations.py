"""Inviting colleagues into the team. Their answers are in `joining.py`.

The inviter never learns whether an address has an account: page, mail and statuses are the same.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.users import parse_name
from portal.actor import Actor, Right, Role, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.joining import INVITATION_MAIL
from portal.customers.team import customer_name, members_of, members_to_change, parse_role
from portal.datamap import PERIODS, Retention
from portal.emails import parse_sign_in_email
from portal.errors import (
    InvalidFieldsError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    PortalError,
)
from portal.invitations import offers
from portal.invitations.limits import LIFE
from portal.invitations.models import Invitation, InvitationKind, Outcome
from portal.invitations.offers import InvitationRefusedError
from portal.languages import LOCALES
from portal.mail import outbox
from portal.mail.models import OutboxMessage

# A no is kept as long as its invitation, and respected as long as it is kept.
REST_AFTER_NO = PERIODS[Retention.INVITATION_END]


class Standing(StrEnum):
    """What has become of an invitation. Who has accepted is a member, and no longer here."""

    INVITED = "invited"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    RETURNED = "returned"


_ENDED = {
    Outcome.EXPIRED: Standing.NO_ANSWER,
    Outcome.DECLINED: Standing.DECLINED,
    Outcome.RETURNED: Standing.RETURNED,
}


@dataclass(frozen=True)
class ColleagueInvitation:
    """`inviter` is empty for somebody erased. `may_change`: the reader may remind and take back."""

    id: UUID
    name: str
    email: str
    role: Role
    inviter: str
    sent_at: datetime
    expires_at: datetime
    standing: Standing
    reminded: bool
    may_change: bool


def invite_colleague(
    db: Session, actor: Actor, *, name: str, email: str, role: str, locale: str, now: datetime
) -> None:
    """Mail somebody an invitation to act for the actor's customer. All texts are as typed.

    Owners invite administrators and colleagues, administrators invite colleagues.

    Raises:
        NotAllowedError: the actor may not invite anybody in this role.
        InvalidFieldsError: what is wrong with `name`, `email` (`already-member` tells the name
            of a member who has it), `role` or `locale`.
        InvalidValueError: `invitation-barred`, field `email`: the person said no (details: `day`
            from which they can be asked again; until then they can take the no back).
        AlreadyInvitedError: an invitation to this address waits for an answer.
        TooManyInvitationsError, TooManyAttemptsError: as `offers.offer`.
    """
    actor.require(Right.INVITE_COLLEAGUES)
    name, email, offered = _checked(name, email, role, locale)
    _require_may_offer(actor, offered)
    for _member, user in members_to_change(db, actor, Right.INVITE_COLLEAGUES):
        if user.email == email:
            known = InvalidValueError("already-member", "email", name=user.name)
            raise InvalidFieldsError({"email": known})
    _refuse_after_no(db, actor, email, now)
    invitation, token = offers.offer(
        db,
        actor,
        kind=InvitationKind.MEMBER,
        name=name,
        email=email,
        locale=locale,
        role=offered.value,
        now=now,
    )
    mail = _mail(db, actor, invitation, INVITATION_MAIL, token, now=now)
    invitation.message_id = mail.message_id if mail else ""
    db.add(invitation)
    trail.record(db, AuditEvent.MEMBER_INVITED, actor, now=now, role=offered.value)


def colleague_invitations(db: Session, actor: Actor, *, now: datetime) -> list[ColleagueInvitation]:
    """The last invitation of everybody who has not joined, the newest first.

    Raises:
        NotAllowedError: the actor may not see the team.
    """
    actor.require(Right.INVITE_COLLEAGUES)
    rows = db.execute(
        select(Invitation, col(User.name))
        .outerjoin(User, col(User.id) == col(Invitation.invited_by))
        .where(
            owned_by(actor, Invitation),
            col(Invitation.kind) == InvitationKind.MEMBER.value,
            or_(col(Invitation.ended_at).is_(None), col(Invitation.outcome).in_(_ENDED)),
        )
        .order_by(col(Invitation.created_at).desc(), col(Invitation.id))
    )
    settled = {user.email for _member, user in members_of(db, actor)}
    found = []
    for invitation, inviter in rows:
        if invitation.email not in settled:
            settled.add(invitation.email)
            found.append(_shown(actor, invitation, inviter or "", now))
    return found


def remind_colleague(db: Session, actor: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Send the one reminder of an invitation that waits for an answer.

    Raises:
        NotAllowedError: the actor may not invite anybody in this role.
        NotFoundError: there is no such invitation of this customer.
        InvitationRefusedError: it waits no longer.
        AlreadyRemindedError: there was a reminder.
    """
    invitation = _invitation(db, actor, invitation_id)
    token = offers.remind(db, invitation, now=now)
    _mail(db, actor, invitation, "team-reminder", token, now=now)
    trail.record(db, AuditEvent.MEMBER_REMINDED, actor, now=now)


def revoke_colleague(db: Session, actor: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Take an invitation back: its links lead nowhere.

    Raises:
        NotAllowedError: the actor may not invite anybody in this role.
        NotFoundError: there is no such invitation of this customer.
        InvitationRefusedError: it was answered, or has ended otherwise.
    """
    invitation = _invitation(db, actor, invitation_id)
    offers.end(db, invitation, Outcome.REVOKED, now=now)
    trail.record(db, AuditEvent.MEMBER_INVITATION_REVOKED, actor, now=now)


def invite_again(db: Session, actor: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Send a new invitation to somebody who has not answered in time.

    Raises:
        NotFoundError: there is no such invitation of this customer.
        InvitationRefusedError: the person has answered, or still can.
        NotAllowedError and others: as `invite_colleague`.
    """
    earlier = _invitation(db, actor, invitation_id)
    ran_out = earlier.pending and earlier.expires_at <= now
    if not ran_out and earlier.outcome != Outcome.EXPIRED:
        raise InvitationRefusedError
    invite_colleague(
        db,
        actor,
        name=earlier.name,
        email=earlier.email,
        role=earlier.role,
        locale=earlier.locale,
        now=now,
    )


def _checked(name: str, email: str, role: str, locale: str) -> tuple[str, str, Role]:
    wrong: dict[str, PortalError] = {}
    offered = Role.COLLEAGUE
    try:
        name = parse_name(name)
    except InvalidValueError as error:
        wrong["name"] = error
    try:
        email = parse_sign_in_email(email)
    except InvalidValueError as error:
        wrong["email"] = error
    try:
        offered = parse_role(role)
    except InvalidValueError as error:
        wrong["role"] = error
    if locale not in LOCALES:
        wrong["locale"] = InvalidValueError("language-unknown", "locale")
    if wrong:
        raise InvalidFieldsError(wrong)
    return name, email, offered


def _refuse_after_no(db: Session, actor: Actor, email: str, now: datetime) -> None:
    no = db.execute(
        select(func.max(col(Invitation.ended_at))).where(
            owned_by(actor, Invitation),
            col(Invitation.kind) == InvitationKind.MEMBER.value,
            col(Invitation.email) == email,
            col(Invitation.outcome) == Outcome.DECLINED.value,
        )
    ).scalar()
    if no is not None and no + REST_AFTER_NO > now:
        raise InvalidValueError("invitation-barred", "email", day=no + REST_AFTER_NO)


def _may_offer(actor: Actor, role: str) -> bool:
    return role == Role.COLLEAGUE or actor.may(Right.MANAGE_TEAM)


def _require_may_offer(actor: Actor, role: str) -> None:
    actor.require(Right.INVITE_COLLEAGUES)
    if not _may_offer(actor, role):
        raise NotAllowedError


def _invitation(db: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation of the actor's customer, locked after the team."""
    members_to_change(db, actor, Right.INVITE_COLLEAGUES)
    invitation = db.execute(
        select(Invitation)
        .where(
            owned_by(actor, Invitation),
            col(Invitation.id) == invitation_id,
            col(Invitation.kind) == InvitationKind.MEMBER.value,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if invitation is None:
        raise NotFoundError
    _require_may_offer(actor, invitation.role)
    return invitation


def _shown(
    actor: Actor, invitation: Invitation, inviter: str, now: datetime
) -> ColleagueInvitation:
    return ColleagueInvitation(
        id=invitation.id,
        name=invitation.name,
        email=invitation.email,
        role=Role(invitation.role),
        inviter=inviter,
        sent_at=invitation.created_at,
        expires_at=invitation.expires_at,
        standing=_standing(invitation, now),
        reminded=invitation.reminded_at is not None,
        may_change=_may_offer(actor, invitation.role),
    )


def _standing(invitation: Invitation, now: datetime) -> Standing:
    if invitation.pending:
        return Standing.INVITED if invitation.expires_at > now else Standing.NO_ANSWER
    return _ENDED[Outcome(invitation.outcome)]


def _mail(
    db: Session, actor: Actor, invitation: Invitation, kind: str, token: str, *, now: datetime
) -> OutboxMessage | None:
    # No account is named in the outbox, and none is looked for: there may be none.
    return outbox.post(
        db,
        kind=kind,
        recipient=invitation.email,
        locale=invitation.locale,
        values={
            "name": invitation.name,
            "customer": customer_name(db, actor),
            "inviter": actor.name,
            "role": invitation.role,
            "link": offers.address(token, invitation.locale),
            "until": invitation.expires_at,
            "days": LIFE.days,
        },
        now=now,
    )
