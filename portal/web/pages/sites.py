"""The sites on the company page: their names, their addresses, and moving."""

from datetime import UTC, date, datetime
from typing import TypedDict, cast

import reflex as rx
from reflex.vars import ObjectVar

from portal.customers.addresses import one_line
from portal.customers.moves import (
    MoveAlreadyRequestedError,
    NewAddress,
    request_move,
    withdraw_move,
)
from portal.customers.sites import SiteDetails, rename_site, sites_of
from portal.errors import ChangedMeanwhileError, NotFoundError, PortalError
from portal.settings import get_settings
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.buttons import button
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.field import field, select
from portal.web.components.forms import hidden_field
from portal.web.components.layout import columns, paragraph
from portal.web.components.sections import card, section
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import _, format_day
from portal.web.messages import explain
from portal.web.names import country_names, field_name
from portal.web.pages.form_parts import page_form
from portal.web.services import change, look


class SiteRow(TypedDict):
    """One site in the reader's words. Field ids must be unique on the page, so they hold `id`."""

    id: str
    name: str
    address: str
    country: str
    version: int
    moving: bool
    move_id: str
    move_words: str
    move_confirmed: bool


class SitesState(FormState, rx.State):
    """The sites of the customer. `seen` is the version of each that its form was filled from."""

    sites: rx.Field[list[SiteRow]] = rx.field(default_factory=list)
    seen: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def load(self) -> None:
        await self._reload()
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._begin()
            self.seen = {row["id"]: row["version"] for row in self.sites}
        self.loaded = True

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def rename(self, fields: dict[str, str]) -> None:
        site = fields.get("site", "")
        self._begin()
        try:
            await change(
                rename_site,
                current_actor(),
                identifier(site),
                fields.get(f"site_name-{site}", ""),
                version=self.seen.get(site, 0),
                now=datetime.now(UTC),
            )
        except ChangedMeanwhileError as error:
            # The new name stands above the form now; saving again replaces it.
            self._refuse_for(site, "rename", error)
            self.seen[site] = cast("int", error.details["version"])
            await self._reload_with_history()
            return
        except PortalError as error:
            self._refuse_for(site, "rename", error)
            return
        await self._reload_with_history()
        self.seen[site] = next(row["version"] for row in self.sites if row["id"] == site)
        self._accept(f"rename-{site}")

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def ask_to_move(self, fields: dict[str, str]) -> None:
        site = fields.get("site", "")
        self._begin()
        new = NewAddress(
            **{
                name: fields.get(f"{name}-{site}", "")
                for name in ("address", "postal_code", "city", "country")
            }
        )
        day = _day(fields.get(f"moves_on-{site}", ""))
        try:
            await change(
                request_move,
                current_actor(),
                identifier(site),
                new,
                moves_on=day,
                now=datetime.now(UTC),
            )
        except MoveAlreadyRequestedError as error:
            # Asked for in another tab, or by a double click: show it, with the way to withdraw it.
            await self._reload_with_history()
            if not self._is_asked_for(site, new, day):
                self.notice = explain(error)
                return
        except PortalError as error:
            self._refuse_for(site, "move", error)
            return
        await self._reload_with_history()
        self._accept(f"move-{site}")
        self.notice = _("We have your request, and confirm it by email.")

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def withdraw(self, request: str) -> None:
        self._begin()
        try:
            await change(withdraw_move, current_actor(), identifier(request), now=datetime.now(UTC))
        except NotFoundError:
            self.notice = _("That request is closed already.")
        else:
            self.notice = _("The request is withdrawn. The site stays where it is.")
        await self._reload_with_history()

    async def _reload_with_history(self) -> None:
        """The history of the page tells of sites, too."""
        from portal.web.pages.company import CompanyState  # the company page imports this section

        await self._reload()
        company = await self.get_state(CompanyState)
        await company._reload_history()  # noqa: SLF001

    async def _reload(self) -> None:
        self.sites = [_row(site) for site in await look(sites_of, current_actor())]

    def _refuse_for(self, site: str, form: str, error: PortalError) -> None:
        """As `_refuse`, with the ids of this site's own fields."""
        self._refuse(f"{form}-{site}", error)
        for wrong in self.errors:
            wrong["field"] = f"{wrong['field']}-{site}" if wrong["field"] else ""
        self.messages = {wrong["field"]: wrong["text"] for wrong in self.errors}

    def _is_asked_for(self, site: str, new: NewAddress, day: date | None) -> bool:
        """Whether the open request of a site is for this very address and day."""
        words = next((row["move_words"] for row in self.sites if row["id"] == site), "")
        asked = (new.address, new.postal_code, new.city, format_day(day) if day else "")
        return all(text.strip() in words for text in asked)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _row(site: SiteDetails) -> SiteRow:
    move = site.move
    words = (
        _("From {day}: {address}").format(day=format_day(move.moves_on), address=one_line(move))
        if move
        else ""
    )
    return {
        "id": str(site.id),
        "name": site.name,
        "address": one_line(site),
        "country": site.country,
        "version": site.version,
        "moving": move is not None,
        "move_id": str(move.id) if move else "",
        "move_words": words,
        "move_confirmed": move is not None and move.confirmed,
    }


def sites_section() -> rx.Component:
    state = SitesState
    return section(
        rx.cond(
            state.loaded & (state.sites.length() == 0),
            empty_state(
                title=_("No site yet"),
                description=_("When we install an alarm, its address appears here."),
            ),
        ),
        rx.foreach(state.sites, _site),
        status_line(state.notice),
        title=_("Sites"),
        lead=_("The addresses that we protect. Guards are sent there."),
        id="sites",
    )


def _site(site: ObjectVar[SiteRow]) -> rx.Component:
    return card(
        paragraph(site["address"]),
        rx.cond(site["moving"], _moving(site)),
        disclosure(_rename(site), summary=_("Rename")),
        rx.cond(site["moving"], rx.fragment(), disclosure(_move(site), summary=_("We are moving"))),
        title=site["name"],
    )


def _moving(site: ObjectVar[SiteRow]) -> rx.Component:
    return rx.fragment(
        paragraph(
            rx.cond(
                site["move_confirmed"],
                badge(_("Move confirmed"), tone="fine"),
                badge(
                    _("Waiting for {company}").format(company=get_settings().company_name),
                    tone="waiting",
                ),
            ),
            " ",
            site["move_words"],
        ),
        button(
            _("Withdraw the move"),
            kind="quiet",
            detail=site["name"],
            on_click=SitesState.withdraw(site["move_id"].to(str)),
        ),
    )


def _rename(site: ObjectVar[SiteRow]) -> rx.Component:
    return page_form(
        SitesState,
        f"rename-{site['id']}",
        hidden_field(name="site", value=site["id"].to(str)),
        _field(site, "site_name", value=site["name"]),
        save=_("Save changes"),
        on_submit=SitesState.rename,
    )


def _move(site: ObjectVar[SiteRow]) -> rx.Component:
    return page_form(
        SitesState,
        f"move-{site['id']}",
        hidden_field(name="site", value=site["id"].to(str)),
        paragraph(
            _(
                "Tell us the new address and the day. We confirm it first, because guards are "
                "sent there; until that day the old address stands."
            ),
            quiet=True,
        ),
        _field(site, "address", autocomplete="street-address"),
        columns(_field(site, "postal_code", short=True), _field(site, "city")),
        select(
            name=f"country-{site['id']}",
            label=field_name("country"),
            options=country_names(),
            value=site["country"],
            message=SitesState.messages.get(f"country-{site['id']}", ""),
        ),
        _field(site, "moves_on", kind="date", short=True),
        save=_("Ask to move"),
        on_submit=SitesState.ask_to_move,
    )


def _field(site: ObjectVar[SiteRow], name: str, **options: object) -> rx.Component:
    own_name = f"{name}-{site['id']}"
    return field(
        name=own_name,
        label=field_name(name),
        message=SitesState.messages.get(own_name, ""),
        **options,  # pyright: ignore[reportArgumentType]
    )
