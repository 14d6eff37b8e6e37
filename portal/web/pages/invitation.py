"""The invitation: who asks whom and why, what it means, yes or no. Documents without script."""

import reflex as rx

from portal.settings import get_settings
from portal.web.components.buttons import button
from portal.web.components.choices import checkbox
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field
from portal.web.components.forms import form_actions, hidden_field, native_form
from portal.web.components.layout import paragraph, prose, stack
from portal.web.components.links import link
from portal.web.components.sections import card
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document, user_name_field
from portal.web.pages.new_password import new_password_field
from portal.web.slots import optional, repeated, slot, unless

PATH = "invitation"


def _strong(name: str) -> rx.Component:
    return rx.el.strong(slot(name))


def _company() -> str:
    return get_settings().company_name


def _privacy_link() -> rx.Component:
    return paragraph(
        link(
            _("What we keep about alarm contacts, and why"),
            href=f"/{current_locale()}/privacy/alarm-contacts",
        )
    )


def offer() -> rx.Component:
    """The offer to an alarm contact, with every answer there is."""
    return public_document(
        paragraph(
            sentence(
                _(
                    "{inviter} has named you, {name}, as somebody whom we may call when the alarm "
                    "sounds and they cannot be reached."
                ),
                inviter=_strong("asks"),
                name=_strong("name"),
            )
        ),
        _meaning(),
        document_form(
            optional("several", paragraph(_("For which of these may we call you?"))),
            repeated("sites", "site", _site()),
            optional("asks_sure", _sure()),
            paragraph(_("Whoever accepts is at least 18 years old."), quiet=True),
            form_actions(button(_("Accept invitation"), submits=True), equal=True),
            action="/auth/invitation/accept",
        ),
        native_form(
            hidden_field(name="locale", value=current_locale()),
            optional("asks_decline", _decline_warning()),
            form_actions(button(_("Decline"), kind="quiet", submits=True), equal=True),
            paragraph(
                _("You can say no. Nothing else changes, and nobody asks you for a reason."),
                quiet=True,
            ),
            action="/auth/invitation/decline",
        ),
        native_form(
            hidden_field(name="locale", value=current_locale()),
            paragraph(_("Did this mail reach the wrong person? We remove the address.")),
            button(_("This is not me"), kind="quiet", submits=True),
            action="/auth/invitation/not-me",
            plain=True,
        ),
        _privacy_link(),
        path=PATH,
        title=_("Will you be an alarm contact?"),
    )


def team() -> rx.Component:
    """The offer to act for a customer."""
    return public_document(
        paragraph(
            sentence(
                _("{inviter} asks you, {name}, to act for {customer} in the portal."),
                inviter=_strong("asks"),
                name=_strong("name"),
                customer=_strong("customer"),
            )
        ),
        fact_list(fact(term=_("Your role"), value=slot("role"))),
        document_form(
            form_actions(button(_("Accept invitation"), submits=True), equal=True),
            action="/auth/invitation/accept",
        ),
        native_form(
            hidden_field(name="locale", value=current_locale()),
            form_actions(button(_("Decline"), kind="quiet", submits=True), equal=True),
            paragraph(_("You can say no. Nothing else changes."), quiet=True),
            action="/auth/invitation/decline",
        ),
        paragraph(link(_("Privacy notice for customers"), href=f"/{current_locale()}/privacy")),
        path=PATH,
        title=_("Will you join the team?"),
    )


def _meaning() -> rx.Component:
    return prose(
        rx.el.ul(
            rx.el.li(_("We call you only when an alarm sounds and the customer does not answer.")),
            rx.el.li(_("Never go in yourself: we send guards or the police if it is needed.")),
            rx.el.li(_("You can take a break or leave at any time, with one button.")),
        )
    )


def _site() -> rx.Component:
    return card(
        paragraph(slot("site.address"), quiet=True),
        fact_list(
            fact(term=_("What you may do"), value=slot("site.role")),
            fact(term=_("Key"), value=slot("site.key")),
            fact(term=_("When"), value=slot("site.dates")),
        ),
        optional(
            "several",
            checkbox(
                name=slot("site.field"),
                id=slot("site.field"),
                label=_("Yes, you may call me"),
            ),
        ),
        unless("several", hidden_field(name=slot("site.field"), value="yes")),
        title=slot("site.name"),
        level=2,
    )


def _sure() -> rx.Component:
    return checkbox(
        name="sure",
        label=_("I know that nobody else can be called there"),
    )


def _decline_warning() -> rx.Component:
    return stack(
        paragraph(
            rx.el.strong(_("Nobody else can be called there at the moment.")),
            " ",
            _("You can still say no; the customer is told at once. Do you want to?"),
        ),
        hidden_field(name="sure", value="yes"),
    )


def account() -> rx.Component:
    """The second step: a password for a new account, or signing in with the one there is."""
    locale = current_locale()
    return public_document(
        optional(
            "is_contact",
            paragraph(
                _("There you see what is expected of you, take breaks, and leave when you like.")
            ),
        ),
        paragraph(sentence(_("You sign in with {email}."), email=_strong("email"))),
        optional(
            "is_new",
            document_form(
                _answers(),
                user_name_field(),
                new_password_field(),
                form_actions(button(_("Set password"), submits=True)),
                action="/auth/invitation/password",
            ),
        ),
        unless(
            "is_new",
            document_form(
                _answers(),
                user_name_field(),
                field(
                    name="password",
                    label=_("Password"),
                    kind="password",
                    message=slot("password_message"),
                    wrong=slot("password_wrong"),
                    autocomplete="current-password",
                ),
                form_actions(button(_("Sign in"), submits=True)),
                action="/auth/invitation/sign-in",
            ),
            paragraph(link(_("Forgot your password?"), href=f"/{locale}/reset-password")),
        ),
        paragraph(link(_("Back to the invitation"), href=f"/{locale}/{PATH}")),
        path=PATH,
        title=_("One step more: your account"),
    )


def _answers() -> rx.Component:
    """What was chosen in the first step travels along."""
    return repeated("chosen", "each", hidden_field(name=slot("each.name"), value="yes"))


def other_account() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(
            sentence(
                _("You are signed in with {mine}. The invitation went to {invited}."),
                mine=_strong("mine"),
                invited=_strong("email"),
            )
        ),
        paragraph(
            _(
                "Sign out and open the link in the mail again, to answer with the invited "
                "address. Or ask whoever invited you to use the address that you sign in with."
            )
        ),
        native_form(
            hidden_field(name="locale", value=locale),
            button(_("Sign out"), submits=True),
            action="/auth/sign-out",
            plain=True,
        ),
        paragraph(link(_("Back to the invitation"), href=f"/{locale}/{PATH}")),
        path=PATH,
        title=_("The invitation is for another address"),
        lead=_("Nothing has changed, and the invitation still waits."),
    )


def for_staff() -> rx.Component:
    return public_document(
        paragraph(
            _("Ask whoever invited you to use a private address of yours instead of this one.")
        ),
        path=PATH,
        title=_("Support staff cannot be alarm contacts with this address"),
    )


def declined() -> rx.Component:
    return public_document(
        paragraph(
            sentence(
                _(
                    "Nothing else happens. What {customer} gave us about you for this is deleted "
                    "after 30 days."
                ),
                customer=_strong("customer"),
            )
        ),
        paragraph(
            sentence(
                _(
                    "Changed your mind? Until {day} you can take your no back here, or by the link "
                    "in the mail."
                ),
                day=_strong("day"),
            )
        ),
        native_form(
            hidden_field(name="locale", value=current_locale()),
            button(_("Take back my no"), kind="quiet", submits=True),
            action="/auth/invitation/take-back",
            plain=True,
        ),
        _privacy_link(),
        path=PATH,
        title=_("You said no. Thank you for answering"),
    )


def accepted() -> rx.Component:
    """For those who share a mailbox, and so have no account of their own."""
    return public_document(
        paragraph(
            _(
                "Several people read the mailbox to which we wrote, so there is no account for "
                "you alone. To change something or to leave, call us, or ask the customer."
            )
        ),
        paragraph(_company()),
        _privacy_link(),
        path=PATH,
        title=_("Thank you. You are an alarm contact now"),
    )


def not_me() -> rx.Component:
    return public_document(
        paragraph(_("We do not write to it again about this. Nothing else has changed.")),
        path=PATH,
        title=_("Thank you. We have removed the address"),
    )


DOCUMENTS = (
    Document("invitation", N_("Will you be an alarm contact?"), offer),
    Document("invitation/team", N_("Will you join the team?"), team),
    Document("invitation/account", N_("One step more: your account"), account),
    Document(
        "invitation/other-account", N_("The invitation is for another address"), other_account
    ),
    Document("invitation/for-staff", N_("The invitation is for another address"), for_staff),
    Document("invitation/declined", N_("You said no. Thank you for answering"), declined),
    Document("invitation/accepted", N_("Thank you. You are an alarm contact now"), accepted),
    Document("invitation/not-me", N_("Thank you. We have removed the address"), not_me),
)
