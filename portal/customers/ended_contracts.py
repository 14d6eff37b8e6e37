"""Customers whose contract has ended while their account is open: for people to look at.

Nothing is erased because a day has passed: a contract is often prolonged in the back office before
its file says so, and guards and call lists hang on it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from portal.actor import Actor, StaffRole
from portal.customers.models import Customer
from portal.customers.moves import today
from portal.errors import NotAllowedError
from portal.settings import get_settings


@dataclass(frozen=True)
class EndedContract:
    number: str
    name: str
    ended_on: date


def ended_contracts(db: Session, actor: Actor, *, now: datetime, limit: int) -> list[EndedContract]:
    """Those that ended longest ago first, at most `limit`.

    Raises:
        NotAllowedError: the actor is no support lead.
    """
    if actor.staff_role is not StaffRole.LEAD:
        raise NotAllowedError
    rows = db.execute(
        select(col(Customer.number), col(Customer.name), col(Customer.contract_end))
        .where(_ended(now))
        .order_by(col(Customer.contract_end), col(Customer.number))
        .limit(limit)
    )
    return [EndedContract(*row) for row in rows]


def count_ended_contracts(db: Session, *, now: datetime) -> int:
    """How many there are."""
    return db.execute(select(func.count()).select_from(Customer).where(_ended(now))).scalar_one()


def _ended(now: datetime) -> ColumnElement[bool]:
    day = today(now, get_settings().company_country)
    return and_(col(Customer.contract_end) < day, col(Customer.closed_at).is_(None))
