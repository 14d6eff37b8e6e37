"""Proving again who one is, before something dangerous."""

import reflex as rx

from portal.web.components.buttons import button
from portal.web.components.field import field
from portal.web.components.forms import form_actions, hidden_field
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document, user_name_field
from portal.web.slots import slot


def confirm_identity() -> rx.Component:
    return public_document(
        document_form(
            hidden_field(name="next", value=slot("next")),
            user_name_field(),
            field(
                name="password",
                label=_("Password"),
                kind="password",
                message=slot("password_message"),
                wrong=slot("password_wrong"),
                autocomplete="current-password",
            ),
            form_actions(button(_("Continue"), submits=True)),
            action="/auth/confirm-identity",
        ),
        paragraph(link(_("Not now"), href=f"/{current_locale()}/account")),
        path="confirm-identity",
        title=_("Is it still you?"),
        lead=_("What comes next is important, so we ask for your password once more."),
    )


DOCUMENT = Document("confirm-identity", N_("Is it still you?"), confirm_identity)
