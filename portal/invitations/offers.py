"""The life of an invitation: offered, perhaps reminded once, answered, taken back or run out.

One machinery for alarm contacts (`contacts/`) and members (`customers/team.py`), who write the
mails and know what an answer means. Opening a link, which mail scanners do, changes nothing.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from portal.actor import Actor, owned_by
from portal.encryption import token_hash
from portal.errors import PortalError
from portal.invitations.limits import INVITATION_PER_RECIPIENT, LIFE, OPEN_PER_CUSTOMER
from portal.invitations.models import Invitation, InvitationKind, Outcome
from portal.limits import hit
from portal.settings import get_settings

PURPOSE = "invitation"  # in the address of the mailed link


class AlreadyInvitedError(PortalError):
    """There is a pending invitation of this person for this customer."""

    code = "already-invited"
    status = 409


class AlreadyRemindedError(PortalError):
    """One reminder is all that a person gets."""

    code = "already-reminded"
    status = 409


class TooManyInvitationsError(PortalError):
    """The customer has as many open invitations as one may have (`details["limit"]`)."""

    code = "too-many-invitations"
    status = 429


class InvitationRefusedError(PortalError):
    """The link cannot be used: unknown, answered, taken back or run out. All look the same."""

    code = "invitation-ended"
    status = 410


def offer(
    db: Session,
    actor: Actor,
    *,
    kind: InvitationKind,
    name: str,
    email: str,
    locale: str,
    now: datetime,
    contact_id: UUID | None = None,
    role: str = "",
) -> tuple[Invitation, str]:
    """A pending invitation on behalf of the actor's customer, and the token for its link.

    The caller has checked its right, writes the mail and notes its `message_id`.

    Raises:
        AlreadyInvitedError: the person has a pending one.
        TooManyInvitationsError: the customer has too many open ones.
        TooManyAttemptsError: too many invitations went to this address today.
    """
    mine = _of_contact(contact_id) if contact_id else _of_member(email)
    of_customer = owned_by(actor, Invitation)
    pending = _pending(db, of_customer, mine)
    if pending is not None and pending.expires_at > now:
        raise AlreadyInvitedError
    if pending is not None:
        end(db, pending, Outcome.EXPIRED, now=now)
    count = db.execute(select(func.count()).select_from(Invitation).where(of_customer, _OPEN))
    if count.scalar_one() >= OPEN_PER_CUSTOMER:
        raise TooManyInvitationsError(limit=OPEN_PER_CUSTOMER)
    hit(INVITATION_PER_RECIPIENT, email.lower())
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        customer_id=actor.customer_id,  # pyright: ignore[reportArgumentType] - `owned_by` insists
        kind=kind.value,
        contact_id=contact_id,
        role=role,
        name=name,
        email=email,
        locale=locale,
        token_hash=token_hash(token),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + LIFE,
    )
    db.add(invitation)
    db.flush()
    return invitation, token


def remind(db: Session, invitation: Invitation, *, now: datetime) -> str:
    """A second link to the same invitation, for the one reminder; the first goes on working.

    Raises:
        InvitationRefusedError: it is pending no longer.
        AlreadyRemindedError: there was one.
    """
    if not invitation.pending or invitation.expires_at <= now:
        raise InvitationRefusedError
    if invitation.reminded_at is not None:
        raise AlreadyRemindedError
    token = secrets.token_urlsafe(32)
    invitation.reminder_hash = token_hash(token)
    invitation.reminded_at = now
    db.add(invitation)
    db.flush()
    return token


def open_invitation(db: Session, token: str, *, now: datetime) -> Invitation:
    """Look at an invitation without answering it.

    A declined one can be looked at, too, for as long as it would have lasted: whoever said no can
    take it back.

    Raises:
        InvitationRefusedError: there is nothing to answer.
    """
    return _found(db, token, now, lock=False)


def take_invitation(db: Session, token: str, *, now: datetime) -> Invitation:
    """As `open_invitation`, to answer it: of two answers at once, the second waits and then sees
    the first.

    Raises:
        InvitationRefusedError: there is nothing to answer.
    """
    return _found(db, token, now, lock=True)


def end(
    db: Session,
    invitation: Invitation,
    outcome: Outcome,
    *,
    now: datetime,
    accepted_by: UUID | None = None,
) -> None:
    """Let a pending invitation end; its links lead nowhere from now on (unless it was declined).

    Raises:
        InvitationRefusedError: it has ended already.
    """
    if not invitation.pending:
        raise InvitationRefusedError
    invitation.ended_at = now
    invitation.outcome = outcome.value
    invitation.accepted_by = accepted_by
    db.add(invitation)
    db.flush()


def reopen(db: Session, invitation: Invitation, *, now: datetime) -> None:
    """Let a declined invitation be pending again, because whoever said no takes it back.

    Raises:
        InvitationRefusedError: it was not declined, or another has come since.
    """
    contact, email = invitation.contact_id, invitation.email
    mine = _of_contact(contact) if contact else _of_member(email)
    newer = _pending(db, col(Invitation.customer_id) == invitation.customer_id, mine)
    if newer or invitation.outcome != Outcome.DECLINED or invitation.expires_at <= now:
        raise InvitationRefusedError
    invitation.ended_at, invitation.outcome = None, ""
    db.add(invitation)
    db.flush()


def run_out(db: Session, *, now: datetime) -> list[Invitation]:
    """End what has run out of members' invitations, and say which those were. Running it twice
    ends nothing twice. (Those of contacts: `contacts/watching.py`, under the contacts' locks.)
    """
    due = db.execute(
        select(Invitation)
        .where(
            _OPEN,
            col(Invitation.kind) == InvitationKind.MEMBER,
            col(Invitation.expires_at) <= now,
        )
        .order_by(col(Invitation.id))
        .with_for_update(skip_locked=True)
    )
    ended = list(due.scalars())
    for invitation in ended:
        end(db, invitation, Outcome.EXPIRED, now=now)
    return ended


def address(token: str, locale: str) -> str:
    """Where the mailed link leads: always the configured public address."""
    return f"{get_settings().origin}/go/{PURPOSE}/{token}?l={locale}"


_OPEN = col(Invitation.ended_at).is_(None)


def _of_contact(contact_id: UUID) -> ColumnElement[bool]:
    return col(Invitation.contact_id) == contact_id


def _of_member(email: str) -> ColumnElement[bool]:
    return (col(Invitation.kind) == InvitationKind.MEMBER) & (col(Invitation.email) == email)


def _pending(db: Session, *conditions: ColumnElement[bool]) -> Invitation | None:
    return db.execute(select(Invitation).where(*conditions, _OPEN)).scalar()


def _found(db: Session, token: str, now: datetime, *, lock: bool) -> Invitation:
    hashed = token_hash(token)
    statement = select(Invitation).where(
        or_(col(Invitation.token_hash) == hashed, col(Invitation.reminder_hash) == hashed)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    invitation = db.execute(statement).scalar()
    if invitation is None or invitation.expires_at <= now:
        raise InvitationRefusedError
    if not invitation.pending and invitation.outcome != Outcome.DECLINED:
        raise InvitationRefusedError
    return invitation
