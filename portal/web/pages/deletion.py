"""Deleting: how much, what it would mean, keeping everything, the certificate. Without script."""

import reflex as rx

from portal.privacy.certificate import outside_in_words
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link
from portal.web.components.choices import Choice, choice_list
from portal.web.components.facts import fact, fact_list
from portal.web.components.field import field
from portal.web.components.forms import form_actions, hidden_field
from portal.web.components.layout import paragraph, prose
from portal.web.components.links import link
from portal.web.components.sections import card, section
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import optional, repeated, slot, unless

CHOICE = "data/delete"
PREVIEW = "data/deletion"
DELETED = "data/deleted"
KEEP = "keep-account"
CERTIFICATE = "deletion-certificate"


def choice() -> rx.Component:
    """How much: the least first."""
    return public_document(
        optional(
            "membership",
            _way(
                sentence(_("Leave {customer}"), customer=slot("customer")),
                _("You no longer act for this customer. Your account and all else stays."),
                "membership",
            ),
        ),
        _way(
            _("Delete my whole account"),
            _("Everything about you: for whom you act, where you are an alarm contact, all of it."),
            "account",
        ),
        optional(
            "owner",
            _way(
                sentence(_("Close the account of {customer}"), customer=slot("customer")),
                _(
                    "Nobody acts for this customer any more. The alarms go on until the contract "
                    "ends."
                ),
                "customer",
            ),
        ),
        paragraph(link(_("Back to your data"), href=_data())),
        path=CHOICE,
        title=_("What shall we delete?"),
        lead=_(
            "On the next page you see what that means, before anything happens. "
            "The contract for your alarm does not end by it: for that, call us."
        ),
    )


def _way(title: rx.Component | str, words: str, scope: str) -> rx.Component:
    return card(
        paragraph(words),
        button_link(
            _("See what that means"), href=f"/{current_locale()}/data/delete/{scope}", kind="quiet"
        ),
        title=title,
        level=2,
    )


def preview() -> rx.Component:
    """What goes, what stays, who is told; and the typed confirmation."""
    return public_document(
        optional(
            "last_at",
            banner(
                sentence(_("Nobody else can be called at {sites}."), sites=slot("last_at")),
                title=_("You are the last one who can be called"),
                kind="warning",
            ),
        ),
        section(
            _lines("erased"),
            title=_("What we erase"),
            id="erased",
        ),
        _kept(),
        optional(
            "alarms",
            section(
                repeated("alarms", "alarm", _alarm()),
                title=_("Alarms that are running"),
                lead=_("Deleting does not end a contract: help still comes."),
                id="alarms",
            ),
        ),
        section(
            prose(rx.el.ul(repeated("told", "reader", rx.el.li(slot("reader.words"))))),
            title=_("Who is told"),
            id="told",
        ),
        section(
            unless(
                "at_once",
                paragraph(
                    sentence(
                        _(
                            "Nothing is deleted before {day}. Until then one click in the portal, "
                            "or in the mail that we send you, keeps everything. Marketing stops "
                            "now."
                        ),
                        day=rx.el.strong(slot("due")),
                    )
                ),
            ),
            document_form(
                hidden_field(name="scope", value=slot("scope")),
                optional(
                    "at_once",
                    optional("now", _when("now")),
                    unless("now", _when("later")),
                ),
                field(
                    name="confirmation",
                    label=sentence(_("To confirm, type {phrase}"), phrase=slot("phrase")),
                    value=slot("confirmation"),
                    message=slot("confirmation_message"),
                    wrong=slot("confirmation_wrong"),
                ),
                form_actions(
                    button(_("Delete permanently"), kind="dangerous", submits=True),
                    button_link(_("Keep everything"), href=_data(), kind="quiet"),
                ),
                action="/auth/delete",
            ),
            title=_("Your decision"),
            id="decision",
        ),
        path=CHOICE,
        title=slot("heading"),
        wide=True,
    )


def _when(chosen: str) -> rx.Component:
    return choice_list(
        name="when",
        legend=_("When?"),
        choices=[
            Choice("later", _("In 14 days; until then I can change my mind")),
            Choice("now", _("Now. It cannot be undone")),
        ],
        chosen=chosen,
    )


def _lines(name: str) -> rx.Component:
    """Kinds of data, each with what happens to it."""
    return fact_list(repeated(name, "line", fact(term=slot("line.kind"), value=slot("line.about"))))


def _kept() -> rx.Component:
    return section(
        optional("kept", _lines("kept")),
        paragraph(outside_in_words(), quiet=True),
        title=_("What stays, why and until when"),
        id="kept",
    )


def _alarm() -> rx.Component:
    return card(
        paragraph(slot("alarm.words")),
        optional(
            "alarm.without_owner",
            paragraph(
                _(
                    "You are its only owner. You may go all the same: we are told, and look for "
                    "somebody to look after its call lists."
                )
            ),
        ),
        title=slot("alarm.customer"),
    )


def deleted() -> rx.Component:
    return public_document(
        paragraph(
            _(
                "Your account and everything that hung on it is erased, and you are signed out. "
                "The certificate is on its way to you by mail, as the last that we send there."
            )
        ),
        path=CHOICE,
        title=_("Your data are deleted"),
    )


def keep() -> rx.Component:
    return public_document(
        paragraph(slot("words")),
        document_form(
            form_actions(button(_("Keep my account"), submits=True)), action="/auth/keep-account"
        ),
        paragraph(_("One press, and everything stays as it is."), quiet=True),
        path=KEEP,
        title=_("Changed your mind?"),
    )


def kept() -> rx.Component:
    return public_document(
        paragraph(
            _("Everything stays as it was. Only marketing stays off until you choose it anew.")
        ),
        paragraph(link(_("To the portal"), href=_data())),
        path=KEEP,
        title=_("Nothing will be deleted"),
    )


def keep_ended() -> rx.Component:
    return public_document(
        paragraph(
            _(
                "What this link was about was taken back, or it is done. If you still have an "
                "account, you see under Your data what waits."
            )
        ),
        paragraph(link(_("To your data"), href=_data())),
        path=KEEP,
        title=_("Nothing waits any more"),
    )


def certificate() -> rx.Component:
    return public_document(
        fact_list(
            fact(term=_("What was deleted"), value=slot("scope")),
            fact(term=_("Asked for"), value=slot("asked")),
            fact(term=_("Erased on"), value=slot("erased_at")),
        ),
        section(
            _lines("erased"),
            title=_("What we have erased"),
            id="erased",
        ),
        _kept(),
        section(
            optional(
                "others",
                fact_list(
                    repeated(
                        "others", "other", fact(term=slot("other.who"), value=slot("other.what"))
                    )
                ),
            ),
            unless("others", paragraph(_("Nobody else had these data."))),
            title=_("Others who had the data"),
            lead=_("We have told them to erase what they have. This page shows who has confirmed."),
            id="others",
        ),
        path=CERTIFICATE,
        title=_("Certificate of deletion"),
        lead=_("It holds no name: what we deleted is deleted here, too."),
        wide=True,
    )


def certificate_gone() -> rx.Component:
    return public_document(
        paragraph(
            _(
                "A certificate can be opened for 90 days by the link in our mail. The mail itself "
                "says the same."
            )
        ),
        path=CERTIFICATE,
        title=_("There is no certificate here"),
    )


def _data() -> str:
    return f"/{current_locale()}/data"


DOCUMENTS = (
    Document(CHOICE, N_("Delete my data"), choice),
    Document(PREVIEW, N_("Delete my data"), preview),
    Document(DELETED, N_("Your data are deleted"), deleted),
    Document(KEEP, N_("Changed your mind?"), keep),
    Document(f"{KEEP}/done", N_("Nothing will be deleted"), kept),
    Document(f"{KEEP}/ended", N_("Nothing waits any more"), keep_ended),
    Document(CERTIFICATE, N_("Certificate of deletion"), certificate),
    Document(f"{CERTIFICATE}/gone", N_("There is no certificate here"), certificate_gone),
)
