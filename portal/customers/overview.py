"""What a customer's people see first: what needs them, in order of danger, and what is new."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.customers.company_details import CompanyDetails, company_details
from portal.customers.history import HistoryRow, company_history
from portal.customers.moves import today
from portal.customers.ownership import open_offer
from portal.customers.sites import SiteDetails, sites_of

CONTRACT_NOTICE = timedelta(days=60)
RECENT = 5


class NeedKind(IntEnum):
    """What needs somebody; the smaller, the more dangerous."""

    NO_SITE = 1  # nothing is protected
    NOBODY_REACHABLE = 2  # nobody answers for a site
    MOVE_UNANSWERED = 3  # the day of the move has come, and guards still go to the old address
    CONTRACT_ENDED = 4
    NO_PHONE = 5  # nobody to call first when the alarm sounds
    TOO_FEW_REACHABLE = 6
    CONTRACT_ENDS = 7
    OWNERSHIP_OFFERED = 8  # somebody waits for the reader's own answer
    CONTACTS_NOT_TOLD = 9  # people who are called, and have not heard why
    CONFLICT = 10
    NO_EMAIL = 11
    NO_INVOICE_EMAIL = 12
    MOVE_REQUESTED = 13


@dataclass(frozen=True)
class Need:
    """One thing to see to. `fields`, `site`, `day`, `person` and `count` are filled where they
    apply.
    """

    kind: NeedKind
    fields: tuple[str, ...] = ()
    site_id: UUID | None = None
    site_name: str = ""
    day: date | None = None
    person: str = ""
    count: int = 0


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
    needs = _of_sites(sites, now) + _of_reader(db, actor, now)
    changes: list[HistoryRow] = []
    if actor.may(Right.SEE_COMPANY):
        needs += _of_company(company_details(db, actor), now)
        changes = company_history(db, actor, limit=RECENT)
    needs = in_order_of_danger(needs)
    return Overview(tuple(needs), tuple(sites), tuple(changes))


def in_order_of_danger(needs: Iterable[Need]) -> list[Need]:
    """The most dangerous first; of the same kind, the nearest day and then by name."""
    return sorted(needs, key=lambda need: (need.kind, need.day or date.max, need.site_name))


def _of_sites(sites: list[SiteDetails], now: datetime) -> list[Need]:
    needs: list[Need] = [] if sites else [Need(NeedKind.NO_SITE)]
    for site in sites:
        if site.move is None or site.move.confirmed:
            continue
        late = site.move.moves_on <= today(now, site.country)
        kind = NeedKind.MOVE_UNANSWERED if late else NeedKind.MOVE_REQUESTED
        needs.append(Need(kind, (), site.id, site.name, site.move.moves_on))
    return needs


def _of_reader(db: Session, actor: Actor, now: datetime) -> list[Need]:
    offer = open_offer(db, actor, now=now)
    if offer is None or not offer.to_you:
        return []
    day = today(offer.expires_at, offer.country)
    return [Need(NeedKind.OWNERSHIP_OFFERED, day=day, person=offer.offered_by)]


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
