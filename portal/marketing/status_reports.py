"""Status reports: once a quarter, how a customer's call lists and contract stand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.contacts.lists import site_lines
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
    mailings = [Mailing(each, _report(db, each, now)) for each in addressed(db, people)]
    return post_mailings(db, Topic.STATUS_REPORTS, KIND, quarter_of(now), mailings, now=now)


def _report(db: Session, reader: Addressed, now: datetime) -> dict[str, Any]:
    """What the reader's own pages show: colleagues learn nothing of the contract there."""
    who = reader.allowed
    actor = Actor(who.user_id, reader.name, who.locale, who.customer_id, reader.role)
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
        "contract_end": reader.contract_end if actor.may(Right.SEE_COMPANY) else None,
    }
