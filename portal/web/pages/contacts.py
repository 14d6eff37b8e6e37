"""The alarm contacts: the call list of each site, large, with everything that can be done to it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypedDict, cast
from uuid import UUID

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views, unnoted
from portal.contacts.adding import NewContact, add_contact, add_known_contact
from portal.contacts.contact_fields import Place
from portal.contacts.editing import ContactChanges, edit_contact
from portal.contacts.history import ContactHistoryRow, contact_history
from portal.contacts.inviting import confirm_imported, invite_again, remind
from portal.contacts.lists import (
    CallListView,
    KnownContact,
    SiteChoice,
    call_list,
    known_contacts,
    site_choices,
    state_of_choices,
)
from portal.contacts.moving import move_contact, undo_move
from portal.contacts.removing import Removal, removal, remove_contact
from portal.errors import (
    ChangedMeanwhileError,
    InvalidFieldsError,
    NotFoundError,
    PortalError,
)
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link
from portal.web.components.choices import checkbox
from portal.web.components.dialogs import dialog
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.errors import focus_region
from portal.web.components.field import select
from portal.web.components.forms import hidden_field
from portal.web.components.layout import cluster, paragraph, stack
from portal.web.components.sections import page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, thread_skeleton
from portal.web.components.status import status_line
from portal.web.components.thread import (
    knot,
    move_buttons,
    sortable_thread,
    thread_end,
    thread_gap,
)
from portal.web.contact_rows import (
    ContactRow,
    SiteOption,
    contact_entry,
    contact_row,
    gap_words,
    reach,
    site_options,
)
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.history_rows import HistoryEntry, history_section
from portal.web.identifiers import identifier
from portal.web.locale import N_, _, format_time, ngettext
from portal.web.messages import explain
from portal.web.page import Page
from portal.web.pages.contact_forms import (
    person_fields,
    role_fields,
    same_phone_field,
    told_field,
    told_words,
)
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look

HISTORY_PAGE = 10
SAME_PHONE = frozenset({"phone-on-list", "phone-known"})


class KnownRow(TypedDict):
    id: str
    words: str


class RemovalRow(TypedDict):
    """The question before somebody is removed. `last`: nobody could be called any more."""

    id: str
    name: str
    words: str
    last: bool


NO_REMOVAL: RemovalRow = {"id": "", "name": "", "words": "", "last": False}


class ContactsState(FormState, rx.State):
    """The call list of one site. `version` is the list's, as the reader sees it."""

    loaded: rx.Field[bool] = rx.field(False)
    sites: rx.Field[list[SiteOption]] = rx.field(default_factory=list)
    _sites_rest_on: rx.Field[str] = rx.field("")
    site: rx.Field[str] = rx.field("")
    site_name: rx.Field[str] = rx.field("")
    site_address: rx.Field[str] = rx.field("")
    people: rx.Field[list[ContactRow]] = rx.field(default_factory=list)
    known: rx.Field[list[KnownRow]] = rx.field(default_factory=list)
    version: rx.Field[int] = rx.field(0)
    reach: rx.Field[str] = rx.field("")
    gap: rx.Field[str] = rx.field("")
    station: rx.Field[str] = rx.field("")
    station_has_it: rx.Field[bool] = rx.field(False)
    without_email: rx.Field[str] = rx.field("")
    not_told: rx.Field[str] = rx.field("")
    can_undo: rx.Field[bool] = rx.field(False)
    adding: rx.Field[bool] = rx.field(False)
    editing: rx.Field[str] = rx.field("")
    phone_is_known: rx.Field[bool] = rx.field(False)
    leaving: rx.Field[RemovalRow] = rx.field(default_factory=lambda: NO_REMOVAL)
    overtaken: rx.Field[str] = rx.field("")
    history: rx.Field[list[HistoryEntry]] = rx.field(default_factory=list)
    more_history: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.MEMBER)
    async def load(self) -> None:
        frame = await self.get_state(FrameState)
        restored = self.loaded and frame._is_being_restored()  # noqa: SLF001
        wanted = self.site if restored else self.router.url.query_parameters.get("site", "")
        await self._reload(wanted)
        if not restored:
            self._begin()
            self._close_forms()
        self.loaded = True

    @rx.event
    @declare(Access.MEMBER)
    async def choose_site(self, site: str) -> None:
        self._begin()
        self._close_forms()
        await self._reload(site)

    @rx.event
    @declare(Access.MEMBER)
    async def open_add(self) -> None:
        self._begin()
        self._close_forms()
        self.adding = True
        if len(self.sites) > 1:
            found = await look(known_contacts, current_actor(), identifier(self.site))
            self._show_known(found)
        self._fill("add")

    @rx.event
    @declare(Access.MEMBER)
    async def open_edit(self, entry: str) -> None:
        self._begin()
        self._close_forms()
        self.editing = entry
        self._fill(f"edit-{entry}")

    @rx.event
    @declare(Access.MEMBER)
    async def close_forms(self) -> None:
        self._begin()
        self._close_forms()

    @rx.event
    @declare(Access.MEMBER)
    async def add(self, fields: dict[str, str]) -> None:
        self._begin()
        new = NewContact(
            **_person(fields),
            told=bool(fields.get("told")),
            told_words=told_words(),
            same_phone=bool(fields.get("same_phone")),
        )
        try:
            added = await change(
                add_contact, current_actor(), identifier(self.site), new, now=datetime.now(UTC)
            )
        except PortalError as error:
            self._refuse("add", error)
            self.phone_is_known = bool(SAME_PHONE & {error.code, *_codes(error)})
            return
        self._close_forms()
        await self._reload(self.site)
        self.notice = _added(new.name.strip(), invited=added.invited)

    @rx.event
    @declare(Access.MEMBER)
    async def add_known(self, fields: dict[str, str]) -> None:
        self._begin()
        try:
            await change(
                add_known_contact,
                current_actor(),
                identifier(self.site),
                identifier(fields.get("contact", "")),
                Place(**_role(fields, "-known")),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self._refuse("known", error)
            self._name_fields("known")
            return
        self._close_forms()
        await self._reload(self.site)
        self.notice = _("They are on this list now, too.")

    @rx.event
    @declare(Access.MEMBER)
    async def save(self, fields: dict[str, str]) -> None:
        entry = fields.get("entry", "")
        self._begin()
        row = self._row(entry)
        try:
            await change(
                edit_contact,
                current_actor(),
                identifier(entry),
                ContactChanges(
                    **_person(fields, f"-{entry}"), same_phone=bool(fields.get("same_phone"))
                ),
                version=row["version"] if row else 0,
                now=datetime.now(UTC),
            )
        except ChangedMeanwhileError as error:
            await self._reload(self.site)
            self._refuse_for(entry, error)
            return
        except PortalError as error:
            self._refuse_for(entry, error)
            return
        self._close_forms()
        await self._reload(self.site)
        self.notice = _("Saved")

    @rx.event
    @declare(Access.MEMBER)
    async def move(self, entry: str, by: int) -> None:
        row = self._row(entry)
        if row is not None:
            await self._move_to(row, row["number"] + by)

    @rx.event
    @declare(Access.MEMBER)
    async def drop(self, fields: dict[str, str]) -> None:
        """A knot was dragged to another place."""
        row, place = self._row(fields.get("entry", "")), fields.get("to", "")
        if row is not None and place.isdecimal():
            await self._move_to(row, int(place))

    @rx.event
    @declare(Access.MEMBER)
    async def undo(self) -> None:
        self._begin()
        try:
            await change(
                undo_move,
                current_actor(),
                identifier(self.site),
                version=self.version,
                now=datetime.now(UTC),
            )
        except PortalError as error:
            await self._say_overtaken(error)
            return
        await self._reload(self.site)
        self.notice = _("The order is as it was before.")

    @rx.event
    @declare(Access.MEMBER)
    async def ask_removal(self, entry: str) -> None:
        self._begin()
        try:
            asked = await look(removal, current_actor(), identifier(entry), now=datetime.now(UTC))
        except NotFoundError as error:
            await self._say_overtaken(error)
            return
        self.leaving = _removal_row(entry, asked, self.site_name)

    @rx.event
    @declare(Access.MEMBER)
    async def keep(self) -> None:
        self.leaving = NO_REMOVAL

    @rx.event
    @declare(Access.MEMBER)
    async def remove(self, fields: dict[str, str]) -> None:
        self._begin()
        asked = self.leaving
        try:
            await change(
                remove_contact,
                current_actor(),
                identifier(asked["id"]),
                sure=bool(fields.get("sure")),
                now=datetime.now(UTC),
            )
        except NotFoundError as error:
            self.leaving = NO_REMOVAL
            await self._say_overtaken(error)
            return
        except PortalError as error:
            self.leaving = {**asked, "last": True}
            self._refuse("remove", error)
            return
        self.leaving = NO_REMOVAL
        await self._reload(self.site)
        self.notice = _("{name} is no longer on the list.").format(name=asked["name"])

    @rx.event
    @declare(Access.MEMBER)
    async def send_reminder(self, contact: str) -> None:
        await self._write_to(contact, remind, _("The reminder is on its way."))

    @rx.event
    @declare(Access.MEMBER)
    async def send_invitation(self, contact: str) -> None:
        await self._write_to(contact, invite_again, _("The invitation is on its way."))

    @rx.event
    @declare(Access.MEMBER)
    async def confirm(self, fields: dict[str, str]) -> None:
        """The people of an imported list have been told: invite those who have an e-mail."""
        self._begin()
        try:
            invited = await change(
                confirm_imported,
                current_actor(),
                site_id=identifier(self.site),
                told=bool(fields.get("told_imported")),
                told_words=told_words(),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            self._refuse("confirm", error)
            for wrong in self.errors:
                wrong["field"] = "told_imported"
            self.messages = {"told_imported": self.errors[0]["text"]}
            return
        await self._reload(self.site)
        self.notice = ngettext(
            "Thank you. {count} invitation is on its way.",
            "Thank you. {count} invitations are on their way.",
            invited,
        ).format(count=invited)

    @rx.event
    @declare(Access.MEMBER)
    async def older_history(self) -> None:
        if not self.history:
            return
        rows = await look(_history, current_actor(), before=self.history[-1]["id"])
        self.more_history = len(rows) > HISTORY_PAGE
        self.history = [*self.history, *map(contact_entry, rows[:HISTORY_PAGE])]

    async def _move_to(self, row: ContactRow, place: int) -> None:
        self._begin()
        if not 1 <= place <= len(self.people) or place == row["number"]:
            return
        try:
            await change(
                move_contact,
                current_actor(),
                identifier(row["id"]),
                to=place,
                version=self.version,
                now=datetime.now(UTC),
            )
        except PortalError as error:
            await self._say_overtaken(error)
            return
        await self._reload(self.site)
        self.notice = _("{name} is now number {place} of {count}.").format(
            name=row["name"], place=place, count=len(self.people)
        )

    async def _write_to(self, contact: str, service: Any, done: str) -> None:
        self._begin()
        try:
            await change(service, current_actor(), identifier(contact), now=datetime.now(UTC))
        except PortalError as error:
            await self._say_overtaken(error)
            return
        await self._reload(self.site)
        self.notice = done

    async def _say_overtaken(self, error: PortalError) -> None:
        """Show the list as it is now, and say why nothing of the reader's was done."""
        await self._reload(self.site)
        self.overtaken = _overtaken(error)
        self.refusals += 1

    async def _reload(self, wanted: str) -> None:
        actor, now = current_actor(), datetime.now(UTC)
        found = await look(
            _page,
            actor,
            wanted,
            shown=[site["id"] for site in self.sites],
            shown_rest_on=self._sites_rest_on,
            adding=self.adding,
            now=now,
        )
        if found.unnoted:
            await change(note_views, actor, found.unnoted, now=now)
        self.overtaken = ""
        if found.sites is not None:
            self.sites, self._sites_rest_on = site_options(found.sites), found.sites_rest_on
        self._show(found)
        self.more_history = len(found.history) > HISTORY_PAGE
        self.history = [contact_entry(row) for row in found.history[:HISTORY_PAGE]]

    def _show(self, found: "_Page") -> None:
        view = found.view
        if view is None:
            self.site, self.people, self.known = "", [], []
            return
        self.site, self.version = str(view.site_id), view.version
        self.site_name, self.site_address = view.name, view.address
        self.people = [contact_row(line, len(view.people)) for line in view.people]
        self._show_known(found.known)
        self.reach, self.gap, self.can_undo = reach(view), gap_words(view), view.can_undo
        self.station_has_it = view.station_has_it
        self.station = _station(view)
        self.without_email = _without_email(view.without_email)
        self.not_told = _not_told(view.not_told)

    def _show_known(self, found: list[KnownContact]) -> None:
        self.known = [{"id": str(each.contact_id), "words": _known(each)} for each in found]

    def _row(self, entry: str) -> ContactRow | None:
        return next((row for row in self.people if row["id"] == entry), None)

    def _close_forms(self) -> None:
        self.adding = self.phone_is_known = False
        self.editing = self.overtaken = ""
        self.known = []
        self.leaving = NO_REMOVAL

    def _refuse_for(self, entry: str, error: PortalError) -> None:
        self._refuse(f"edit-{entry}", error)
        self.phone_is_known = bool(SAME_PHONE & {error.code, *_codes(error)})
        self._name_fields(entry)

    def _name_fields(self, suffix: str) -> None:
        """Let what is wrong lead to the fields of the form whose ids have this suffix."""
        for wrong in self.errors:
            wrong["field"] = f"{wrong['field']}-{suffix}" if wrong["field"] else ""
        self.messages = {wrong["field"]: wrong["text"] for wrong in self.errors}


@dataclass(frozen=True)
class _Page:
    """All that the page shows, read at one moment. `known` is empty while nobody is added.

    `sites` is None while the choice of sites is as the reader has it: it may be fifty, with five
    hundred people.
    """

    sites: list[SiteChoice] | None
    sites_rest_on: str
    view: CallListView | None
    known: list[KnownContact]
    history: list[ContactHistoryRow]
    unnoted: list[View]


def _page(
    db: Session,
    actor: Actor,
    wanted: str,
    *,
    shown: list[str],
    shown_rest_on: str,
    adding: bool,
    now: datetime,
) -> _Page:
    """The wanted site's list, or the first site's if the reader wants none of theirs."""
    rest_on = state_of_choices(db, actor, now=now)
    sites = None if rest_on == shown_rest_on else site_choices(db, actor, now=now)
    ids = shown if sites is None else [str(each.site_id) for each in sites]
    history = _history(db, actor)
    if not ids:
        return _Page(sites, rest_on, None, [], history, [])
    chosen = UUID(wanted if wanted in ids else ids[0])
    view = call_list(db, actor, chosen, now=now)
    known = known_contacts(db, actor, chosen) if adding and len(ids) > 1 else []
    seen = [View(AuditEvent.CALL_LIST_SEEN, site=chosen)] if view.people else []
    return _Page(sites, rest_on, view, known, history, unnoted(db, actor, seen, now=now))


def _history(db: Session, actor: Actor, before: int | None = None) -> list[ContactHistoryRow]:
    """A page of the history, and one row more if there are older ones."""
    return contact_history(db, actor, before=before, limit=HISTORY_PAGE + 1)


def _person(fields: dict[str, str], suffix: str = "") -> dict[str, Any]:
    """What was typed about a person, as it was typed."""
    words = ("name", "phone", "email", "locale", "relation")
    typed: dict[str, Any] = {name: fields.get(f"{name}{suffix}", "") for name in words}
    return typed | _role(fields, suffix)


def _role(fields: dict[str, str], suffix: str = "") -> dict[str, Any]:
    return {
        "role": fields.get(f"role{suffix}", ""),
        "key_holder": bool(fields.get(f"key_holder{suffix}")),
        "valid_from": _day(fields.get(f"valid_from{suffix}", "")),
        "valid_until": _day(fields.get(f"valid_until{suffix}", "")),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _codes(error: PortalError) -> set[str]:
    fields = error.fields if isinstance(error, InvalidFieldsError) else {}
    return {each.code for each in fields.values()}


def _overtaken(error: PortalError) -> str:
    if not isinstance(error, ChangedMeanwhileError) or "at" not in error.details:
        return explain(error)
    return _(
        "{name} changed this list at {time}, while you were here. "
        "This is how it stands now; look at it, then go on."
    ).format(
        name=error.details.get("name") or _("Somebody else"),
        time=format_time(cast("datetime", error.details["at"])),
    )


def _added(name: str, *, invited: bool) -> str:
    if invited:
        return _("{name} is on the list, and the invitation is on its way.").format(name=name)
    return _("{name} is on the list.").format(name=name)


def _removal_row(entry: str, asked: Removal, site: str) -> RemovalRow:
    last = asked.reachable_after == 0
    if last:
        words = _("Then nobody can be called when the alarm at {site} sounds.").format(site=site)
    elif asked.reachable_after < asked.needed:
        words = ngettext(
            "Then only {count} person can be reached at {site}.",
            "Then only {count} people can be reached at {site}.",
            asked.reachable_after,
        ).format(count=asked.reachable_after, site=site)
    else:
        words = ""
    return {"id": entry, "name": asked.name, "words": words, "last": last}


def _known(each: KnownContact) -> str:
    return f"{each.name} ({', '.join(each.sites)})"


def _station(view: CallListView) -> str:
    if view.saved_at is None:
        return ""
    if view.station_has_it:
        return _("The monitoring station has it.")
    return _("Saved {time}. The monitoring station has not fetched it yet.").format(
        time=format_time(view.saved_at)
    )


def _without_email(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} person on this list has no email.",
        "{count} people on this list have no email.",
        count,
    ).format(count=count)


def _not_told(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "{count} person on this list has not heard from us yet",
        "{count} people on this list have not heard from us yet",
        count,
    ).format(count=count)


def contacts() -> rx.Component:
    state = ContactsState
    return signed_in_page(
        page_heading(
            title=_("Alarm contacts"),
            lead=_("Who is called when an alarm goes off and we cannot reach you, in this order."),
        ),
        revealed(
            rx.cond(state.sites.length() > 0, stack(*_site_parts(), gap="large"), _no_site()),
            when=state.loaded,
            skeleton=thread_skeleton(knots=3),
        ),
        _removal_dialog(),
        current="contacts",
    )


def _site_parts() -> list[rx.Component]:
    state = ContactsState
    return [
        rx.cond(
            state.sites.length() > 1,
            select(
                name="site",
                label=_("Site"),
                options=rx.foreach(
                    state.sites, lambda site: rx.el.option(site["words"], value=site["id"])
                ),
                value=state.site,
                on_change=state.choose_site,
            ),
        ),
        section(
            _confirmation(),
            focus_region(
                rx.cond(state.overtaken != "", banner(title=state.overtaken, kind="warning")),
                news=state.refusals,
                id="overtaken",
            ),
            cluster(
                status_line(state.notice),
                rx.cond(
                    state.can_undo, button(_("Undo the move"), kind="quiet", on_click=state.undo)
                ),
            ),
            rx.cond(state.people.length() > 0, _thread(), _nobody()),
            rx.cond((state.people.length() > 0) & (state.gap == "") & ~state.adding, _add_button()),
            rx.cond(state.adding, _add_form()),
            paragraph(state.station, quiet=True),
            rx.cond(state.without_email != "", _encouragement()),
            title=state.site_name,
            lead=state.site_address,
            action=badge(state.reach, tone=rx.cond(state.gap == "", "fine", "needs-you").to(str)),
            id="call-list",
        ),
        history_section(state.history, more=state.more_history, on_more=state.older_history),
    ]


def _no_site() -> rx.Component:
    return empty_state(
        title=_("No site yet"),
        description=_("When we install an alarm, its address appears here."),
    )


def _nobody() -> rx.Component:
    state = ContactsState
    return rx.cond(
        state.adding,
        rx.fragment(),
        empty_state(
            title=_("Nobody would be called yet"),
            description=_("Add the first person who can answer when the alarm sounds."),
            action=_add_button(),
        ),
    )


def _add_button() -> rx.Component:
    return button(_("Add alarm contact"), icon="plus", on_click=ContactsState.open_add)


def _thread() -> rx.Component:
    state = ContactsState
    return sortable_thread(
        rx.foreach(state.people, _knot),
        rx.cond(
            state.gap != "",
            thread_gap(state.gap, action=rx.cond(state.adding, rx.fragment(), _add_button())),
        ),
        thread_end(_("If nobody answers, we send help as your agreement says.")),
        label=_("Call list"),
        on_drop=state.drop,
    )


def _knot(row: ObjectVar[ContactRow]) -> rx.Component:
    state = ContactsState
    return knot(
        number=row["number"].to(str),
        title=row["name"],
        lit=row["lit"],
        badge=badge(row["status"], tone=row["tone"].to(str)),
        description=row["about"],
        phone=row["phone"],
        moves=move_buttons(
            name=row["name"],
            first=row["first"],
            last=row["last"],
            on_up=state.move(row["id"].to(str), -1),
            on_down=state.move(row["id"].to(str), 1),
        ),
        details=rx.fragment(
            rx.cond(row["note"] != "", paragraph(row["note"], quiet=True)),
            rx.cond(state.editing == row["id"], _edit_form(row)),
        ),
        actions=rx.cond(state.editing == row["id"], rx.fragment(), _actions(row)),
        id=row["id"].to(str),
    )


def _actions(row: ObjectVar[ContactRow]) -> rx.Component:
    state = ContactsState

    def act(label: str, handler: Any, **options: Any) -> rx.Component:
        return button(label, kind="quiet", detail=row["name"], on_click=handler, **options)

    contact = row["contact_id"].to(str)
    return rx.fragment(
        act(_("Edit"), state.open_edit(row["id"].to(str)), icon="edit"),
        act(_("Remove"), state.ask_removal(row["id"].to(str)), icon="remove"),
        button_link(_("Code word"), href=row["code_word_address"], kind="quiet", icon="lock"),
        rx.cond(row["may_be_reminded"], act(_("Send one reminder"), state.send_reminder(contact))),
        rx.cond(row["may_be_invited"], act(_("Invite again"), state.send_invitation(contact))),
        rx.cond(
            row["may_get_letter"],
            button_link(_("Letter to print"), href=row["letter_address"], kind="quiet"),
        ),
    )


def _edit_form(row: ObjectVar[ContactRow]) -> rx.Component:
    state = ContactsState
    suffix = f"-{row['id']}"
    return page_form(
        state,
        f"edit-{row['id']}",
        hidden_field(name="entry", value=row["id"].to(str)),
        *person_fields(state, suffix=suffix, person=row),
        same_phone_field(shown=state.phone_is_known),
        *role_fields(state, suffix=suffix, person=row),
        save=_("Save changes"),
        on_submit=state.save,
        on_cancel=state.close_forms,
    )


def _add_form() -> rx.Component:
    state = ContactsState
    return section(
        rx.cond(state.known.length() > 0, _known_form()),
        page_form(
            state,
            "add",
            *person_fields(state),
            same_phone_field(shown=state.phone_is_known),
            *role_fields(state),
            told_field(state),
            save=_("Add and invite"),
            on_submit=state.add,
            on_cancel=state.close_forms,
        ),
        title=_("Add alarm contact"),
        lead=_("Somebody you trust, who answers the phone at night."),
        id="add",
    )


def _known_form() -> rx.Component:
    state = ContactsState
    return disclosure(
        page_form(
            state,
            "known",
            select(
                name="contact",
                label=_("Who"),
                options=rx.foreach(
                    state.known, lambda each: rx.el.option(each["words"], value=each["id"])
                ),
                message=state.messages.get("contact", ""),
            ),
            *role_fields(state, suffix="-known"),
            save=_("Add to this list"),
            on_submit=state.add_known,
        ),
        summary=_("Somebody from the list of another of your sites"),
    )


def _confirmation() -> rx.Component:
    """Imported people hear nothing before somebody confirms that they know."""
    state = ContactsState
    return rx.cond(
        state.not_told != "",
        banner(
            paragraph(
                _(
                    "We have taken them over from our records, and call them as before. Confirm "
                    "that they know, and we invite those who have an email."
                )
            ),
            page_form(
                state,
                "confirm",
                told_field(state, name="told_imported"),
                save=_("Confirm and invite"),
                on_submit=state.confirm,
            ),
            title=state.not_told,
            kind="information",
        ),
    )


def _encouragement() -> rx.Component:
    return banner(
        _(
            "With an email they hear from us what it means to be your alarm contact, can say yes "
            "or no, and keep their number right themselves. Otherwise you have to tell them."
        ),
        title=ContactsState.without_email,
    )


def _removal_dialog() -> rx.Component:
    state = ContactsState
    asked = state.leaving
    return dialog(
        rx.cond(asked["words"] != "", banner(title=asked["words"], kind="warning")),
        paragraph(
            _(
                "We stop calling them for this site at once, and tell them if they had said yes. "
                "This cannot be undone; you can add them again."
            )
        ),
        page_form(
            state,
            "remove",
            rx.cond(
                asked["last"],
                checkbox(
                    name="sure",
                    label=_("I know that nobody is called then"),
                    message=state.messages.get("sure", ""),
                ),
            ),
            save=_("Remove"),
            on_submit=state.remove,
            on_cancel=state.keep,
            cancel=_("Keep"),
            dangerous=True,
        ),
        id="removal",
        title=sentence(_("Remove {name} from the list?"), name=asked["name"]),
        shown=asked["id"] != "",
        on_close=state.keep,
    )


PAGE = Page(
    "contacts",
    N_("Alarm contacts"),
    Access.MEMBER,
    contacts,
    load=[ContactsState.load, FrameState.load],
)
