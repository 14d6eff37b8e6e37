"""Stopping marketing by the link in a message: without sign-in, and nothing else."""

import reflex as rx

from portal.marketing.models import Topic
from portal.marketing.wordings import topic_name
from portal.web.components.buttons import button
from portal.web.components.choices import checkbox
from portal.web.components.forms import form_actions, form_group, hidden_field, native_form
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import optional, slot, unless

PATH = "unsubscribe"
EVERYTHING = "everything"


def unsubscribe() -> rx.Component:
    """The finer choices; the topic of the message that was opened is ticked."""
    return public_document(
        unless(
            "address",
            paragraph(
                _(
                    "Open the link in our message once more: it says which address it is about. "
                    "If it is not whole, copy all of it."
                )
            ),
            paragraph(
                sentence(
                    _("You can also {sign_in} and choose under Marketing."),
                    sign_in=link(
                        _("sign in"), href=f"/{current_locale()}/sign-in?next={_preferences()}"
                    ),
                )
            ),
        ),
        optional(
            "address",
            paragraph(
                sentence(
                    _("What shall we no longer send to {address}?"),
                    address=rx.el.strong(slot("address")),
                )
            ),
            document_form(
                hidden_field(name="link", value=slot("link")),
                form_group(*[_topic(topic) for topic in Topic], legend=_("No longer send me")),
                form_actions(button(_("Unsubscribe"), submits=True)),
                action="/auth/unsubscribe",
            ),
            native_form(
                hidden_field(name="locale", value=current_locale()),
                hidden_field(name="link", value=slot("link")),
                hidden_field(name=EVERYTHING, value="yes"),
                form_actions(button(_("Stop everything"), kind="quiet", submits=True)),
                action="/auth/unsubscribe",
            ),
            paragraph(
                _(
                    "Messages about alarms, security and your contract are not marketing: "
                    "they still reach you."
                ),
                quiet=True,
            ),
        ),
        path=PATH,
        title=_("Unsubscribe"),
    )


def _topic(topic: Topic) -> rx.Component:
    slot_name, name, label = _slot_of(topic), f"topic-{topic.value}", topic_name(topic)
    return rx.fragment(
        optional(slot_name, checkbox(name=name, label=label, checked=True)),
        unless(slot_name, checkbox(name=name, label=label)),
    )


def _slot_of(topic: Topic) -> str:
    """Whether the message was about this topic."""
    return f"is_{topic.name.lower()}"


def _preferences() -> str:
    return f"/{current_locale()}/preferences"


def done() -> rx.Component:
    return public_document(
        paragraph(
            sentence(
                _("We no longer send this to {address}:"), address=rx.el.strong(slot("address"))
            )
        ),
        optional("everything", paragraph(_("All marketing, whatever it is about."))),
        unless("everything", paragraph(slot("topics"))),
        paragraph(_("It holds from this moment, and for good, also for what was on its way.")),
        paragraph(
            link(_("Change your mind, or choose more finely"), href=_preferences()), quiet=True
        ),
        path=PATH,
        title=_("You are unsubscribed"),
    )


DOCUMENTS = (
    Document(PATH, N_("Unsubscribe"), unsubscribe),
    Document(f"{PATH}/done", N_("You are unsubscribed"), done),
)
