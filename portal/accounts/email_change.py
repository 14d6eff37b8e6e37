"""A new e-mail address: confirmed at the new one, announced at the old one, and undone from there.

Whether the wished address belongs to somebody else is never told: the answer, the announcement
and the work are the same, and only the mail to that address is missing.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portal.accounts import links, sessions
from portal.accounts.limits import count_email_change
from portal.accounts.models import LinkPurpose, User
from portal.accounts.recovery import mail_new_password_link
from portal.accounts.sign_in import acting_as
from portal.accounts.users import Addresses, mail_to, tell_address_changed, user_with
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.emails import parse_sign_in_email
from portal.errors import InvalidValueError, PortalError, in_field
from portal.mail import outbox


class EmailTakenError(PortalError):
    """Another account has this address. Told only to whoever has a link that came to it."""

    code = "email-taken"
    status = 409


@dataclass(frozen=True, slots=True)
class ChangeUndone:
    """Whose address is back, and the sessions that ended."""

    user: User
    ended: list[UUID]


def ask_email_change(db: Session, actor: Actor, email: str, *, now: datetime) -> None:
    """Write to the new address for confirmation, and to the old one with a way to stop it.

    Raises:
        RecentSignInRequiredError: the actor must enter the password again first.
        InvalidValueError: the address (field `email`) cannot be used for signing in, or is the
            present one (`email-unchanged`).
        TooManyAttemptsError: five changes were asked for within the hour.
    """
    actor.require_recent_sign_in(now)
    user = db.get_one(User, actor.user)
    with in_field("email"):
        wished = parse_sign_in_email(email)
    if wished == user.email:
        raise InvalidValueError("email-unchanged", "email")
    count_email_change(user.id)
    taken = user_with(db, wished) is not None
    with db.begin_nested() as step:
        _mail_confirmation(db, user, wished, now=now)
        db.flush()
        if taken:
            step.rollback()
    _announce(db, user, wished, now=now)
    trail.record(db, AuditEvent.EMAIL_CHANGE_ASKED, actor, now=now, subject=user.id)


def confirm_email_change(db: Session, token: str, *, now: datetime) -> User:
    """Use the link that came to the new address: from now on it is the user's.

    Raises:
        LinkRefusedError: the link is unknown, used, expired or replaced by a newer one.
        EmailTakenError: somebody else was faster with this address.
    """
    link = links.use(db, token, LinkPurpose.CONFIRM_EMAIL, now=now)
    user = db.get_one(User, link.user_id)
    _take(db, user, link.details["email"])
    links.void(db, user.id, LinkPurpose.RESET_PASSWORD, now=now)  # it went to the old address
    mail_to(db, user, "email-changed", {"name": user.name}, now=now)
    trail.record(db, AuditEvent.EMAIL_CHANGED, acting_as(user), now=now, subject=user.id)
    return user


def undo_email_change(db: Session, token: str, *, now: datetime) -> ChangeUndone:
    """Use the link that came to the old address: it stays, or comes back.

    Whoever asked for the change knew the password. So that stops working, every session ends, and
    a link for a new password goes to the old address. Links made since the announcement stop
    working as well; earlier ways back stay, so that a thief's second change cannot void the
    owner's first.

    Raises:
        LinkRefusedError: the link is unknown, used or expired.
        EmailTakenError: somebody else has the old address now.
    """
    link = links.use(db, token, LinkPurpose.UNDO_EMAIL, now=now)
    user = db.get_one(User, link.user_id)
    if user.email != link.details["email"]:
        _take(db, user, link.details["email"])
    user.password_hash = None
    links.void(db, user.id, LinkPurpose.CONFIRM_EMAIL, LinkPurpose.RESET_PASSWORD, now=now)
    links.void(db, user.id, LinkPurpose.UNDO_EMAIL, now=now, since=link.created_at)
    ended = sessions.end_all(db, user.id, now=now)
    mail_to(db, user, "email-change-undone", {"name": user.name}, now=now)
    mail_new_password_link(db, user, now=now)
    trail.record(
        db,
        AuditEvent.EMAIL_CHANGE_UNDONE,
        acting_as(user),
        now=now,
        subject=user.id,
        sessions=len(ended),
    )
    return ChangeUndone(user, ended)


def masked(email: str) -> str:
    """An address that its owner recognises and nobody can write to: `k…@nordlys.example`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


def _mail_confirmation(db: Session, user: User, wished: str, *, now: datetime) -> None:
    token = links.create(db, user.id, LinkPurpose.CONFIRM_EMAIL, now=now, email=wished)
    outbox.post(
        db,
        kind="confirm-email",
        recipient=wished,
        locale=user.locale,
        user_id=user.id,
        values={
            "name": user.name,
            "link": links.address(LinkPurpose.CONFIRM_EMAIL, token, user.locale),
            "hours": int(links.LIFE[LinkPurpose.CONFIRM_EMAIL].total_seconds()) // 3600,
        },
        now=now,
    )


def _announce(db: Session, user: User, wished: str, *, now: datetime) -> None:
    token = links.create(db, user.id, LinkPurpose.UNDO_EMAIL, now=now, email=user.email)
    mail_to(
        db,
        user,
        "email-change-announced",
        {
            "name": user.name,
            "new_email_masked": masked(wished),
            "link": links.address(LinkPurpose.UNDO_EMAIL, token, user.locale),
        },
        now=now,
    )


def _take(db: Session, user: User, email: str) -> None:
    before = Addresses(user.email, user.phone)
    user.email = email
    db.add(user)
    try:
        db.flush()
    except IntegrityError as error:  # the database decides, whoever asked first
        raise EmailTakenError from error
    tell_address_changed(db, before, user)
