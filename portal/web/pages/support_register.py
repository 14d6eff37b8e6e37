"""The register of processing, for support leads, and the contracts that ended unnoticed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal import register
from portal.actor import Actor
from portal.customers.ended_contracts import (
    EndedContract,
    count_ended_contracts,
    ended_contracts,
)
from portal.datamap import DataEntry, Erasure, Export, RegisterRow, Subject
from portal.datamap import register as every_column
from portal.notices.controller import country_name, home_country
from portal.notices.kinds import KINDS
from portal.notices.tables import basis_in_words, words_of
from portal.privacy.processing import (
    PERSON_WORDS,
    SECURITY,
    THIRD_COUNTRIES,
    Activity,
    activities,
)
from portal.web.access import Access, declare
from portal.web.components.banners import banner
from portal.web.components.buttons import button_link, button_row
from portal.web.components.disclosures import disclosure
from portal.web.components.facts import fact, fact_list
from portal.web.components.layout import number, paragraph, prose, stack
from portal.web.components.links import anchor
from portal.web.components.notices import lines
from portal.web.components.props import Text
from portal.web.components.sections import page_heading, section
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.tables import data_table, table_cell, table_heading_cell, table_row
from portal.web.current_actor import current_actor
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _, format_day, format_number, ngettext
from portal.web.page import Page
from portal.web.pages.frame import signed_in_page
from portal.web.services import look

PATH = "support/register"
SHOWN = 100

_SUBJECTS: dict[Subject, str] = {
    Subject.CUSTOMER: N_("Customers"),
    Subject.USER: N_("Everybody with an account"),
    Subject.MEMBER: N_("Whoever acts for a customer"),
    Subject.ALARM_CONTACT: N_("Alarm contacts"),
    Subject.STAFF: N_("Our own staff"),
}
_EXPORT: dict[Export, str] = {
    Export.SHOWN: N_("In the copy"),
    Export.MASKED: N_("In the copy, masked"),
    Export.WITHHELD: N_("Not in the copy"),
}
_ERASURE: dict[Erasure, str] = {
    Erasure.ERASE: N_("Erased"),
    Erasure.ANONYMISE: N_("Anonymised"),
    Erasure.KEEP: N_("Kept until its time is over"),
}


class KeptRow(TypedDict):
    """Which kinds of data are kept how long."""

    how_long: str
    kinds: list[str]


class ActivityRow(TypedDict):
    purpose: str
    persons: list[str]
    bases: list[str]
    recipients: list[str]
    kept: list[KeptRow]


class ColumnsRow(TypedDict):
    """Columns of one table that are alike in everything."""

    names: str
    subject: str
    purpose: str
    kept: str
    recipients: list[str]
    export: str
    erasure: str


class TableRow(TypedDict):
    """One table; `nobody` names the columns that say nothing about anybody."""

    name: str
    columns: list[ColumnsRow]
    nobody: str


class EndedRow(TypedDict):
    number: str
    name: str
    ended: str


class SupportRegisterState(rx.State):
    """The page. `more_ended` says how many contracts are not listed."""

    loaded: rx.Field[bool] = rx.field(False)
    controller: rx.Field[str] = rx.field("")
    email: rx.Field[str] = rx.field("")
    phone: rx.Field[str] = rx.field("")
    activities: rx.Field[list[ActivityRow]] = rx.field(default_factory=list)
    tables: rx.Field[list[TableRow]] = rx.field(default_factory=list)
    ended: rx.Field[list[EndedRow]] = rx.field(default_factory=list)
    ended_title: rx.Field[str] = rx.field("")
    more_ended: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.LEAD)
    async def load(self) -> None:
        found = await look(_ended, current_actor(), now=datetime.now(UTC))
        who = register.controller()
        self.controller = f"{who['name']}, {who['address']}, {country_name(who['country'])}"
        self.email, self.phone = who["email"], who["phone"]
        self.activities = [_activity(each) for each in activities()]
        self.tables = _tables()
        self.ended = [_ended_row(each) for each in found.listed]
        self.ended_title = _how_many(found.count)
        self.more_ended = _how_many_more(found.count - len(found.listed))
        self.loaded = True


@dataclass(frozen=True)
class _Ended:
    listed: list[EndedContract]
    count: int


def _ended(db: Session, actor: Actor, *, now: datetime) -> _Ended:
    listed = ended_contracts(db, actor, now=now, limit=SHOWN)
    return _Ended(listed, count_ended_contracts(db, now=now))


def _how_many(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} contract has ended while the account is open",
        "{count} contracts have ended while the account is open",
        count,
    ).format(count=format_number(count))


def _how_many_more(count: int) -> str:
    if not count:
        return ""
    return _("{count} more ended later.").format(count=format_number(count))


def _activity(activity: Activity) -> ActivityRow:
    return {
        "purpose": words_of(activity.purpose),
        "persons": [_(PERSON_WORDS[person]) for person in activity.persons],
        "bases": _bases(activity),
        "recipients": [words_of(recipient) for recipient in activity.recipients],
        "kept": [
            {"how_long": words_of(retention), "kinds": [_(KINDS[kind]) for kind in kinds]}
            for retention, kinds in activity.kept.items()
        ],
    }


def _bases(activity: Activity) -> list[str]:
    """A line for each class of person, and one more for each country where it is another."""
    found: list[str] = []
    for person, bases in activity.bases.items():
        home = bases[home_country()]
        found.append(f"{_(PERSON_WORDS[person])}: {basis_in_words(home)}")
        found += [
            f"{_(PERSON_WORDS[person])}, {country_name(country)}: {basis_in_words(basis)}"
            for country, basis in bases.items()
            if basis != home
        ]
    return found


def _tables() -> list[TableRow]:
    return [
        _table_row(name, list(rows)) for name, rows in groupby(every_column(), attrgetter("table"))
    ]


def _table_row(name: str, rows: list[RegisterRow]) -> TableRow:
    alike: dict[DataEntry, list[str]] = {}
    for row in rows:
        alike.setdefault(row.entry, []).append(row.column)
    nobody = [row.column for row in rows if row.entry.subject is Subject.NOBODY]
    return {
        "name": name,
        "columns": [
            _columns_row(entry, names)
            for entry, names in alike.items()
            if entry.subject is not Subject.NOBODY
        ],
        "nobody": _("About nobody: {columns}.").format(columns=", ".join(nobody)) if nobody else "",
    }


def _columns_row(entry: DataEntry, names: list[str]) -> ColumnsRow:
    return {
        "names": ", ".join(names),
        "subject": _(_SUBJECTS[entry.subject]),
        "purpose": words_of(entry.purpose),
        "kept": words_of(entry.retention),
        "recipients": [words_of(each) for each in entry.recipients],
        "export": _(_EXPORT[entry.export]),
        "erasure": _(_ERASURE[entry.erasure]),
    }


def _ended_row(customer: EndedContract) -> EndedRow:
    return {
        "number": customer.number,
        "name": customer.name,
        "ended": format_day(customer.ended_on),
    }


def register_page() -> rx.Component:
    state = SupportRegisterState
    return signed_in_page(
        page_heading(
            title=_("Register of processing"),
            lead=_(
                "What this portal keeps about people, why, how long, and who gets it (GDPR article "
                "30). It is made from the tables themselves, in the words of the privacy notices."
            ),
        ),
        revealed(
            stack(
                rx.cond(
                    state.ended.length() > 0,
                    banner(
                        anchor(_("See which"), href="#ended"),
                        title=state.ended_title,
                        kind="warning",
                    ),
                ),
                button_row(
                    _download(_("Download to print"), "html"),
                    _download(_("Download as JSON"), "json"),
                    _download(_("Download as CSV"), "csv"),
                ),
                _activities(),
                _who(),
                _security(),
                _contracts(),
                _every_column(),
                gap="large",
            ),
            when=state.loaded,
            skeleton=skeleton(lines=12),
        ),
        current=PATH,
    )


def _download(label: str, format: str) -> rx.Component:
    return button_link(label, href=f"/download/register/{format}", kind="quiet", icon="download")


def _who() -> rx.Component:
    state = SupportRegisterState
    return section(
        fact_list(
            fact(term=_("Controller"), value=state.controller),
            fact(term=_("Email"), value=state.email),
            fact(term=_("Phone"), value=number(state.phone)),
            fact(term=_("Sent to third countries"), value=_(THIRD_COUNTRIES)),
        ),
        title=_("Who is responsible"),
        id="controller",
    )


def _activities() -> rx.Component:
    return section(
        stack(rx.foreach(SupportRegisterState.activities, _activity_facts), gap="small"),
        title=_("What we do with data"),
        lead=_("One activity for each purpose."),
        id="activities",
    )


def _activity_facts(activity: ObjectVar[ActivityRow]) -> rx.Component:
    return disclosure(
        fact_list(
            fact(term=_("Whose data"), value=_lines(activity["persons"])),
            fact(term=_("Legal basis (GDPR article)"), value=_lines(activity["bases"])),
            fact(term=_("Who gets them"), value=_lines(activity["recipients"])),
        ),
        data_table(
            rx.foreach(activity["kept"].to(list[KeptRow]), _kept_cells),
            caption=_("How long each is kept"),
            columns=(_("How long"), _("Which data")),
        ),
        summary=activity["purpose"],
    )


def _kept_cells(row: ObjectVar[KeptRow]) -> rx.Component:
    return table_row(
        table_heading_cell(row["how_long"]),
        table_cell(_lines(row["kinds"]), column=_("Which data")),
    )


def _lines(words: rx.Var[Any]) -> rx.Component:
    return lines(rx.foreach(words.to(list[str]), rx.el.li))


def _security() -> rx.Component:
    return section(
        prose(rx.el.ul(*(rx.el.li(_(measure)) for measure in SECURITY))),
        title=_("How the data are protected"),
        id="security",
    )


def _contracts() -> rx.Component:
    state = SupportRegisterState
    columns = (_("Customer"), _("Number"), _("Contract ended"))
    return section(
        rx.cond(
            state.ended.length() > 0,
            stack(
                data_table(
                    rx.foreach(state.ended, lambda row: _ended_cells(row, columns)),
                    caption=_("Contracts that have ended"),
                    columns=columns,
                ),
                rx.cond(state.more_ended != "", paragraph(state.more_ended, quiet=True)),
            ),
            paragraph(_("None. Every account that is open has a contract.")),
        ),
        title=_("Contracts that have ended"),
        lead=_(
            "Nothing is erased because a day has passed: guards and call lists hang on it. Prolong "
            "the contract in the customer register, or ask the customer to close the account."
        ),
        id="ended",
    )


def _ended_cells(row: ObjectVar[EndedRow], columns: tuple[str, ...]) -> rx.Component:
    _name, number, ended = columns
    return table_row(
        table_heading_cell(row["name"]),
        table_cell(row["number"], column=number),
        table_cell(row["ended"], column=ended),
    )


def _every_column() -> rx.Component:
    return section(
        stack(rx.foreach(SupportRegisterState.tables, _table), gap="small"),
        title=_("Every column"),
        lead=_("Table by table. The files also say why some are kept when a person is erased."),
        id="columns",
    )


def _table(table: ObjectVar[TableRow]) -> rx.Component:
    columns = (
        _("Columns"),
        _("Whose, and what for"),
        _("How long"),
        _("Who gets them"),
        _("In the person's copy, and at erasure"),
    )
    rows = table["columns"].to(list[ColumnsRow])
    return disclosure(
        rx.cond(
            rows.length() > 0,
            data_table(
                rx.foreach(rows, lambda row: _columns_cells(row, columns)),
                caption=table["name"],
                columns=columns,
            ),
        ),
        rx.cond(table["nobody"] != "", paragraph(table["nobody"], quiet=True)),
        summary=table["name"],
    )


def _columns_cells(row: ObjectVar[ColumnsRow], columns: tuple[str, ...]) -> rx.Component:
    _names, about, kept, recipients, erasure = columns
    return table_row(
        table_heading_cell(row["names"]),
        table_cell(_two(row["subject"], row["purpose"]), column=about),
        table_cell(row["kept"], column=kept),
        table_cell(_lines(row["recipients"]), column=recipients),
        table_cell(_two(row["export"], row["erasure"]), column=erasure),
    )


def _two(first: Text, second: Text) -> rx.Component:
    return lines(rx.el.li(first), rx.el.li(second))


PAGE = Page(
    PATH,
    N_("Register of processing"),
    Access.LEAD,
    register_page,
    load=[SupportRegisterState.load, FrameState.load],
)
