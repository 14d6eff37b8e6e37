"""What roles of members and the states of their invitations are called on pages."""

from portal.actor import Role
from portal.customers.team_invitations import Standing
from portal.web.components.badges import Tone
from portal.web.locale import N_, _

_ROLES: dict[Role, tuple[str, str]] = {
    Role.OWNER: (N_("Owner"), N_("Decides everything, also who is in the team.")),
    Role.ADMINISTRATOR: (
        N_("Administrator"),
        N_("Keeps company details, sites and call lists right, and invites colleagues."),
    ),
    Role.COLLEAGUE: (
        N_("Colleague"),
        N_("Keeps the call lists right: who is called when the alarm sounds."),
    ),
}

_STANDINGS: dict[Standing, tuple[str, Tone]] = {
    Standing.INVITED: (N_("Invited"), "waiting"),
    Standing.NO_ANSWER: (N_("No answer"), "needs-you"),
    Standing.DECLINED: (N_("Declined"), "loss"),
    Standing.RETURNED: (N_("Mail returned"), "needs-you"),
}


def member_role(role: Role) -> str:
    """What the role is called."""
    return _(_ROLES[role][0])


def member_role_means(role: Role) -> str:
    """What somebody in this role may do."""
    return _(_ROLES[role][1])


def standing_word(standing: Standing) -> str:
    return _(_STANDINGS[standing][0])


def standing_tone(standing: Standing) -> Tone:
    return _STANDINGS[standing][1]
