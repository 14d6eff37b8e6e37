"""What a customer's people see first: what needs them, in order of danger, and what is new."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.customers.company_details import CompanyDetails, company_details
from portal.customers.history import HistoryRow, company_history
from portal.customers.moves import today
from portal.customers.sites import SiteDetails, sites_of

CONTRACT_NOTICE = timedelta(days=60)
RECENT = 5


class NeedKind(IntEnum):
    """What needs somebody; the smaller, the more dangerous."""

    NO_SITE = 1  # nothing is protected
    MOVE_UNANSWERED = 2  # the day of the move has come, and guards still go to the old address
    CONTRACT_ENDED = 3
    NO_PHONE = 4  # nobody to call first when the alarm sounds
    CONTRACT_ENDS = 5
    CONFLICT = 6
    NO_EMAIL = 7
    NO_INVOICE_EMAIL = 8
    MOVE_REQUESTED = 9


@dataclass(frozen=True)
class Need:
    """One thing to see to. `fields`, `site` and `day` are filled where they apply."""

    kind: NeedKind
    fields: tuple[str, ...] = ()
    site_id: UUID | None = None
    site_name: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Overview:
    """`needs` has the most dangerous first. A colleague sees the sites only, and no changes."""

    needs: tuple[Need, ...]
    sites: tuple[SiteDetails, ...]
    changes: tuple[HistoryRow, ...]


def overview(db: Session, actor: Actor, *, now: datetime) -> Overview:
    """What the actor's customer needs now.

    Raises:
        NotAllowedError: the actor may not see the customer.
    """
    sites = sites_of(db, actor)
    needs = _of_sites(sites, now)
    changes: list[HistoryRow] = []
    if actor.may(Right.SEE_COMPANY):
        needs += _of_company(company_details(db, actor), now)
        changes = company_history(db, actor, limit=RECENT)
    needs.sort(key=lambda need: (need.kind, need.day or date.max, need.site_name))
    return Overview(tuple(needs), tuple(sites), tuple(changes))


def _of_sites(sites: list[SiteDetails], now: datetime) -> list[Need]:
    needs: list[Need] = [] if sites else [Need(NeedKind.NO_SITE)]
    for site in sites:
        if site.move is None or site.move.confirmed:
            continue
        late = site.move.moves_on <= today(now, site.country)
        kind = NeedKind.MOVE_UNANSWERED if late else NeedKind.MOVE_REQUESTED
        needs.append(Need(kind, (), site.id, site.name, site.move.moves_on))
    return needs


def _of_company(details: CompanyDetails, now: datetime) -> list[Need]:
    needs = [
        Need(kind, (field,))
        for kind, field in (
            (NeedKind.NO_PHONE, "phone"),
            (NeedKind.NO_EMAIL, "email"),
            (NeedKind.NO_INVOICE_EMAIL, "invoice_email"),
        )
        if not getattr(details, field)
    ]
    if details.conflicts:
        needs.append(Need(NeedKind.CONFLICT, details.conflicts))
    end, day = details.contract_end, today(now, details.country)
    if end is not None and end < day:
        needs.append(Need(NeedKind.CONTRACT_ENDED, day=end))
    elif end is not None and end - day <= CONTRACT_NOTICE:
        needs.append(Need(NeedKind.CONTRACT_ENDS, day=end))
    return needs
