"""Forgotten passwords, activation mails that were lost, and links that have run out."""

import reflex as rx

from portal.web.components.buttons import button, button_link
from portal.web.components.field import field
from portal.web.components.forms import form_actions
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import slot


def ask_reset() -> rx.Component:
    locale = current_locale()
    return public_document(
        document_form(
            field(
                name="email",
                label=_("Email"),
                kind="email",
                value=slot("email"),
                message=slot("email_message"),
                wrong=slot("email_wrong"),
                autocomplete="username",
                input_mode="email",
            ),
            form_actions(button(_("Send me a link"), submits=True)),
            action="/auth/ask-reset",
        ),
        paragraph(link(_("Back to sign-in"), href=f"/{locale}/sign-in")),
        path="reset-password",
        title=_("Forgot your password?"),
        lead=_("Tell us your email address, and we send you a link to choose a new one."),
    )


def check_mail() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(
            _(
                "If there is an account with that address, a message is on its way. "
                "It can take a minute. Look in the folder for unwanted mail, too."
            )
        ),
        paragraph(
            _("Nothing after five minutes? Check the address for typing errors, then try again."),
            quiet=True,
        ),
        paragraph(link(_("Try again"), href=f"/{locale}/reset-password")),
        path="check-your-mail",
        title=_("Check your mail"),
    )


def link_ended() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(
            _(
                "It has been used already, or it is too old. Nothing has changed. "
                "You can ask for a new one; it takes a minute."
            )
        ),
        form_actions(button_link(_("Get a new link"), href=f"/{locale}/reset-password")),
        paragraph(link(_("To sign-in"), href=f"/{locale}/sign-in")),
        path="sign-in",
        title=_("This link no longer works"),
    )


DOCUMENTS = (
    Document("reset-password", N_("Forgot your password?"), ask_reset),
    Document("check-your-mail", N_("Check your mail"), check_mail),
    Document("link-ended", N_("This link no longer works"), link_ended),
)
