"""What is said when there is nothing to show."""

import reflex as rx

from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import public_document
from portal.web.slots import slot


def _home() -> rx.Component:
    return paragraph(link(_("To the start page"), href=f"/{current_locale()}"))


def not_found() -> rx.Component:
    return public_document(
        paragraph(_("The address may be mistyped, or the page is not for your account.")),
        _home(),
        path="sign-in",
        title=_("There is no such page here"),
    )


def refused() -> rx.Component:
    return public_document(
        paragraph(
            _(
                "The form did not reach us in a way that we can trust. Nothing has changed. "
                "Go back, load the page again, and send it once more."
            )
        ),
        _home(),
        path="sign-in",
        title=_("That did not work"),
    )


def too_many() -> rx.Component:
    return public_document(
        paragraph(
            _("Wait {minutes} min, then try again. Nothing is locked.").format(
                minutes=slot("minutes")
            )
        ),
        _home(),
        path="sign-in",
        title=_("Too many attempts"),
    )


def busy() -> rx.Component:
    return public_document(
        paragraph(_("Many people want the same right now. Try again in a moment.")),
        _home(),
        path="sign-in",
        title=_("We are busy"),
    )


def failure() -> rx.Component:
    return public_document(
        paragraph(_("The fault is ours, and we have been told. Nothing you saved before is lost.")),
        _home(),
        path="sign-in",
        title=_("Something went wrong"),
    )


DOCUMENTS = (
    Document("not-found", N_("There is no such page here"), not_found),
    Document("refused", N_("That did not work"), refused),
    Document("too-many", N_("Too many attempts"), too_many),
    Document("busy", N_("We are busy"), busy),
    Document("failure", N_("Something went wrong"), failure),
)
