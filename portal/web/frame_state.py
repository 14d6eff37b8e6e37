"""What stands around every page: who is signed in, for whom they act, where they may go."""

from typing import TypedDict

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER

from portal.actor import Actor
from portal.customers.acting import customers_of
from portal.web.access import Access, declare
from portal.web.current_actor import current_actor
from portal.web.services import look


class CustomerChoice(TypedDict):
    id: str
    name: str


class FrameState(rx.State):
    """The frame's display values. `leave_to` leads the tab away by a document load."""

    leave_to: rx.Field[str] = rx.field("")
    failed: rx.Field[bool] = rx.field(False)
    person: rx.Field[str] = rx.field("")
    customer: rx.Field[str] = rx.field("")
    customer_id: rx.Field[str] = rx.field("")
    customers: rx.Field[list[CustomerChoice]] = rx.field(default_factory=list)
    destinations: rx.Field[list[str]] = rx.field(default_factory=list)
    _bound_to: rx.Field[str] = rx.field("")
    _restoring: rx.Field[bool] = rx.field(False)
    _restored: rx.Field[bool] = rx.field(False)

    @rx.event
    @declare(Access.SIGNED_IN)
    async def load(self) -> None:
        """Fill the frame; every page asks for it right after its own data."""
        actor = current_actor()
        choices = await look(customers_of, actor)
        self.leave_to = ""
        self.failed = False
        self.person = actor.name
        self.customer_id = str(actor.customer_id or "")
        self.customers = [{"id": str(each.customer_id), "name": each.name} for each in choices]
        self.customer = next((each.name for each in choices if each.current), "")
        self.destinations = _destinations(actor)

    @rx.event
    @declare(Access.SIGNED_IN)
    def say_failure(self) -> None:
        """Tell the reader that the last thing they did has failed on our side."""
        self.failed = True

    def _is_being_restored(self) -> bool:
        """Whether the page stands already and only its connection was lost and found again."""
        return self._restored

    @classmethod
    def leave_key(cls) -> str:
        """The key of `leave_to` in a delta."""
        return f"leave_to{FIELD_MARKER}"


def _destinations(actor: Actor) -> list[str]:
    # The site map knows the pages, and every page stands in this frame.
    from portal.web.site_map import PAGES

    return [page.path for page in PAGES if page.access.allows(actor)]


def binding(actor: Actor) -> str:
    """What a tab's state belongs to: this session, acting for this customer in this role."""
    return f"{actor.session_id}:{actor.customer_id}:{actor.role}"
