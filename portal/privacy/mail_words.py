"""What each kind of mail was about, as a copy tells its reader once the text is gone."""

from portal.languages import N_

_KINDS: dict[str, tuple[str, ...]] = {
    N_("Your account"): (
        "activation",
        "confirm-email",
        "email-change-announced",
        "email-change-undone",
        "email-changed",
        "password-changed",
        "reset-password",
        "staff-activation",
    ),
    N_("Your data"): (
        "data-request-answered",
        "data-request-extended",
        "data-request-received",
        "data-request-verify",
        "data-restriction-ends",
        "deletion-asked",
        "deletion-done",
        "deletion-kept",
        "notice-changed",
    ),
    N_("You as an alarm contact"): (
        "contact-another-site",
        "contact-invitation",
        "contact-reminder",
        "contact-removed",
        "contact-role-changed",
    ),
    N_("Alarm contacts"): (
        "call-list-gap",
        "contact-answered",
        "contact-away",
        "contact-back",
        "contact-left",
        "contact-mail-returned",
        "contact-not-me",
        "contacts-untold",
    ),
    N_("Moving"): ("move-confirmed", "move-requested"),
    N_("For whom you act"): (
        "ownership-answered",
        "ownership-offered",
        "team-invitation",
        "team-joined",
        "team-left",
        "team-reminder",
        "team-removed",
        "team-role-changed",
    ),
    N_("The customer's account"): ("customer-closed",),
    N_("Work in customer service"): (
        "contacts-untold-lead",
        "customer-without-owner",
        "data-request-lead",
    ),
    N_("Marketing: a status report"): ("marketing/status-report",),
    N_("Marketing: a survey"): ("marketing/survey",),
}
MAIL_WORDS: dict[str, str] = {kind: words for words, kinds in _KINDS.items() for kind in kinds}
