"""Files that are made while they are sent, on threads, piece by piece.

Each reads the database until its last piece is taken, however slow the line: so few are open at
once that most connections are left for everybody else, and none is for ever.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from portal.errors import PortalError

MOST_AT_ONCE = 2  # pieces that are made at the same moment, in each process
MOST_OPEN = 6  # files that are being sent, in each process; the database has twenty connections
MOST_OPEN_OF_ONE = 2  # of these, of one person
LONGEST = timedelta(minutes=10)

_open: Counter[str] = Counter()


class TooManyOpenError(PortalError):
    """Too many files are being sent already; try again in a moment."""

    code = "too-busy"
    status = 503


@contextmanager
def place_for(person: str) -> Iterator[None]:
    """One of the process's places for files that are being sent, until the context ends.

    Raises:
        TooManyOpenError: all places are taken, or this person has as many as one may.
    """
    if _open.total() >= MOST_OPEN or _open[person] >= MOST_OPEN_OF_ONE:
        raise TooManyOpenError
    _open[person] += 1
    try:
        yield
    finally:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]


class MadeWhileSent(StreamingResponse):
    """What `make` yields, each piece on a thread: the event loop never waits for it.

    A thread is taken for a piece and given back, so that slow lines occupy none. The threads are
    these files' own, few of them: they take no turn from what pages wait for. However the
    sending ends, by the last piece, by an error, because the visitor left, or because it took
    longer than `LONGEST`, the generator is closed, and with it whatever it has opened; a piece that
    is being made is waited for first. Then what is `held` for the file is let go.
    """

    def __init__(
        self,
        make: Callable[[], Iterator[bytes]],
        *,
        media_type: str,
        headers: Mapping[str, str],
        held: ExitStack,
    ) -> None:
        self._held = held
        # One context for all pieces: what one of them sets, such as the language, the next finds.
        self._context = copy_context()
        self._pieces = make()
        self._making: asyncio.Future[bytes | None] | None = None
        self._closing: asyncio.Task[None] | None = None
        super().__init__(self._sent(), media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            # Whom it takes too long gets half a file that does not end, never a whole-looking one.
            async with asyncio.timeout(LONGEST.total_seconds()):
                await super().__call__(scope, receive, send)
        except ClientDisconnect:
            return  # nobody waits for the rest
        finally:
            self._closing = asyncio.ensure_future(self._close())
            await asyncio.shield(self._closing)

    async def _sent(self) -> AsyncIterator[bytes]:
        while True:
            self._making = self._on_a_thread(next, self._pieces, None)
            piece = await asyncio.shield(self._making)
            if piece is None:
                return
            yield piece

    async def _close(self) -> None:
        with self._held:
            if self._making is not None:
                await asyncio.wait([self._making])
            if isinstance(self._pieces, Generator):
                await self._on_a_thread(self._pieces.close)

    def _on_a_thread(self, act: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(_threads(), partial(self._context.run, act, *args))


@lru_cache
def _threads() -> ThreadPoolExecutor:
    """Made at first use: the server forks after importing this package."""
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="file")
