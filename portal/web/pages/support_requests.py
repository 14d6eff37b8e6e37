"""Data requests, for support leads: what is due, and answering it in time."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.customers.leaving import Ownerless, ownerless_customers
from portal.errors import NotFoundError, PortalError
from portal.privacy.request_answers import (
    LONGEST_ANSWER,
    LONGEST_REASON,
    ClosedMeanwhileError,
    ListedRequest,
    answer_request,
    answered_requests,
    close_unconfirmed,
    confirm_by_call_back,
    due_requests,
    extend_request,
    read_request,
)
from portal.privacy.restriction import end_restriction, restrict
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_row
from portal.web.components.choices import Choice, choice_list
from portal.web.components.empty import empty_state
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import text_area
from portal.web.components.layout import cluster, number, paragraph, prose, stack
from portal.web.components.sections import card, page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import N_, _, format_day
from portal.web.messages import explain
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.request_rows import CaseRow, ListedRow, case_row, listed_row, no_case
from portal.web.services import change, look

PATH = "support/requests"
_FORMS = ("extend", "answer", "ending", "restriction")


class SupportRequestsState(FormState, rx.State):
    """The page. `opened` is the request that is read; without one the lists are shown."""

    loaded: rx.Field[bool] = rx.field(False)
    waiting: rx.Field[list[ListedRow]] = rx.field(default_factory=list)
    answered: rx.Field[list[ListedRow]] = rx.field(default_factory=list)
    ownerless: rx.Field[list[str]] = rx.field(default_factory=list)
    opened: rx.Field[CaseRow] = rx.field(default_factory=no_case)

    @rx.event
    @declare(Access.LEAD)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._begin()
            self.opened = no_case()
        await self._list()
        self.loaded = True

    @rx.event
    @declare(Access.LEAD)
    async def open_case(self, request: str) -> None:
        self._begin()
        try:
            await self._show(identifier(request))
        except PortalError as error:
            self.notice = explain(error)
            await self._list()
            return
        self._fill(*_FORMS)

    @rx.event
    @declare(Access.LEAD)
    async def close_case(self) -> None:
        self._begin()
        self.opened = no_case()
        await self._list()

    @rx.event
    @declare(Access.LEAD)
    async def called_back(self) -> None:
        if await self._do("answer", confirm_by_call_back) is not None:
            self.notice = _("Noted. The request is theirs.")

    @rx.event
    @declare(Access.LEAD)
    async def nobody_found(self, fields: dict[str, str]) -> None:
        if await self._do("ending", close_unconfirmed, fields.get("ending", "")) is not None:
            self.notice = _("Closed. Nobody is told.")

    @rx.event
    @declare(Access.LEAD)
    async def extend(self, fields: dict[str, str]) -> None:
        given = fields.get("months", ""), fields.get("reason", "")
        mailed = await self._do("extend", extend_request, *given)
        if mailed is not None:
            self.notice = _told(mailed=mailed)

    @rx.event
    @declare(Access.LEAD)
    async def answer(self, fields: dict[str, str]) -> None:
        mailed = await self._do("answer", answer_request, fields.get("answer", ""))
        if mailed is not None:
            self.notice = _told(mailed=mailed)

    @rx.event
    @declare(Access.LEAD)
    async def restrict(self) -> None:
        if await self._do("restriction", restrict) is not None:
            self.notice = _("Restricted. Nothing is written to them that can wait.")

    @rx.event
    @declare(Access.LEAD)
    async def end_restriction(self, fields: dict[str, str]) -> None:
        last = await self._do("restriction", end_restriction, fields.get("ends", ""))
        if last is not None:
            self.notice = _("The person is told. The restriction holds up to {day}.").format(
                day=format_day(last)
            )

    async def _do(self, form: str, service: Any, *given: str) -> Any:
        """What the service answers about the opened request, shown anew; None if it refused."""
        self._begin()
        try:
            request = identifier(self.opened["id"])
            done = await change(service, current_actor(), request, *given, now=datetime.now(UTC))
        except NotFoundError as error:
            self.notice = explain(error)
            self.opened = no_case()
            await self._list()
            return None
        except ClosedMeanwhileError as error:
            self.notice = explain(error)
            await self._show(identifier(self.opened["id"]))
            return None
        except PortalError as error:
            self._refuse(form, error)
            return None
        await self._show(request)
        self._fill(form)
        return True if done is None else done

    async def _show(self, request: UUID) -> None:
        found = await change(read_request, current_actor(), request, now=datetime.now(UTC))
        self.opened = case_row(found)

    async def _list(self) -> None:
        waiting, answered, ownerless = await look(_lists, current_actor(), now=datetime.now(UTC))
        self.waiting = [listed_row(each) for each in waiting]
        self.answered = [listed_row(each) for each in answered]
        self.ownerless = [_in_short(each) for each in ownerless]


def _lists(
    db: Session, actor: Actor, *, now: datetime
) -> tuple[list[ListedRequest], list[ListedRequest], list[Ownerless]]:
    return (
        due_requests(db, actor, now=now),
        answered_requests(db, actor, now=now),
        ownerless_customers(db, actor),
    )


def _in_short(customer: Ownerless) -> str:
    words = f"{customer.number} · {customer.name}"
    return f"{words} · {_('account closed')}" if customer.closed else words


def _told(*, mailed: bool) -> str:
    if mailed:
        return _("Done. The person is told by mail.")
    return _("Done. The person has no email with us: tell them by phone or letter.")


def requests_page() -> rx.Component:
    state = SupportRequestsState
    return signed_in_page(
        page_heading(
            title=_("Data requests"),
            lead=_("Who uses a right, and by when they must have an answer."),
        ),
        revealed(
            status_line(state.notice),
            rx.cond(
                state.opened["id"] == "",
                stack(_waiting(), _ownerless(), _answered(), gap="large"),
                _case(),
            ),
            when=state.loaded,
            skeleton=skeleton(lines=10),
        ),
        current=PATH,
    )


def _waiting() -> rx.Component:
    state = SupportRequestsState
    return section(
        rx.cond(
            state.waiting.length() > 0,
            stack(rx.foreach(state.waiting, _listed)),
            empty_state(
                title=_("No request waits"),
                description=_("What comes in stands here, the most urgent first."),
                scene="calm",
            ),
        ),
        title=_("Waiting for an answer"),
        id="waiting",
    )


def _ownerless() -> rx.Component:
    state = SupportRequestsState
    return rx.cond(
        state.ownerless.length() > 0,
        section(
            prose(rx.el.ul(rx.foreach(state.ownerless, lambda words: rx.el.li(words)))),
            title=_("Customers without an owner"),
            lead=_(
                "Their owner had the account deleted, or closed the customer's. The alarms go on, "
                "and nobody looks after the call lists."
            ),
            id="ownerless",
        ),
    )


def _answered() -> rx.Component:
    state = SupportRequestsState
    return rx.cond(
        state.answered.length() > 0,
        section(
            stack(rx.foreach(state.answered, _listed)),
            title=_("Answered or closed lately"),
            id="answered",
        ),
    )


def _listed(row: ObjectVar[ListedRow]) -> rx.Component:
    return card(
        paragraph(row["who"]),
        paragraph(
            sentence(_("Received {day}"), day=row["received"]),
            quiet=True,
        ),
        cluster(
            button(
                _("Open"),
                kind="quiet",
                detail=sentence("{title}, {who}", title=row["title"], who=row["who"]),
                on_click=SupportRequestsState.open_case(row["id"].to(str)),
            ),
            rx.cond(row["to_call_back"], badge(_("Call back first"), tone="needs-you")),
        ),
        title=row["title"],
        action=badge(row["due"], tone=row["tone"].to(str)),
    )


def _case() -> rx.Component:
    state = SupportRequestsState
    case = state.opened
    return stack(
        button_row(button(_("All requests"), kind="quiet", on_click=state.close_case)),
        section(
            stack(
                rx.cond(case["to_call_back"], _call_back()),
                _facts(),
                _texts(case["words"], _("What they wrote")),
                _texts(case["extension"], _("Why it takes longer")),
                rx.cond(
                    case["closed"],
                    _texts(case["answer"], _("What was tried")),
                    _texts(case["answer"], _("The answer")),
                ),
            ),
            title=case["title"],
            action=badge(case["status"], tone=case["tone"].to(str)),
            id="case",
        ),
        rx.cond(case["restriction"] != "", _restriction()),
        rx.cond(
            case["to_call_back"],
            _ending(),
            rx.fragment(
                rx.cond(case["answered"] == "", _answer()),
                rx.cond(case["extendable"], _extend()),
            ),
        ),
        gap="large",
    )


def _call_back() -> rx.Component:
    state = SupportRequestsState
    return banner(
        _("Call the number below and let the person say what they asked for. Tell nothing before."),
        title=_("It is not sure yet whose request this is"),
        kind="warning",
        action=button(_("It is theirs"), kind="quiet", on_click=state.called_back),
    )


def _facts() -> rx.Component:
    case = SupportRequestsState.opened
    return fact_list(
        fact(term=_("Name"), value=case["who"]),
        rx.cond(case["customer"] != "", fact(term=_("Customer"), value=case["customer"])),
        rx.cond(case["email"] != "", fact(term=_("Email"), value=case["email"])),
        rx.cond(case["phone"] != "", fact(term=_("Phone"), value=number(case["phone"]))),
        fact(term=_("Received"), value=case["received"]),
        fact(term=_("Answer by"), value=case["due"]),
        fact(term=_("Confirmed"), value=case["verified"]),
        rx.cond(
            case["answered"] != "",
            rx.cond(
                case["closed"],
                fact(term=_("Closed"), value=case["answered"]),
                fact(term=_("Answered"), value=case["answered"]),
            ),
        ),
    )


def _texts(lines: rx.Var[Any], title: str) -> rx.Component:
    listed = lines.to(list[str])
    return rx.cond(
        listed.length() > 0,
        card(stack(rx.foreach(listed, lambda line: paragraph(line)), gap="small"), title=title),
    )


def _answer() -> rx.Component:
    state = SupportRequestsState
    return section(
        page_form(
            state,
            "answer",
            text_area(
                name="answer",
                label=_("Your answer"),
                hint=_(
                    "It is kept, and mailed. A mail can be read on its way: put no copy of their "
                    "data into it."
                ),
                rows=8,
                max_length=LONGEST_ANSWER,
                message=state.messages.get("answer", ""),
            ),
            save=_("Send answer"),
            on_submit=state.answer,
        ),
        title=_("Answer"),
        lead=_("Say what you have done, or why not. It cannot be taken back."),
        id="answer-section",
    )


def _ending() -> rx.Component:
    state = SupportRequestsState
    return section(
        page_form(
            state,
            "ending",
            text_area(
                name="ending",
                label=_("What you tried, and what came of it"),
                hint=_("It is kept with the request for three years. Nobody is told."),
                max_length=LONGEST_REASON,
                message=state.messages.get("ending", ""),
            ),
            save=_("Close the request"),
            on_submit=state.nobody_found,
        ),
        title=_("Not reached, or not theirs"),
        lead=_("Try on several days before you close it. Whoever asks again is heard again."),
        id="ending-section",
    )


def _extend() -> rx.Component:
    state = SupportRequestsState
    return section(
        page_form(
            state,
            "extend",
            choice_list(
                name="months",
                legend=_("How much longer?"),
                choices=(Choice("1", _("One month more")), Choice("2", _("Two months more"))),
                message=state.messages.get("months", ""),
            ),
            text_area(
                name="reason",
                label=_("Why it takes longer"),
                hint=_("The person is told, in these words."),
                max_length=LONGEST_REASON,
                message=state.messages.get("reason", ""),
            ),
            save=_("Put the answer off"),
            on_submit=state.extend,
        ),
        title=_("More time"),
        lead=_("Once, and only where the request is complex or there are many of them."),
        id="more-time",
    )


def _restriction() -> rx.Component:
    state = SupportRequestsState
    case = state.opened
    return section(
        rx.match(
            case["restriction"].to(str),
            (
                "no",
                stack(
                    paragraph(
                        _("A restriction stops marketing, surveys and status reports to them.")
                    ),
                    button_row(
                        button(_("Restrict the use"), kind="quiet", on_click=state.restrict)
                    ),
                ),
            ),
            (
                "yes",
                page_form(
                    state,
                    "restriction",
                    text_area(
                        name="ends",
                        label=_("Why the restriction ends"),
                        hint=_("The person is told now, and it ends in seven days."),
                        max_length=LONGEST_REASON,
                        message=state.messages.get("ends", ""),
                    ),
                    save=_("End the restriction"),
                    on_submit=state.end_restriction,
                ),
            ),
            stack(
                paragraph(
                    sentence(
                        _("Their data are restricted up to {day}."), day=case["restricted_until"]
                    )
                ),
                button_row(button(_("Restrict the use"), kind="quiet", on_click=state.restrict)),
            ),
        ),
        title=_("Use of their data"),
        lead=rx.cond(
            case["restriction"] == "no",
            _("Their data are used as usual."),
            _("Restricted: no marketing, survey or status report. Alarms go on."),
        ),
        id="use",
    )


PAGE = Page(
    PATH,
    N_("Data requests"),
    Access.LEAD,
    requests_page,
    load=[SupportRequestsState.load, FrameState.load],
)
