"""The guard: every event belongs to a live session, or nothing happens.

Before each event the guard looks the session up again, so that signing out elsewhere, expiry and
revocation bite at the next click. It lets the framework's own events through by exact name, asks
every other handler for its declared access, and binds the tab's state to the session, so that no
Var of one person ever reaches another who uses the same tab, and a form that was opened for one
customer is never saved for another.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from inspect import signature
from types import SimpleNamespace
from typing import Any, get_type_hints

import reflex as rx
import structlog
from pydantic import BaseModel, ConfigDict, create_model
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import form_data_as_dict

from portal.actor import Actor
from portal.languages import DEFAULT_LOCALE, LOCALES, set_locale
from portal.web.access import Access, declared_access
from portal.web.components.departure import SIGN_IN
from portal.web.current_actor import set_current_actor, signed_in
from portal.web.frame_state import FrameState, binding
from portal.web.sockets import session_token_of

log = structlog.get_logger(__name__)

_ROOT = "reflex___state____state"
_ON_LOAD = f"{_ROOT}.reflex___state____on_load_internal_state"
HYDRATE = f"{_ROOT}.hydrate_and_load"
ON_LOAD = f"{_ON_LOAD}.on_load_internal"
FRAMEWORK_EVENTS = frozenset(
    {
        HYDRATE,
        f"{_ROOT}.set_is_hydrated",
        ON_LOAD,
        f"{_ON_LOAD}.set_is_hydrated",
        f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)


class Guard(Middleware):
    """Runs before every event, chained and background ones too. Default deny."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        root = state._get_root_state()  # noqa: SLF001 - the whole tree belongs to the session
        path = root.rx_router_url.path
        set_locale(locale_of(path))
        token = session_token_of(root.rx_router_session.session_id)
        found = await signed_in(token, datetime.now(UTC))
        if found is None:
            return await _leave(root, SIGN_IN)
        actor = found.actor
        frame = await root.get_state(FrameState)
        if event.name == HYDRATE:
            # A document that has just been loaded says what it holds already, and starts afresh:
            # what the tab showed before may be old, or in another language. One that was there
            # before says nothing.
            restoring = not event.payload.get("hashes")
            if not restoring or not _is_bound(frame, actor):
                root.reset()
            frame._bound_to = binding(actor)  # noqa: SLF001 - a backend Var is private by its name
            frame._restoring = restoring  # noqa: SLF001
            event.payload.pop("vars", None)  # the portal keeps nothing in the browser's storage
        elif not _is_bound(frame, actor):
            return await _leave(root, path)
        if event.name == ON_LOAD:
            frame._restored, frame._restoring = frame._restoring, False  # noqa: SLF001
        set_current_actor(actor)
        if not has_the_handlers_arguments(event):
            log.warning("event is malformed", handler=event.name)
            return StateUpdate()
        if event.name in FRAMEWORK_EVENTS:
            return None
        access = access_of(event.name)
        if access is None or not access.allows(actor):
            log.warning("event refused", handler=event.name, declared=access)
            return StateUpdate()
        return None


def _is_bound(frame: FrameState, actor: Actor) -> bool:
    return frame._bound_to == binding(actor)  # noqa: SLF001


def has_the_handlers_arguments(event: Event) -> bool:
    """Whether the event brings what its handler's type hints say, and nothing else.

    A form comes as a list of its entries; it is put into its final form first, so that what is
    checked is what the handler gets.
    """
    registered = RegistrationContext.get().event_handlers.get(event.name)
    if registered is None:
        return False
    try:
        given = {name: form_data_as_dict(value) for name, value in event.payload.items()}
        _arguments_of(registered.handler.fn).model_validate(given)
    except (TypeError, ValueError):  # pydantic's error is a ValueError, too
        return False
    event.payload.update(given)
    return True


@lru_cache
def _arguments_of(handler: Callable[..., Any]) -> type[BaseModel]:
    parameters = list(signature(handler).parameters.values())[1:]
    # Only the arguments: what a handler returns may be known to the type checker alone.
    named = SimpleNamespace(__annotations__={each.name: each.annotation for each in parameters})
    hints = get_type_hints(named, globalns=getattr(handler, "__globals__", {}))
    fields: dict[str, Any] = {
        each.name: (hints[each.name], ... if each.default is each.empty else each.default)
        for each in parameters
    }
    return create_model("Arguments", __config__=ConfigDict(strict=True, extra="forbid"), **fields)


def access_of(event_name: str) -> Access | None:
    """The declared access of an event handler, by its full name; None if undeclared or unknown."""
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return declared_access(registered.handler.fn) if registered else None


def locale_of(path: str) -> str:
    """The language of the page that sent an event. It decides words only, never rights."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LOCALES else DEFAULT_LOCALE


async def _leave(root: BaseState, target: str) -> StateUpdate:
    """Empty the tab and lead it to `target` by a document load."""
    root.reset()
    delta = await root._get_resolved_delta()  # noqa: SLF001 - sends the emptied values
    root._clean()  # noqa: SLF001
    delta.setdefault(FrameState.get_full_name(), {})[FrameState.leave_key()] = target
    return StateUpdate(delta=delta)
