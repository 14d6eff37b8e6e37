"""The event sockets: who is behind each, and closing them when the session ends.

A socket is opened only for a live session. The session's cookie stays here: Reflex would put the
handshake's headers into the tab's state, and send an HttpOnly cookie to the page's scripts.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from pydantic import BaseModel, ValidationError
from reflex.app import EventNamespace
from reflex.state import StateUpdate
from reflex_base.registry import RegistrationContext
from socketio.exceptions import ConnectionRefusedError as SocketRefusedError

from portal.accounts import sessions
from portal.web.components.departure import SIGN_IN
from portal.web.current_actor import signed_in
from portal.web.frame_state import FrameState
from portal.web.http.cookies import session_cookie_name
from portal.web.services import look

log = structlog.get_logger()

SIGNED_OUT = {"code": "signed-out"}
EVENTS_PER_SECOND = 20
BURST = 60
SWEEP_SECONDS = 5


FROM_PAGES = frozenset({"event", "client_error"})  # the only packets that our pages send


class Place(BaseModel):
    """The address of the page that sent an event, as the page tells it."""

    pathname: str = ""
    asPath: str = ""  # noqa: N815 - the page's name for it
    query: dict[str, str] = {}


class Packet(BaseModel):
    """The shape of an event. What is in `payload` is compared with the handler by the guard."""

    name: str
    payload: dict[str, Any] = {}
    router_data: Place = Place()


def _is_event(data: Any) -> bool:
    """Whether this is an event for a handler that exists; Reflex would log any other in clear."""
    try:
        packet = Packet.model_validate(data, strict=True)
    except ValidationError:
        return False
    return packet.name in RegistrationContext.get().event_handlers


@dataclass
class Bucket:
    """Flood control for one socket (token bucket): `BURST` at once, then `EVENTS_PER_SECOND`."""

    tokens: float = BURST
    filled_at: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.filled_at) * EVENTS_PER_SECOND)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Socket:
    """One open tab: the session's secret, whose it is, and its share of events."""

    session_token: str
    session_id: UUID | None
    bucket: Bucket = field(default_factory=Bucket)


_open: dict[str, Socket] = {}
_namespace: EventNamespace | None = None


def session_token_of(sid: str) -> str:
    """The session cookie with which this socket was opened; empty for an unknown socket."""
    socket = _open.get(sid)
    return socket.session_token if socket else ""


def cookie_value(header: str, name: str) -> str:
    try:
        cookie = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def guard_sockets(app: rx.App) -> None:
    """Put the portal's conditions around Reflex's event namespace."""
    global _namespace
    namespace: Any = app.event_namespace
    if namespace is None:
        raise RuntimeError("the app has no event socket to guard")
    _namespace = namespace
    connect, disconnect, on_event = (
        namespace.on_connect,
        namespace.on_disconnect,
        namespace.on_event,
    )
    trigger = namespace.trigger_event
    router_data = namespace._build_static_router_data  # noqa: SLF001 - pinned; a test watches it

    async def guarded_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        token = cookie_value(environ.get("HTTP_COOKIE", ""), session_cookie_name())
        found = await signed_in(token, datetime.now(UTC))
        if found is None:
            raise SocketRefusedError("signed out", SIGNED_OUT)
        _open[sid] = Socket(token, found.actor.session_id)
        try:
            await connect(sid, environ, auth)
        except BaseException:
            _open.pop(sid, None)
            raise

    def guarded_disconnect(sid: str, *_: Any) -> Any:
        _open.pop(sid, None)
        return disconnect(sid)

    async def guarded_event(sid: str, data: Any = None, *more: Any) -> None:
        """Also called for the first event, which comes with the connection."""
        if more or not _is_event(data):
            log.warning("event is malformed", sid=sid)  # what it says may be anybody's data
            return
        await on_event(sid, data)

    def comes_from_client(kind: str, sid: str, data: tuple[Any, ...]) -> bool:
        """A page can send packets by these names, too; the server's own are told apart."""
        if kind == "connect":
            return not data or data[0] is not namespace.server.get_environ(sid, namespace.namespace)
        if kind == "disconnect":
            return namespace.server.manager.is_connected(sid, namespace.namespace)
        return True

    async def guarded_trigger(kind: str, sid: str, *data: Any) -> Any:
        if not comes_from_client(kind, sid, data):
            return await trigger(kind, sid, *data)
        socket = _open.get(sid)
        if socket is None:
            return None
        if not socket.bucket.take():
            log.warning("socket floods", sid=sid)
            _open.pop(sid, None)
            return await namespace.disconnect(sid)
        if kind in FROM_PAGES:
            return await trigger(kind, sid, *data)
        return None

    def without_headers(sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        return {**router_data(sid, environ), "headers": {}}

    namespace.on_connect = guarded_connect
    namespace.on_disconnect = guarded_disconnect
    namespace.on_event = guarded_event
    namespace.trigger_event = guarded_trigger
    namespace._build_static_router_data = without_headers  # noqa: SLF001
    app.register_lifespan_task(_sweep)


async def close_sockets_of(sessions: set[UUID]) -> None:
    """Lead every tab of these sessions to sign-in, and close its socket."""
    for sid, socket in list(_open.items()):
        if socket.session_id in sessions:
            await _close(sid)


async def _close(sid: str) -> None:
    namespace = _namespace
    _open.pop(sid, None)
    if namespace is None:
        return
    if token := namespace.sid_to_token.get(sid):
        delta = {FrameState.get_full_name(): {FrameState.leave_key(): SIGN_IN}}
        await namespace.emit_update(StateUpdate(delta=delta), token)
    await namespace.disconnect(sid)


async def _sweep() -> None:
    """Close the sockets of sessions that ended elsewhere or ran out, within seconds."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        now = datetime.now(UTC)
        tokens = {socket.session_token for socket in _open.values()}
        ended = {token for token in tokens if await look(sessions.find, token, now=now) is None}
        for sid, socket in list(_open.items()):
            if socket.session_token in ended:
                await _close(sid)
