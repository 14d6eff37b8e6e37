"""The event socket: opened for live sessions, and deaf to all but well-formed events."""

from datetime import UTC, datetime
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any

import reflex as rx
import structlog
from pydantic import BaseModel, ValidationError
from reflex.app import EventNamespace
from reflex.state import StateUpdate
from socketio.exceptions import ConnectionRefusedError as SocketRefusedError

from portal.web import sockets
from portal.web.components.departure import SIGN_IN
from portal.web.current_actor import signed_in
from portal.web.frame_state import FrameState
from portal.web.http.cookies import session_cookie_name

log = structlog.get_logger(__name__)

SIGNED_OUT = {"code": "signed-out"}
TOO_MANY = {"code": "too-many-sockets"}
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


class PortalNamespace(EventNamespace):
    """Reflex's event namespace under the portal's conditions."""

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Every packet comes through here, and what the socket server tells of itself."""
        sid, *data = args
        if not self._is_from_page(event, sid, data):
            return await super().trigger_event(event, *args)
        socket = sockets.find(sid)
        if socket is None:
            return None
        if not socket.bucket.take():
            log.warning("socket floods", sid=sid)
            sockets.forget(sid)
            return await self.disconnect(sid)
        if event in FROM_PAGES:
            return await super().trigger_event(event, *args)
        return None

    def _is_from_page(self, event: str, sid: str, data: list[Any]) -> bool:
        """A page can send packets by the server's own names, too; this tells them apart."""
        server: Any = self.server
        if event == "connect":
            return not data or data[0] is not server.get_environ(sid, self.namespace)
        if event == "disconnect":
            return server.manager.is_connected(sid, self.namespace)
        return True

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Open the socket for a live session; `auth` brings the tab's first event along."""
        token = _cookie(environ.get("HTTP_COOKIE", ""), session_cookie_name())
        found = await signed_in(token, datetime.now(UTC))
        if found is None:
            raise SocketRefusedError("signed out", SIGNED_OUT)
        close = partial(self._lead_to_sign_in, sid)
        if not sockets.add(sid, sockets.Socket(token, found.actor.session_id, close)):
            raise SocketRefusedError("too many sockets", TOO_MANY)
        try:
            await super().on_connect(sid, environ, auth)
        except BaseException:
            sockets.forget(sid)
            raise

    def on_disconnect(self, sid: str, *_: Any) -> Any:
        sockets.forget(sid)
        return super().on_disconnect(sid)

    async def on_event(self, sid: str, data: Any = None, *more: Any) -> None:
        if more or not self._is_event(data):
            log.warning("event is malformed", sid=sid)  # what it says may be anybody's data
            return
        await super().on_event(sid, data)

    def _is_event(self, data: Any) -> bool:
        """Whether Reflex could handle it; what it cannot it would log, with all that it holds."""
        try:
            packet = Packet.model_validate(data, strict=True)
        except ValidationError:
            return False
        return packet.name in self.app._registration_context.event_handlers  # noqa: SLF001

    def _build_static_router_data(self, sid: str, environ: dict[str, Any]) -> dict[str, Any]:
        """Without the handshake's headers: they would reach the tab's state, cookie and all."""
        return {**super()._build_static_router_data(sid, environ), "headers": {}}

    async def _lead_to_sign_in(self, sid: str) -> None:
        sockets.forget(sid)
        if token := self.sid_to_token.get(sid):
            delta = {FrameState.get_full_name(): {FrameState.leave_key(): SIGN_IN}}
            await self.emit_update(StateUpdate(delta=delta), token)
        await self.disconnect(sid)


def use_portal_namespace(app: rx.App) -> None:
    """Let the app's events go through `PortalNamespace`, and ended sessions be swept."""
    before = app.event_namespace
    if before is None or app.sio is None:
        raise RuntimeError("the app has no event socket")
    namespace = PortalNamespace(before.namespace, app)
    app._event_namespace = namespace  # noqa: SLF001 - Reflex has no setting for it
    app.sio.register_namespace(namespace)
    app.register_lifespan_task(sockets.sweep)


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
