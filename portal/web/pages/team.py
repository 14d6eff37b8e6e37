"""The team: who acts for the customer and in which role, who is invited, and who owns it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import reflex as rx
from reflex.vars import ObjectVar
from sqlmodel import Session

from portal.actor import Actor, Right, Role
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views, unnoted
from portal.customers.ownership import (
    Offer,
    offer_ownership,
    open_offer,
    withdraw_offer,
)
from portal.customers.team import TeamMember, change_role, remove_member, team
from portal.customers.team_invitations import (
    ColleagueInvitation,
    colleague_invitations,
    invite_again,
    invite_colleague,
    remind_colleague,
    revoke_colleague,
)
from portal.errors import PortalError, RecentSignInRequiredError
from portal.invitations.offers import AlreadyInvitedError
from portal.web.access import Access, declare
from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.choices import Choice, choice_list
from portal.web.components.dialogs import dialog
from portal.web.components.errors import focus_region
from portal.web.components.field import field, select
from portal.web.components.forms import hidden_field
from portal.web.components.layout import cluster, paragraph, stack
from portal.web.components.props import Text
from portal.web.components.sections import card, page_heading, section
from portal.web.components.sentences import sentence
from portal.web.components.skeletons import revealed, skeleton
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.form_state import FormState
from portal.web.frame_state import FrameState
from portal.web.identifiers import identifier
from portal.web.locale import LANGUAGE_NAMES, N_, _, current_locale
from portal.web.messages import explain
from portal.web.page import Page
from portal.web.pages.form_parts import page_form
from portal.web.pages.frame import signed_in_page
from portal.web.services import change, look
from portal.web.team_rows import (
    NOBODY,
    InvitationRow,
    MemberRow,
    invitation_row,
    member_row,
    offer_words,
)
from portal.web.team_words import member_role, member_role_means

PATH = "team"
QUESTIONS = ("role", "removal", "ownership")
STEP_DOWN = "step down"


class TeamState(FormState, rx.State):
    """The team. `question` is the dialog that is open, `asked` the member whom it is about.

    Each question needs a recent sign-in: who proved themselves too long ago is led to the page
    that asks for the password, and back to the question.
    """

    loaded: rx.Field[bool] = rx.field(False)
    members: rx.Field[list[MemberRow]] = rx.field(default_factory=list)
    invitations: rx.Field[list[InvitationRow]] = rx.field(default_factory=list)
    owns: rx.Field[bool] = rx.field(False)
    offer: rx.Field[str] = rx.field("")
    may_offer: rx.Field[bool] = rx.field(False)
    question: rx.Field[str] = rx.field("")
    asked: rx.Field[MemberRow] = rx.field(default_factory=lambda: NOBODY)
    overtaken: rx.Field[str] = rx.field("")
    sent: rx.Field[str] = rx.field("")
    _invited: rx.Field[str] = rx.field("")

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def load(self) -> None:
        await self._reload()
        frame = await self.get_state(FrameState)
        if not (self.loaded and frame._is_being_restored()):  # noqa: SLF001
            self._begin()
            self._ask("")
            self.sent = ""
            self._fill("invite")
            self._ask_what_was_asked()
        self.loaded = True

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def invite(self, fields: dict[str, str]) -> None:
        self._begin()
        self.sent = ""
        email = fields.get("email", "")
        try:
            await change(
                invite_colleague,
                current_actor(),
                name=fields.get("name", ""),
                email=email,
                role=fields.get("role", ""),
                locale=fields.get("locale", ""),
                now=datetime.now(UTC),
            )
        except PortalError as error:
            if not (isinstance(error, AlreadyInvitedError) and email == self._invited):
                error.field = error.field or "email"
                self._refuse("invite", error)
                return
        self._invited = email  # a double click is no second try
        await self._reload()
        self._fill("invite")
        self.sent = _("The invitation is on its way to {email}.").format(email=email.strip())

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def remind(self, invitation: str) -> None:
        await self._change_invitation(
            remind_colleague, invitation, _("The reminder is on its way to {name}.")
        )

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def take_back(self, invitation: str) -> None:
        await self._change_invitation(
            revoke_colleague, invitation, _("The invitation of {name} is taken back.")
        )

    @rx.event
    @declare(Access.ADMINISTRATOR)
    async def repeat(self, invitation: str) -> None:
        await self._change_invitation(
            invite_again, invitation, _("A new invitation is on its way to {name}.")
        )

    @rx.event
    @declare(Access.OWNER)
    async def ask(self, question: str, member: str) -> None:
        """Open a question about a member, or about ownership."""
        self._begin()
        try:
            current_actor().require_recent_sign_in(datetime.now(UTC))
        except RecentSignInRequiredError:
            await self._leave_to_prove(question, member)
        else:
            self._ask(question, member)

    @rx.event
    @declare(Access.OWNER)
    async def close(self) -> None:
        self._ask("")

    @rx.event
    @declare(Access.OWNER)
    async def save_role(self, fields: dict[str, str]) -> None:
        if await self._did(change_role, self.asked["id"], fields.get("new_role", "")):
            await self._settle(_("The role of {name} has changed."), home="overview")

    @rx.event
    @declare(Access.OWNER)
    async def remove(self) -> None:
        if await self._did(remove_member, self.asked["id"]):
            await self._settle(_("{name} is no longer in the team."), home="account")

    @rx.event
    @declare(Access.OWNER)
    async def make_offer(self, fields: dict[str, str]) -> None:
        steps_down = fields.get("and_you") == STEP_DOWN
        if await self._did(offer_ownership, fields.get("member", ""), steps_down=steps_down):
            await self._show(_("The offer is on its way. Until there is a yes, nothing changes."))

    @rx.event
    @declare(Access.OWNER)
    async def withdraw(self) -> None:
        self._begin()
        try:
            await change(withdraw_offer, current_actor(), now=datetime.now(UTC))
        except PortalError as error:
            await self._say_overtaken(error)
        else:
            await self._show(_("The offer is withdrawn."))

    async def _did(self, service: Any, member: str, *words: str, **options: bool) -> bool:
        """Whether the service did it; if not, the reader sees why, or is asked who they are."""
        self._begin()
        try:
            await change(
                service,
                current_actor(),
                identifier(member),
                *words,
                now=datetime.now(UTC),
                **options,
            )
        except RecentSignInRequiredError:
            await self._leave_to_prove(self.question, self.asked["id"])
        except PortalError as error:
            if error.field:
                self._refuse(self.question, error)
            else:
                await self._say_overtaken(error)
        else:
            return True
        return False

    async def _settle(self, words: str, *, home: str) -> None:
        """Say what happened to the member; who did it to themselves goes where they may be."""
        if self.asked["you"]:
            frame = await self.get_state(FrameState)
            frame.leave_to = f"/{current_locale()}/{home}"
            return
        await self._show(words.format(name=self.asked["name"]))

    async def _change_invitation(self, service: Any, invitation: str, words: str) -> None:
        self._begin()
        row = next((row for row in self.invitations if row["id"] == invitation), None)
        try:
            await change(service, current_actor(), identifier(invitation), now=datetime.now(UTC))
        except PortalError as error:
            await self._say_overtaken(error)
        else:
            await self._show(words.format(name=row["name"] if row else ""))

    async def _leave_to_prove(self, question: str, member: str) -> None:
        locale = current_locale()
        back = quote(f"/{locale}/{PATH}?ask={quote(question)}&member={quote(member)}")
        frame = await self.get_state(FrameState)
        frame.leave_to = f"/{locale}/confirm-identity?next={back}"

    def _ask_what_was_asked(self) -> None:
        """Whoever has just proved who they are is back, and the question opens by itself."""
        actor, wanted = current_actor(), self.router.url.query_parameters
        try:
            actor.require(Right.MANAGE_TEAM)
            actor.require_recent_sign_in(datetime.now(UTC))
        except PortalError:
            return
        self._ask(wanted.get("ask", ""), wanted.get("member", ""))

    def _ask(self, question: str, member: str = "") -> None:
        self.asked = next((row for row in self.members if row["id"] == member), NOBODY)
        has_subject = self.asked["id"] != "" or question == "ownership"
        self.question = question if question in QUESTIONS and has_subject else ""
        self._fill(*QUESTIONS)

    async def _show(self, words: str) -> None:
        await self._reload()
        self._ask("")
        self.notice = words

    async def _say_overtaken(self, error: PortalError) -> None:
        """Show the team as it is now, and say why nothing of the reader's was done."""
        await self._reload()
        self._ask("")
        self.overtaken = explain(error)
        self.refusals += 1

    async def _reload(self) -> None:
        actor, now = current_actor(), datetime.now(UTC)
        found = await look(_team, actor, now=now)
        if found.unnoted:
            await change(note_views, actor, found.unnoted, now=now)
        self.overtaken = ""
        self.owns = actor.may(Right.MANAGE_TEAM)
        self.members = [member_row(each) for each in found.members]
        self.invitations = [invitation_row(each) for each in found.invitations]
        self.offer = offer_words(found.offer)
        self.may_offer = any(row["may_be_owner"] for row in self.members)


@dataclass(frozen=True)
class _Team:
    members: list[TeamMember]
    invitations: list[ColleagueInvitation]
    offer: Offer | None
    unnoted: list[View]


def _team(db: Session, actor: Actor, *, now: datetime) -> _Team:
    return _Team(
        team(db, actor),
        colleague_invitations(db, actor, now=now),
        open_offer(db, actor, now=now) if actor.may(Right.MANAGE_TEAM) else None,
        unnoted(db, actor, [View(AuditEvent.TEAM_SEEN)], now=now),
    )


def team_page() -> rx.Component:
    state = TeamState
    return signed_in_page(
        page_heading(
            title=_("Team"),
            lead=_("Who acts for you here, and what each of them may do."),
            action=button_link(_("Invite colleague"), href="#invite", kind="quiet", icon="plus"),
        ),
        revealed(
            focus_region(
                rx.cond(state.overtaken != "", banner(title=state.overtaken, kind="warning")),
                news=state.refusals,
                id="overtaken",
            ),
            status_line(state.notice),
            _members(),
            rx.cond(state.invitations.length() > 0, _invitations()),
            _invite(),
            rx.cond(state.owns, _ownership()),
            when=state.loaded,
            skeleton=skeleton(lines=8),
        ),
        rx.cond(state.owns, rx.fragment(_role_dialog(), _removal_dialog(), _ownership_dialog())),
        current=PATH,
    )


def _members() -> rx.Component:
    return section(
        stack(rx.foreach(TeamState.members, _member)),
        title=_("Members"),
        id="members",
    )


def _member(row: ObjectVar[MemberRow]) -> rx.Component:
    return card(
        paragraph(row["email"]),
        paragraph(row["means"], quiet=True),
        rx.cond(row["note"] != "", paragraph(row["note"])),
        rx.cond(TeamState.owns & row["may_go"], _member_actions(row)),
        title=rx.cond(row["you"], sentence(_("{name} (you)"), name=row["name"]), row["name"]),
        action=badge(row["role_name"], tone=rx.cond(row["owns"], "fine", "plain")),
    )


def _member_actions(row: ObjectVar[MemberRow]) -> rx.Component:
    def act(label: Text, question: str) -> rx.Component:
        ask = TeamState.ask(question, row["id"].to(str))
        return button(label, kind="quiet", detail=row["name"], on_click=ask)

    leave_or_remove = rx.cond(row["you"], _("Leave the team"), _("Remove"))
    return cluster(act(_("Change role"), "role"), act(leave_or_remove, "removal"))


def _invitations() -> rx.Component:
    return section(
        stack(rx.foreach(TeamState.invitations, _invitation)),
        title=_("Invitations"),
        lead=_("Nobody joins before they say yes."),
        id="invitations",
    )


def _invitation(row: ObjectVar[InvitationRow]) -> rx.Component:
    state = TeamState

    def act(label: str, handler: Any) -> rx.Component:
        return button(label, kind="quiet", detail=row["name"], on_click=handler)

    invitation = row["id"].to(str)
    return card(
        paragraph(row["email"]),
        paragraph(row["sent"], " ", row["now"], quiet=True),
        rx.cond(
            row["may_be_taken_back"],
            cluster(
                rx.cond(
                    row["may_be_reminded"], act(_("Send one reminder"), state.remind(invitation))
                ),
                act(_("Take back"), state.take_back(invitation)),
            ),
        ),
        rx.cond(row["may_be_repeated"], cluster(act(_("Invite again"), state.repeat(invitation)))),
        title=row["name"],
        action=badge(row["standing"], tone=row["tone"].to(str)),
    )


def _invite() -> rx.Component:
    state = TeamState
    return section(
        page_form(
            state,
            "invite",
            field(name="name", label=_("Name"), message=state.messages.get("name", "")),
            field(
                name="email",
                label=_("Email"),
                kind="email",
                hint=_("Their own: it becomes their sign-in."),
                message=state.messages.get("email", ""),
            ),
            rx.cond(state.owns, _offered_role(), hidden_field(name="role", value=Role.COLLEAGUE)),
            select(
                name="locale",
                label=_("Language"),
                hint=_("In which we write to them."),
                options=list(LANGUAGE_NAMES.items()),
                value=current_locale(),
                message=state.messages.get("locale", ""),
            ),
            save=_("Invite colleague"),
            on_submit=state.invite,
        ),
        status_line(state.sent),
        title=_("Invite colleague"),
        lead=rx.cond(
            state.owns,
            _("They get one mail, and say yes or no within 14 days."),
            _("They get one mail, and say yes or no within 14 days. They join as colleague."),
        ),
        id="invite",
    )


def _offered_role() -> rx.Component:
    return choice_list(
        name="role",
        legend=_("Role"),
        choices=_role_choices(),
        chosen=Role.COLLEAGUE,
        message=TeamState.messages.get("role", ""),
    )


def _role_choices() -> tuple[Choice, ...]:
    return tuple(
        Choice(role, member_role(role), member_role_means(role))
        for role in (Role.COLLEAGUE, Role.ADMINISTRATOR)
    )


def _ownership() -> rx.Component:
    state = TeamState
    return section(
        rx.cond(
            state.offer != "",
            card(
                paragraph(state.offer),
                button_row(button(_("Withdraw the offer"), kind="quiet", on_click=state.withdraw)),
                title=_("Waiting for an answer"),
            ),
            rx.cond(
                state.may_offer,
                button_row(
                    button(
                        _("Offer ownership"),
                        kind="quiet",
                        on_click=state.ask("ownership", ""),
                    )
                ),
                paragraph(_("Invite a colleague first. Once they have joined, you can ask them.")),
            ),
        ),
        title=_("Ownership"),
        lead=_(
            "There is always at least one owner, and nobody becomes one without saying yes. "
            "You can share ownership, or hand it over and step down."
        ),
        id="ownership",
    )


def _role_dialog() -> rx.Component:
    state, asked = TeamState, TeamState.asked
    return dialog(
        _about_ownership(_("{name} is no longer an owner then, and cannot take this back.")),
        page_form(
            state,
            "role",
            choice_list(
                name="new_role",
                legend=_("Role"),
                choices=_role_choices(),
                chosen=rx.cond(asked["owns"], Role.COLLEAGUE.value, asked["role"].to(str)),
            ),
            save=_("Change role"),
            on_submit=state.save_role,
            on_cancel=state.close,
        ),
        id="role-question",
        title=sentence(_("What may {name} do?"), name=asked["name"]),
        shown=state.question == "role",
        on_close=state.close,
    )


def _removal_dialog() -> rx.Component:
    state, asked = TeamState, TeamState.asked
    return dialog(
        _about_ownership(_("{name} is an owner, and comes back only if another owner wants it.")),
        paragraph(
            rx.cond(
                asked["you"],
                _("You can do nothing here any more, from your next click on."),
                _("They can do nothing here any more, from their next click on. We tell them."),
            ),
            " ",
            _("The account stays. Invitations of this member that nobody answered are taken back."),
        ),
        id="removal-question",
        title=rx.cond(
            asked["you"],
            _("Leave the team?"),
            sentence(_("Remove {name} from the team?"), name=asked["name"]),
        ),
        actions=(
            button(
                rx.cond(asked["you"], _("Leave"), _("Remove")),
                kind="dangerous",
                on_click=state.remove,
            ),
            button(rx.cond(asked["you"], _("Stay"), _("Keep")), kind="quiet", on_click=state.close),
        ),
        shown=state.question == "removal",
        on_close=state.close,
    )


def _about_ownership(words: str) -> rx.Component:
    asked = TeamState.asked
    return rx.cond(asked["owns"], banner(title=sentence(words, name=asked["name"]), kind="warning"))


def _ownership_dialog() -> rx.Component:
    state = TeamState
    return dialog(
        page_form(
            state,
            "ownership",
            select(
                name="member",
                label=_("Who is to be an owner?"),
                options=rx.foreach(state.members, _candidate),
                message=state.messages.get("member", ""),
            ),
            choice_list(
                name="and_you",
                legend=_("And you?"),
                choices=(
                    Choice("stays", _("I stay an owner, too")),
                    Choice(
                        STEP_DOWN,
                        _("I step down"),
                        _("With their yes you become an administrator."),
                    ),
                ),
                chosen="stays",
            ),
            save=_("Ask them"),
            on_submit=state.make_offer,
            on_cancel=state.close,
        ),
        id="ownership-question",
        title=_("Offer ownership"),
        shown=state.question == "ownership",
        on_close=state.close,
    )


def _candidate(row: ObjectVar[MemberRow]) -> rx.Component:
    return rx.cond(row["may_be_owner"], rx.el.option(row["name"], value=row["id"].to(str)))


PAGE = Page(
    PATH, N_("Team"), Access.ADMINISTRATOR, team_page, load=[TeamState.load, FrameState.load]
)
