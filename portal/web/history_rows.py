"""The history of a customer as pages show it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ArrayVar, ObjectVar

from portal.customers.history import DATES, MOVES, ChangedBy, HistoryRow
from portal.settings import get_settings
from portal.web.components.buttons import button
from portal.web.components.empty import empty_state
from portal.web.components.history import history_entry, history_list
from portal.web.components.props import Act
from portal.web.components.sections import section
from portal.web.locale import _, format_day, format_phone, format_time
from portal.web.names import country_name, field_name


class HistoryEntry(TypedDict):
    """One line of the history, in the reader's words. `before` and `after` are empty where
    something happened that replaced nothing.
    """

    id: int
    what: str
    who: str
    when: str
    iso: str
    before: str
    after: str


def company_entry(row: HistoryRow) -> HistoryEntry:
    name = field_name(row.field)
    return {
        "id": row.id,
        "what": f"{row.site_name}: {name}" if row.site_name else name,
        "who": _who(row),
        "when": format_time(row.at),
        "iso": row.at.isoformat(),
        "before": shown(row.field, row.old),
        "after": shown(row.field, row.new),
    }


def _who(row: HistoryRow) -> str:
    if row.by is ChangedBy.BACK_OFFICE:
        return get_settings().company_name
    return row.name or _("A former member")


def shown(field: str, value: str) -> str:
    """A field's value as readers know it."""
    if not value:
        return _("empty")
    if field == "phone":
        return format_phone(value)
    if field == "country":
        return country_name(value)
    if field in MOVES:
        place, _comma, day = value.rpartition(", ")
        return f"{place}, {format_day(date.fromisoformat(day))}"
    return format_day(date.fromisoformat(value)) if field in DATES else value


def history_section(
    entries: ArrayVar[Sequence[HistoryEntry]], *, more: rx.Var[bool], on_more: Act
) -> rx.Component:
    """The changes, newest first, and the way to older ones."""
    return section(
        rx.cond(
            entries.length() > 0,
            history_entries(entries),
            empty_state(
                title=_("No changes yet"),
                description=_("Whoever changes something here is named, with the time."),
            ),
        ),
        rx.cond(more, button(_("Show older changes"), kind="quiet", on_click=on_more)),
        title=_("History"),
        id="history",
    )


def history_entries(entries: ArrayVar[Sequence[HistoryEntry]]) -> rx.Component:
    """The changes alone, for a page that has a heading for them."""
    return history_list(rx.foreach(entries, _entry), label=_("History"))


def _entry(entry: ObjectVar[HistoryEntry]) -> rx.Component:
    happened: dict[str, Any] = {name: entry[name] for name in ("what", "who", "when", "iso")}
    return rx.cond(
        entry["after"] == "",
        history_entry(**happened),
        history_entry(**happened, before=entry["before"], after=entry["after"]),
    )
