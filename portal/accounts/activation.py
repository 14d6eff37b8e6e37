"""Activation: a new user gets a mail, chooses a password, and has a sign-in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portal.accounts import links
from portal.accounts.models import LinkPurpose, OneTimeLink, User
from portal.accounts.passwords import ChosenPassword
from portal.accounts.sign_in import acting_as
from portal.accounts.users import mail_to, require_office
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.errors import PortalError


class AlreadyActivatedError(PortalError):
    """The account has a password already."""

    code = "already-activated"
    status = 409


def send_activation(
    db: Session, actor: Actor, user: User, *, customers: Sequence[str], now: datetime
) -> None:
    """Mail the link with which the user chooses a password; older ones stop working.

    Args:
        db: a transaction.
        actor: SensorNordic itself.
        user: whose account it is.
        customers: the names of those the user will act for; empty for support staff.
        now: the time of sending.

    Raises:
        NotAllowedError: the actor is neither a part of SensorNordic nor a support lead.
        AlreadyActivatedError: there is nothing left to activate.
    """
    require_office(actor)
    if user.activated_at is not None:
        raise AlreadyActivatedError
    _mail_link(db, user, list(customers), now=now)


def send_again(db: Session, user: User, *, now: datetime) -> None:
    """Mail a new link to somebody who has lost the first one, or let it run out."""
    earlier = db.exec(
        select(OneTimeLink.details)
        .where(
            col(OneTimeLink.user_id) == user.id,
            col(OneTimeLink.purpose) == LinkPurpose.ACTIVATE.value,
        )
        .order_by(col(OneTimeLink.created_at).desc())
    ).first()
    _mail_link(db, user, (earlier or {}).get("customers", []), now=now)


def activate(db: Session, token: str, chosen: ChosenPassword, *, now: datetime) -> User:
    """Use the mailed link: the account has a password from now on.

    The link came to the user's address, so the address is proven, too. Who activates may be
    signed in at once: see `sign_in.begin`.

    Raises:
        LinkRefusedError: the link is unknown, used or expired.
        AlreadyActivatedError: the account was activated meanwhile.
    """
    link = links.use(db, token, LinkPurpose.ACTIVATE, now=now)
    user = db.get_one(User, link.user_id)
    if user.activated_at is not None:
        raise AlreadyActivatedError
    user.password_hash = chosen.hash
    user.password_changed_at = user.activated_at = now
    db.add(user)
    trail.record(db, AuditEvent.ACCOUNT_ACTIVATED, acting_as(user), now=now, subject=user.id)
    return user


def mail_values(name: str, token: str, locale: str) -> dict[str, Any]:
    """What every activation mail says, besides the customers."""
    return {
        "name": name,
        "link": links.address(LinkPurpose.ACTIVATE, token, locale),
        "days": links.LIFE[LinkPurpose.ACTIVATE].days,
    }


def _mail_link(db: Session, user: User, customers: list[str], *, now: datetime) -> None:
    token = links.create(db, user.id, LinkPurpose.ACTIVATE, now=now, customers=customers)
    values = mail_values(user.name, token, user.locale)
    mail_to(
        db,
        user,
        "staff-activation" if user.staff_role else "activation",
        values if user.staff_role else values | {"customers": customers},
        now=now,
    )
