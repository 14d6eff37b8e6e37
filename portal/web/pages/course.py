"""The short course for alarm contacts: read, answer, done."""

from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx

from portal.contacts.course import Course, Question, confirm_course, course, own_courses
from portal.contacts.models import ContactRole
from portal.errors import NotFoundError, PortalError
from portal.web.access import Access, declare
from portal.web.components.choices import Choice, choice_list
from portal.web.components.forms import hidden_field
from portal.web.components.layout import paragraph, stack
from portal.web.components.links import page_link
from portal.web.components.sections import page_heading, section
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.components.thread import step, steps
from portal.web.contact_words import role_word
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, current_locale, format_day
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look


class Taken(TypedDict):
    """Whether the course on a role is for this person, and when they took it."""

    shown: bool
    day: str


NOT_MINE: Taken = {"shown": False, "day": ""}


class CourseState(FormState, rx.State):
    """Which courses are the reader's."""

    loaded: rx.Field[bool] = rx.field(False)
    decide: rx.Field[Taken] = rx.field(default_factory=lambda: NOT_MINE)
    cancel: rx.Field[Taken] = rx.field(default_factory=lambda: NOT_MINE)

    @rx.event
    @declare(Access.CONTACT)
    async def load(self) -> None:
        await self._reload()
        self._begin()
        self.loaded = True

    @rx.event
    @declare(Access.CONTACT)
    async def take(self, fields: dict[str, str]) -> None:
        form = fields.get("role", "")
        self._begin()
        try:
            role = ContactRole(form)
        except ValueError:
            return
        answers = {
            question.name: fields.get(f"{question.name}-{form}", "")
            for question in course(role).questions
        }
        try:
            await change(confirm_course, current_actor(), role, answers, now=datetime.now(UTC))
        except NotFoundError as error:
            self._refuse(form, error)
            return
        except PortalError as error:
            self._refuse(form, error)
            for wrong in self.errors:
                wrong["field"] = f"{wrong['field']}-{form}"
            self.messages = {wrong["field"]: wrong["text"] for wrong in self.errors}
            return
        await self._reload()
        self.notice = _("All right. You know what to do; thank you for your time.")

    async def _reload(self) -> None:
        found = {each.role: each.taken_at for each in await look(own_courses, current_actor())}
        self.decide = _taken(found, ContactRole.DECIDE)
        self.cancel = _taken(found, ContactRole.CANCEL)


def _taken(found: dict[ContactRole, datetime | None], role: ContactRole) -> Taken:
    if role not in found:
        return NOT_MINE
    at = found[role]
    day = _("You took this course on {day}.").format(day=format_day(at)) if at else ""
    return {"shown": True, "day": day}


def course_page() -> rx.Component:
    state = CourseState
    return signed_in_page(
        page_heading(
            title=_("When the alarm sounds"),
            lead=_("Five minutes on what you do, and on your own safety."),
        ),
        revealed(
            status_line(state.notice),
            stack(
                rx.cond(
                    state.decide["shown"], _course(ContactRole.DECIDE, state.decide["day"].to(str))
                ),
                rx.cond(
                    state.cancel["shown"], _course(ContactRole.CANCEL, state.cancel["day"].to(str))
                ),
                gap="large",
            ),
            page_link(_("Back to your alarms"), href=f"/{current_locale()}/my-alarms"),
            when=state.loaded,
            skeleton=skeleton(lines=10),
        ),
        current="my-alarms",
    )


def _course(role: ContactRole, day: rx.Var[str]) -> rx.Component:
    state = CourseState
    content: Course = course(role)
    return section(
        rx.cond(day != "", paragraph(day)),
        steps(
            *[
                step(title=_(title), state="current", description=_(words))
                for title, words in content.parts
            ],
            label=role_word(role),
        ),
        page_form(
            state,
            role.value,
            hidden_field(name="role", value=role.value),
            *[_question(question, role) for question in content.questions],
            save=_("I have understood this"),
            on_submit=state.take,
        ),
        title=role_word(role),
        id=f"course-{role.value}",
    )


def _question(question: Question, role: ContactRole) -> rx.Component:
    name = f"{question.name}-{role.value}"
    return choice_list(
        name=name,
        legend=_(question.words),
        choices=[Choice(value, _(words)) for value, words in question.answers],
        message=CourseState.messages.get(name, ""),
    )


PAGE = Page(
    "my-alarms/course",
    N_("When the alarm sounds"),
    Access.CONTACT,
    course_page,
    load=[CourseState.load, FrameState.load],
)
