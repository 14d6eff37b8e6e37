"""The overview: what needs you, in order of danger; then your sites, and what has changed."""

from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor, Right
from portal.contacts.lists import SiteLine as CallListLine
from portal.contacts.lists import site_lines
from portal.contacts.needs import contact_needs
from portal.contacts.station import StationState, station_state
from portal.customers.addresses import one_line
from portal.customers.overview import Need, NeedKind, Overview, in_order_of_danger
from portal.customers.overview import overview as customer_overview
from portal.customers.sites import SiteDetails
from portal.privacy.deletions import Waiting, waiting_deletions
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.buttons import button_link
from portal.web.components.empty import empty_state
from portal.web.components.layout import cluster, paragraph, stack
from portal.web.components.sections import attention, card, page_heading, section
from portal.web.components.skeletons import skeleton
from portal.web.components.thread import miniature, miniature_knot
from portal.web.contact_rows import reach
from portal.web.current_actor import current_actor
from portal.web.deletion_words import deletion_words
from portal.web.frame_state import FrameState
from portal.web.history_rows import HistoryEntry, company_entry, history_entries
from portal.web.locale import N_, _, current_locale, format_day, format_time
from portal.web.names import field_name
from portal.web.page import Page
from portal.web.pages.frame import signed_in_page
from portal.web.services import look


class NeedRow(TypedDict):
    """One thing that needs the reader. `address` is the page that mends it; empty for none."""

    title: str
    description: str
    action: str
    address: str


class SiteLine(TypedDict):
    lights: list[bool]
    reach: str
    name: str
    address: str
    move: str


# For each need: its title, what follows from it, the button, and the page that mends it.
_NEEDS: dict[NeedKind, tuple[str, str, str, str]] = {
    NeedKind.NO_SITE: (
        N_("No site is registered yet"),
        N_("When we have installed your alarm, its address appears here. Is it missing? Call us."),
        "",
        "",
    ),
    NeedKind.NOBODY_REACHABLE: (
        N_("Nobody can be reached at {site}"),
        N_("If the alarm sounds and we cannot reach you, there is nobody else to call."),
        N_("Add alarm contact"),
        "contacts",
    ),
    NeedKind.TOO_FEW_REACHABLE: (
        N_("Too few people can be reached at {site}"),
        N_("{count} can be reached today. Somebody more makes it safe."),
        N_("Add alarm contact"),
        "contacts",
    ),
    NeedKind.CONTACTS_NOT_TOLD: (
        N_("Confirm the call list of {site}"),
        N_("{count} of your alarm contacts have not heard from us. We invite them once you say."),
        N_("See the call list"),
        "contacts",
    ),
    NeedKind.MOVE_UNANSWERED: (
        N_("The move of {site} is not confirmed"),
        N_("The day has come, and guards are still sent to the old address. Call us now."),
        N_("See the move"),
        "company#sites",
    ),
    NeedKind.CONTRACT_ENDED: (
        N_("Your contract ended on {day}"),
        N_("Call us if you want to go on."),
        N_("See your agreement"),
        "company#agreement",
    ),
    NeedKind.NO_PHONE: (
        N_("We have no phone number for you"),
        N_("When the alarm goes off, you are the first whom we call."),
        N_("Add a phone number"),
        "company#phone",
    ),
    NeedKind.CONTRACT_ENDS: (
        N_("Your contract ends on {day}"),
        N_("Monitoring stops then, unless you extend it."),
        N_("See your agreement"),
        "company#agreement",
    ),
    NeedKind.OWNERSHIP_OFFERED: (
        N_("{person} asks you to be an owner"),
        N_("You would decide everything here. Say yes or no before {day}."),
        N_("Answer"),
        "team/ownership",
    ),
    NeedKind.CONFLICT: (
        N_("Our records say something else"),
        N_("It is about: {fields}. Look whether yours is right; we look at ours."),
        N_("See company details"),
        "company#identity",
    ),
    NeedKind.NO_EMAIL: (
        N_("We have no email for you"),
        N_("We write there when something about your agreement changes."),
        N_("Add an email"),
        "company#email",
    ),
    NeedKind.NO_INVOICE_EMAIL: (
        N_("Where should invoices go?"),
        N_("Tell us the email to which we should send them."),
        N_("Add an address"),
        "company#invoice_email",
    ),
    NeedKind.MOVE_REQUESTED: (
        N_("{site} moves on {day}"),
        N_("You have asked for it. We confirm it by email; until then the old address stands."),
        N_("See the move"),
        "company#sites",
    ),
}


OF_CALL_LISTS = frozenset(
    {NeedKind.NOBODY_REACHABLE, NeedKind.TOO_FEW_REACHABLE, NeedKind.CONTACTS_NOT_TOLD}
)
FOR_EVERYBODY = OF_CALL_LISTS | {NeedKind.OWNERSHIP_OFFERED}  # also for colleagues


class OverviewState(rx.State):
    """The overview."""

    loaded: rx.Field[bool] = rx.field(False)
    needs: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    sites: rx.Field[list[SiteLine]] = rx.field(default_factory=list)
    changes: rx.Field[list[HistoryEntry]] = rx.field(default_factory=list)
    sees_company: rx.Field[bool] = rx.field(False)
    station: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        actor = current_actor()
        found, lines, station, waiting = await look(
            _overview_and_lists, actor, now=datetime.now(UTC)
        )
        self.sees_company = actor.may(Right.SEE_COMPANY)
        needs = in_order_of_danger([*found.needs, *contact_needs(lines)])
        self.needs = [
            *[_deletion(each) for each in waiting],
            *[_need(need, may_mend=self.sees_company) for need in needs],
        ]
        lists = {line.site_id: line for line in lines}
        self.sites = [_site(site, lists[site.id]) for site in found.sites]
        self.changes = [company_entry(row) for row in found.changes]
        self.station = (
            _("The monitoring station last asked for changes on {time}.").format(
                time=format_time(station.fetched_at)
            )
            if station.fetched_at
            else _("The monitoring station has not fetched the call lists yet.")
        )
        self.loaded = True


def _need(need: Need, *, may_mend: bool) -> NeedRow:
    title, description, action, place = _NEEDS[need.kind]
    words = {
        "site": need.site_name,
        "day": format_day(need.day) if need.day else "",
        "person": need.person,
        "count": need.count,
        "fields": ", ".join(field_name(name) for name in need.fields),
    }
    leads = bool(place) and (may_mend or need.kind in FOR_EVERYBODY)
    if need.kind in OF_CALL_LISTS:
        place = f"{place}?site={need.site_id}"
    return {
        "title": _(title).format(**words),
        "description": _(description).format(**words),
        "action": _(action) if leads else "",
        "address": f"/{current_locale()}/{place}" if leads else "",
    }


def _deletion(waiting: Waiting) -> NeedRow:
    return {
        "title": deletion_words(waiting),
        "description": _("One click keeps everything as it is."),
        "action": _("See what waits"),
        "address": f"/{current_locale()}/data",
    }


def _overview_and_lists(
    db: Session, actor: Actor, *, now: datetime
) -> tuple[Overview, list[CallListLine], StationState, list[Waiting]]:
    lists = site_lines(db, actor, now=now)
    return (
        customer_overview(db, actor, now=now),
        lists,
        station_state(db),
        waiting_deletions(db, actor),
    )


def _site(site: SiteDetails, line: CallListLine) -> SiteLine:
    move = site.move
    return {
        "lights": list(line.lights),
        "reach": reach(line),
        "name": site.name,
        "address": one_line(site),
        "move": _("Moves on {day}").format(day=format_day(move.moves_on)) if move else "",
    }


def overview() -> rx.Component:
    state = OverviewState
    return signed_in_page(
        page_heading(title=_("Overview"), lead=_("What needs you, and what has changed.")),
        rx.cond(
            state.loaded,
            stack(
                rx.cond(state.needs.length() > 0, _needs(), _all_well()),
                _sites(),
                rx.cond(state.sees_company & (state.changes.length() > 0), _changes()),
                gap="large",
            ),
            skeleton(lines=6),
        ),
        current="overview",
    )


def _needs() -> rx.Component:
    return section(
        stack(rx.foreach(OverviewState.needs, _need_card)),
        title=_("This needs you"),
        id="needs",
    )


def _need_card(need: ObjectVar[NeedRow]) -> rx.Component:
    return attention(
        title=need["title"],
        description=need["description"],
        action=rx.cond(
            need["address"] != "",
            button_link(need["action"], href=need["address"], loads_document=False),
            rx.fragment(),
        ),
    )


def _all_well() -> rx.Component:
    return empty_state(
        title=_("All is well"),
        description=_("Nothing needs you today."),
        scene="calm",
    )


def _sites() -> rx.Component:
    return rx.cond(
        OverviewState.sites.length() > 0,
        section(
            stack(rx.foreach(OverviewState.sites, _site_card)),
            title=_("Your sites"),
            lead=OverviewState.station,
            id="sites",
        ),
    )


def _site_card(site: ObjectVar[SiteLine]) -> rx.Component:
    return card(
        paragraph(site["address"]),
        miniature(
            rx.foreach(site["lights"].to(list[bool]), lambda lit: miniature_knot(lit=lit)),
            words=site["reach"],
        ),
        rx.cond(site["move"] != "", cluster(badge(site["move"], tone="waiting"))),
        title=site["name"],
    )


def _changes() -> rx.Component:
    return section(
        history_entries(OverviewState.changes),
        button_link(
            _("All changes"),
            href=f"/{current_locale()}/company#history",
            kind="quiet",
            loads_document=False,
        ),
        title=_("Recent changes"),
        id="changes",
    )


PAGE = Page(
    "overview",
    N_("Overview"),
    Access.MEMBER,
    overview,
    load=[OverviewState.load, FrameState.load],
)
