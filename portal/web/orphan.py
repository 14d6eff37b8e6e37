"""A server process ends when the command that started it is gone, however that ended."""

import asyncio
import os
import signal

LOOK_EVERY = 1.0  # seconds


async def leave_with_parent() -> None:
    """Stop this process once it has another parent: `portal run` was killed outright."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells us, so we look
        await asyncio.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
