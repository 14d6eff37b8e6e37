"""The one question of a satisfaction survey, behind the link in its mail."""

import reflex as rx

from portal.marketing.surveys import LONGEST_WORDS, SCORES
from portal.settings import get_settings
from portal.web.components.buttons import button
from portal.web.components.choices import Choice, choice_list
from portal.web.components.field import text_area
from portal.web.components.forms import form_actions
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sentences import sentence
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import document_form, public_document
from portal.web.slots import optional, slot, unless

PATH = "survey"


def survey() -> rx.Component:
    company = get_settings().company_name
    worst, *between, best = SCORES
    words = {worst: _("1: not at all"), best: _("5: very")}
    words |= {score: str(score) for score in between}
    return public_document(
        optional(
            "customer",
            paragraph(
                sentence(
                    _("It is about your alarm for {customer}."),
                    customer=rx.el.strong(slot("customer")),
                )
            ),
            document_form(
                choice_list(
                    name="score",
                    legend=_("How content are you with {company}?").format(company=company),
                    choices=[Choice(str(score), words[score]) for score in SCORES],
                    message=slot("score_message"),
                ),
                text_area(
                    name="words",
                    label=_("What should we do better?"),
                    hint=_("Please write nothing about anybody's health."),
                    optional=_("optional"),
                    value=slot("words"),
                    max_length=LONGEST_WORDS,
                    message=slot("words_message"),
                    wrong=slot("words_wrong"),
                ),
                form_actions(button(_("Send answer"), submits=True)),
                action="/auth/survey",
            ),
            paragraph(
                _(
                    "We keep your answer with your name for 24 months, to get better and to come "
                    "back to you about it."
                ),
                quiet=True,
            ),
        ),
        unless(
            "customer",
            paragraph(_("You have answered already, or the link is too old. Nothing has changed.")),
            paragraph(link(_("To the start page"), href=f"/{current_locale()}")),
        ),
        path="sign-in",
        title=_("One question"),
    )


def thanks() -> rx.Component:
    return public_document(
        paragraph(_("We read every answer. If something is wrong, we come back to you about it.")),
        paragraph(link(_("To the start page"), href=f"/{current_locale()}")),
        path="sign-in",
        title=_("Thank you"),
    )


DOCUMENTS = (
    Document(PATH, N_("One question"), survey),
    Document(f"{PATH}/thanks", N_("Thank you"), thanks),
)
