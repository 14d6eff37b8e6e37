"""Skeletons: the room that content will take, while it is on its way."""

import reflex as rx

from portal.web.components.layout import hidden_words
from portal.web.locale import _


def skeleton(*, lines: int = 3) -> rx.Component:
    """Lines of text to come."""
    return rx.el.div(
        hidden_words(_("Loading")),
        *[rx.el.span(class_name="skeleton__line", aria_hidden="true") for _line in range(lines)],
        class_name="skeleton",
    )


def thread_skeleton(*, knots: int = 3) -> rx.Component:
    """A thread to come."""
    return rx.el.div(
        hidden_words(_("Loading")),
        *[rx.el.span(class_name="skeleton__knot", aria_hidden="true") for _knot in range(knots)],
        class_name="skeleton skeleton--thread",
    )


def revealed(*children: rx.Component, when: rx.Var[bool], skeleton: rx.Component) -> rx.Component:
    """The children when they are there, the skeleton until then.

    They stay in the page while they are hidden: when a lost connection comes back to a server
    that has forgotten the page, what was typed is still there.
    """
    return rx.fragment(
        rx.el.div(*children, hidden=~when, class_name="stack stack--large"),
        rx.cond(when, rx.fragment(), skeleton),
    )
