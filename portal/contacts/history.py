"""The history of the call lists, as the customer sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned, scope
from portal.contacts.models import By, ContactChange, ContactEvent
from portal.customers.models import Site
from portal.database import columns

LONGEST_PAGE = 100


@dataclass(frozen=True)
class ContactHistoryRow:
    """One thing that happened to `contact`, on the list of the site named `site_name` if it was
    about one. `name` is whose doing it was, empty for somebody who has been erased since.
    """

    id: int
    at: datetime
    by: By
    name: str
    contact: str
    site_name: str
    event: ContactEvent
    details: dict[str, Any]


_HISTORY = (
    select(
        col(ContactChange.id),
        col(ContactChange.at),
        col(ContactChange.by),
        col(User.name).label("user_name"),
        col(ContactChange.name),
        col(Site.name).label("site_name"),
        col(ContactChange.event),
        col(ContactChange.details),
    )
    .outerjoin(User, col(User.id) == col(ContactChange.changed_by))
    .outerjoin(Site, col(Site.id) == col(ContactChange.site_id))
    .where(owned(ContactChange))
    .order_by(col(ContactChange.id).desc())
    .limit(bindparam("limit"))
)
_OLDER = _HISTORY.where(col(ContactChange.id) < bindparam("before"))


def contact_history(
    db: Session, actor: Actor, *, before: int | None = None, limit: int = 20
) -> list[ContactHistoryRow]:
    """The newest first; `before` is the id of the last row of the page before this one.

    Raises:
        NotAllowedError: the actor may not edit alarm contacts.
    """
    actor.require(Right.EDIT_CONTACTS)
    statement = _HISTORY if before is None else _OLDER
    values: dict[str, Any] = {**scope(actor), "limit": min(limit, LONGEST_PAGE)}
    if before is not None:
        values["before"] = before
    return [
        ContactHistoryRow(
            id=row.id,
            at=row.at,
            by=By(row.by),
            name=row.user_name or "",
            contact=row.name,
            site_name=row.site_name or "",
            event=ContactEvent(row.event),
            details=row.details,
        )
        for row in columns(db, statement, values)
    ]
