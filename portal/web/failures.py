"""What happens when our own code fails: the operator is told, and the reader in plain words."""

import reflex as rx
import structlog
from reflex.event import EventSpec
from reflex_components_core.base.error_boundary import ErrorBoundary

from portal.web.components.failure import page_failure
from portal.web.frame_state import FrameState

log = structlog.get_logger(__name__)


def report_failed_event(exception: Exception) -> EventSpec:
    """An event handler failed: log it, and say so on the page. Reflex's own notice needs `eval`."""
    log.error("event failed", exc_info=exception)
    return FrameState.say_failure()  # pyright: ignore[reportReturnType]


def report_failed_page(exception: Exception) -> None:
    """A page reported a failure of its script. What it says is not to be trusted, so it is cut."""
    log.warning("page failed", message=str(exception)[:200])


def error_boundary() -> rx.Component:
    """What stands in place of a page whose script failed."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(page_failure()))
