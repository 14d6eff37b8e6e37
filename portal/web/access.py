"""Who may use a page, a handler or a route. What declares nothing is refused."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from portal.actor import Actor, Role, StaffRole


class Access(StrEnum):
    """The declared access levels, from everybody to few."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"
    NOT_STAFF = "signed in, no staff"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"
    CONTACT = "alarm contact"
    STAFF = "staff"
    LEAD = "lead"

    def allows(self, actor: Actor | None) -> bool:
        return _RULES[self](actor)


def _signed_in(actor: Actor | None) -> bool:
    return actor is not None and actor.user_id is not None


def _in_role(*roles: Role) -> Callable[[Actor | None], bool]:
    return lambda actor: actor is not None and actor.role in roles


_RULES: dict[Access, Callable[[Actor | None], bool]] = {
    Access.EVERYONE: lambda _actor: True,
    Access.SIGNED_IN: _signed_in,
    Access.NOT_STAFF: lambda actor: (
        actor is not None and actor.user_id is not None and actor.staff_role is None
    ),
    Access.MEMBER: _in_role(*Role),
    Access.ADMINISTRATOR: _in_role(Role.OWNER, Role.ADMINISTRATOR),
    Access.OWNER: _in_role(Role.OWNER),
    Access.CONTACT: lambda actor: actor is not None and actor.is_contact,
    Access.STAFF: lambda actor: actor is not None and actor.staff_role is not None,
    Access.LEAD: lambda actor: actor is not None and actor.staff_role is StaffRole.LEAD,
}

_DECLARED = "portal_access"
F = TypeVar("F", bound=Callable[..., Any])


def declare(level: Access) -> Callable[[F], F]:
    """Declare who may call this event handler or route."""

    def mark(function: F) -> F:
        setattr(function, _DECLARED, level)
        return function

    return mark


def declared_access(function: Callable[..., Any]) -> Access | None:
    """The level a handler or route was declared with; None if nobody declared one."""
    return getattr(function, _DECLARED, None)
