"""Opt-outs, for support: a no to marketing that came by letter or telephone."""

from datetime import UTC, datetime

import reflex as rx

from portal.errors import PortalError
from portal.marketing.models import Channel, Topic
from portal.marketing.opt_outs import take_opt_out
from portal.marketing.wordings import topic_name
from portal.web.access import Access, declare
from portal.web.components.choices import Choice, choice_list
from portal.web.components.field import field
from portal.web.components.sections import page_heading, section
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, current_locale
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change

PATH = "support/opt-outs"
EVERYTHING = "everything"


class SupportOptOutsState(FormState, rx.State):
    """The page: one form, and what became of it."""

    @rx.event
    @declare(Access.STAFF)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        if not frame._is_being_restored():  # noqa: SLF001
            self._begin()
            self._fill("opt-out")

    @rx.event
    @declare(Access.STAFF)
    async def enter(self, fields: dict[str, str]) -> None:
        self._begin()
        chosen = fields.get("topics", "")
        topics = None if chosen == EVERYTHING else [each for each in Topic if each == chosen]
        try:
            channel = await change(
                take_opt_out,
                current_actor(),
                fields.get("address", ""),
                topics,
                locale=current_locale(),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self._refuse("opt-out", error)
            return
        self._fill("opt-out")
        self.notice = (
            _(
                "Done. No such mail leaves to that address any more. "
                "For SMS, enter their number, too."
            )
            if channel is Channel.EMAIL
            else _(
                "Done. No such SMS leaves to that number any more. "
                "For mail, enter their address, too."
            )
        )


def opt_outs_page() -> rx.Component:
    state = SupportOptOutsState
    return signed_in_page(
        page_heading(
            title=_("Opt-outs"),
            lead=_("Somebody has written or called: they want no marketing. Enter it here."),
        ),
        section(
            page_form(
                state,
                "opt-out",
                field(
                    name="address",
                    label=_("Email or phone"),
                    hint=_(
                        "A number with its country, such as +47. "
                        "Whether we know it makes no difference."
                    ),
                    message=state.messages.get("address", ""),
                ),
                choice_list(
                    name="topics",
                    legend=_("No longer send them"),
                    choices=(
                        Choice(EVERYTHING, _("Everything")),
                        *(Choice(topic.value, topic_name(topic)) for topic in Topic),
                    ),
                    message=state.messages.get("topics", ""),
                ),
                save=_("Enter opt-out"),
                on_submit=state.enter,
            ),
            status_line(state.notice),
            title=_("A no by letter or phone"),
            lead=_("It holds at once and for good. They find it in the record of their choices."),
            id="opt-out",
        ),
        current=PATH,
    )


PAGE = Page(
    PATH,
    N_("Opt-outs"),
    Access.STAFF,
    opt_outs_page,
    load=[SupportOptOutsState.load, FrameState.load],
)
