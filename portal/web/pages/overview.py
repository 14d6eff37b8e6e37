"""The overview: what needs you, in order of danger; then what happened."""

import reflex as rx

from portal.customers.history import company_history
from portal.actor import Right
from portal.web.access import Access, declare
from portal.web.components.sections import page_heading
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.history_rows import HistoryEntry, company_entry, history_section
from portal.web.locale import N_, _
from portal.web.page import Page
from portal.web.pages.frame import signed_in_page
from portal.web.services import look


class OverviewState(rx.State):
    """The overview."""

    history: list[HistoryEntry] = []

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        if current_actor().may(Right.SEE_COMPANY):
            self.history = [company_entry(r) for r in await look(company_history, current_actor(), limit=5)]


def overview() -> rx.Component:
    return signed_in_page(
        page_heading(title=_("Overview")),
        current="overview",
    )


PAGE = Page("overview", N_("Overview"), Access.MEMBER, overview, load=[FrameState.load, OverviewState.load])
