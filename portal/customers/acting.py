"""Who acts for which customer: the look-up behind every event, and the menu *Acting for*."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, case, column, exists, select, table, update
from sqlmodel import Session, col

from portal.accounts import sessions
from portal.accounts.models import SignInSession, User
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.models import Customer, Member
from portal.database import columns
from portal.errors import NotAllowedError, NotFoundError


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody signed in, with the customer they act for now.

    `touch_is_due`: it is time to call `sessions.touch` in a transaction of its own.
    """

    actor: Actor
    customer_name: str
    touch_is_due: bool


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """One line of the menu *Acting for*."""

    customer_id: UUID
    name: str
    role: Role
    current: bool


# Alarm contacts are a floor above, and this look-up must be one statement: a table by its name.
_CONTACTS = table("alarm_contacts", column("user_id", Uuid()))
_IS_CONTACT = exists().where(_CONTACTS.c.user_id == col(SignInSession.user_id))

# The chosen customer if the user still is a member there, else the one with the first number: a
# name can change, and nobody should act for somebody else because of that. One statement:
# a membership that ends bites at the next event, and nothing has to be kept in step.
_ACTING: Select[*tuple[Any, ...]] = (
    sessions.SIGNED_IN.outerjoin(Member, col(Member.user_id) == col(SignInSession.user_id))
    .outerjoin(Customer, col(Customer.id) == col(Member.customer_id))
    .add_columns(
        col(Member.customer_id), col(Member.role), col(Customer.name), _IS_CONTACT.label("contact")
    )
    .order_by(
        case((col(Member.customer_id) == col(SignInSession.customer_id), 0), else_=1),
        col(Customer.number),
    )
    .limit(1)
)

_CUSTOMERS = (
    select(col(Customer.id), col(Customer.name), col(Member.role))
    .join(Member, col(Member.customer_id) == col(Customer.id))
    .where(col(Member.user_id) == bindparam("user", type_=Uuid()))
    .order_by(col(Customer.name), col(Customer.id))
)


def acting(db: Session, token: str, *, now: datetime) -> Acting | None:
    """Who holds this token and for whom they act; None when the session is over.

    Support staff act for no customer.
    """
    row = sessions.look_up(db, _ACTING, token, now=now)
    if row is None:
        return None
    *of_session, customer_id, role, customer_name, is_contact = row
    found = sessions.signed_in(of_session, now=now)
    if found is None:
        return None
    if found.staff_role or role is None:
        customer_id = role = customer_name = None
    actor = Actor(
        user_id=found.user_id,
        name=found.name,
        locale=found.locale,
        customer_id=customer_id,
        role=Role(role) if role else None,
        staff_role=found.staff_role,
        is_contact=is_contact and not found.staff_role,
        session_id=found.session_id,
        authenticated_at=found.authenticated_at,
    )
    return Acting(actor, customer_name or "", found.seen_long_ago(now))


def actor_for(db: Session, token: str, *, now: datetime) -> Actor | None:
    """Who holds this token; None when the session is over."""
    found = acting(db, token, now=now)
    return found.actor if found else None


def customers_of(db: Session, actor: Actor) -> list[CustomerChoice]:
    """The customers for which the actor may act, by name."""
    rows = columns(db, _CUSTOMERS, {"user": actor.user})
    return [
        CustomerChoice(row.id, row.name, Role(row.role), current=row.id == actor.customer_id)
        for row in rows
    ]


def choose_customer(db: Session, actor: Actor, customer_id: UUID, *, now: datetime) -> None:
    """Act for this customer from now on, in this browser.

    Raises:
        NotFoundError: there is no such customer, or the actor is no member there.
        NotAllowedError: the actor acts without a session, or is support staff.
    """
    if actor.session_id is None or actor.staff_role is not None:
        raise NotAllowedError
    if customer_id not in {choice.customer_id for choice in customers_of(db, actor)}:
        raise NotFoundError
    db.execute(
        update(SignInSession)
        .where(col(SignInSession.id) == actor.session_id)
        .values(customer_id=customer_id)
    )
    trail.record(
        db, AuditEvent.CUSTOMER_CHOSEN, actor, now=now, subject=actor.user, customer=customer_id
    )


def known_about(db: Session, user_id: UUID) -> list[str]:
    """What others know of a person, of which no good password is made: see `passwords.choose`."""
    user = db.get(User, user_id)
    if user is None:
        return []
    names = (
        select(col(Customer.name))
        .join(Member, col(Member.customer_id) == col(Customer.id))
        .where(col(Member.user_id) == user_id)
    )
    return [user.name, user.email, *db.execute(names).scalars()]
