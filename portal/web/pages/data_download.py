"""The download: its part of the page, and the documents shown while it begins."""

from collections.abc import Callable

import reflex as rx

from portal.web.access import Access, declare
from portal.web.components.buttons import button_link, button_row
from portal.web.components.layout import paragraph
from portal.web.components.links import link
from portal.web.components.sections import section
from portal.web.current_actor import current_actor
from portal.web.locale import N_, _, current_locale
from portal.web.page import Document
from portal.web.pages.document_parts import public_document


class DataDownloadState(rx.State):
    """Whether the reader owns the customer they act for, whose record is theirs to take."""

    owns: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.NOT_STAFF)
    async def load(self) -> None:
        self.owns = Access.OWNER.allows(current_actor())


def download_section() -> rx.Component:
    """A copy of everything, and for owners the company's record."""
    locale = current_locale()
    return section(
        button_row(
            button_link(
                _("Download my data"), href=f"/download/my-data?l={locale}", icon="download"
            ),
            rx.cond(
                DataDownloadState.owns,
                button_link(
                    _("Download the company's record"),
                    href=f"/download/company-record?l={locale}",
                    kind="quiet",
                    icon="download",
                ),
            ),
        ),
        title=_("A copy of everything"),
        lead=_(
            "One file, made at once: what we keep about you, why, for how long, who gets it, and "
            "who looked. It opens in any browser, and in spreadsheets. Code words, and what others "
            "told us of themselves, are not in it."
        ),
        id="download",
    )


def _begun(path: str, title: str, again: str, address: str) -> Callable[[], rx.Component]:
    def view() -> rx.Component:
        locale = current_locale()
        return public_document(
            paragraph(_("If nothing happens, begin it here:")),
            button_row(
                button_link(_(again), href=f"{address}?l={locale}", icon="download"),
            ),
            paragraph(link(_("Back to your data"), href=f"/{locale}/data")),
            path=path,
            title=_(title),
            lead=_("Your browser saves it where it saves files. Keep it where only you read it."),
        )

    return view


_BEGINS = N_("The download begins")
DOCUMENTS = (
    Document(
        "data/copy",
        _BEGINS,
        _begun("data/copy", _BEGINS, N_("Download my data"), "/download/my-data"),
    ),
    Document(
        "data/company-record",
        _BEGINS,
        _begun(
            "data/company-record",
            _BEGINS,
            N_("Download the company's record"),
            "/download/company-record",
        ),
    ),
)
