"""Buttons. Their words are verbs that say what happens."""

from typing import Any, Literal

import reflex as rx

from portal.web.components.icons import icon as draw
from portal.web.components.layout import hidden_words
from portal.web.components.links import link, page_link
from portal.web.components.props import Act, Flag, Text, Value, choose, classes, is_empty

Kind = Literal["primary", "quiet", "dangerous"]


def button(
    label: Text,
    *,
    kind: Kind = "primary",
    icon: str | None = None,
    detail: Text = "",
    busy: Flag = False,
    busy_label: Text = "",
    disabled: Flag = False,
    submits: bool = False,
    wide: bool = False,
    on_click: Act | None = None,
    name: Value | None = None,
    value: Value | None = None,
    opens: str | None = None,
) -> rx.Component:
    """A button that says what it does.

    `detail` adds words for those who hear the page ("Kari Nordli" after "Remove"). While `busy`
    it keeps the focus, says `busy_label` and takes no further press. `opens` is the id of a
    dialog that it opens without a handler. `name` and `value` travel with a native form.
    """
    attrs: dict[str, Any] = {"type": "submit" if submits else "button"}
    if on_click is not None:
        attrs["on_click"] = on_click
    if name is not None:
        attrs |= {"name": name, "value": value}
    if opens is not None:
        attrs["custom_attrs"] = {"command": "show-modal", "commandfor": opens}
    if isinstance(busy, rx.Var) or busy:
        attrs |= {
            "aria_busy": choose(busy, "true", "false"),
            "aria_disabled": choose(busy, "true", "false"),
        }
    words = label if is_empty(busy_label) else choose(busy, busy_label, label)
    return rx.el.button(
        *([draw(icon)] if icon else []),
        rx.el.span(words),
        *([] if is_empty(detail) else [hidden_words(" ", detail)]),
        class_name=classes("button", **{kind: True, "wide": wide, "busy": busy}),
        disabled=disabled,
        **attrs,
    )


def icon_button(
    *, icon: str, label: Text, detail: Text = "", off: Flag = False, on_click: Act
) -> rx.Component:
    """A square button with a pictogram; the label is what it is called aloud.

    While it is `off` it says so and keeps the focus, which a disabled one would lose; the handler
    takes a press for nothing.
    """
    return rx.el.button(
        draw(icon),
        hidden_words(label),
        *([] if is_empty(detail) else [hidden_words(" ", detail)]),
        type="button",
        aria_disabled=choose(off, "true", "false"),
        on_click=on_click,
        class_name="button button--quiet button--square",
    )


def button_link(
    label: Text,
    *,
    href: Value,
    kind: Kind = "primary",
    icon: str | None = None,
    wide: bool = False,
    loads_document: bool = True,
) -> rx.Component:
    """A link that looks like a button: the next step is another page.

    `loads_document=False` moves inside the portal and is only for signed-in pages.
    """
    make = link if loads_document else page_link
    return make(
        *([draw(icon)] if icon else []),
        rx.el.span(label),
        href=href,
        class_name=classes("button", **{kind: True, "wide": wide}),
    )


def button_row(*buttons: rx.Component, equal: bool = False) -> rx.Component:
    """Buttons beside each other, below each other on a phone; `equal` gives all the same width."""
    return rx.el.div(*buttons, class_name=classes("button-row", equal=equal))
