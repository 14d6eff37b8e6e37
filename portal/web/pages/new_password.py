"""Choosing a password: at activation, after forgetting it, and from the account page."""

import reflex as rx

from portal.web.components.buttons import button
from portal.web.components.field import field
from portal.web.components.forms import form_actions
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document, user_name_field
from portal.web.slots import slot


def new_password_field() -> rx.Component:
    """The field for a password that is being chosen, with what makes a good one."""
    return field(
        name="new_password",
        label=_("New password"),
        hint=_(
            "At least 10 characters. Three or four words that have nothing to do with each other "
            "are strong and easy to remember. You can paste from a password manager."
        ),
        kind="password",
        message=slot("new_password_message"),
        wrong=slot("new_password_wrong"),
        autocomplete="new-password",
    )


def activate() -> rx.Component:
    return public_document(
        paragraph(sentence(_("You sign in with {email}."), email=rx.el.strong(slot("email")))),
        document_form(
            user_name_field(),
            new_password_field(),
            form_actions(button(_("Set password"), submits=True)),
            action="/auth/activate",
        ),
        path="activate",
        title=_("Welcome. Choose a password"),
        lead=_("After this you are signed in, and can look after your company's details."),
    )


def reset() -> rx.Component:
    return public_document(
        document_form(
            user_name_field(),
            new_password_field(),
            form_actions(button(_("Set password"), submits=True)),
            action="/auth/reset-password",
        ),
        path="reset-password/new",
        title=_("Choose a new password"),
        lead=_("When it is set, you are signed out everywhere, and sign in with the new one."),
    )


def change() -> rx.Component:
    locale = current_locale()
    return public_document(
        document_form(
            user_name_field(),
            field(
                name="current_password",
                label=_("Current password"),
                kind="password",
                message=slot("current_password_message"),
                wrong=slot("current_password_wrong"),
                autocomplete="current-password",
            ),
            new_password_field(),
            form_actions(button(_("Set password"), submits=True)),
            action="/auth/password",
        ),
        paragraph(link(_("Back to your account"), href=f"/{locale}/account")),
        path="account/password",
        title=_("Change your password"),
        lead=_("Your other devices are signed out when it is set. This one stays signed in."),
    )


DOCUMENTS = (
    Document("activate", N_("Choose a password"), activate),
    Document("reset-password/new", N_("Choose a new password"), reset),
    Document("account/password", N_("Change your password"), change),
)
