"""Data requests for anyone, with or without an account: by mailed link, or by being called back."""

import reflex as rx

from portal.privacy.models import RequestKind
from portal.privacy.requests import LONGEST_WORDS
from portal.settings import get_settings
from portal.web.components.buttons import button
from portal.web.components.choices import choice_frame, radio
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field, text_area
from portal.web.components.forms import form_actions
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.request_words import WORDS, choice_of
from portal.web.slots import optional, slot, unless

PATH = "privacy/request"
ACTION = "/auth/data-request"


def chosen_slot(kind: RequestKind) -> str:
    """Whether this kind was chosen before the form came back."""
    return f"is_{kind.name.lower()}"


def ask() -> rx.Component:
    locale = current_locale()
    return public_document(
        paragraph(
            sentence(
                _("Do you have an account? {sign_in} and ask there: then we know that it is you."),
                sign_in=link(_("Sign in"), href=f"/{locale}/sign-in?next=/{locale}/data/requests"),
            )
        ),
        document_form(
            choice_frame(
                *[_kind(place, kind) for place, kind in enumerate(WORDS)],
                name="kind",
                legend=_("What do you want?"),
                message=slot("kind_message"),
            ),
            text_area(
                name="words",
                label=_("In your own words"),
                hint=_(
                    "Please write nothing about anybody's health, and no national identity number."
                ),
                value=slot("words"),
                rows=6,
                max_length=LONGEST_WORDS,
                message=slot("words_message"),
                wrong=slot("words_wrong"),
            ),
            field(
                name="name",
                label=_("Name"),
                value=slot("name"),
                autocomplete="name",
                message=slot("name_message"),
                wrong=slot("name_wrong"),
            ),
            field(
                name="email",
                label=_("Email"),
                hint=_("We mail you a link to confirm. Use the address that we know, if you can."),
                kind="email",
                value=slot("email"),
                autocomplete="email",
                message=slot("email_message"),
                wrong=slot("email_wrong"),
            ),
            field(
                name="phone",
                label=_("Phone"),
                hint=_("Without an email we call you back, to be sure that it is you."),
                kind="tel",
                value=slot("phone"),
                autocomplete="tel",
                message=slot("phone_message"),
                wrong=slot("phone_wrong"),
            ),
            form_actions(button(_("Send request"), submits=True)),
            action=ACTION,
        ),
        paragraph(
            _("We keep the request and our answer for three years, to show that we answered."),
            quiet=True,
        ),
        paragraph(
            sentence(
                _("You can also write to {email}, or call {phone}."),
                email=get_settings().company_email,
                phone=get_settings().company_phone,
            ),
            quiet=True,
        ),
        path=PATH,
        title=_("Ask about your data"),
        lead=_("Anyone can. We answer within a month."),
    )


def _kind(place: int, kind: RequestKind) -> rx.Component:
    id = "kind" if place == 0 else f"kind-{place}"
    return rx.fragment(
        optional(
            chosen_slot(kind), radio(name="kind", choice=choice_of(kind), id=id, checked=True)
        ),
        unless(chosen_slot(kind), radio(name="kind", choice=choice_of(kind), id=id, checked=False)),
    )


def sent() -> rx.Component:
    return public_document(
        optional(
            "by_phone",
            paragraph(
                _("We call you back on the number that you gave, to be sure that it is you.")
            ),
            paragraph(_("The month for our answer runs from today.")),
        ),
        unless(
            "by_phone",
            paragraph(_("Open the link in our mail, and confirm that the request is yours.")),
            paragraph(
                _(
                    "The month for our answer runs from today. Without the confirmation we answer "
                    "nobody, and forget the request."
                )
            ),
            paragraph(_("No mail? Look among the unwanted ones, or ask again."), quiet=True),
        ),
        paragraph(link(_("To the privacy notice"), href=f"/{current_locale()}/privacy")),
        path=f"{PATH}/sent{slot('query')}",
        title=_("One step more"),
    )


def confirm() -> rx.Component:
    """What the mailed link leads to. Only the button confirms."""
    return public_document(
        _what_was_asked(),
        document_form(
            form_actions(button(_("Yes, this request is mine"), submits=True)),
            action=f"{ACTION}/confirm",
        ),
        paragraph(_("If it is not yours, close this page. We answer nobody, and forget it.")),
        path=f"{PATH}/confirm",
        title=_("Is this request yours?"),
    )


def confirmed() -> rx.Component:
    return public_document(
        paragraph(
            sentence(
                _("You have our answer by {day} at the latest, by mail."),
                day=rx.el.strong(slot("due")),
            )
        ),
        paragraph(_("If it takes longer, we tell you why before that day.")),
        _what_was_asked(),
        paragraph(link(_("To the privacy notice"), href=f"/{current_locale()}/privacy")),
        path=f"{PATH}/confirmed",
        title=_("We have your request"),
    )


def already_confirmed() -> rx.Component:
    """What a link leads to that was used. It tells no more: somebody else may have it by now."""
    return public_document(
        paragraph(_("The mail that we sent then says by which day you have our answer.")),
        paragraph(link(_("To the privacy notice"), href=f"/{current_locale()}/privacy")),
        path=f"{PATH}/confirm",
        title=_("This request is confirmed already"),
    )


def link_ended() -> rx.Component:
    return public_document(
        paragraph(_("It works for seven days. If yours is newer, open it in our mail once more.")),
        paragraph(link(_("Ask about your data"), href=f"/{current_locale()}/{PATH}")),
        path=f"{PATH}/confirm",
        title=_("This link no longer works"),
    )


def _what_was_asked() -> rx.Component:
    return fact_list(
        fact(term=_("What you want"), value=slot("about")),
        fact(term=_("Received"), value=slot("received")),
    )


DOCUMENTS = (
    Document(PATH, N_("Ask about your data"), ask),
    Document(f"{PATH}/sent", N_("One step more"), sent),
    Document(f"{PATH}/confirm", N_("Is this request yours?"), confirm),
    Document(f"{PATH}/confirmed", N_("We have your request"), confirmed),
    Document(
        f"{PATH}/already-confirmed", N_("This request is confirmed already"), already_confirmed
    ),
    Document(f"{PATH}/link-ended", N_("This link no longer works"), link_ended),
)
