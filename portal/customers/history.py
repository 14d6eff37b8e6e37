"""The history of a customer: who changed what, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned, scope
from portal.customers.models import ChangeSource, CompanyChange, Member, Site
from portal.database import columns

LONGEST_PAGE = 100
DATES = frozenset({"contract_start", "contract_end", "customer_since"})
MOVES = frozenset({"moving_request", "move_confirmed"})  # an address and the day of the move


class ChangedBy(StrEnum):
    """In what capacity somebody made a change.

    A former member keeps their name here for as long as they have an account; `name` is empty
    for one who has been erased, and for the back office.
    """

    MEMBER = "member"
    FORMER_MEMBER = "former member"
    BACK_OFFICE = "back office"


@dataclass(frozen=True)
class HistoryRow:
    """One field that changed: of the site named `site_name`, or of the customer if it is empty."""

    id: int
    at: datetime
    by: ChangedBy
    name: str
    field: str
    old: str
    new: str
    site_name: str


_HISTORY = (
    select(
        col(CompanyChange.id),
        col(CompanyChange.at),
        col(CompanyChange.source),
        col(CompanyChange.field),
        col(CompanyChange.old),
        col(CompanyChange.new),
        col(User.name).label("user_name"),
        col(Member.id).label("member_id"),
        col(Site.name).label("site_name"),
    )
    .outerjoin(User, col(User.id) == col(CompanyChange.changed_by))
    .outerjoin(
        Member,
        and_(
            col(Member.user_id) == col(CompanyChange.changed_by),
            col(Member.customer_id) == col(CompanyChange.customer_id),
        ),
    )
    .outerjoin(Site, col(Site.id) == col(CompanyChange.site_id))
    .where(owned(CompanyChange))
    .order_by(col(CompanyChange.id).desc())
    .limit(bindparam("limit"))
)
_OLDER_HISTORY = _HISTORY.where(col(CompanyChange.id) < bindparam("before"))


def company_history(
    db: Session, actor: Actor, *, before: int | None = None, limit: int = 20
) -> list[HistoryRow]:
    """The newest changes first; `before` is the id of the last row of the page before this one.

    Raises:
        NotAllowedError: the actor may not see company details.
    """
    actor.require(Right.SEE_COMPANY)
    statement = _HISTORY if before is None else _OLDER_HISTORY
    values = {**scope(actor), "limit": min(limit, LONGEST_PAGE)}
    if before is not None:
        values["before"] = before
    return [
        HistoryRow(
            id=row.id,
            at=row.at,
            by=_by(row.source, member=row.member_id is not None),
            name=row.user_name or "",
            field=row.field,
            old=row.old,
            new=row.new,
            site_name=row.site_name or "",
        )
        for row in columns(db, statement, values)
    ]


def _by(source: str, *, member: bool) -> ChangedBy:
    if source == ChangeSource.BACK_OFFICE:
        return ChangedBy.BACK_OFFICE
    return ChangedBy.MEMBER if member else ChangedBy.FORMER_MEMBER
