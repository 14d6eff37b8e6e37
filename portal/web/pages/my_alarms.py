"""My alarms: for whom somebody is called, what is expected of them, breaks, and the way out."""

from datetime import UTC, date, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from portal.contacts.course import own_courses
from portal.contacts.models import Answer, ContactRole
from portal.contacts.own_alarms import (
    MyAlarm,
    answer_site,
    change_own_details,
    come_back,
    leave,
    my_alarms,
    own_details,
    pause,
)
from portal.contacts.removing import LastContactError
from portal.contacts.standing import ContactStatus
from portal.errors import NotFoundError, PortalError
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.choices import checkbox
from portal.web.components.dialogs import dialog
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field, select, text_area
from portal.web.components.forms import hidden_field
from portal.web.components.layout import cluster, columns, paragraph, prose, stack
from portal.web.components.links import link
from portal.web.components.sections import attention, card, page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.contact_words import role_word, status_tone, status_word
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import (
    LANGUAGE_NAMES,
    N_,
    _,
    current_locale,
    format_day,
    format_phone,
)
from portal.web.messages import explain
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look


class AlarmRow(TypedDict):
    """One site in the contact's own words. Field ids hold `id`, so that they are unique."""

    id: str
    title: str
    address: str
    role: str
    decides: bool
    key: str
    number: str
    dates: str
    status: str
    tone: str
    asked: bool
    paused: bool
    is_last: bool
    code_word_address: str


class AsideRow(TypedDict):
    """The question before somebody leaves. `last`: nobody else can be called there."""

    id: str
    title: str
    last: bool


NOBODY: AsideRow = {"id": "", "title": "", "last": False}


class MyAlarmsState(FormState, rx.State):
    """The contact's own page."""

    loaded: rx.Field[bool] = rx.field(False)
    alarms: rx.Field[list[AlarmRow]] = rx.field(default_factory=list)
    phone: rx.Field[str] = rx.field("")
    language: rx.Field[str] = rx.field("")
    course_due: rx.Field[bool] = rx.field(False)
    course_taken: rx.Field[str] = rx.field("")
    leaving: rx.Field[AsideRow] = rx.field(default_factory=lambda: NOBODY)
    asks_sure: rx.Field[str] = rx.field("")
    pausing: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.CONTACT)
    async def load(self) -> None:
        await self._reload()
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._begin()
            self._fill("details")
            self.leaving, self.asks_sure, self.pausing = NOBODY, "", ""
        self.loaded = True

    @rx.event
    @declare(Access.CONTACT)
    async def answer(self, entry: str, yes: bool) -> None:  # noqa: FBT001 - from a button
        """Yes or no to a site for which the person was named later."""
        self._begin()
        try:
            await change(
                answer_site,
                current_actor(),
                identifier(entry),
                yes=yes,
                sure=self.asks_sure == entry,
                now=datetime.now(UTC),
            )
        except LastContactError:
            self.asks_sure = entry
            self.notice = _("Nobody else can be called there. Press once more if you are sure.")
            return
        except PortalError as error:
            self.notice = explain(error)
            return
        self.asks_sure = ""
        await self._reload()
        self.notice = _("Thank you. The customer is told.")

    @rx.event
    @declare(Access.CONTACT)
    async def open_break(self, entry: str) -> None:
        self._begin()
        self.pausing = entry

    @rx.event
    @declare(Access.CONTACT)
    async def close_break(self) -> None:
        self._begin()
        self.pausing = self.asks_sure = ""

    @rx.event
    @declare(Access.CONTACT)
    async def take_break(self, fields: dict[str, str]) -> None:
        entry = fields.get("entry", "")
        self._begin()
        try:
            await change(
                pause,
                current_actor(),
                identifier(entry),
                first=_day(fields.get(f"first-{entry}", "")),
                last=_day(fields.get(f"last-{entry}", "")),
                sure=bool(fields.get(f"sure-{entry}")),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self.asks_sure = entry if isinstance(error, LastContactError) else ""
            self._refuse_for(f"pause-{entry}", entry, error)
            return
        self.asks_sure = self.pausing = ""
        await self._reload()
        self.notice = _("You have a break. The customer is told.")

    @rx.event
    @declare(Access.CONTACT)
    async def end_break(self, entry: str) -> None:
        self._begin()
        try:
            await change(come_back, current_actor(), identifier(entry), now=datetime.now(UTC))
        except PortalError as error:
            self.notice = explain(error)
            return
        await self._reload()
        self.notice = _("Welcome back. The customer is told.")

    @rx.event
    @declare(Access.CONTACT)
    async def ask_to_leave(self, entry: str) -> None:
        self._begin()
        row = next((each for each in self.alarms if each["id"] == entry), None)
        if row is not None:
            self.leaving = {"id": entry, "title": row["title"], "last": row["is_last"]}

    @rx.event
    @declare(Access.CONTACT)
    async def stay(self) -> None:
        self.leaving = NOBODY

    @rx.event
    @declare(Access.CONTACT)
    async def leave(self, fields: dict[str, str]) -> None:
        self._begin()
        asked = self.leaving
        try:
            await change(
                leave,
                current_actor(),
                identifier(asked["id"]),
                reason=fields.get("reason", ""),
                sure=bool(fields.get("sure")),
                now=datetime.now(UTC),
            )
        except NotFoundError:
            pass  # they have left already; the list says so
        except PortalError as error:
            self.leaving = {**asked, "last": asked["last"] or isinstance(error, LastContactError)}
            self._refuse("leave", error)
            return
        self.leaving = NOBODY
        await self._reload()
        self.notice = _("You are no longer called there. Thank you for having been there.")

    @rx.event
    @declare(Access.CONTACT)
    async def save_details(self, fields: dict[str, str]) -> None:
        self._begin()
        try:
            await change(
                change_own_details,
                current_actor(),
                phone=fields.get("phone", ""),
                locale=fields.get("locale", ""),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self._refuse("details", error)
            return
        await self._reload()
        self._accept("details")

    async def _reload(self) -> None:
        actor, now = current_actor(), datetime.now(UTC)
        self.alarms = [_row(each) for each in await look(my_alarms, actor, now=now)]
        if not self.alarms:
            return
        details = await look(own_details, actor)
        self.phone, self.language = format_phone(details.phone), details.locale
        courses = await look(own_courses, actor)
        self.course_due = any(each.taken_at is None for each in courses)
        taken = [each.taken_at for each in courses if each.taken_at]
        self.course_taken = (
            _("You took the course on {day}.").format(day=format_day(max(taken))) if taken else ""
        )

    def _refuse_for(self, form: str, entry: str, error: PortalError) -> None:
        self._refuse(form, error)
        for wrong in self.errors:
            wrong["field"] = f"{wrong['field']}-{entry}" if wrong["field"] else ""
        self.messages = {wrong["field"]: wrong["text"] for wrong in self.errors}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _row(alarm: MyAlarm) -> AlarmRow:
    paused = alarm.status is ContactStatus.PAUSED or alarm.paused_from is not None
    return {
        "id": str(alarm.entry_id),
        "title": f"{alarm.customer}, {alarm.site}" if alarm.site else alarm.customer,
        "address": alarm.address,
        "role": role_word(alarm.role),
        "decides": alarm.role is ContactRole.DECIDE,
        "key": _("You have a key") if alarm.key_holder else "",
        "number": _("You are called as number {number}.").format(number=alarm.number)
        if alarm.number
        else _("You are not called at the moment."),
        "dates": _dates(alarm),
        "status": _("Waits for your answer")
        if alarm.answer is Answer.NONE
        else status_word(alarm.status),
        "tone": "needs-you" if alarm.answer is Answer.NONE else status_tone(alarm.status),
        "asked": alarm.answer is Answer.NONE,
        "paused": paused and alarm.answer is Answer.ACCEPTED,
        "is_last": alarm.is_last,
        "code_word_address": f"/{current_locale()}/my-alarms/code-word/{alarm.contact_id}",
    }


def _dates(alarm: MyAlarm) -> str:
    said: list[str] = []
    if alarm.paused_from and alarm.paused_until:
        said.append(
            _("Break from {first} until {last}").format(
                first=format_day(alarm.paused_from), last=format_day(alarm.paused_until)
            )
        )
    if alarm.valid_from:
        said.append(_("From {day}").format(day=format_day(alarm.valid_from)))
    if alarm.valid_until:
        said.append(_("Until {day}").format(day=format_day(alarm.valid_until)))
    return " · ".join(said)


def my_alarms_page() -> rx.Component:
    state = MyAlarmsState
    return signed_in_page(
        page_heading(
            title=_("My alarms"),
            lead=_("Where you are called when an alarm sounds, and what is expected of you."),
        ),
        revealed(
            status_line(state.notice),
            rx.cond(state.alarms.length() > 0, stack(*_parts(), gap="large"), _none()),
            when=state.loaded,
            skeleton=skeleton(lines=8),
        ),
        _leaving_dialog(),
        current="my-alarms",
    )


def _none() -> rx.Component:
    return empty_state(
        title=_("You are nobody's alarm contact"),
        description=_(
            "Nobody calls you when an alarm sounds. Your account stays until you end it."
        ),
        scene="calm",
    )


def _parts() -> list[rx.Component]:
    state = MyAlarmsState
    locale = current_locale()
    course = f"/{locale}/my-alarms/course"
    return [
        rx.cond(
            state.course_due,
            attention(
                title=_("Five minutes before the first call"),
                description=_("A short course on what to do, and on your own safety."),
                action=button_link(_("Take the course"), href=course, loads_document=False),
            ),
        ),
        stack(rx.foreach(state.alarms, _alarm)),
        section(
            page_form(
                state,
                "details",
                columns(
                    field(
                        name="phone",
                        label=_("Phone"),
                        kind="tel",
                        value=state.phone,
                        autocomplete="tel",
                        hint=_("The number on which you answer at night."),
                        message=state.messages.get("phone", ""),
                    ),
                    select(
                        name="locale",
                        label=_("Language"),
                        options=list(LANGUAGE_NAMES.items()),
                        value=state.language,
                        hint=_("In which we speak to you."),
                        message=state.messages.get("locale", ""),
                    ),
                ),
                save=_("Save changes"),
                on_submit=state.save_details,
            ),
            title=_("How we reach you"),
            lead=_("It holds for everyone who named you. They do not see your number."),
            id="reach",
        ),
        section(
            rx.cond(state.course_taken != "", paragraph(state.course_taken)),
            paragraph(link(_("Read the course again"), href=course)),
            paragraph(
                link(
                    _("What we keep about alarm contacts, and why"),
                    href=f"/{locale}/privacy/alarm-contacts",
                )
            ),
            title=_("Good to know"),
            id="about",
        ),
    ]


def _alarm(alarm: ObjectVar[AlarmRow]) -> rx.Component:
    state = MyAlarmsState
    entry = alarm["id"].to(str)
    return card(
        paragraph(alarm["address"], quiet=True),
        fact_list(
            fact(term=_("What you may do"), value=alarm["role"]),
            fact(term=_("Your place"), value=alarm["number"]),
            rx.cond(alarm["key"] != "", fact(term=_("Key"), value=alarm["key"])),
            rx.cond(alarm["dates"] != "", fact(term=_("When"), value=alarm["dates"])),
        ),
        disclosure(_expected(alarm), summary=_("What happens at night")),
        rx.cond(alarm["asked"], _asked(alarm, entry)),
        rx.cond(state.pausing == alarm["id"], _break_form(alarm)),
        cluster(
            rx.cond(alarm["asked"], rx.fragment(), _settled(alarm, entry)),
            button(
                _("I no longer want to be a contact"),
                kind="quiet",
                detail=alarm["title"],
                on_click=state.ask_to_leave(entry),
            ),
        ),
        title=alarm["title"],
        action=badge(alarm["status"], tone=alarm["tone"].to(str)),
        level=2,
    )


def _expected(alarm: ObjectVar[AlarmRow]) -> rx.Component:
    return prose(
        rx.el.ul(
            rx.el.li(_("We call you when the customer does not answer.")),
            rx.cond(
                alarm["decides"],
                rx.el.li(_("You decide with us whether a guard or the police should come.")),
                rx.el.li(
                    _("If you know that the alarm is false, you may cancel it. Nothing else.")
                ),
            ),
            rx.el.li(
                _("Never go in when something looks wrong. Keep your distance, and call 112.")
            ),
            rx.el.li(_("If you cannot talk, say so. We call the next person.")),
        )
    )


def _asked(alarm: ObjectVar[AlarmRow], entry: rx.Var[str]) -> rx.Component:
    state = MyAlarmsState
    return button_row(
        button(_("Accept"), detail=alarm["title"], on_click=state.answer(entry, True)),
        button(
            _("Decline"), kind="quiet", detail=alarm["title"], on_click=state.answer(entry, False)
        ),
        equal=True,
    )


def _settled(alarm: ObjectVar[AlarmRow], entry: rx.Var[str]) -> rx.Component:
    state = MyAlarmsState
    return rx.fragment(
        button_link(_("Code word"), href=alarm["code_word_address"], kind="quiet", icon="lock"),
        rx.cond(
            alarm["paused"],
            button(_("I am back"), detail=alarm["title"], on_click=state.end_break(entry)),
            rx.cond(
                state.pausing != alarm["id"],
                button(
                    _("Pause"),
                    kind="quiet",
                    detail=alarm["title"],
                    on_click=state.open_break(entry),
                ),
            ),
        ),
    )


def _break_form(alarm: ObjectVar[AlarmRow]) -> rx.Component:
    state = MyAlarmsState

    def day(name: str, label: str) -> rx.Component:
        own_name = f"{name}-{alarm['id']}"
        return field(
            name=own_name,
            label=label,
            kind="date",
            short=True,
            message=state.messages.get(own_name, ""),
        )

    return page_form(
        state,
        f"pause-{alarm['id']}",
        hidden_field(name="entry", value=alarm["id"].to(str)),
        rx.cond(
            alarm["is_last"],
            banner(
                _("While you are away, nobody else can be called there. The customer is told."),
                title=_("You are the only one"),
                kind="warning",
            ),
        ),
        columns(day("first", _("First day away")), day("last", _("Last day away"))),
        rx.cond(
            alarm["is_last"] | (state.asks_sure == alarm["id"]),
            checkbox(
                name=f"sure-{alarm['id']}",
                label=_("I know that nobody is called then"),
                message=state.messages.get(f"sure-{alarm['id']}", ""),
            ),
        ),
        save=_("Pause"),
        on_submit=state.take_break,
        on_cancel=state.close_break,
    )


def _leaving_dialog() -> rx.Component:
    state = MyAlarmsState
    asked = state.leaving
    return dialog(
        paragraph(
            _(
                "We stop calling you at once, delete your number and address for this customer, "
                "and tell them. Nobody has to agree. They cannot ask you again for 90 days."
            )
        ),
        page_form(
            state,
            "leave",
            text_area(
                name="reason",
                label=_("Would you like to say why?"),
                optional=_("optional"),
                hint=_("The customer reads it. Nothing about health, please."),
                rows=2,
                max_length=300,
                message=state.messages.get("reason", ""),
            ),
            rx.cond(
                asked["last"],
                checkbox(
                    name="sure",
                    label=_("I know that nobody is called then"),
                    message=state.messages.get("sure", ""),
                ),
            ),
            save=_("I no longer want to be a contact"),
            on_submit=state.leave,
            on_cancel=state.stay,
            cancel=_("Stay"),
            dangerous=True,
        ),
        id="leaving",
        title=sentence(_("Leave {place}?"), place=asked["title"]),
        shown=asked["id"] != "",
        on_close=state.stay,
    )


PAGE = Page(
    "my-alarms",
    N_("My alarms"),
    Access.CONTACT,
    my_alarms_page,
    load=[MyAlarmsState.load, FrameState.load],
)
