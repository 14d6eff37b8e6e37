"""What a user says of themselves: name, phone and language."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.users import Addresses, parse_name, tell_address_changed
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.errors import InvalidFieldsError, InvalidValueError, PortalError
from portal.languages import LOCALES
from portal.phones import country_of, parse_phone


@dataclass(frozen=True, slots=True)
class Profile:
    """The user as they see themselves. `phone` is in E.164, or empty."""

    name: str
    email: str
    phone: str
    locale: str


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """The profile's form, as it was typed. `phone` may be empty."""

    name: str
    phone: str
    locale: str


def profile(db: Session, actor: Actor) -> Profile:
    """The actor's own profile."""
    user = db.get_one(User, actor.user)
    return Profile(user.name, user.email, user.phone, user.locale)


def change_profile(db: Session, actor: Actor, changes: ProfileChanges, *, now: datetime) -> Profile:
    """Save name, phone and language. What is the same already leaves no trace.

    Raises:
        InvalidFieldsError: what is wrong with `name`, `phone` or `locale`.
    """
    user = db.get_one(User, actor.user)
    before = Addresses(user.email, user.phone)
    changed: list[str] = []
    for field, value in _checked(changes).items():
        if getattr(user, field) != value:
            setattr(user, field, value)
            changed.append(field)
    if changed:
        db.add(user)
        trail.record(
            db,
            AuditEvent.PROFILE_CHANGED,
            actor,
            now=now,
            subject=user.id,
            fields=", ".join(changed),
        )
    if "phone" in changed:
        tell_address_changed(db, before, user)
    return profile(db, actor)


def _checked(changes: ProfileChanges) -> dict[str, str]:
    values = {"locale": changes.locale}
    wrong: dict[str, PortalError] = {}
    try:
        values["name"] = parse_name(changes.name)
    except InvalidValueError as error:
        wrong["name"] = error
    try:
        country = country_of(changes.locale)
        values["phone"] = parse_phone(changes.phone, country) if changes.phone.strip() else ""
    except InvalidValueError as error:
        wrong["phone"] = error
    if changes.locale not in LOCALES:
        wrong["locale"] = InvalidValueError("language-unknown")
    if wrong:
        raise InvalidFieldsError(wrong)
    return values
