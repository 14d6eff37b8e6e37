"""A tab on the event socket, as Reflex's page would open it, but obedient to the test alone.

It speaks what `.web/utils/state.js` speaks: Socket.IO over a WebSocket at `/_event`, the tab's
client token in the query, the Reflex version as subprotocol, the first event in the CONNECT packet.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import socketio
from socketio.exceptions import ConnectionError as SocketRefused

ROOT = "reflex___state____state"
HYDRATE = f"{ROOT}.hydrate_and_load"
FRAME = f"{ROOT}.portal___web___frame_state____frame_state"
ACCOUNT = f"{ROOT}.portal___web___pages___account____account_state"
COMPANY = f"{ROOT}.portal___web___pages___company____company_state"
SITES = f"{ROOT}.portal___web___pages___sites____sites_state"
OVERVIEW = f"{ROOT}.portal___web___pages___overview____overview_state"
NAMESPACE = "/_event"
PATIENCE = 8.0  # seconds


class _Json:
    """Escapes as browsers do, so that letters that are none can be sent, too."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        options["ensure_ascii"] = True
        return json.dumps(value, **options)


class SocketRefusedError(Exception):
    """The server would not open the socket; `code` is what it told the page."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Tab:
    """One open tab. `vars` is what its page would show, `received` all that ever came."""

    def __init__(self, url: str, path: str, client_token: str) -> None:
        self.url = url
        self.path = path
        self.client_token = client_token
        self.received: list[str] = []
        self.vars: dict[str, Any] = {}
        self.reset_by_server = False
        self._refusal: Any = None
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False, json=_Json)
        self._client.on("event", self._take, namespace=NAMESPACE)
        self._client.on("new_token", self._rename, namespace=NAMESPACE)
        self._client.on("connect_error", self._remember, namespace=NAMESPACE)

    async def connect(self, *, session: str, origin: str, hydrate: bool) -> None:
        headers = {"Origin": origin} if origin else {}
        if session:
            headers["Cookie"] = f"session={session}"
        auth = {"event": self.event(HYDRATE)} if hydrate else {}
        try:
            await self._client.connect(
                f"{self.url}?token={self.client_token}",
                headers=headers,
                auth=auth,
                transports=["websocket"],
                namespaces=[NAMESPACE],
                socketio_path=NAMESPACE,
                wait_timeout=5,
            )
        except SocketRefused as error:
            await self._client.disconnect()
            data = self._refusal if isinstance(self._refusal, dict) else {}
            code = (data.get("data") or {}).get("code", "")
            raise SocketRefusedError(str(error), code) from None

    def event(self, name: str, **payload: Any) -> dict[str, Any]:
        return {
            "name": name,
            "payload": payload,
            "router_data": {"pathname": self.path, "asPath": self.path},
        }

    async def send(self, name: str, **payload: Any) -> None:
        """Send an event as the page does. Nothing tells whether it was obeyed."""
        await self.emit("event", self.event(name, **payload))

    async def emit(self, kind: str, *data: Any) -> None:
        """Send any packet at all."""
        await self._client.emit(kind, data or None, namespace=NAMESPACE)

    def get(self, state: str, name: str) -> Any:
        """A Var's value as the page has it; None before it came."""
        return self.vars.get(f"{state}.{name}")

    async def until(self, condition: Callable[["Tab"], Any], patience: float = PATIENCE) -> Any:
        """Wait until something is true of the tab."""
        deadline = time.monotonic() + patience
        while not (found := condition(self)):
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not happen; last came {self.received[-2:]}")
            await asyncio.sleep(0.01)
        return found

    async def loaded(self) -> "Tab":
        """Wait until the page has loaded what it shows."""
        await self.until(lambda tab: tab.get(ROOT, "is_hydrated"))
        return self

    async def settled(self, state: str = FRAME) -> None:
        """Wait until what was sent before has been dealt with: one tab's events are in order."""
        came = len(self.received)
        await self.send(f"{ROOT}.set_is_hydrated", value=False)
        await self.send(f"{ROOT}.set_is_hydrated", value=True)
        await self.until(lambda tab: len(tab.received) > came or tab.closed)
        await asyncio.sleep(0.05)

    @property
    def closed(self) -> bool:
        return not self._client.connected

    @property
    def everything(self) -> str:
        """All that the server ever sent to this tab."""
        return "\n".join(self.received)

    async def close(self) -> None:
        await self._client.disconnect()

    async def _take(self, update: Any) -> None:
        self.received.append(update if isinstance(update, str) else json.dumps(update))
        if isinstance(update, str):
            update = json.loads(update)
        for state, changes in (update.get("delta") or {}).items():
            for key, value in changes.items():
                self.vars[f"{state}.{key.removesuffix('_rx_state_')}"] = value

    async def _rename(self, token: str) -> None:
        self.client_token = token

    async def _remember(self, data: Any) -> None:
        self._refusal = data


@asynccontextmanager
async def tab(
    url: str,
    session: str,
    path: str = "/en/company",
    *,
    client_token: str = "",
    origin: str | None = None,
    hydrate: bool = True,
):
    """An open tab; closed at the end.

    Raises:
        SocketRefusedError: the server would not open the socket.
    """
    opened = Tab(url, path, client_token or str(uuid4()))
    await opened.connect(session=session, origin=url if origin is None else origin, hydrate=hydrate)
    try:
        if hydrate:
            await opened.loaded()
        yield opened
    finally:
        await opened.close()
        await asyncio.sleep(0)
