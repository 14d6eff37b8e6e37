"""Badges: the state of one thing in one or two words."""

from typing import Literal

import reflex as rx

from portal.web.components.props import Text

Tone = Literal["plain", "fine", "needs-you", "loss", "waiting"]


def badge(words: Text, *, tone: Tone | rx.Var[str] = "plain") -> rx.Component:
    """The state in words; the tone only repeats it by colour and by the shape of the dot."""
    return rx.el.span(words, class_name="badge", data_tone=tone)
