"""The thread: the line of people who answer, and whatever else goes in order.

A knot is lit where somebody can be reached and open where nobody can.
"""

from typing import Any, Literal

import reflex as rx

from portal.web.components.buttons import icon_button
from portal.web.components.effects import Sortable
from portal.web.components.icons import icon
from portal.web.components.layout import hidden_words
from portal.web.components.props import Act, Flag, Text, Value, classes, is_empty
from portal.web.components.sections import Level, heading
from portal.web.locale import _


def thread(*knots: rx.Component, label: Text) -> rx.Component:
    """Knots on a vertical line, in the order in which they are called."""
    return rx.el.ol(*knots, aria_label=label, class_name="thread")


def sortable_thread(*knots: rx.Component, label: Text, on_drop: Act) -> rx.Component:
    """A thread whose knots can also be dragged by their number to another place.

    `on_drop` gets a form with `entry`, the dragged knot's id, and `to`, its new place from 1. The
    buttons at each knot do the same for those who do not drag.
    """
    return rx.fragment(
        Sortable.create(*knots, aria_label=label, class_name="thread thread--sortable"),
        rx.el.form(
            rx.el.input(type="hidden", name="entry", default_value=""),
            rx.el.input(type="hidden", name="to", default_value=""),
            on_submit=on_drop,
            class_name="thread__drop",
        ),
    )


def knot(
    *,
    number: Text,
    title: Text,
    lit: Flag,
    description: Text = "",
    phone: Text = "",
    badge: rx.Component | None = None,
    moves: rx.Component | None = None,
    actions: rx.Component | None = None,
    details: rx.Component | None = None,
    warning: Text = "",
    level: Level = 3,
    id: Value | None = None,
) -> rx.Component:
    """One person on the thread: who, with what role in words, and how to reach them.

    `badge` says the state in words, since light alone says nothing to everybody. `moves` are the
    buttons at the hand, `actions` those below. With an `id` the knot stays the same element when
    the order changes, so that the focus moves along, and it can be dragged in a `sortable_thread`.
    """
    attrs: dict[str, Any] = {} if id is None else {"key": id, "custom_attrs": {"data-entry": id}}
    return rx.el.li(
        rx.el.span(number, class_name="knot__mark", aria_hidden="true"),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    heading(title, level=level, class_name="knot__title"),
                    *([] if badge is None else [badge]),
                    class_name="knot__head",
                ),
                *([] if moves is None else [rx.el.div(moves, class_name="knot__moves")]),
                class_name="knot__top",
            ),
            *([] if is_empty(description) else [rx.el.p(description, class_name="knot__about")]),
            *([] if is_empty(phone) else [rx.el.p(phone, class_name="number knot__phone")]),
            *([] if is_empty(warning) else [thread_warning(warning)]),
            *([] if details is None else [details]),
            *([] if actions is None else [rx.el.div(actions, class_name="cluster knot__actions")]),
            class_name="card knot__card",
        ),
        class_name=classes("knot", lit=lit),
        **attrs,
    )


def thread_warning(words: Text) -> rx.Component:
    """What would happen, said inside the thread at the place that it concerns."""
    return rx.el.p(icon("warning"), rx.el.span(words), class_name="thread-warning")


def thread_gap(words: Text, *, action: rx.Component | None = None) -> rx.Component:
    """A knot that is missing: who is still needed here, and the way to add them."""
    return rx.el.li(
        rx.el.span("", class_name="knot__mark", aria_hidden="true"),
        rx.el.div(rx.el.p(words), *([] if action is None else [action]), class_name="knot__text"),
        class_name="knot knot--missing",
    )


def thread_end(words: Text) -> rx.Component:
    """What happens when nobody on the thread answers."""
    return rx.el.li(
        rx.el.span("", class_name="knot__mark", aria_hidden="true"),
        rx.el.p(words, class_name="knot__text"),
        class_name="knot knot--end",
    )


def move_buttons(*, name: Text, first: Flag, last: Flag, on_up: Act, on_down: Act) -> rx.Component:
    """One place earlier or later in the call list."""
    return rx.fragment(
        icon_button(icon="move-up", label=_("Move up"), detail=name, off=first, on_click=on_up),
        icon_button(
            icon="move-down", label=_("Move down"), detail=name, off=last, on_click=on_down
        ),
    )


def miniature(*knots: rx.Component, words: Text) -> rx.Component:
    """A whole thread at a glance, with the sentence that says the same in words."""
    return rx.el.div(
        rx.el.span(*knots, class_name="miniature__thread", aria_hidden="true"),
        rx.el.span(words, class_name="miniature__words"),
        class_name="miniature",
    )


def miniature_knot(*, lit: Flag) -> rx.Component:
    """One person in a miniature."""
    return rx.el.span(class_name=classes("miniature__knot", lit=lit))


StepState = Literal["done", "current", "ahead"]


def steps(*each: rx.Component, label: Text) -> rx.Component:
    """The steps of something that takes several: an invitation, a course, an erasure."""
    return rx.el.ol(*each, aria_label=label, class_name="thread thread--steps")


def step(*, title: Text, state: StepState | rx.Var[str], description: Text = "") -> rx.Component:
    """One step; the state is also said in words."""
    words = {"done": _("Done"), "current": _("Now"), "ahead": _("Not yet")}
    said = rx.match(state, *words.items(), "") if isinstance(state, rx.Var) else words[state]
    return rx.el.li(
        rx.el.span("", class_name="knot__mark", aria_hidden="true"),
        rx.el.div(
            rx.el.p(
                rx.el.span(title),
                hidden_words(" ", said),
                class_name="step__title",
            ),
            *([] if is_empty(description) else [rx.el.p(description)]),
            class_name="knot__text",
        ),
        data_state=state,
        class_name="knot step",
    )
