"""Empty states: nothing here yet, and what to do next."""

from typing import Literal

import reflex as rx

from portal.web.components.icons import Drawing
from portal.web.components.props import Text, is_empty

Scene = Literal["thread", "calm", "letter"]


def empty_state(
    *,
    title: Text,
    description: Text = "",
    action: rx.Component | None = None,
    scene: Scene = "thread",
) -> rx.Component:
    """A drawing, what is missing, and the one next step.

    Scenes: `thread` nobody stands here yet, `calm` all is well, `letter` nothing has come.
    """
    return rx.el.div(
        _draw(scene),
        rx.el.h2(title, class_name="empty__title"),
        *([] if is_empty(description) else [rx.el.p(description)]),
        *([] if action is None else [action]),
        class_name="empty",
    )


def _draw(scene: Scene) -> rx.Component:
    shapes = {"thread": _thread, "calm": _calm, "letter": _letter}[scene]()
    return Drawing.create(
        *shapes, view_box="0 0 240 120", class_name="empty__drawing", aria_hidden="true"
    )


def _thread() -> list[rx.Component]:
    """A thread from which the knots are still missing, above a low horizon."""
    return [
        rx.el.path(d="M8 108c40-30 84-26 120-18s72-2 104-14v32z", class_name="drawing__ground"),
        rx.el.path(d="M60 8v82", class_name="drawing__thread"),
        rx.el.circle(cx="60", cy="26", r="10", class_name="drawing__knot drawing__knot--lit"),
        rx.el.circle(cx="60", cy="60", r="9", class_name="drawing__knot"),
        rx.el.path(d="M84 26h74M84 60h52", class_name="drawing__line"),
    ]


def _calm() -> list[rx.Component]:
    """Houses under a clear sky, every window lit."""
    return [
        rx.el.path(d="M8 98h224", class_name="drawing__line"),
        rx.el.circle(cx="184", cy="30", r="12", class_name="drawing__knot drawing__knot--lit"),
        rx.el.path(
            d="M36 98V62l22-18 22 18v36M80 98V72h40v26M120 98V54l18-14 18 14v44",
            class_name="drawing__thread",
        ),
        rx.el.path(
            d="M52 70h12v12H52zM94 80h12v8H94zM132 64h12v12h-12z", class_name="drawing__lamp"
        ),
    ]


def _letter() -> list[rx.Component]:
    """An envelope at rest."""
    return [
        rx.el.path(d="M40 102h160", class_name="drawing__line"),
        rx.el.path(d="M72 34h96v60H72z", class_name="drawing__ground"),
        rx.el.path(d="M72 34h96v60H72zM72 34l48 36 48-36", class_name="drawing__thread"),
        rx.el.circle(cx="168", cy="34", r="9", class_name="drawing__knot drawing__knot--lit"),
    ]
