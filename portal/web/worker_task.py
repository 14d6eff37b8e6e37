"""The embedded worker: mail leaves and jobs run inside each server process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal.logs import configure_logs
from portal.settings import get_settings
from portal.worker import Worker


@asynccontextmanager
async def run_worker() -> AsyncIterator[None]:
    """Work while the server serves, unless `PORTAL_OUTBOX` says that another process does."""
    settings = get_settings()
    configure_logs(json=settings.in_production)  # a spawned server process begins without logs
    if settings.outbox == "separate":
        yield
        return
    worker = Worker()
    worker.start()
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)
