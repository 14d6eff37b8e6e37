"""The threads on which passwords are hashed: as many as there are cores, and a bounded queue.

Argon2 releases the interpreter's lock, so the threads use every core while the event loop goes on.
More threads would only make all sign-ins slow together; an endless queue would keep people waiting
for answers that come too late.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from portal.errors import PortalError

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 100  # a second and a half of work on two cores


class TooBusyError(PortalError):
    """Too many passwords wait to be hashed already; try again in a moment."""

    code = "too-busy"
    status = 503


class HashingPool:
    """At most `threads` hash at once, at most `waiting` wait."""

    def __init__(self, threads: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="hashing")
        self._places = BoundedSemaphore(threads + waiting)

    async def run(self, slow: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `slow(…)`, computed on one of the threads.

        Raises:
            TooBusyError: every place in the queue is taken.
        """
        if not self._places.acquire(blocking=False):
            raise TooBusyError
        try:
            future = self._executor.submit(slow, *args, **kwargs)
        except RuntimeError:  # the process is ending
            self._places.release()
            raise
        # Also called when a visitor who went away cancels what has not begun.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


@lru_cache
def _pool() -> HashingPool:
    """The process's pool, made at first use: the server forks after importing this package."""
    return HashingPool(_cores(), MOST_WAITING)


def _cores() -> int:
    """How many cores this process may use; a container often has fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


async def in_hashing_pool(slow: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of `slow(…)`, computed without holding up the event loop.

    Raises:
        TooBusyError: too many wait already.
    """
    return await _pool().run(slow, *args, **kwargs)
