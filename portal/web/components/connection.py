"""The connection notice: said when the line to the server is broken, gone when it is back."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from portal.web.components.icons import icon
from portal.web.components.props import Flag, shown
from portal.web.locale import _


def connection_notice(*, lost: Flag | None = None) -> rx.Component:
    """Words in place of Reflex's own English banner; `lost` defaults to what the socket says."""
    return rx.el.div(
        shown(
            has_connection_errors if lost is None else lost,
            rx.el.p(
                icon("wait"),
                rx.el.span(_("Connection lost. Trying again.")),
                class_name="connection-notice",
            ),
        ),
        role="status",
        class_name="connection-region",
    )
