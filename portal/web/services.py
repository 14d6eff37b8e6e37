"""The thread adapter: services run on a thread, so that the event loop never waits for them.

`change` opens the one transaction of a request or event; `look` reads a consistent view. Both
call `service(db, …)` and return what it returns.
"""

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from portal.database import reading, transaction

P = ParamSpec("P")
R = TypeVar("R")
Service = Callable[Concatenate[Session, P], R]


async def change(service: Service[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a service that may write. Its error rolls everything back and reaches the caller."""

    def run() -> R:
        with transaction() as db:
            return service(db, *args, **kwargs)

    return await asyncio.to_thread(run)


async def look(service: Service[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a service that only reads."""

    def run() -> R:
        with reading() as db:
            return service(db, *args, **kwargs)

    return await asyncio.to_thread(run)
