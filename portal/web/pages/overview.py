"""The overview: what needs you, in order of danger; then your sites, and what has changed."""

from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from portal.actor import Right
from portal.customers.addresses import one_line
from portal.customers.overview import Need, NeedKind
from portal.customers.overview import overview as customer_overview
from portal.customers.sites import SiteDetails
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.buttons import button_link
from portal.web.components.empty import empty_state
from portal.web.components.layout import cluster, paragraph, stack
from portal.web.components.sections import attention, card, page_heading, section
from portal.web.components.skeletons import skeleton
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.history_rows import HistoryEntry, company_entry, history_entries
from portal.web.locale import N_, _, current_locale, format_day
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
    name: str
    address: str
    move: str


# For each need: its title, what follows from it, the button, and the place on the company page.
_NEEDS: dict[NeedKind, tuple[str, str, str, str]] = {
    NeedKind.NO_SITE: (
        N_("No site is registered yet"),
        N_("When we have installed your alarm, its address appears here. Is it missing? Call us."),
        "",
        "",
    ),
    NeedKind.MOVE_UNANSWERED: (
        N_("The move of {site} is not confirmed"),
        N_("The day has come, and guards are still sent to the old address. Call us now."),
        N_("See the move"),
        "sites",
    ),
    NeedKind.CONTRACT_ENDED: (
        N_("Your contract ended on {day}"),
        N_("Call us if you want to go on."),
        N_("See your agreement"),
        "agreement",
    ),
    NeedKind.NO_PHONE: (
        N_("We have no phone number for you"),
        N_("When the alarm goes off, you are the first whom we call."),
        N_("Add a phone number"),
        "phone",
    ),
    NeedKind.CONTRACT_ENDS: (
        N_("Your contract ends on {day}"),
        N_("Monitoring stops then, unless you extend it."),
        N_("See your agreement"),
        "agreement",
    ),
    NeedKind.CONFLICT: (
        N_("Our records say something else"),
        N_("It is about: {fields}. Look whether yours is right; we look at ours."),
        N_("See company details"),
        "identity",
    ),
    NeedKind.NO_EMAIL: (
        N_("We have no email for you"),
        N_("We write there when something about your agreement changes."),
        N_("Add an email"),
        "email",
    ),
    NeedKind.NO_INVOICE_EMAIL: (
        N_("Where should invoices go?"),
        N_("Tell us the email to which we should send them."),
        N_("Add an address"),
        "invoice_email",
    ),
    NeedKind.MOVE_REQUESTED: (
        N_("{site} moves on {day}"),
        N_("You have asked for it. We confirm it by email; until then the old address stands."),
        N_("See the move"),
        "sites",
    ),
}


class OverviewState(rx.State):
    """The overview."""

    loaded: rx.Field[bool] = rx.field(False)
    needs: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    sites: rx.Field[list[SiteLine]] = rx.field(default_factory=list)
    changes: rx.Field[list[HistoryEntry]] = rx.field(default_factory=list)
    sees_company: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        actor = current_actor()
        found = await look(customer_overview, actor, now=datetime.now(UTC))
        self.sees_company = actor.may(Right.SEE_COMPANY)
        self.needs = [_need(need, may_mend=self.sees_company) for need in found.needs]
        self.sites = [_site(site) for site in found.sites]
        self.changes = [company_entry(row) for row in found.changes]
        self.loaded = True


def _need(need: Need, *, may_mend: bool) -> NeedRow:
    title, description, action, place = _NEEDS[need.kind]
    words = {
        "site": need.site_name,
        "day": format_day(need.day) if need.day else "",
        "fields": ", ".join(field_name(name) for name in need.fields),
    }
    leads = may_mend and bool(place)
    return {
        "title": _(title).format(**words),
        "description": _(description).format(**words),
        "action": _(action) if leads else "",
        "address": f"/{current_locale()}/company#{place}" if leads else "",
    }


def _site(site: SiteDetails) -> SiteLine:
    move = site.move
    return {
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
            id="sites",
        ),
    )


def _site_card(site: ObjectVar[SiteLine]) -> rx.Component:
    return card(
        paragraph(site["address"]),
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
