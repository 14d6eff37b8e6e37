"""The open event sockets: whose each is, its share of events, and closing it with its session.

The session's cookie stays here: Reflex would put the handshake's headers into the tab's state, and
send an HttpOnly cookie to the page's scripts.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import structlog

from portal.accounts import sessions
from portal.web.services import look

log = structlog.get_logger(__name__)

EVENTS_PER_SECOND = 20
BURST = 60
SOCKETS_PER_SESSION = 100
SWEEP_SECONDS = 5


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
    """One open tab. `close` leads it to sign-in and closes its connection."""

    session_token: str
    session_id: UUID | None
    close: Callable[[], Awaitable[None]]
    bucket: Bucket = field(default_factory=Bucket)


_open: dict[str, Socket] = {}


def add(sid: str, socket: Socket) -> bool:
    """Remember an open socket. False if the session has as many as it may."""
    mine = sum(each.session_id == socket.session_id for each in _open.values())
    if mine >= SOCKETS_PER_SESSION:
        return False
    _open[sid] = socket
    return True


def find(sid: str) -> Socket | None:
    return _open.get(sid)


def forget(sid: str) -> None:
    _open.pop(sid, None)


def session_token_of(sid: str) -> str:
    """The session cookie with which this socket was opened; empty for an unknown socket."""
    socket = _open.get(sid)
    return socket.session_token if socket else ""


async def close_sockets_of(ended: set[UUID]) -> None:
    """Lead every tab of these sessions to sign-in, and close its socket."""
    for socket in [each for each in _open.values() if each.session_id in ended]:
        await socket.close()


async def sweep() -> None:
    """Close the sockets of sessions that ended elsewhere or ran out, within seconds."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await _close_ended(datetime.now(UTC))
        except Exception:  # a database that is away for a moment must not end the sweeping
            log.exception("ended sessions were not swept")


async def _close_ended(now: datetime) -> None:
    tokens = {socket.session_token for socket in _open.values()}
    alive = await look(sessions.alive, tokens, now=now)
    for socket in [each for each in _open.values() if each.session_token in tokens - alive]:
        await socket.close()
