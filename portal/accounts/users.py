"""Users: finding one, writing to one, and opening an account for a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor, StaffRole
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.emails import parse_email, parse_sign_in_email
from portal.errors import InvalidFieldsError, InvalidValueError, NotAllowedError, PortalError
from portal.languages import LOCALES
from portal.mail import outbox
from portal.text import parse_line

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a user was reached before a change."""

    email: str
    phone: str


AddressChange = Callable[[Session, Addresses, User], None]
_address_changes: list[AddressChange] = []


def register_address_change(told: AddressChange) -> AddressChange:
    """Let `told` know, in the same transaction, of everybody whose e-mail or phone has changed."""
    _address_changes.append(told)
    return told


def tell_address_changed(db: Session, before: Addresses, user: User) -> None:
    """Tell everybody who registered that mail or calls reach the user elsewhere now."""
    for told in _address_changes:
        told(db, before, user)


def user_with(db: Session, email: str) -> User | None:
    """The user who signs in with this (normalised) address."""
    return db.exec(select(User).where(col(User.email) == email)).first()


def typed_address(text: str) -> str:
    """What somebody typed to sign in, in the form in which accounts keep it.

    Never refused: an answer of its own for what cannot be an address would only help to guess.
    """
    try:
        return parse_email(text).lower()
    except InvalidValueError:
        return "".join(letter for letter in text.lower() if letter.isprintable()).strip()


def create_user(
    db: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    locale: str,
    now: datetime,
    staff_role: StaffRole | None = None,
) -> User:
    """An account that waits for its activation; `activation.send_activation` mails the link.

    Raises:
        NotAllowedError: the actor is neither a part of SensorNordic nor a support lead.
        InvalidFieldsError: `name`, `email` or `locale` cannot be used; `email-taken` if there
            is an account with this address.
    """
    require_office(actor)
    wrong: dict[str, PortalError] = {}
    try:
        email = _free_address(db, email)
    except InvalidValueError as error:
        wrong["email"] = error
    try:
        name = parse_name(name)
    except InvalidValueError as error:
        wrong["name"] = error
    if locale not in LOCALES:
        wrong["locale"] = InvalidValueError("language-unknown", "locale")
    if wrong:
        raise InvalidFieldsError(wrong)
    user = User(
        email=email,
        name=name,
        locale=locale,
        staff_role=staff_role.value if staff_role else None,
        created_at=now,
    )
    db.add(user)
    db.flush()
    trail.record(db, AuditEvent.ACCOUNT_CREATED, actor, now=now, subject=user.id)
    return user


def mail_to(
    db: Session, user: User, kind: str, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Post a mail of this kind to the user's own address, in their language."""
    outbox.post(
        db,
        kind=kind,
        recipient=user.email,
        locale=user.locale,
        user_id=user.id,
        values=values,
        now=now,
    )


def _free_address(db: Session, email: str) -> str:
    address = parse_sign_in_email(email)
    if user_with(db, address) is not None:
        raise InvalidValueError("email-taken")
    return address


def require_office(actor: Actor) -> None:
    """Go on only for SensorNordic itself: the back office, a command, or a support lead.

    Raises:
        NotAllowedError: it is somebody else.
    """
    if not actor.system and actor.staff_role is not StaffRole.LEAD:
        raise NotAllowedError


def parse_name(text: str) -> str:
    """A person's name on one line.

    Raises:
        InvalidValueError: `name-required`, or `text-too-long` (details: `limit`).
    """
    name = parse_line(text, LONGEST_NAME)
    if not name:
        raise InvalidValueError("name-required")
    return name
