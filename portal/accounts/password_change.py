"""Changing one's password while signed in, and what every change of a password brings with it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.accounts import links, sessions
from portal.accounts.models import LinkPurpose, User
from portal.accounts.passwords import ChosenPassword
from portal.accounts.proof import Proof, proven
from portal.accounts.sign_in import tell_wrong_password
from portal.accounts.users import mail_to
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """The browser's new token, for its cookie, and the sessions that ended elsewhere."""

    token: str = field(repr=False)
    ended: list[UUID]


def change_password(
    db: Session,
    actor: Actor,
    proof: Proof,
    chosen: ChosenPassword,
    *,
    device: str,
    now: datetime,
) -> PasswordChanged | None:
    """Replace the password by a new one, given the present one (ASVS 6.2.3).

    Every other session ends; this one goes on under a new token. A mail tells of it. None if the
    present password was wrong, which the trail then tells.
    """
    user = proven(db, proof)
    if user is None or user.id != actor.user:
        tell_wrong_password(db, actor, now=now)
        return None
    set_password(db, user, chosen, device=device, now=now)
    ended = sessions.end_all(db, user.id, now=now, but=actor.session_id)
    trail.record(
        db, AuditEvent.PASSWORD_CHANGED, actor, now=now, subject=user.id, sessions=len(ended)
    )
    return PasswordChanged(sessions.prove_again(db, actor, now=now), ended)


def set_password(
    db: Session, user: User, chosen: ChosenPassword, *, device: str, now: datetime
) -> None:
    """Store a new password, and tell the user by mail.

    Links on their way stop working: who asked for them may be the reason for the change.
    """
    user.password_hash = chosen.hash
    user.password_changed_at = now
    db.add(user)
    links.void(db, user.id, LinkPurpose.RESET_PASSWORD, LinkPurpose.CONFIRM_EMAIL, now=now)
    mail_to(db, user, "password-changed", {"name": user.name, "at": now, "device": device}, now=now)
