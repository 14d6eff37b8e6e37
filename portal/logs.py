"""Logs: one line for each event on stderr, JSON in production, without personal data.

Everything goes the same way: our own events, those of libraries that use the standard logging
(Reflex and the server among them), and Python's warnings.
"""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from portal.redaction import redact_event

# For Granian's `log_dictconfig`: the server's own lines take the same way as all others.
SERVER_LOGGING: dict[str, Any] = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    }
}


def configure_logs(*, json: bool, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (stderr). Called once, by whoever starts it."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso" if json else "%H:%M:%S", utc=json),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact_event,
        _renderer(json=json, colors=(stream or sys.stderr).isatty()),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=last)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("engineio.server", "socketio.server"):
        logging.getLogger(name).handlers.clear()  # made before these logs were set up
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every plugin it sets up
    logging.captureWarnings(capture=True)


def _renderer(*, json: bool, colors: bool) -> Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=colors, exception_formatter=structlog.dev.plain_traceback
    )
