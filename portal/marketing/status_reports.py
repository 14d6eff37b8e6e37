"""Status reports: once a quarter, how a customer's call lists and contract stand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor, Role
from portal.contacts.lists import site_lines
from portal.customers.models import Customer, Member
from portal.customers.moves import today
from portal.marketing.audience import Allowed
from portal.marketing.mailing import Addressed, Mailing, addressed, post_mailings
from portal.marketing.models import Topic

KIND = "marketing/status-report"


def quarter_of(now: datetime) -> str:
    """The quarter that a report is about, such as `2026-Q4`."""
    day = today(now, "NO")
    return f"{day.year}-Q{(day.month + 2) // 3}"


def post_status_reports(db: Session, people: Sequence[Allowed], *, now: datetime) -> int:
    """Post this quarter's report to each of them; says how many were posted."""
    mailings = [
        Mailing(each, values)
        for each in addressed(db, people)
        if (values := _report(db, each, now)) is not None
    ]
    return post_mailings(db, Topic.STATUS_REPORTS, KIND, quarter_of(now), mailings, now=now)


def _report(db: Session, reader: Addressed, now: datetime) -> dict[str, Any] | None:
    """What the reader's own pages would show; nothing for whoever has just left the team."""
    who = reader.allowed
    role = _role(db, who.user_id, who.customer_id)
    if role is None:
        return None
    actor = Actor(who.user_id, reader.name, who.locale, who.customer_id, role)
    return {
        "sites": [
            {
                "site": line.name,
                "people": line.people,
                "reachable": line.reachable,
                "needed": line.needed,
            }
            for line in site_lines(db, actor, now=now)
        ],
        "contract_end": _contract_end(db, who.customer_id),
    }


def _role(db: Session, user_id: UUID, customer_id: UUID) -> Role | None:
    found = db.execute(
        select(col(Member.role)).where(
            col(Member.user_id) == user_id, col(Member.customer_id) == customer_id
        )
    ).scalar()
    return Role(found) if found else None


def _contract_end(db: Session, customer_id: UUID) -> date | None:
    return db.execute(
        select(col(Customer.contract_end)).where(col(Customer.id) == customer_id)
    ).scalar()
