"""The offer of ownership, as the member sees it who is asked: yes or no."""

from datetime import UTC, datetime

import reflex as rx

from portal.customers.ownership import Offer, answer_offer, open_offer
from portal.errors import PortalError, RecentSignInRequiredError
from portal.web.access import Access, declare
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.empty import empty_state
from portal.web.components.layout import paragraph, stack
from portal.web.components.sections import page_heading
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, current_locale, format_time
from portal.web.messages import explain
from portal.web.page import Page
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look

PATH = "team/ownership"


class OwnershipState(rx.State):
    """An offer that waits for the reader's answer; `asks` is empty without one."""

    loaded: rx.Field[bool] = rx.field(False)
    asks: rx.Field[str] = rx.field("")
    steps_down: rx.Field[str] = rx.field("")
    until: rx.Field[str] = rx.field("")
    notice: rx.Field[str] = rx.field("")
    overtaken: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        self.notice = self.overtaken = ""
        await self._reload()
        self.loaded = True

    @rx.event
    @declare(Access.MEMBER)
    async def accept(self) -> None:
        """Yes needs a recent sign-in; then the new owner is led to the team."""
        frame = await self.get_state(FrameState)
        locale = current_locale()
        try:
            await change(answer_offer, current_actor(), yes=True, now=datetime.now(UTC))
        except RecentSignInRequiredError:
            frame.leave_to = f"/{locale}/confirm-identity?next=/{locale}/{PATH}"
        except PortalError as error:
            await self._say_overtaken(error)
        else:
            frame.leave_to = f"/{locale}/team"

    @rx.event
    @declare(Access.MEMBER)
    async def decline(self) -> None:
        try:
            await change(answer_offer, current_actor(), yes=False, now=datetime.now(UTC))
        except PortalError as error:
            await self._say_overtaken(error)
            return
        await self._reload()
        self.notice = _("You have said no, and nothing has changed. We tell whoever asked you.")

    async def _say_overtaken(self, error: PortalError) -> None:
        await self._reload()
        self.overtaken = explain(error)

    async def _reload(self) -> None:
        offer = await look(open_offer, current_actor(), now=datetime.now(UTC))
        self._show(offer if offer and offer.to_you else None)

    def _show(self, offer: Offer | None) -> None:
        self.asks = self.steps_down = self.until = ""
        if offer is None:
            return
        words = {"name": offer.offered_by, "customer": offer.customer}
        self.asks = _("{name} asks you to be an owner of {customer}.").format(**words)
        self.until = _("You can answer until {time}.").format(time=format_time(offer.expires_at))
        if offer.steps_down:
            self.steps_down = _("With your yes, {name} steps down.").format(**words)


def ownership() -> rx.Component:
    state = OwnershipState
    return signed_in_page(
        page_heading(title=_("Ownership")),
        revealed(
            rx.cond(state.overtaken != "", banner(title=state.overtaken, kind="warning")),
            status_line(state.notice),
            rx.cond(state.asks != "", _question(), _nothing()),
            when=state.loaded,
            skeleton=skeleton(lines=4),
        ),
        current="team",
    )


def _question() -> rx.Component:
    state = OwnershipState
    return stack(
        paragraph(state.asks, " ", state.steps_down),
        paragraph(
            _(
                "An owner decides everything here: who is in the team and in which role, who else "
                "is an owner, and what is true of the company, its sites and its call lists."
            )
        ),
        paragraph(
            _("You can say yes or no. If you say no, nothing changes."),
            " ",
            state.until,
            quiet=True,
        ),
        button_row(
            button(_("Become owner"), on_click=state.accept),
            button(_("No, thank you"), kind="quiet", on_click=state.decline),
            equal=True,
        ),
    )


def _nothing() -> rx.Component:
    return empty_state(
        title=_("Nobody waits for your answer"),
        description=_("Ownership is offered by an owner, to a member of the team."),
        action=button_link(
            _("Go to the overview"),
            href=f"/{current_locale()}/overview",
            kind="quiet",
            loads_document=False,
        ),
        scene="letter",
    )


PAGE = Page(
    PATH,
    N_("Ownership"),
    Access.MEMBER,
    ownership,
    load=[OwnershipState.load, FrameState.load],
)
