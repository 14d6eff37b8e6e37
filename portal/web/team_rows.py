"""Members and invitations as the team page shows them."""

from typing import TypedDict

from portal.customers.ownership import Offer
from portal.customers.team import TeamMember
from portal.customers.team_invitations import ColleagueInvitation, Standing
from portal.web.locale import _, format_day, format_time
from portal.web.team_words import member_role, member_role_means, standing_tone, standing_word


class MemberRow(TypedDict):
    """One member in the reader's words. `note` says what is special about them."""

    id: str
    name: str
    email: str
    role: str
    role_name: str
    means: str
    note: str
    owns: bool
    you: bool
    may_go: bool
    may_be_owner: bool


NOBODY: MemberRow = {
    "id": "",
    "name": "",
    "email": "",
    "role": "",
    "role_name": "",
    "means": "",
    "note": "",
    "owns": False,
    "you": False,
    "may_go": False,
    "may_be_owner": False,
}


class InvitationRow(TypedDict):
    """One invitation. `sent` says by whom and when, `now` how it stands."""

    id: str
    name: str
    email: str
    sent: str
    now: str
    standing: str
    tone: str
    may_be_reminded: bool
    may_be_taken_back: bool
    may_be_repeated: bool


def member_row(member: TeamMember) -> MemberRow:
    return {
        "id": str(member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role.value,
        "role_name": member_role(member.role),
        "means": member_role_means(member.role),
        "note": _note(member),
        "owns": member.role == "owner",
        "you": member.you,
        "may_go": not member.needed,
        "may_be_owner": member.role != "owner" and member.activated,
    }


def invitation_row(invitation: ColleagueInvitation) -> InvitationRow:
    waits = invitation.standing is Standing.INVITED and invitation.may_change
    return {
        "id": str(invitation.id),
        "name": invitation.name,
        "email": invitation.email,
        "sent": _sent(invitation),
        "now": _now(invitation),
        "standing": standing_word(invitation.standing),
        "tone": standing_tone(invitation.standing),
        "may_be_reminded": waits and not invitation.reminded,
        "may_be_taken_back": waits,
        "may_be_repeated": invitation.may_change and invitation.standing is Standing.NO_ANSWER,
    }


def offer_words(offer: Offer | None) -> str:
    """How an open offer of ownership stands, for the owners; empty without one."""
    if offer is None:
        return ""
    words = _("{name} can say yes or no until {time}.").format(
        name=offer.name, time=format_time(offer.expires_at)
    )
    if offer.steps_down:
        stepping = _("With a yes, {name} becomes an administrator.")
        return f"{words} {stepping.format(name=offer.offered_by)}"
    return words


def _note(member: TeamMember) -> str:
    if not member.activated:
        return _("Has not signed in yet.")
    if member.needed and member.you:
        return _("You are the only owner. Hand ownership over before you go.")
    return ""


def _sent(invitation: ColleagueInvitation) -> str:
    words = {
        "role": member_role(invitation.role),
        "name": invitation.inviter,
        "day": format_day(invitation.sent_at),
    }
    if invitation.inviter:
        return _("{role}. Invited by {name} on {day}.").format(**words)
    return _("{role}. Invited on {day}.").format(**words)


def _now(invitation: ColleagueInvitation) -> str:
    sentences = {
        Standing.NO_ANSWER: _("The link worked until {day}."),
        Standing.DECLINED: _("They said no. With the link in their mail they can still say yes."),
        Standing.RETURNED: _("No mail reaches that address. Look at it, and invite again."),
        Standing.INVITED: (
            _("The link works until {day}. We have reminded them once.")
            if invitation.reminded
            else _("The link works until {day}.")
        ),
    }
    return sentences[invitation.standing].format(day=format_day(invitation.expires_at))
