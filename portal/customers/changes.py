"""Writing the history: one row for each field that changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from portal.actor import Actor
from portal.customers.models import ChangeSource, CompanyChange


@dataclass(frozen=True)
class FieldChange:
    """What a field was and what it became, as the history shows it."""

    field: str
    old: str
    new: str


def write_changes(
    db: Session,
    actor: Actor,
    changes: Iterable[FieldChange],
    *,
    customer_id: UUID,
    version: int,
    now: datetime,
    site_id: UUID | None = None,
) -> None:
    """Put the changes into the history.

    What SensorNordic does, by itself or by its staff, is the back office's; the history names
    no staff.
    """
    customer_made = actor.user_id is not None and actor.staff_role is None
    source = ChangeSource.PORTAL if customer_made else ChangeSource.BACK_OFFICE
    rows = [
        {
            "customer_id": customer_id,
            "site_id": site_id,
            "at": now,
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "version": version,
            "source": source.value,
            "changed_by": actor.user_id if customer_made else None,
        }
        for change in changes
    ]
    if rows:
        db.execute(insert(CompanyChange), rows)
