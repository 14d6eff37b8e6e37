"""Changing the address with which somebody signs in."""

import reflex as rx

from portal.web.components.buttons import button
from portal.web.components.field import field
from portal.web.components.forms import form_actions
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import slot


def _address(name: str) -> rx.Component:
    return rx.el.strong(slot(name))


def ask() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(sentence(_("You sign in with {email}."), email=_address("current_email"))),
        document_form(
            field(
                name="email",
                label=_("New email"),
                hint=_("Your own address, not a shared one such as post@ or info@."),
                kind="email",
                value=slot("email"),
                message=slot("email_message"),
                wrong=slot("email_wrong"),
                autocomplete="email",
                input_mode="email",
            ),
            form_actions(button(_("Send a confirmation"), submits=True)),
            action="/auth/email",
        ),
        paragraph(link(_("Back to your account"), href=f"/{locale}/account")),
        path="account/email",
        title=_("Change your email"),
        lead=_(
            "We send a link to the new address. Nothing changes until you have opened it there "
            "and confirmed. The old address is told."
        ),
    )


def sent() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(
            _(
                "We have written to the new address. Open the link there within 24 hours. "
                "Until then you sign in as before."
            )
        ),
        paragraph(link(_("Back to your account"), href=f"/{locale}/account")),
        path="account/email/sent",
        title=_("Check your mail"),
    )


def confirm() -> rx.Component:
    return public_document(
        paragraph(sentence(_("From now on you sign in with {email}."), email=_address("email"))),
        document_form(
            form_actions(button(_("Use this address"), submits=True)),
            action="/auth/confirm-email",
        ),
        path="confirm-email",
        title=_("Confirm your new email"),
    )


def confirmed() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(sentence(_("You sign in with {email}."), email=_address("email"))),
        paragraph(link(_("To the portal"), href=f"/{locale}/account")),
        path="confirm-email",
        title=_("Your email is changed"),
    )


def undo() -> rx.Component:
    return public_document(
        paragraph(
            sentence(
                _(
                    "You will sign in with {email} again. Every device is signed out, and we "
                    "send you a link for a new password."
                ),
                email=_address("email"),
            )
        ),
        document_form(
            form_actions(button(_("Undo the change"), submits=True)),
            action="/auth/undo-email",
        ),
        path="undo-email",
        title=_("Undo the change of email"),
        lead=_("For when it was not you who changed it."),
    )


def undone() -> rx.Component:
    return public_document(
        paragraph(
            _(
                "Your old address is back, and every device is signed out. "
                "We have sent you a link for a new password. Choose one now."
            )
        ),
        path="undo-email",
        title=_("The change is undone"),
    )


DOCUMENTS = (
    Document("account/email", N_("Change your email"), ask),
    Document("account/email/sent", N_("Check your mail"), sent),
    Document("confirm-email", N_("Confirm your new email"), confirm),
    Document("confirm-email/done", N_("Your email is changed"), confirmed),
    Document("undo-email", N_("Undo the change of email"), undo),
    Document("undo-email/done", N_("The change is undone"), undone),
)
