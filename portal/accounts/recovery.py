"""Forgotten passwords and lost activation mails.

Whoever asks gets the same answer, whether the address is known or not, and waits as long: for an
unknown address the same work is done for an invented person, and taken back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.accounts import activation, links, sessions
from portal.accounts.limits import may_be_mailed
from portal.accounts.models import LinkPurpose, User
from portal.accounts.password_change import set_password
from portal.accounts.passwords import ChosenPassword
from portal.accounts.sign_in import VISITOR, acting_as
from portal.accounts.users import mail_to, user_with
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.database import new_id
from portal.emails import parse_email
from portal.errors import in_field


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """Whose password was reset, and the sessions that ended."""

    user: User
    ended: list[UUID]


def ask_reset(db: Session, email: str, *, locale: str, now: datetime) -> None:
    """Mail a link for a new password, if there is such an account.

    An account that is not activated yet gets its activation mail again. Above three mails an hour
    to one address nothing is sent, and the answer still is the same.

    Args:
        db: a transaction.
        email: as it was typed.
        locale: the language of the page.
        now: the time of asking.

    Raises:
        InvalidValueError: what was typed is no e-mail address (field `email`).
    """
    with in_field("email"):
        address = parse_email(email).lower()
    user = user_with(db, address)
    wanted = may_be_mailed(address)
    with db.begin_nested() as step:
        if user is not None and wanted:
            db.refresh(user, with_for_update=True)  # of two who ask at once, the later link counts
            mail_new_password_link(db, user, now=now)
            db.flush()
        else:
            mail_new_password_link(db, _invented(db, address, locale, now=now), now=now)
            db.flush()
            step.rollback()
    subject = user.id if user else None
    trail.record(db, AuditEvent.PASSWORD_RESET_ASKED, VISITOR, now=now, subject=subject)


def reset_password(
    db: Session, token: str, chosen: ChosenPassword, *, device: str, now: datetime
) -> PasswordReset:
    """Use the mailed link: a new password, and every session ends.

    Raises:
        LinkRefusedError: the link is unknown, used or expired.
    """
    link = links.use(db, token, LinkPurpose.RESET_PASSWORD, now=now)
    user = db.get_one(User, link.user_id)
    set_password(db, user, chosen, device=device, now=now)
    ended = sessions.end_all(db, user.id, now=now)
    trail.record(
        db,
        AuditEvent.PASSWORD_CHANGED,
        acting_as(user),
        now=now,
        subject=user.id,
        by="link",
        sessions=len(ended),
    )
    return PasswordReset(user, ended)


def mail_new_password_link(db: Session, user: User, *, now: datetime) -> None:
    """Mail the link that fits the account: for a new password, or for the first one."""
    if user.activated_at is None:
        activation.send_again(db, user, now=now)
        return
    token = links.create(db, user.id, LinkPurpose.RESET_PASSWORD, now=now)
    mail_to(
        db,
        user,
        "reset-password",
        {
            "name": user.name,
            "link": links.address(LinkPurpose.RESET_PASSWORD, token, user.locale),
            "minutes": int(links.LIFE[LinkPurpose.RESET_PASSWORD].total_seconds()) // 60,
        },
        now=now,
    )


def _invented(db: Session, address: str, locale: str, *, now: datetime) -> User:
    """Somebody who does not exist."""
    nobody = User(
        # Not the address itself: an account that is over its limit has it already.
        email=f"{new_id()}@{address.rpartition('@')[2]}"[:254],
        name="Kari Nordli",
        locale=locale,
        created_at=now,
        activated_at=now,
    )
    db.add(nobody)
    db.flush()
    return nobody
