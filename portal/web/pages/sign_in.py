"""Sign-in."""

import reflex as rx

from portal.web.components.banners import banner
from portal.web.components.buttons import button
from portal.web.components.field import field
from portal.web.components.forms import form_actions, hidden_field
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import optional, slot


def sign_in() -> rx.Component:
    locale = current_locale()
    return public_document(
        optional("signed_out", banner(title=_("You are signed out."), kind="fine")),
        optional(
            "password_set",
            banner(_("Sign in with it now."), title=_("Your new password is set."), kind="fine"),
        ),
        optional(
            "session_over",
            banner(
                _("Sign in to go on. You come back to where you were."),
                title=_("This page is for people who are signed in."),
            ),
        ),
        document_form(
            hidden_field(name="next", value=slot("next")),
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
            field(
                name="password",
                label=_("Password"),
                kind="password",
                message=slot("password_message"),
                wrong=slot("password_wrong"),
                autocomplete="current-password",
            ),
            form_actions(button(_("Sign in"), submits=True)),
            action="/auth/sign-in",
        ),
        paragraph(link(_("Forgot your password?"), href=f"/{locale}/reset-password")),
        path="sign-in",
        title=_("Sign in"),
    )


DOCUMENT = Document("sign-in", N_("Sign in"), sign_in)
