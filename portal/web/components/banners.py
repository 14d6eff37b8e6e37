"""Banners: what holds for the whole page."""

from typing import Literal

import reflex as rx

from portal.web.components.icons import icon
from portal.web.components.props import Text, is_empty

Kind = Literal["information", "warning", "loss", "fine", "support"]
_ICONS = {
    "information": "information",
    "warning": "warning",
    "loss": "warning",
    "fine": "check",
    "support": "support",
}


def banner(
    *details: Text, title: Text, kind: Kind = "information", action: rx.Component | None = None
) -> rx.Component:
    """A title, a sentence or two, and at most one action.

    The kind `support` marks a support session; its colour appears nowhere else.
    """
    return rx.el.section(
        icon(_ICONS[kind]),
        rx.el.div(
            rx.el.p(title, class_name="banner__title"),
            *[
                rx.el.p(each) if isinstance(each, (str, rx.Var)) else each
                for each in details
                if not is_empty(each)
            ],
            class_name="banner__text",
        ),
        *([rx.el.div(action, class_name="banner__action")] if action is not None else []),
        aria_label=title if isinstance(title, (str, rx.Var)) else "",
        class_name=f"banner banner--{kind}",
    )
