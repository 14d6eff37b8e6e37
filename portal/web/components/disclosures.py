"""Disclosures: more to read for whoever wants it."""

from typing import Any

import reflex as rx

from portal.web.components.icons import icon
from portal.web.components.props import Flag, Text


def disclosure(*children: Text, summary: Text, opened: Flag = False) -> rx.Component:
    """A line that opens to show more."""
    attrs: dict[str, Any] = {"open": opened} if isinstance(opened, rx.Var) or opened else {}
    return rx.el.details(
        rx.el.summary(icon("down"), rx.el.span(summary), class_name="disclosure__summary"),
        rx.el.div(*children, class_name="disclosure__text stack stack--small"),
        class_name="disclosure",
        **attrs,
    )
