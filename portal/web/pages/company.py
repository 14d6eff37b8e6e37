"""The company page: what the customer owns and may change, what SensorNordic knows, the history."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

import reflex as rx
from sqlmodel import Session

from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views, unnoted
from portal.customers.company_details import (
    CompanyDetails,
    change_company_details,
    company_details,
)
from portal.customers.company_fields import EDITABLE, CompanyChanges
from portal.customers.history import HistoryRow, company_history
from portal.customers.merging import Meanwhile
from portal.errors import ChangedMeanwhileError, PortalError
from portal.settings import get_settings
from portal.web.access import Access, declare
from portal.web.components.banners import banner
from portal.web.components.errors import focus_region
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field, select
from portal.web.components.forms import hidden_field
from portal.web.components.layout import columns, paragraph
from portal.web.components.sections import page_heading, section
from portal.web.components.skeletons import revealed, skeleton
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.history_rows import HistoryEntry, company_entry, history_section, shown
from portal.web.locale import N_, _, format_day, format_phone, format_time
from portal.web.names import country_names, field_name
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.pages.sites import SitesState, sites_section
from portal.web.services import change, look

HISTORY_PAGE = 10
GROUPS = ("identity", "postal", "reach")


class CompanyState(FormState, rx.State):
    """The company page.

    `seen` is the version of the details that each group's fields were filled from. It stays when
    a dropped connection is restored, because what was typed then stays, too.
    """

    loaded: rx.Field[bool] = rx.field(False)
    seen: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    personal: rx.Field[bool] = rx.field(False)
    values: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: dict.fromkeys(EDITABLE, ""))
    facts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    products: rx.Field[list[str]] = rx.field(default_factory=list)
    conflicts: rx.Field[list[str]] = rx.field(default_factory=list)
    meanwhile: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    history: rx.Field[list[HistoryEntry]] = rx.field(default_factory=list)
    more_history: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def load(self) -> None:
        actor, now = current_actor(), datetime.now(UTC)
        details, newest, views = await look(_details_and_history, actor, now=now)
        if views:
            await change(note_views, actor, views, now=now)
        self._show(details)
        self._show_history(newest)
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._begin()
            self.meanwhile = []
            self.seen = dict.fromkeys(GROUPS, details.version)
            self._fill(*GROUPS)
        self.loaded = True

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def save(self, fields: dict[str, str]) -> None:
        """Save one group of fields; `fields` says which, and which version the reader saw."""
        self._begin()
        group = fields.get("group", "")
        given = {name: fields[name] for name in EDITABLE if name in fields}
        try:
            saved = await change(
                change_company_details,
                current_actor(),
                CompanyChanges(**given),
                version=self.seen.get(group, 0),
                now=datetime.now(UTC),
            )
        except ChangedMeanwhileError as error:
            self._lay_before(group, error)
            return
        except PortalError as error:
            self._refuse(group, error)
            return
        self.meanwhile = []
        self._show(saved)
        self.seen[group] = saved.version
        await self._reload_history()
        self._accept(group)
        frame = await self.get_state(FrameState)
        frame.customer = saved.name

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def older_history(self) -> None:
        rows = await look(_history, current_actor(), before=self.history[-1]["id"])
        self._show_history(rows, after=self.history)

    def _show(self, details: CompanyDetails) -> None:
        self.personal = details.kind.personal
        self.values = {name: getattr(details, name) for name in EDITABLE}
        self.values["phone"] = format_phone(details.phone)
        self.facts = {
            "number": details.number,
            "contract_start": format_day(details.contract_start) if details.contract_start else "",
            "contract_end": format_day(details.contract_end) if details.contract_end else "",
            "customer_since": format_day(details.customer_since) if details.customer_since else "",
        }
        self.products = list(details.products)
        self.conflicts = [field_name(name) for name in details.conflicts]

    def _lay_before(self, group: str, error: ChangedMeanwhileError) -> None:
        """Show what somebody else saved meanwhile; what was typed stays in the fields."""
        self._refuse(group, error)
        self.meanwhile = [
            {
                "name": field_name(each.field),
                "current": shown(each.field, each.current),
                "yours": each.yours,
                "by": each.by or get_settings().company_name,
                "when": format_time(each.at),
            }
            for each in cast("tuple[Meanwhile, ...]", error.details["fields"])
        ]
        self.seen[group] = cast("int", error.details["version"])

    async def _reload_history(self) -> None:
        self._show_history(await look(_history, current_actor()))

    def _show_history(self, rows: list[HistoryRow], after: Sequence[HistoryEntry] = ()) -> None:
        self.more_history = len(rows) > HISTORY_PAGE
        self.history = [*after, *map(company_entry, rows[:HISTORY_PAGE])]


def _history(db: Session, actor: Actor, before: int | None = None) -> list[HistoryRow]:
    """A page of the history, and one row more if there are older ones."""
    return company_history(db, actor, before=before, limit=HISTORY_PAGE + 1)


def _details_and_history(
    db: Session, actor: Actor, *, now: datetime
) -> tuple[CompanyDetails, list[HistoryRow], list[View]]:
    views = unnoted(db, actor, [View(AuditEvent.COMPANY_SEEN)], now=now)
    return company_details(db, actor), _history(db, actor), views


def company() -> rx.Component:
    state = CompanyState
    return signed_in_page(
        page_heading(
            title=_("Company"),
            lead=_("What we know about you. Keep it right, so that we reach you when it matters."),
        ),
        revealed(
            *_sections(),
            when=state.loaded,
            skeleton=skeleton(lines=12),
        ),
        current="company",
    )


def _sections() -> list[rx.Component]:
    state = CompanyState
    return [
        rx.cond(
            state.personal,
            banner(
                _("You trade or live under your own name, so these details are personal data."),
                title=_("These details are about you as a person"),
            ),
        ),
        rx.cond(
            state.conflicts.length() > 0,
            banner(
                state.conflicts.join(", "),
                title=_("{company} has other details on file for this. We look into it.").format(
                    company=get_settings().company_name
                ),
                kind="warning",
            ),
        ),
        _group(
            "identity",
            _("Name"),
            _input("name", autocomplete="organization"),
            columns(_input("organisation_number"), _input("organisation_form")),
        ),
        _group(
            "postal",
            _("Postal address"),
            _input("address", autocomplete="street-address"),
            columns(
                _input("postal_code", short=True, autocomplete="postal-code"),
                _input("city", autocomplete="address-level2"),
            ),
            select(
                name="country",
                label=field_name("country"),
                options=country_names(),
                value=state.values["country"],
                message=state.messages.get("country", ""),
            ),
        ),
        _group(
            "reach",
            _("How we reach you"),
            _input("phone", kind="tel", autocomplete="tel"),
            _input("email", kind="email", autocomplete="email"),
            _input(
                "invoice_email",
                kind="email",
                hint=_("Where invoices go. A shared address is fine here."),
            ),
        ),
        sites_section(),
        _facts(),
        history_section(state.history, more=state.more_history, on_more=state.older_history),
    ]


def _input(name: str, **options: object) -> rx.Component:
    state = CompanyState
    return field(
        name=name,
        label=field_name(name),
        value=state.values[name],
        message=state.messages.get(name, ""),
        **options,  # pyright: ignore[reportArgumentType]
    )


def _group(name: str, title: str, *fields: rx.Component) -> rx.Component:
    """A group of fields that is saved by itself."""
    state = CompanyState
    overtaken = (state.wrong_form == name) & (state.meanwhile.length() > 0)
    return section(
        rx.cond(
            overtaken,
            focus_region(_meanwhile(), news=state.refusals, id=f"{name}-meanwhile"),
        ),
        page_form(
            state,
            name,
            hidden_field(name="group", value=name),
            *fields,
            save=_("Save changes"),
            on_submit=state.save,
            shows_errors=~overtaken,
        ),
        title=title,
        id=name,
    )


def _meanwhile() -> rx.Component:
    """What somebody else saved while the reader was typing, beside what the reader typed."""
    return banner(
        rx.el.ul(
            rx.foreach(
                CompanyState.meanwhile,
                lambda each: rx.el.li(
                    rx.el.strong(each["name"]),
                    ": ",
                    each["current"],
                    " (",
                    each["by"],
                    ", ",
                    each["when"],
                    ")",
                ),
            )
        ),
        _("Your own words are still in the fields. Save again to use them instead."),
        title=_("Somebody else has changed this while you were here"),
        kind="warning",
    )


def _facts() -> rx.Component:
    state = CompanyState
    not_given = _("Not given")
    return section(
        paragraph(
            _(
                "These come from your agreement. Price adjustments rest on them, and a person "
                "always decides: nothing about you is decided by a machine alone. "
                "Is something wrong? Call us."
            ),
            quiet=True,
        ),
        fact_list(
            fact(term=_("Customer number"), value=state.facts["number"]),
            fact(
                term=_("Products"),
                value=rx.cond(state.products.length() > 0, state.products.join(", "), not_given),
            ),
            *[
                fact(
                    term=field_name(name),
                    value=rx.cond(state.facts[name], state.facts[name], not_given),
                )
                for name in ("contract_start", "contract_end", "customer_since")
            ],
        ),
        title=_("From your agreement"),
        id="agreement",
    )


PAGE = Page(
    "company",
    N_("Company"),
    Access.ADMINISTRATOR,
    company,
    load=[CompanyState.load, FrameState.load, SitesState.load],
)
