"""The part of *Your data* about deleting: what waits, with the way back, and the way there."""

from datetime import UTC, datetime
from typing import TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from portal.errors import NotFoundError
from portal.privacy.deletions import keep, waiting_deletions
from portal.web.access import Access, declare
from portal.web.components.banners import banner
from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.sections import section
from portal.web.components.status import status_line
from portal.web.current_actor import current_actor
from portal.web.deletion_words import deletion_words
from portal.web.identifiers import identifier
from portal.web.locale import _, current_locale
from portal.web.services import change, look


class WaitingRow(TypedDict):
    id: str
    words: str


class DataDeletionState(rx.State):
    """The deletions that can still be taken back."""

    waiting: rx.Field[list[WaitingRow]] = rx.field(default_factory=list)
    said: rx.Field[str] = rx.field("")
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.NOT_STAFF)
    async def load(self) -> None:
        self.said = ""
        await self._reload()
        self.loaded = True

    @rx.event
    @declare(Access.NOT_STAFF)
    async def keep(self, deletion: str) -> None:
        """Take a deletion back, by one click."""
        try:
            await change(keep, current_actor(), identifier(deletion), now=datetime.now(UTC))
        except NotFoundError:
            self.said = _("Nothing of this waits any more.")  # kept in another tab, or twice
        else:
            self.said = _("Kept. Nothing will be deleted; only marketing stays off.")
        await self._reload()

    async def _reload(self) -> None:
        found = await look(waiting_deletions, current_actor())
        self.waiting = [{"id": str(each.id), "words": deletion_words(each)} for each in found]


def waiting_deletions_first() -> rx.Component:
    """What will be deleted, above all else, with the way back; nothing where nothing waits."""
    state = DataDeletionState
    return rx.fragment(rx.foreach(state.waiting, _waiting), status_line(state.said))


def deletion_section() -> rx.Component:
    return section(
        button_row(
            button_link(_("Delete my data"), href=f"/{current_locale()}/data/delete", kind="quiet")
        ),
        title=_("Delete"),
        lead=_(
            "You first see what goes, what stays and why. Then you have 14 days to change your "
            "mind. Alarm contacts can go at once."
        ),
        id="delete",
    )


def _waiting(row: ObjectVar[WaitingRow]) -> rx.Component:
    return banner(
        _("One click keeps everything as it is."),
        title=row["words"],
        kind="warning",
        action=button(
            _("Keep my account"),
            kind="quiet",
            detail=row["words"],
            on_click=DataDeletionState.keep(row["id"].to(str)),
        ),
    )
