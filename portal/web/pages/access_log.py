"""Who looked at your data, on the page *Your data*: what others did with them, newest first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.customers.acting import customers_of
from portal.privacy.access_log import Doers, LogEntry, LogFilter, LogPage, access_log
from portal.privacy.log_words import Kind, not_listed
from portal.settings import get_settings
from portal.web.access import Access, declare
from portal.web.components.buttons import button, button_row
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.field import select
from portal.web.components.history import history_entry, history_list
from portal.web.components.layout import columns, paragraph
from portal.web.components.sections import section
from portal.web.components.skeletons import revealed, skeleton
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.locale import _, format_month, format_time, start_of_day
from portal.web.services import look

PAGE_LENGTH = 20
LONGEST_LIST = 200  # the list is sent as a whole whenever it grows
MONTHS = 24


class LogRow(TypedDict):
    """One entry in the reader's words. `note` says what it was for, and support's case."""

    id: int
    what: str
    who: str
    when: str
    iso: str
    note: str


class MonthOption(TypedDict):
    value: str
    words: str


class AccessLogState(rx.State):
    """The log, as far as it is shown. `narrowed`: the reader has asked for a part of it;
    `is_later`: newer entries than those shown had to make room.
    """

    loaded: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[LogRow]] = rx.field(default_factory=list)
    more: rx.Field[bool] = rx.field(False)
    narrowed: rx.Field[bool] = rx.field(False)
    is_later: rx.Field[bool] = rx.field(False)
    is_member: rx.Field[bool] = rx.field(False)
    months: rx.Field[list[MonthOption]] = rx.field(default_factory=list)
    _kind: rx.Field[str] = rx.field("")
    _by: rx.Field[str] = rx.field("")
    _month: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.NOT_STAFF)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        if self.loaded and frame._is_being_restored():  # noqa: SLF001
            return
        self._kind = self._by = self._month = ""
        self.is_member = current_actor().role is not None
        self.months = _months(datetime.now(UTC))
        await self._show_newest()
        self.loaded = True

    @rx.event
    @declare(Access.NOT_STAFF)
    async def choose_kind(self, kind: str) -> None:
        self._kind = kind
        await self._show_newest()

    @rx.event
    @declare(Access.NOT_STAFF)
    async def choose_doers(self, by: str) -> None:
        self._by = by
        await self._show_newest()

    @rx.event
    @declare(Access.NOT_STAFF)
    async def choose_month(self, month: str) -> None:
        self._month = month
        await self._show_newest()

    @rx.event
    @declare(Access.NOT_STAFF)
    async def show_newest(self) -> None:
        await self._show_newest()

    @rx.event
    @declare(Access.NOT_STAFF)
    async def show_older(self) -> None:
        if not self.more:
            return
        older = await self._read(before=self.rows[-1]["id"])
        rows = [*self.rows, *older]
        self.is_later = self.is_later or len(rows) > LONGEST_LIST
        self.rows = rows[-LONGEST_LIST:]

    async def _show_newest(self) -> None:
        self.rows = await self._read(before=None)
        self.narrowed = bool(self._kind or self._by or self._month)
        self.is_later = False

    async def _read(self, *, before: int | None) -> list[LogRow]:
        of = _filter(self._kind, self._by, self._month)
        found = await look(_log, current_actor(), of, before, now=datetime.now(UTC))
        self.more = found.page.more
        return [_row(entry, several=found.several) for entry in found.page.entries]


@dataclass(frozen=True)
class _Log:
    """`several`: the reader has to do with more than one customer."""

    page: LogPage
    several: bool


def _log(db: Session, actor: Actor, of: LogFilter, before: int | None, *, now: datetime) -> _Log:
    page = access_log(db, actor, of=of, before=before, limit=PAGE_LENGTH, now=now)
    return _Log(page, several=actor.is_contact or len(customers_of(db, actor)) > 1)


def _filter(kind: str, by: str, month: str) -> LogFilter:
    """What the page's choices ask for; one that it does not offer asks for everything."""
    return LogFilter(
        kind=next((each for each in Kind if each == kind), None),
        by=next((each for each in Doers if each == by), None),
        until=_end_of(month),
    )


def _end_of(month: str) -> datetime | None:
    try:
        first = date.fromisoformat(f"{month}-01")
        return start_of_day(_next_month(first))
    except (ValueError, OverflowError):
        return None


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _months(now: datetime) -> list[MonthOption]:
    """The months before this one, as far back as the log is kept."""
    found: list[MonthOption] = []
    year, month = now.year, now.month
    for _number in range(MONTHS):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        first = date(year, month, 1)
        found.append({"value": f"{first:%Y-%m}", "words": format_month(first)})
    return found


def _row(entry: LogEntry, *, several: bool) -> LogRow:
    said = [_("What for: {purpose}").format(purpose=entry.purpose)]
    if entry.case:
        said.append(_("Case {number}").format(number=entry.case))
    if several and entry.customer and entry.customer not in entry.by:
        said.append(entry.customer)
    return {
        "id": entry.id,
        "what": entry.what,
        "who": entry.by,
        "when": format_time(entry.at),
        "iso": entry.at.isoformat(),
        "note": " · ".join(said),
    }


def access_log_section() -> rx.Component:
    state = AccessLogState
    return section(
        revealed(
            rx.cond((state.rows.length() > 0) | state.narrowed, _choices()),
            rx.cond(state.rows.length() > 0, _entries(), _nothing()),
            _left_out(),
            when=state.loaded,
            skeleton=skeleton(lines=8),
        ),
        title=_("Who looked at your data"),
        lead=_("What others saw or changed, what for, and when. We keep it for 24 months."),
        id="access-log",
    )


def _choices() -> rx.Component:
    state = AccessLogState
    return columns(
        select(
            name="log-kind",
            label=_("Show"),
            options=(
                ("", _("Everything")),
                (Kind.VIEW.value, _("What was looked at")),
                (Kind.CHANGE.value, _("What was changed")),
            ),
            on_change=state.choose_kind,
        ),
        select(
            name="log-doers",
            label=_("By whom"),
            options=rx.fragment(
                rx.el.option(_("Everybody"), value=""),
                rx.el.option(get_settings().company_name, value=Doers.SENSORNORDIC.value),
                rx.el.option(
                    rx.cond(
                        state.is_member,
                        _("Colleagues and alarm contacts"),
                        _("Those who named you"),
                    ),
                    value=Doers.OTHERS.value,
                ),
            ),
            on_change=state.choose_doers,
        ),
        select(
            name="log-month",
            label=_("Up to and including"),
            options=rx.fragment(
                rx.el.option(_("Today"), value=""),
                rx.foreach(
                    state.months, lambda month: rx.el.option(month["words"], value=month["value"])
                ),
            ),
            on_change=state.choose_month,
        ),
    )


def _entries() -> rx.Component:
    state = AccessLogState
    return rx.fragment(
        history_list(rx.foreach(state.rows, _entry), label=_("Who looked at your data")),
        rx.cond(
            state.more | state.is_later,
            button_row(
                rx.cond(
                    state.more,
                    button(_("Show older entries"), kind="quiet", on_click=state.show_older),
                ),
                rx.cond(
                    state.is_later,
                    button(_("Back to the newest"), kind="quiet", on_click=state.show_newest),
                ),
            ),
        ),
    )


def _entry(row: ObjectVar[LogRow]) -> rx.Component:
    return history_entry(
        what=row["what"], who=row["who"], when=row["when"], iso=row["iso"], note=row["note"]
    )


def _nothing() -> rx.Component:
    return rx.cond(
        AccessLogState.narrowed,
        empty_state(
            title=_("Nothing of this kind"),
            description=_("Nobody did this in the time that you chose."),
            scene="calm",
        ),
        empty_state(
            title=_("Nobody has looked"),
            description=_("As soon as somebody sees or changes your data, it stands here."),
            scene="calm",
        ),
    )


def _left_out() -> rx.Component:
    return disclosure(
        *[paragraph(words) for words in not_listed()],
        paragraph(
            _(
                "Our staff appear as support, without names. Looking at the same thing again "
                "within an hour is listed once."
            )
        ),
        summary=_("What is not listed"),
    )
