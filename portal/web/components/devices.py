"""Device rows: where the reader is signed in."""

from typing import Any

import reflex as rx

from portal.web.components.badges import badge
from portal.web.components.icons import icon
from portal.web.components.props import Flag, Text, choose, shown
from portal.web.locale import _


def device_list(*rows: Text, label: Text) -> rx.Component:
    """The devices, this one first."""
    return rx.el.ul(*rows, aria_label=label, class_name="devices")


def device_row(
    *,
    name: Text,
    seen: Text,
    mobile: Flag = False,
    current: Flag = False,
    action: rx.Component | None = None,
) -> rx.Component:
    """One device: what it is, when it was last used, and the way to sign it out."""
    attrs: dict[str, Any] = {"aria_current": choose(current, "true", "false")}
    return rx.el.li(
        choose(mobile, icon("mobile"), icon("computer")),
        rx.el.div(
            rx.el.p(name, class_name="devices__name"),
            rx.el.p(seen, class_name="devices__seen"),
            class_name="devices__text",
        ),
        shown(current, badge(_("This device"), tone="fine")),
        *([] if action is None else [action]),
        class_name="devices__row",
        **attrs,
    )
