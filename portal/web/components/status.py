"""The status line: what just happened, said aloud and shown, without taking the focus."""

from typing import Literal

import reflex as rx

from portal.web.components.icons import icon
from portal.web.components.props import Text, choose

Tone = Literal["fine", "waiting", "loss"]
_ICONS = {"fine": "check", "waiting": "wait", "loss": "warning"}


def status_line(message: Text, *, tone: Tone = "fine") -> rx.Component:
    """A `role="status"` region. It is always there, so that a change of its words is heard, and
    takes no room while there are none.
    """
    words = rx.el.span(
        icon(_ICONS[tone]), rx.el.span(message), class_name=f"status-line status-line--{tone}"
    )
    there = message.to(str) != "" if isinstance(message, rx.Var) else message != ""
    return rx.el.div(choose(there, words, rx.fragment()), role="status", class_name="status-region")
