"""Data requests: objecting, asking for what the portal cannot do by itself, what became of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.errors import PortalError
from portal.privacy.models import RequestKind
from portal.privacy.request_kinds import NEEDS_WORDS, OBJECT_TO_SURVEYS
from portal.privacy.requests import (
    LONGEST_WORDS,
    OwnRequest,
    OwnStanding,
    object_to_surveys,
    open_request,
    own_requests,
    own_standing,
    parse_kind,
)
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.choices import choice_list
from portal.web.components.disclosures import disclosure
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import text_area
from portal.web.components.layout import paragraph, stack
from portal.web.components.links import page_link
from portal.web.components.sections import card, page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, current_locale, format_day
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.request_rows import OwnRequestRow, own_row
from portal.web.request_words import WORDS, choice_of
from portal.web.services import change, look

PATH = "data/requests"
_OBJECTIONS = {RequestKind.OBJECT_PRICES, RequestKind.OBJECT_OTHER}
_ASKED_OF_MEMBERS = tuple(kind for kind in WORDS if kind not in _OBJECTIONS)
_ASKED_OF_CONTACTS = tuple(
    kind for kind in _ASKED_OF_MEMBERS if kind is not RequestKind.PORTABILITY
)


class DataRequestsState(FormState, rx.State):
    """The page. `chosen` is the right whose form is open; empty while there is a choice.

    `sees_category`: the reader may see what the customer's prices rest on.
    """

    loaded: rx.Field[bool] = rx.field(False)
    member: rx.Field[bool] = rx.field(False)
    chosen: rx.Field[str] = rx.field("")
    requests: rx.Field[list[OwnRequestRow]] = rx.field(default_factory=list)
    restricted: rx.Field[bool] = rx.field(False)
    restricted_until: rx.Field[str] = rx.field("")
    sees_category: rx.Field[bool] = rx.field(False)
    products: rx.Field[str] = rx.field("")
    contract: rx.Field[str] = rx.field("")
    customer_since: rx.Field[str] = rx.field("")
    surveys_stopped: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.NOT_STAFF)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._start()
            self.chosen = ""
            self._fill("kind", "request")
        await self._reload()
        self.loaded = True

    @rx.event
    @declare(Access.NOT_STAFF)
    async def choose(self, fields: dict[str, str]) -> None:
        """The first question is answered: what the reader wants."""
        self._start()
        try:
            self.chosen = parse_kind(fields.get("kind", ""), _ASKED_OF_MEMBERS).value
        except PortalError as error:
            self._refuse("kind", error)
            return
        self._fill("request")

    @rx.event
    @declare(Access.NOT_STAFF)
    async def object_to(self, kind: str) -> None:
        self._start()
        self.chosen = kind if kind in {each.value for each in _OBJECTIONS} else ""
        self._fill("request")

    @rx.event
    @declare(Access.NOT_STAFF)
    async def back(self) -> None:
        self._start()
        self.chosen = ""
        self._fill("kind")

    @rx.event
    @declare(Access.NOT_STAFF)
    async def send(self, fields: dict[str, str]) -> None:
        if not self.chosen and self.notice:
            return  # the second press of two: the first was heard, and closed the form
        self._start()
        now = datetime.now(UTC)
        try:
            request = await change(
                open_request, current_actor(), self.chosen, fields.get("words", ""), now=now
            )
        except PortalError as error:
            self._refuse("request", error)
            return
        self.chosen = ""
        self._fill("kind", "request")
        await self._reload()
        self.notice = _("We have your request. You have our answer by {day} at the latest.").format(
            day=format_day(request.due_on)
        )

    @rx.event
    @declare(Access.MEMBER)
    async def stop_surveys(self) -> None:
        """Carried out at once; it can be undone by choosing again under Marketing."""
        said = self.surveys_stopped
        self._start()
        new = await change(
            object_to_surveys, current_actor(), locale=current_locale(), now=datetime.now(UTC)
        )
        self.surveys_stopped = (
            _("Done. We send you no surveys any more. The record of it is under Marketing.")
            if new
            else said or _("That was so already. We send you no surveys.")
        )

    def _start(self) -> None:
        self._begin()
        self.surveys_stopped = ""

    async def _reload(self) -> None:
        standing, requests = await look(_everything, current_actor(), now=datetime.now(UTC))
        self.member = RequestKind.OBJECT_PRICES in standing.kinds
        self.restricted = standing.restricted
        until = standing.restricted_until
        self.restricted_until = format_day(until) if until else ""
        self.requests = [own_row(each) for each in requests]
        self._show_category(standing)

    def _show_category(self, standing: OwnStanding) -> None:
        found = standing.category
        self.sees_category = found is not None
        if found is None:
            self.products = self.contract = self.customer_since = ""
            return
        start, end, since = found.contract_start, found.contract_end, found.customer_since
        self.products = ", ".join(found.products) or _("Not given")
        self.contract = (
            _("{start} to {end}").format(
                start=format_day(start) if start else "…", end=format_day(end) if end else "…"
            )
            if start or end
            else _("Not given")
        )
        self.customer_since = format_day(since) if since else _("Not given")


def _everything(
    db: Session, actor: Actor, *, now: datetime
) -> tuple[OwnStanding, list[OwnRequest]]:
    return own_standing(db, actor, now=now), own_requests(db, actor)


def data_requests() -> rx.Component:
    state = DataRequestsState
    return signed_in_page(
        page_heading(
            title=_("Data requests"),
            lead=_("You decide about your data. What you cannot do here yourself, you ask for."),
        ),
        revealed(
            rx.cond(state.restricted, _restricted()),
            status_line(state.notice),
            rx.cond(
                state.chosen == "",
                stack(
                    rx.cond(state.requests.length() > 0, _own_requests()),
                    _objections(),
                    _questions(),
                    gap="large",
                ),
                stack(_request()),
            ),
            when=state.loaded,
            skeleton=skeleton(lines=10),
        ),
        current="data",
    )


def requests_section() -> rx.Component:
    """What stands about data requests among the rest of the reader's data."""
    return section(
        button_row(
            button_link(
                _("Object, or ask for something"),
                href=f"/{current_locale()}/{PATH}",
                kind="quiet",
                loads_document=False,
            )
        ),
        title=_("Data requests"),
        lead=_(
            "Say no to surveys and price categories, have something corrected, ask us anything."
        ),
        id="requests",
    )


def _restricted() -> rx.Component:
    state = DataRequestsState
    return banner(
        _("You get no marketing, no surveys and no status reports. Alarms go on as before."),
        rx.cond(
            state.restricted_until != "",
            rx.el.p(
                sentence(_("That holds up to and including {day}."), day=state.restricted_until)
            ),
        ),
        title=_("We only keep your data at present"),
    )


def _objections() -> rx.Component:
    state = DataRequestsState
    return section(
        stack(
            rx.cond(state.member, _surveys()),
            rx.cond(state.member, _prices()),
            card(
                paragraph(
                    _(
                        "Some uses rest on our own interest, and you can object to each of them. "
                        "Tell us which."
                    )
                ),
                button(
                    _(WORDS[RequestKind.OBJECT_OTHER].choice),
                    kind="quiet",
                    on_click=state.object_to(RequestKind.OBJECT_OTHER.value),
                ),
                title=_("Other uses"),
            ),
        ),
        title=_("Your right to object"),
        lead=_("You can say no. Nothing else changes."),
        id="object",
    )


def _surveys() -> rx.Component:
    state = DataRequestsState
    return card(
        paragraph(
            _("We ask now and then whether you are content. A no holds at once, by every channel.")
        ),
        button(_(OBJECT_TO_SURVEYS), kind="quiet", on_click=state.stop_surveys),
        status_line(state.surveys_stopped),
        paragraph(
            sentence(
                _("You stop offers, information and status reports under {marketing}."),
                marketing=page_link(_("Marketing"), href=f"/{current_locale()}/preferences"),
            ),
            quiet=True,
        ),
        title=_("Surveys and marketing"),
    )


def _prices() -> rx.Component:
    state = DataRequestsState
    return card(
        paragraph(
            _(
                "When prices are adjusted, customers with the same products, length of contract "
                "and time with us are in one category. No decision about you is made by a "
                "computer alone."
            )
        ),
        rx.cond(
            state.sees_category,
            fact_list(
                fact(term=_("Products"), value=state.products),
                fact(term=_("Contract"), value=state.contract),
                fact(term=_("Customer since"), value=state.customer_since),
            ),
            paragraph(
                _("Owners and administrators see the category of your customer here."), quiet=True
            ),
        ),
        button(
            _(WORDS[RequestKind.OBJECT_PRICES].choice),
            kind="quiet",
            on_click=state.object_to(RequestKind.OBJECT_PRICES.value),
        ),
        title=_("Your price category"),
    )


def _questions() -> rx.Component:
    state = DataRequestsState
    return section(
        page_form(
            state,
            "kind",
            rx.cond(state.member, _choices(_ASKED_OF_MEMBERS), _choices(_ASKED_OF_CONTACTS)),
            save=_("Continue"),
            on_submit=state.choose,
        ),
        title=_("Ask us for something"),
        lead=_("We answer within a month."),
        id="ask",
    )


def _choices(kinds: tuple[RequestKind, ...]) -> rx.Component:
    return choice_list(
        name="kind",
        legend=_("What do you want?"),
        choices=[choice_of(kind) for kind in kinds],
        message=DataRequestsState.messages.get("kind", ""),
    )


def _request() -> rx.Component:
    state = DataRequestsState
    return section(
        rx.match(
            state.chosen,
            (RequestKind.RECTIFY.value, _where_to_correct()),
            (RequestKind.ACCESS.value, _in_the_portal(_("Your data"), "data")),
            (RequestKind.ERASE.value, _in_the_portal(_("Your data"), "data")),
            (RequestKind.PORTABILITY.value, _in_the_portal(_("Your data"), "data")),
            rx.fragment(),
        ),
        page_form(
            state,
            "request",
            text_area(
                name="words",
                label=_of_kind(lambda kind: _(WORDS[kind].question)),
                hint=_(
                    "Please write nothing about anybody's health, and no national identity number."
                ),
                optional=_of_kind(lambda kind: "" if kind in NEEDS_WORDS else _("optional")),
                rows=6,
                max_length=LONGEST_WORDS,
                message=state.messages.get("words", ""),
            ),
            save=_("Send request"),
            on_submit=state.send,
            on_cancel=state.back,
            cancel=_("Back"),
        ),
        title=_of_kind(lambda kind: _(WORDS[kind].choice)),
        lead=_of_kind(lambda kind: _(WORDS[kind].hint)),
        id="request",
    )


def _of_kind(words: Callable[[RequestKind], str]) -> rx.Var[str]:
    """The words for the right that was chosen."""
    cases = [(kind.value, words(kind)) for kind in WORDS]
    return rx.match(DataRequestsState.chosen, *cases, "")  # pyright: ignore[reportReturnType]


def _in_the_portal(name: str, page: str) -> rx.Component:
    """Where the reader finds without us what most people ask for."""
    return paragraph(
        sentence(
            _("Much of it you can do at once under {page}. Ask us for the rest."),
            page=page_link(name, href=f"/{current_locale()}/{page}"),
        )
    )


def _where_to_correct() -> rx.Component:
    """The pages on which this reader corrects most things without us."""
    places = (
        ("account", _("Your name, phone and email: Account")),
        ("company", _("Company details and sites: Company")),
        ("contacts", _("Who is called: Alarm contacts")),
        ("my-alarms", _("The number on which we call you: My alarms")),
    )
    return stack(
        paragraph(_("These you correct yourself, and it holds at once:")),
        rx.el.ul(
            *[
                rx.cond(
                    FrameState.destinations.contains(page),
                    rx.el.li(page_link(words, href=f"/{current_locale()}/{page}")),
                )
                for page, words in places
            ]
        ),
        paragraph(_("For anything else, tell us.")),
        gap="small",
    )


def _own_requests() -> rx.Component:
    state = DataRequestsState
    return section(
        stack(rx.foreach(state.requests, _own_request)),
        title=_("Your requests"),
        id="requests",
    )


def _own_request(row: ObjectVar[OwnRequestRow]) -> rx.Component:
    return card(
        fact_list(
            fact(term=_("Received"), value=row["received"]),
            rx.cond(
                row["answered"] != "",
                fact(term=_("Answered"), value=row["answered"]),
                fact(term=_("Our answer at the latest"), value=row["due"]),
            ),
        ),
        rx.cond(
            row["extension"].to(list).length() > 0,
            stack(
                paragraph(rx.el.strong(_("Why it takes longer"))),
                _paragraphs(row["extension"]),
                gap="small",
            ),
        ),
        rx.cond(
            row["answer"].to(list).length() > 0,
            stack(
                paragraph(rx.el.strong(_("Our answer"))),
                _paragraphs(row["answer"]),
                gap="small",
            ),
        ),
        rx.cond(
            row["words"].to(list).length() > 0,
            disclosure(_paragraphs(row["words"]), summary=_("What you wrote")),
        ),
        title=row["title"],
        action=badge(row["status"], tone=row["tone"].to(str)),
    )


def _paragraphs(lines: rx.Var[Any]) -> rx.Component:
    return rx.foreach(lines.to(list[str]), lambda line: paragraph(line))


PAGE = Page(
    PATH,
    N_("Data requests"),
    Access.NOT_STAFF,
    data_requests,
    load=[DataRequestsState.load, FrameState.load],
)
