"""A browser tab without a browser: signs in, opens the event socket and waits for answers.

Speaks just enough of Socket.IO (protocol 5) by hand, so that one core drives hundreds of tabs.
"""

import json
import time
from dataclasses import dataclass
from types import TracebackType
from uuid import uuid4

import aiohttp
from yarl import URL

NAMESPACE = "/_event"
HYDRATE = "reflex___state____state.hydrate_and_load"
_OPEN, _PING, _PONG = "0", "2", "3"
_CONNECTED, _EVENT, _REFUSED = (f"{kind}{NAMESPACE}," for kind in ("40", "42", "44"))
PATIENCE = 30  # seconds for one answer


class TabError(Exception):
    """The server answered with something that a browser would not accept either."""


async def sign_in(http: aiohttp.ClientSession, url: str, email: str, password: str) -> str:
    """Sign in by the form, as a browser without script does; the session's cookie."""
    async with http.post(
        f"{url}/auth/sign-in",
        data={"email": email, "password": password, "next": "", "locale": "en"},
        headers={"Origin": url},
        allow_redirects=False,
    ) as answer:
        cookie = answer.cookies.get("session") or answer.cookies.get("__Host-session")
        if answer.status != 303 or cookie is None:
            raise TabError(f"signing {email} in answered {answer.status}")
        return f"{cookie.key}={cookie.value}"


@dataclass(frozen=True)
class Page:
    """What a tab shows: its path, and the events that fill it, one after the other."""

    path: str
    events: list[str]


class Tab:
    """One open tab. `cookie` is empty for an app that knows no sign-in."""

    def __init__(self, http: aiohttp.ClientSession, url: str, page: Page, cookie: str = "") -> None:
        self._http = http
        self._url = url
        self._page = page
        self._cookie = cookie
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._messages = [
            f'{_EVENT}["event",{json.dumps(self._event(event))}]' for event in page.events
        ]

    async def __aenter__(self) -> "Tab":
        query = {"EIO": "4", "transport": "websocket", "token": str(uuid4())}
        self._socket = await self._http.ws_connect(
            URL(f"{self._url}{NAMESPACE}/").with_query(query),
            headers={"Cookie": self._cookie, "Origin": self._url},
            timeout=aiohttp.ClientWSTimeout(ws_close=1),  # pyright: ignore[reportCallIssue]
            compress=0,
            max_msg_size=0,
        )
        await self._until(_OPEN)
        boot = {"event": self._event(HYDRATE)}
        await self._socket.send_str(f"40{NAMESPACE},{json.dumps(boot)}")
        await self._until(_CONNECTED)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def settle(self, quiet: float = 0.5) -> int:
        """Take everything that comes until nothing comes for `quiet` seconds; how many came."""
        updates = 0
        while True:
            try:
                text = await self._receive(quiet)
            except TimeoutError:
                return updates
            updates += text.startswith(_EVENT)

    async def act(self) -> float:
        """Send the page's events, each when the last one is answered; the seconds they took."""
        if self._socket is None:
            raise TabError("the tab is not open")
        started = time.perf_counter()
        for message in self._messages:
            await self._socket.send_str(message)
            await self._until(_EVENT)
        return time.perf_counter() - started

    def _event(self, name: str) -> dict[str, object]:
        path = self._page.path
        return {
            "name": name,
            "payload": {},
            "router_data": {"pathname": path, "asPath": path},
        }

    async def _until(self, prefix: str) -> str:
        while not (text := await self._receive(PATIENCE)).startswith(prefix):
            pass
        return text

    async def _receive(self, patience: float) -> str:
        socket = self._socket
        if socket is None:
            raise TabError("the tab is not open")
        while True:
            message = await socket.receive(patience)
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise TabError(f"the server closed the socket: {message.type.name} {message.data}")
            if message.data.startswith(_REFUSED):
                raise TabError(f"the server refused the tab: {message.data}")
            if message.data != _PING:
                return message.data
            await socket.send_str(_PONG)
