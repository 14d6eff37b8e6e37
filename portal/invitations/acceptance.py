"""Whose account an accepted invitation belongs to: a new one, or that of the invited address."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.passwords import ChosenPassword
from portal.accounts.sign_in import acting_as
from portal.accounts.users import user_with
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.emails import is_shared_mailbox
from portal.errors import PortalError
from portal.invitations.models import Invitation

Invitee: TypeAlias = User  # whose account answers, for floors that know no tables


class WrongAccountError(PortalError):
    """Somebody else is signed in than the one who was invited."""

    code = "invitation-for-another-address"
    status = 409


class StaffAccountError(PortalError):
    """The invited address is that of support staff, who are neither customers nor contacts."""

    code = "invitation-for-staff"
    status = 409


class WayIn(StrEnum):
    """How the invited person comes to an account."""

    NEW = "new"  # they choose a password
    SIGN_IN = "sign in"  # the address has an account: they sign in with it
    NONE = "none"  # the mailbox is shared, and no sign-in


def way_in(db: Session, invitation: Invitation) -> WayIn:
    """How this invitation can be accepted. Only the invited person is ever told.

    Raises:
        StaffAccountError: the address belongs to support staff.
    """
    if is_shared_mailbox(invitation.email):
        return WayIn.NONE
    user = user_with(db, invitation.email.lower())
    if user is not None and user.staff_role:
        raise StaffAccountError
    return WayIn.NEW if user is None or user.activated_at is None else WayIn.SIGN_IN


def open_account(
    db: Session, invitation: Invitation, chosen: ChosenPassword, *, now: datetime
) -> User:
    """An account for the invited address, activated at once: the link came to that address.

    Raises:
        StaffAccountError: the address belongs to support staff.
        WrongAccountError: there is an account already, into which they must sign in.
    """
    if way_in(db, invitation) is not WayIn.NEW:
        raise WrongAccountError
    user = user_with(db, invitation.email.lower())
    if user is None:
        user = User(
            email=invitation.email.lower(),
            name=invitation.name,
            locale=invitation.locale,
            created_at=now,
        )
        db.add(user)
        db.flush()
        trail.record(db, AuditEvent.ACCOUNT_CREATED, acting_as(user), now=now, subject=user.id)
    user.password_hash = chosen.hash
    user.password_changed_at = user.activated_at = now
    db.add(user)
    db.flush()
    trail.record(db, AuditEvent.ACCOUNT_ACTIVATED, acting_as(user), now=now, subject=user.id)
    return user


def require_invited(db: Session, invitation: Invitation, actor: Actor) -> User:
    """The signed-in person's account, if it is the one that was invited.

    Raises:
        WrongAccountError: it has another address.
        StaffAccountError: it belongs to support staff.
    """
    user = db.get_one(User, actor.user)
    if user.staff_role:
        raise StaffAccountError
    if user.email != invitation.email.lower():
        raise WrongAccountError
    return user
