"""The privacy notices: one document per audience, and one that compares two versions."""

from collections.abc import Callable

import reflex as rx

from portal.notices.models import Audience
from portal.notices.texts import PAGES
from portal.web.components.banners import banner
from portal.web.components.layout import paragraph, prose, stack
from portal.web.components.links import link
from portal.web.components.notices import (
    added,
    compared_heading,
    compared_paragraph,
    compared_point,
    comparison,
    contents,
    contents_entry,
    lines,
    notice,
    notice_part,
    removed,
    unchanged,
    version_entry,
    versions,
)
from portal.web.components.sentences import sentence
from portal.web.components.tables import data_table, table_cell, table_heading_cell, table_row
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import public_document
from portal.web.slots import optional, repeated, slot, unless

_VERSIONS = "versions"


def _notice(audience: Audience) -> Callable[[], rx.Component]:
    def view() -> rx.Component:
        return public_document(
            _which_version(),
            notice(
                repeated("sections", "section", _section()),
                _all_versions(),
                contents=contents(
                    repeated(
                        "sections",
                        "section",
                        contents_entry(slot("section.title"), href=f"#{slot('section.anchor')}"),
                    ),
                    contents_entry(_("All versions"), href=f"#{_VERSIONS}"),
                ),
            ),
            paragraph(
                sentence(
                    _("You use your rights under {your_data}, or {without_account}."),
                    your_data=link(_("Your data"), href=f"/{current_locale()}/data"),
                    without_account=link(
                        _("without an account"), href=f"/{current_locale()}/privacy/request"
                    ),
                )
            ),
            path=f"{PAGES[audience]}{slot('query')}",
            title=slot("title"),
            lead=_("What we do with data about you, why, for how long, and what you decide."),
            wide=True,
        )

    return view


def _which_version() -> rx.Component:
    here = slot("address")
    return stack(
        optional(
            "replaced",
            banner(
                link(_("Read the one that holds now"), href=here),
                title=_("This version held until {day}.").format(day=slot("replaced")),
            ),
        ),
        optional(
            "coming",
            banner(
                link(_("Read it"), href=f"{here}?version={slot('coming.name')}"),
                title=_("A new version holds from {day}.").format(day=slot("coming.effective")),
            ),
        ),
        paragraph(
            sentence(
                _("Version of {written}, in force from {day}."),
                written=slot("version.written"),
                day=slot("version.effective"),
            ),
            quiet=True,
        ),
        gap="small",
    )


def _section() -> rx.Component:
    return notice_part(
        repeated(
            "section.blocks",
            "block",
            optional("block.paragraph", rx.el.p(_words("block.paragraph"))),
            optional(
                "block.points",
                rx.el.ul(repeated("block.points", "point", rx.el.li(_words("point")))),
            ),
            optional(
                "block.purposes",
                _table(
                    "block.purposes",
                    _("What for"),
                    _("Which data"),
                    _("Legal basis (GDPR article)"),
                ),
            ),
            optional("block.retention", _table("block.retention", _("How long"), _("Which data"))),
            optional("block.recipients", _table("block.recipients", _("Who"), _("Which data"))),
        ),
        title=slot("section.title"),
        id=slot("section.anchor"),
    )


def _words(line: str) -> rx.Component:
    """A line of text, parts of which lead somewhere."""
    leading = link(slot("words.text"), href=slot("words.address"))
    return repeated(
        line,
        "words",
        optional("words.address", leading, inline=True),
        unless("words.address", slot("words.text"), inline=True),
        inline=True,
    )


def _table(rows: str, about: str, kinds: str, bases: str = "") -> rx.Component:
    basis = [table_cell(_lines("row.bases"), column=bases)] if bases else []
    return data_table(
        repeated(
            rows,
            "row",
            table_row(
                table_heading_cell(slot("row.name")),
                table_cell(_lines("row.kinds"), column=kinds),
                *basis,
            ),
        ),
        caption=slot("section.title"),
        columns=[about, kinds, *([bases] if bases else [])],
    )


def _lines(each: str) -> rx.Component:
    return lines(repeated(each, "line", rx.el.li(slot("line"))))


def _all_versions() -> rx.Component:
    return notice_part(
        versions(
            repeated(
                "versions",
                "each",
                version_entry(
                    rx.el.ul(repeated("each.changes", "change", rx.el.li(slot("change")))),
                    optional("each.read", link(_("Read this version"), href=slot("each.read"))),
                    optional(
                        "each.compare", link(_("See every change"), href=slot("each.compare"))
                    ),
                    title=slot("each.written"),
                    held=sentence(_("In force from {day}"), day=slot("each.effective")),
                ),
            )
        ),
        paragraph(link(_other_name(), href=slot("other_address"))),
        title=_("All versions"),
        id=_VERSIONS,
    )


def _other_name() -> rx.Component:
    return rx.fragment(
        optional("for_contacts", _("The privacy notice for customers"), inline=True),
        unless("for_contacts", _("The privacy notice for alarm contacts"), inline=True),
    )


def _comparison(audience: Audience) -> Callable[[], rx.Component]:
    def view() -> rx.Component:
        address = f"/{current_locale()}/{PAGES[audience]}"
        return public_document(
            paragraph(
                _("Removed words are struck through, added ones underlined."),
                quiet=True,
            ),
            prose(rx.el.ul(repeated("changes", "change", rx.el.li(slot("change"))))),
            comparison(
                repeated(
                    "lines",
                    "line",
                    optional("line.heading", compared_heading(_pieces("line.heading"))),
                    optional("line.paragraph", compared_paragraph(_pieces("line.paragraph"))),
                    optional("line.point", compared_point(_pieces("line.point"))),
                    optional("line.unchanged", unchanged(slot("line.unchanged"))),
                )
            ),
            paragraph(link(_("To the privacy notice"), href=address)),
            path=f"{PAGES[audience]}{slot('query')}",
            title=_("What has changed"),
            lead=_("From the version of {earlier} to that of {later}.").format(
                earlier=slot("earlier"), later=slot("later")
            ),
            wide=True,
        )

    return view


def _pieces(pieces: str) -> rx.Component:
    return repeated(
        pieces,
        "piece",
        optional("piece.same", slot("piece.same"), inline=True),
        optional("piece.removed", removed(slot("piece.removed")), inline=True),
        optional("piece.added", added(slot("piece.added")), inline=True),
        inline=True,
    )


def comparison_of(audience: Audience) -> str:
    """The path of the document that compares two versions of this audience's notice."""
    return f"{PAGES[audience]}/comparison"


DOCUMENTS = (
    Document(
        PAGES[Audience.CUSTOMER], N_("Privacy notice for customers"), _notice(Audience.CUSTOMER)
    ),
    Document(
        PAGES[Audience.ALARM_CONTACT],
        N_("Privacy notice for alarm contacts"),
        _notice(Audience.ALARM_CONTACT),
    ),
    *(
        Document(comparison_of(audience), N_("What has changed"), _comparison(audience))
        for audience in Audience
    ),
)
