"""`/dev/mailbox`: where development mail goes."""

import reflex as rx

from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.layout import paragraph, verbatim
from portal.web.components.links import link
from portal.web.components.sections import card
from portal.web.locale import N_, _
from portal.web.page import Document
from portal.web.pages.document_parts import public_document
from portal.web.slots import repeated, slot, unless


def mailbox() -> rx.Component:
    return public_document(
        unless(
            "mails",
            empty_state(
                title=_("No mail yet"),
                description=_("What the portal sends in development arrives here."),
                scene="letter",
            ),
        ),
        repeated(
            "mails",
            "mail",
            card(
                paragraph(slot("mail.recipient"), " · ", slot("mail.sent"), quiet=True),
                repeated(
                    "mail.links", "address", paragraph(link(slot("address"), href=slot("address")))
                ),
                disclosure(verbatim(slot("mail.text")), summary=_("The text")),
                paragraph(link(_("As HTML"), href=slot("mail.address"))),
                title=slot("mail.subject"),
            ),
        ),
        path="sign-in",
        title=_("Mailbox"),
        lead=_("Mail that was sent in development, newest first."),
    )


DOCUMENT = Document("dev/mailbox", N_("Mailbox"), mailbox)
