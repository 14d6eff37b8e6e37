"""Call lists, for support leads: imports whose people wait, customers to call, and the station."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views, unnoted
from portal.contacts.batches import WaitingBatch, release_batch, waiting_batches
from portal.contacts.station import StationState, station_state
from portal.contacts.watching import UntoldCustomer, untold_customers
from portal.errors import NotFoundError
from portal.web.access import Access, declare
from portal.web.components.buttons import button
from portal.web.components.dialogs import dialog
from portal.web.components.facts import fact, fact_list
from portal.web.components.layout import paragraph, stack
from portal.web.components.sections import card, page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.components.tables import data_table, table_cell, table_heading_cell, table_row
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import N_, _, format_day, format_number, format_time, ngettext
from portal.web.page import Page
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look

PATH = "support/call-lists"


class BatchRow(TypedDict):
    """An import that waits. `title` is its day, `people` and `mails` say how many they are."""

    id: str
    title: str
    people: str
    mails: str


class UntoldRow(TypedDict):
    number: str
    name: str
    contacts: int
    due: str


NO_BATCH: BatchRow = {"id": "", "title": "", "people": "", "mails": ""}


class SupportCallListsState(rx.State):
    """The page. `asked` is the import about which the dialog asks."""

    loaded: rx.Field[bool] = rx.field(False)
    batches: rx.Field[list[BatchRow]] = rx.field(default_factory=list)
    untold: rx.Field[list[UntoldRow]] = rx.field(default_factory=list)
    fetched: rx.Field[str] = rx.field("")
    acknowledged: rx.Field[str] = rx.field("")
    asked: rx.Field[BatchRow] = rx.field(default_factory=lambda: NO_BATCH)
    notice: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.LEAD)
    async def load(self) -> None:
        self.notice, self.asked = "", NO_BATCH
        await self._reload()
        self.loaded = True

    @rx.event
    @declare(Access.LEAD)
    async def ask(self, batch: str) -> None:
        """Ask before a batch's mail leaves: it cannot be called back."""
        self.notice = ""
        self.asked = next((row for row in self.batches if row["id"] == batch), NO_BATCH)

    @rx.event
    @declare(Access.LEAD)
    async def keep(self) -> None:
        self.asked = NO_BATCH

    @rx.event
    @declare(Access.LEAD)
    async def release(self) -> None:
        asked, self.asked = self.asked, NO_BATCH
        try:
            await change(
                release_batch, current_actor(), identifier(asked["id"]), now=datetime.now(UTC)
            )
        except NotFoundError:
            self.notice = _("Somebody has released these invitations already.")
        else:
            self.notice = _("The invitations leave within a few minutes.")
        await self._reload()

    async def _reload(self) -> None:
        actor, now = current_actor(), datetime.now(UTC)
        found = await look(_everything, actor, now=now)
        if found.unnoted:
            await change(note_views, actor, found.unnoted, now=now)
        self.batches = [_batch(each) for each in found.batches]
        self.untold = [_untold(each) for each in found.untold]
        state = found.station
        self.fetched = format_time(state.fetched_at) if state.fetched_at else _("Never")
        self.acknowledged = (
            format_time(state.acknowledged_at) if state.acknowledged_at else _("Never")
        )


@dataclass(frozen=True)
class _Everything:
    batches: list[WaitingBatch]
    untold: list[UntoldCustomer]
    station: StationState
    unnoted: list[View]


def _everything(db: Session, actor: Actor, *, now: datetime) -> _Everything:
    untold = untold_customers(db, actor)
    views = [View(AuditEvent.CUSTOMER_TO_CALL_SEEN, customer=each.id) for each in untold]
    return _Everything(
        waiting_batches(db, actor), untold, station_state(db), unnoted(db, actor, views, now=now)
    )


def _batch(batch: WaitingBatch) -> BatchRow:
    return {
        "id": str(batch.id),
        "title": _("Imported {time}").format(time=format_time(batch.imported_at)),
        "people": ngettext(
            "{count} alarm contact waits.", "{count} alarm contacts wait.", batch.people
        ).format(count=format_number(batch.people))
        + " "
        + _("Customers concerned: {count}.").format(count=format_number(batch.customers)),
        "mails": ngettext(
            "{count} of them has an email and would be invited.",
            "{count} of them have an email and would be invited.",
            batch.with_email,
        ).format(count=format_number(batch.with_email)),
    }


def _untold(customer: UntoldCustomer) -> UntoldRow:
    return {
        "number": customer.number,
        "name": customer.name,
        "contacts": customer.contacts,
        "due": format_day(customer.due_at.date()),
    }


def call_lists_page() -> rx.Component:
    state = SupportCallListsState
    return signed_in_page(
        page_heading(
            title=_("Call lists"),
            lead=_("Who waits for us to act, and what the monitoring station has."),
        ),
        revealed(
            status_line(state.notice),
            stack(_waiting(), _to_call(), _station(), gap="large"),
            when=state.loaded,
            skeleton=skeleton(lines=8),
        ),
        _question(),
        current=PATH,
    )


def _waiting() -> rx.Component:
    state = SupportCallListsState
    return section(
        rx.cond(
            state.batches.length() > 0,
            stack(rx.foreach(state.batches, _batch_card)),
            paragraph(_("No imported list waits.")),
        ),
        title=_("Imported lists that wait"),
        lead=_("Customers confirm theirs one by one. Release the rest when they were told."),
        id="waiting",
    )


def _batch_card(batch: ObjectVar[BatchRow]) -> rx.Component:
    return card(
        paragraph(batch["people"]),
        paragraph(batch["mails"], quiet=True),
        button(
            _("Release the invitations"),
            kind="quiet",
            detail=batch["title"],
            on_click=SupportCallListsState.ask(batch["id"].to(str)),
        ),
        title=batch["title"],
    )


def _to_call() -> rx.Component:
    state = SupportCallListsState
    columns = (_("Customer"), _("Number"), _("Alarm contacts"), _("Month ends"))
    return section(
        rx.cond(
            state.untold.length() > 0,
            data_table(
                rx.foreach(state.untold, lambda row: _untold_row(row, columns)),
                caption=_("Customers to call"),
                columns=columns,
            ),
            paragraph(_("Nobody has waited for three weeks.")),
        ),
        title=_("Customers to call"),
        lead=_(
            "Their alarm contacts have not had the privacy notice for three weeks. They must have "
            "it within a month."
        ),
        id="untold",
    )


def _untold_row(row: ObjectVar[UntoldRow], columns: tuple[str, ...]) -> rx.Component:
    _name, number, contacts, due = columns
    return table_row(
        table_heading_cell(row["name"]),
        table_cell(row["number"], column=number),
        table_cell(row["contacts"].to_string(), column=contacts, numeric=True),
        table_cell(row["due"], column=due),
    )


def _station() -> rx.Component:
    state = SupportCallListsState
    return section(
        fact_list(
            fact(term=_("Last fetched"), value=state.fetched),
            fact(term=_("Last new list acknowledged"), value=state.acknowledged),
        ),
        title=_("Monitoring station"),
        id="station",
    )


def _question() -> rx.Component:
    state = SupportCallListsState
    return dialog(
        paragraph(state.asked["people"]),
        paragraph(state.asked["mails"]),
        paragraph(_("What has left cannot be called back.")),
        id="release",
        title=sentence(_("Release “{batch}”?"), batch=state.asked["title"]),
        actions=(
            button(_("Release the invitations"), on_click=state.release),
            button(_("Not yet"), kind="quiet", on_click=state.keep),
        ),
        shown=state.asked["id"] != "",
        on_close=state.keep,
    )


PAGE = Page(
    PATH,
    N_("Call lists"),
    Access.LEAD,
    call_lists_page,
    load=[SupportCallListsState.load, FrameState.load],
)
