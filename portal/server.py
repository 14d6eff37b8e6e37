"""Starting the server: one command that leaves nothing behind when it stops."""

import os
import socket
from collections.abc import Callable

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from portal import migrations
from portal.audit.keys import note_key
from portal.build import ensure_frontend
from portal.database import get_engine, transaction
from portal.logs import SERVER_LOGGING
from portal.settings import Settings

LARGEST_MESSAGE = 64 * 1024  # bytes of one event over the socket
TARGET = "portal.portal:serve"


class PortTakenError(Exception):
    """Something listens on the portal's port already."""


def refuse_taken_port(settings: Settings) -> None:
    """Find out before building: the server itself would share the port with another one.

    Raises:
        PortTakenError: the port is in use.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTakenError(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}). "
                "Is another portal running? PORTAL_PORT chooses another port."
            ) from error


def prepare(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Build what changed and bring the tables up to date."""
    ensure_frontend(settings, say=say)
    migrations.migrate(get_engine())
    with transaction() as db:
        note_key(db)
    # The workers fork or spawn from here and must not share its connections.
    get_engine().dispose()


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    # Reflex's own names: the pages are built already, and need no compiling at each start.
    os.environ["__REFLEX_SKIP_COMPILE"] = "yes"
    os.environ["REFLEX_ENV_MODE"] = "prod"
    os.environ["REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE"] = str(LARGEST_MESSAGE)
    Server(
        target=TARGET,
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOGGING,
        websockets=True,
    ).serve()
