"""Documents about one contact: the code word, which never travels over the socket, and the letter
for whom no mail reaches.
"""

import reflex as rx

from portal.settings import get_settings
from portal.web.components.buttons import button
from portal.web.components.field import field
from portal.web.components.forms import form_actions, hidden_field, native_form
from portal.web.components.layout import paragraph, prose, unprinted
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import optional, repeated, slot, unless


def code_word() -> rx.Component:
    return public_document(
        paragraph(
            sentence(
                _("Whoever calls {name} at night and {name} both say it, to prove themselves."),
                name=rx.el.strong(slot("name")),
            )
        ),
        optional("saved", paragraph(rx.el.strong(_("Saved")))),
        document_form(
            hidden_field(name="contact", value=slot("contact")),
            hidden_field(name="back", value=slot("back")),
            field(
                name="code_word",
                label=_("Code word"),
                hint=_("A word or two that are easy to say and hard to guess. Empty for none."),
                value=slot("word"),
                message=slot("code_word_message"),
                wrong=slot("code_word_wrong"),
            ),
            form_actions(button(_("Save code word"), submits=True)),
            action="/auth/code-word",
        ),
        paragraph(
            _(
                "Only the people of this customer, the contact and the monitoring station know "
                "it. It never stands in a mail, and support cannot see it."
            ),
            quiet=True,
        ),
        paragraph(link(_("Back"), href=slot("back_address"))),
        path="contacts/code-word",
        title=_("Code word"),
    )


def letter() -> rx.Component:
    company = get_settings().company_name
    return public_document(
        prose(
            rx.el.p(_("Dear"), " ", slot("name"), ","),
            rx.el.p(
                sentence(
                    _(
                        "{member} at {customer} has named you as somebody whom {company} may "
                        "call when the alarm sounds and they cannot be reached themselves."
                    ),
                    member=slot("member"),
                    customer=slot("customer"),
                    company=company,
                )
            ),
            rx.el.ul(
                repeated(
                    "sites",
                    "site",
                    rx.el.li(slot("site.place"), ": ", slot("site.role")),
                )
            ),
            rx.el.h2(_("What we keep about you, and why")),
            rx.el.p(
                sentence(
                    _(
                        "Your name, your number {phone}, your language and what you may do. "
                        "{customer} gave us these. We keep them so that somebody comes when people "
                        "or property are in danger: vital interests, GDPR article 6(1)(d)."
                    ),
                    phone=slot("phone"),
                    customer=slot("customer"),
                )
            ),
            rx.el.h2(_("How long, and who sees it")),
            rx.el.p(
                _(
                    "Until you or the customer end it. The monitoring station and the companies "
                    "that run our computers see it; nobody else, and we never sell it."
                )
            ),
            rx.el.h2(_("Your rights")),
            rx.el.p(
                sentence(
                    _(
                        "You can say no at any time, and nothing else changes. You can see what "
                        "we keep, have it corrected or deleted, limit its use and object. Write "
                        "to {email} or call {phone}. You can complain to Datatilsynet, or to the "
                        "authority of your country."
                    ),
                    email=get_settings().company_email,
                    phone=get_settings().company_phone,
                )
            ),
            rx.el.p(
                sentence(
                    _("All of it, in plain words: {address}"),
                    address=f"{get_settings().origin}/{current_locale()}/privacy/alarm-contacts",
                )
            ),
            rx.el.p(company, ", ", get_settings().company_address),
        ),
        unprinted(
            optional("given", paragraph(sentence(_("Given on {day}."), day=slot("given")))),
            unless(
                "given",
                paragraph(_("Print this page, and give it to the person. Then tell us here.")),
                native_form(
                    hidden_field(name="locale", value=current_locale()),
                    hidden_field(name="contact", value=slot("contact")),
                    button(_("I have given them this letter"), submits=True),
                    action="/auth/letter",
                ),
            ),
            paragraph(
                link(_("Back to your alarm contacts"), href=slot("back_address")),
            ),
        ),
        path="contacts/letter",
        title=_("You have been named as an alarm contact"),
    )


DOCUMENTS = (
    Document("contacts/code-word", N_("Code word"), code_word),
    Document("contacts/letter", N_("You have been named as an alarm contact"), letter),
)
