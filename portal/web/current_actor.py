"""Who is signed in: found for every request and event, and known to the handler."""

from contextvars import ContextVar
from datetime import datetime

from portal.accounts import sessions
from portal.actor import Actor
from portal.customers.acting import Acting, acting
from portal.web.services import change, look

_current: ContextVar[Actor] = ContextVar("actor")


async def signed_in(token: str, now: datetime) -> Acting | None:
    """Whose live session this is; None for no session. Notes once a minute that it is alive."""
    if not token:
        return None
    found = await look(acting, token, now=now)
    if found is not None and found.touch_is_due and found.actor.session_id is not None:
        await change(sessions.touch, found.actor.session_id, now=now)
    return found


def current_actor() -> Actor:
    """Who sent the event that is being handled.

    Raises:
        LookupError: no event is being handled.
    """
    return _current.get()


def set_current_actor(actor: Actor) -> None:
    """Called by the guard alone."""
    _current.set(actor)
