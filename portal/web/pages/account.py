"""The account page: who you are to us, how you sign in, and on which devices."""

from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from portal.accounts import sessions
from portal.accounts.device import is_mobile
from portal.accounts.profile import ProfileChanges, change_profile, profile
from portal.errors import NotFoundError, PortalError
from portal.web.access import Access, declare
from portal.web.components.buttons import button, button_link
from portal.web.components.devices import device_list, device_row
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field, select
from portal.web.components.forms import form_actions
from portal.web.components.sections import page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import LANGUAGE_NAMES, N_, _, current_locale, format_phone, format_time
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look
from portal.web.sockets import close_sockets_of


class DeviceRow(TypedDict):
    id: str
    name: str
    signed_in: str
    last_seen: str
    mobile: bool
    current: bool


class AccountState(FormState, rx.State):
    """The account page."""

    name: rx.Field[str] = rx.field("")
    email: rx.Field[str] = rx.field("")
    phone: rx.Field[str] = rx.field("")
    language: rx.Field[str] = rx.field("")
    devices: rx.Field[list[DeviceRow]] = rx.field(default_factory=list)
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.SIGNED_IN)
    async def load(self) -> None:
        await self._reload()
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._fill("profile")
        self.loaded = True

    async def _reload(self) -> None:
        actor = current_actor()
        person = await look(profile, actor)
        self.name, self.email = person.name, person.email
        self.phone, self.language = format_phone(person.phone), person.locale
        found = await look(sessions.devices, actor, now=datetime.now(UTC))
        self.devices = [
            {
                "id": str(each.session_id),
                "name": each.device or _("Unknown device"),
                "signed_in": format_time(each.signed_in_at),
                "last_seen": format_time(each.last_seen_at),
                "mobile": is_mobile(each.device),
                "current": each.current,
            }
            for each in found
        ]

    @rx.event
    @declare(Access.SIGNED_IN)
    async def save_profile(self, fields: dict[str, str]) -> None:
        self._begin()
        changes = ProfileChanges(
            name=fields.get("name", ""),
            phone=fields.get("phone", ""),
            locale=fields.get("locale", ""),
        )
        try:
            await change(change_profile, current_actor(), changes, now=datetime.now(UTC))
        except PortalError as error:
            self._refuse("profile", error)
            return
        await self._reload()
        self._accept("profile")
        frame = await self.get_state(FrameState)
        frame.person = self.name

    @rx.event
    @declare(Access.SIGNED_IN)
    async def sign_out_device(self, device: str) -> None:
        self._begin()
        try:
            ended = await change(
                sessions.end_device, current_actor(), identifier(device), now=datetime.now(UTC)
            )
        except NotFoundError:
            ended = []  # it is gone already; the list says so
        await self._reload()
        self.notice = _("That device is signed out.")
        await close_sockets_of(set(ended))

    @rx.event
    @declare(Access.SIGNED_IN)
    async def sign_out_others(self) -> None:
        self._begin()
        ended = await change(sessions.end_other_devices, current_actor(), now=datetime.now(UTC))
        await self._reload()
        self.notice = _("Your other devices are signed out.")
        await close_sockets_of(set(ended))


def account() -> rx.Component:
    return signed_in_page(
        page_heading(title=_("Account"), lead=_("Who you are to us, and how you sign in.")),
        revealed(
            _profile(),
            _sign_in(),
            _devices(),
            when=AccountState.loaded,
            skeleton=skeleton(lines=8),
        ),
        current="account",
    )


def _profile() -> rx.Component:
    state = AccountState
    return section(
        page_form(
            state,
            "profile",
            field(
                name="name",
                label=_("Name"),
                value=state.name,
                message=state.messages.get("name", ""),
                autocomplete="name",
            ),
            field(
                name="phone",
                label=_("Phone"),
                hint=_("So that we can reach you about your alarm."),
                optional=_("optional"),
                kind="tel",
                value=state.phone,
                message=state.messages.get("phone", ""),
                autocomplete="tel",
            ),
            select(
                name="locale",
                label=_("Language of our messages to you"),
                options=list(LANGUAGE_NAMES.items()),
                value=state.language,
                message=state.messages.get("locale", ""),
            ),
            save=_("Save changes"),
            on_submit=state.save_profile,
        ),
        title=_("About you"),
        id="profile",
    )


def _sign_in() -> rx.Component:
    locale = current_locale()
    return section(
        fact_list(fact(term=_("Email"), value=AccountState.email)),
        form_actions(
            button_link(_("Change email"), href=f"/{locale}/account/email", kind="quiet"),
            button_link(_("Change password"), href=f"/{locale}/account/password", kind="quiet"),
        ),
        title=_("How you sign in"),
        id="sign-in",
    )


def _devices() -> rx.Component:
    state = AccountState
    return section(
        device_list(rx.foreach(state.devices, _device), label=_("Where you are signed in")),
        status_line(state.notice),
        rx.cond(
            state.devices.length() > 1,
            button(_("Sign out all other devices"), kind="quiet", on_click=state.sign_out_others),
        ),
        title=_("Where you are signed in"),
        lead=_("Something you do not recognise? Sign it out, and change your password."),
        id="devices",
    )


def _device(device: ObjectVar[DeviceRow]) -> rx.Component:
    return device_row(
        name=device["name"],
        seen=sentence(_("Last used {time}"), time=device["last_seen"]),
        mobile=device["mobile"],
        current=device["current"],
        action=rx.cond(
            device["current"],
            rx.fragment(),
            button(
                _("Sign out"),
                kind="quiet",
                detail=device["name"],
                on_click=AccountState.sign_out_device(device["id"].to(str)),
            ),
        ),
    )


PAGE = Page(
    "account", N_("Account"), Access.SIGNED_IN, account, load=[AccountState.load, FrameState.load]
)
