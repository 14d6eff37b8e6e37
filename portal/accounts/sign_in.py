"""Signing in, and proving again who one is before something dangerous."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from portal.accounts import sessions
from portal.accounts.models import SignInSession, User
from portal.accounts.proof import Proof, proven
from portal.actor import Actor, StaffRole, system
from portal.audit import trail
from portal.audit.events import AuditEvent

VISITOR = system("visitor")


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a browser gets that has signed in: `token` belongs into its cookie and nowhere else."""

    token: str = field(repr=False)
    session: SignInSession
    user: User


def sign_in(
    db: Session, proof: Proof, *, device: str, earlier_token: str = "", now: datetime
) -> NewSession | None:
    """Start a session for whoever proved who they are.

    An unknown address, an account that is not activated and a wrong password answer alike:
    None, and an entry in the trail. That is why nothing is raised: an error would take the entry
    back.

    Args:
        db: a transaction.
        proof: what `proof.prove` found, outside of any transaction.
        device: the browser in words, for the list of devices.
        earlier_token: the session cookie that came with the request, whoever put it there. That
            session ends; its value is never used again.
        now: the moment of the attempt.
    """
    user = proven(db, proof)
    if user is None:
        subject = proof.account.user_id
        trail.record(db, AuditEvent.SIGN_IN_FAILED, VISITOR, now=now, subject=subject)
        return None
    return begin(db, user, device=device, earlier_token=earlier_token, now=now)


def begin(
    db: Session, user: User, *, device: str, earlier_token: str = "", now: datetime
) -> NewSession:
    """A session for a user who has just proven who they are, by password or by activation."""
    if earlier_token:
        sessions.end_by_token(db, earlier_token, now=now)
    token, session = sessions.start(db, user, device=device, now=now)
    user.last_sign_in_at = now
    db.add(user)
    trail.record(db, AuditEvent.SIGNED_IN, acting_as(user), now=now, subject=user.id)
    return NewSession(token, session, user)


def confirm_identity(db: Session, actor: Actor, proof: Proof, *, now: datetime) -> str | None:
    """Prove again who one is: the session counts as a recent sign-in for ten minutes.

    Returns the session's new token for the cookie (the old one stops working), or None if the
    password was wrong, which the trail then tells.
    """
    user = proven(db, proof)
    if user is None or user.id != actor.user:
        tell_wrong_password(db, actor, now=now)
        return None
    trail.record(db, AuditEvent.IDENTITY_CONFIRMED, actor, now=now, subject=actor.user)
    return sessions.prove_again(db, actor, now=now)


def tell_wrong_password(db: Session, actor: Actor, *, now: datetime) -> None:
    """Tell the trail that somebody signed in could not prove who they are."""
    trail.record(db, AuditEvent.SIGN_IN_FAILED, actor, now=now, subject=actor.user)


def acting_as(user: User) -> Actor:
    """The user as an actor, where they act by a password or a mailed link and not in a session."""
    return Actor(
        user_id=user.id,
        name=user.name,
        locale=user.locale,
        staff_role=StaffRole(user.staff_role) if user.staff_role else None,
    )
