"""Marketing: what the reader lets us send, a break from it, and the record of every choice."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.errors import InvalidValueError, PortalError
from portal.marketing.choices import Matrix, matrix, save_choices, stop_everything
from portal.marketing.models import Channel, Topic
from portal.marketing.pauses import pause_marketing, resume_marketing
from portal.marketing.receipts import LONGEST_PAGE, receipts_of
from portal.marketing.receipts import ReceiptRow as Receipt
from portal.marketing.wordings import (
    CELLS,
    PAUSE,
    RESUME,
    STOP_EVERYTHING,
    Cell,
    about,
    cell_name,
    page_version,
    way_out,
)
from portal.marketing.wordings import topic_name as name_of
from portal.web.access import Access, declare
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.field import field
from portal.web.components.forms import hidden_field
from portal.web.components.history import history_entry, history_list
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sections import page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.components.switches import switch_cell, switch_group
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, current_locale, format_day
from portal.web.marketing_rows import CellRow, ReceiptRow, cell_row, key_of, no_cells, receipt_row
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look

PATH = "preferences"
FIRST_RECEIPTS = 5
FORMS = ("choices", "pause")


class PreferencesState(FormState, rx.State):
    """The page. `cells` is what the switches were drawn from: only what differs is a choice.

    They change together with the form's key and never apart, so that a page which was open for
    long can give no yes that its reader did not give.
    """

    loaded: rx.Field[bool] = rx.field(False)
    cells: rx.Field[dict[str, CellRow]] = rx.field(default_factory=no_cells)
    has_phone: rx.Field[bool] = rx.field(True)
    several: rx.Field[bool] = rx.field(False)
    paused: rx.Field[str] = rx.field("")
    stopped: rx.Field[str] = rx.field("")
    receipts: rx.Field[list[ReceiptRow]] = rx.field(default_factory=list)
    more: rx.Field[bool] = rx.field(False)
    _shown: rx.Field[int] = rx.field(FIRST_RECEIPTS)

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        if self.loaded and frame._is_being_restored():  # noqa: SLF001
            return
        self._start()
        self._shown = FIRST_RECEIPTS
        await self._reload(*FORMS)
        self.loaded = True

    @rx.event
    @declare(Access.MEMBER)
    async def save(self, fields: dict[str, str]) -> None:
        self._start()
        wanted = {cell: key_of(*cell) in fields for cell in CELLS}
        seen = {cell: self.cells[key_of(*cell)]["on"] for cell in CELLS}
        yeses = [cell for cell in CELLS if wanted[cell] and not seen[cell]]
        if yeses and not await self._shows_what_holds(yeses, fields.get("wording", "")):
            self._refuse("choices", InvalidValueError("page-outdated"))
            return
        locale, now = current_locale(), datetime.now(UTC)
        await change(save_choices, current_actor(), wanted, seen, locale=locale, now=now)
        await self._reload("choices")
        self._accept("choices")

    async def _shows_what_holds(self, yeses: list[Cell], wording: str) -> bool:
        """Whether the page's words and legal bases are those that receipts would tell of."""
        if wording != page_version(current_locale()):
            return False
        now_is = await look(matrix, current_actor(), now=datetime.now(UTC))
        rows = {(each.topic, each.channel): cell_row(each) for each in now_is.cells}
        return all(rows[cell]["basis"] == self.cells[key_of(*cell)]["basis"] for cell in yeses)

    @rx.event
    @declare(Access.MEMBER)
    async def stop(self) -> None:
        """No to everything, by one click: it can be undone by choosing again."""
        self._start()
        await change(
            stop_everything, current_actor(), locale=current_locale(), now=datetime.now(UTC)
        )
        await self._reload("choices")
        self.stopped = _("Stopped. We send you no marketing any more.")

    @rx.event
    @declare(Access.MEMBER)
    async def pause(self, fields: dict[str, str]) -> None:
        self._start()
        try:
            await change(
                pause_marketing,
                current_actor(),
                _day(fields.get("until", "")),
                locale=current_locale(),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self._refuse("pause", error)
            return
        await self._reload("pause")
        self._accept("pause")

    @rx.event
    @declare(Access.MEMBER)
    async def resume(self) -> None:
        self._start()
        await change(
            resume_marketing, current_actor(), locale=current_locale(), now=datetime.now(UTC)
        )
        await self._reload()
        self.notice = _("The pause is over. What you chose holds again.")

    @rx.event
    @declare(Access.MEMBER)
    async def show_more(self) -> None:
        self._shown = LONGEST_PAGE
        found = await look(_receipts, current_actor(), self._shown)
        self._show_receipts(*found)

    def _start(self) -> None:
        self._begin()
        self.stopped = ""

    async def _reload(self, *forms: str) -> None:
        """Show what holds now; what somebody has typed into other forms than these stays."""
        found = await look(_everything, current_actor(), self._shown, now=datetime.now(UTC))
        choices = found.choices
        if "choices" in forms:
            self.cells = {
                key_of(each.topic, each.channel): cell_row(each) for each in choices.cells
            }
        self.has_phone = choices.has_phone
        self.several = choices.customers > 1
        self.paused = format_day(choices.paused_until) if choices.paused_until else ""
        self._show_receipts(found.receipts, found.more)
        self._fill(*forms)

    def _show_receipts(self, receipts: list[Receipt], more: bool) -> None:  # noqa: FBT001
        self.receipts = [receipt_row(each) for each in receipts]
        self.more = more and self._shown < LONGEST_PAGE  # the file holds all of them


@dataclass(frozen=True)
class _Everything:
    choices: Matrix
    receipts: list[Receipt]
    more: bool


def _everything(db: Session, actor: Actor, count: int, *, now: datetime) -> _Everything:
    return _Everything(matrix(db, actor, now=now), *_receipts(db, actor, count))


def _receipts(db: Session, actor: Actor, count: int) -> tuple[list[Receipt], bool]:
    receipts, more = receipts_of(db, actor, limit=count)
    return list(receipts), more


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def preferences() -> rx.Component:
    state = PreferencesState
    return signed_in_page(
        page_heading(
            title=_("Marketing"),
            lead=_("You decide what we may send you. It holds at once, everywhere."),
        ),
        revealed(
            rx.cond(state.paused != "", _paused()),
            status_line(state.notice),
            _choices(),
            _stop(),
            _pause(),
            _record(),
            when=state.loaded,
            skeleton=skeleton(lines=10),
        ),
        current=PATH,
    )


def _paused() -> rx.Component:
    state = PreferencesState
    return banner(
        _("What you chose stays as it is, and holds again after that."),
        title=sentence(_("We are quiet up to and including {day}"), day=state.paused),
        action=button(_(RESUME), kind="quiet", on_click=state.resume),
    )


def _choices() -> rx.Component:
    state = PreferencesState
    return section(
        page_form(
            state,
            "choices",
            hidden_field(name="wording", value=page_version(current_locale())),
            *[_topic(topic) for topic in Topic],
            rx.cond(
                state.has_phone,
                rx.fragment(),
                paragraph(
                    sentence(
                        _("We have no phone number of yours for SMS. {add}"),
                        add=link(_("Add one"), href=f"/{current_locale()}/account"),
                    )
                ),
            ),
            save=_("Save choices"),
            on_submit=state.save,
        ),
        title=_("What we may send you"),
        lead=rx.fragment(
            _("What is off or was never asked is not sent."),
            " ",
            way_out(),
            rx.cond(
                state.several,
                " " + _("A yes counts for this customer only, a no for all you act for."),
                "",
            ),
        ),
        id="choices",
    )


def _topic(topic: Topic) -> rx.Component:
    return switch_group(
        *[_cell(topic, channel) for channel in Channel],
        title=name_of(topic),
        description=about(topic),
    )


def _cell(topic: Topic, channel: Channel) -> rx.Component:
    key = key_of(topic, channel)
    row = PreferencesState.cells[key]
    return switch_cell(
        name=key,
        label=cell_name(topic, channel),
        basis=row["basis"],
        source=row["standing"],
        on=row["on"],
    )


def _stop() -> rx.Component:
    return section(
        button_row(button(_("Stop everything"), kind="quiet", on_click=PreferencesState.stop)),
        status_line(PreferencesState.stopped),
        paragraph(
            _(
                "Messages about alarms, security and your contract are not marketing. They always "
                "reach you, and never carry offers."
            ),
            quiet=True,
        ),
        title=_("No marketing at all"),
        lead=_(STOP_EVERYTHING),
        id="stop",
    )


def _pause() -> rx.Component:
    state = PreferencesState
    return section(
        page_form(
            state,
            "pause",
            field(
                name="until",
                label=_(PAUSE),
                kind="date",
                message=state.messages.get("until", ""),
                short=True,
            ),
            save=_("Pause marketing"),
            on_submit=state.pause,
        ),
        title=_("Take a break"),
        lead=_("Your choices stay as they are. We are only quiet for a while."),
        id="pause",
    )


def _record() -> rx.Component:
    state = PreferencesState
    return section(
        rx.cond(
            state.receipts.length() > 0,
            rx.fragment(
                history_list(
                    rx.foreach(state.receipts, _receipt), label=_("Record of your choices")
                ),
                button_row(
                    rx.cond(
                        state.more,
                        button(_("Show older choices"), kind="quiet", on_click=state.show_more),
                    ),
                    button_link(
                        _("Download all as JSON"),
                        href="/download/receipts",
                        kind="quiet",
                        icon="download",
                    ),
                ),
            ),
            empty_state(
                title=_("No choices yet"),
                description=_("Each one is kept here, with the words that you saw."),
            ),
        ),
        title=_("Record of your choices"),
        lead=_("What you were asked, what you answered, when and how. Nobody can change it."),
        id="record",
    )


def _receipt(row: ObjectVar[ReceiptRow]) -> rx.Component:
    return history_entry(
        what=row["what"],
        who=row["who"],
        when=row["when"],
        iso=row["iso"],
        details=disclosure(
            paragraph(row["text"]),
            paragraph(row["details"], quiet=True),
            paragraph(link(_("Download as JSON"), href=row["address"])),
            summary=_("What was shown"),
        ),
    )


PAGE = Page(
    PATH,
    N_("Marketing"),
    Access.MEMBER,
    preferences,
    load=[PreferencesState.load, FrameState.load],
)
