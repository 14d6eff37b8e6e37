"""Dialogs: one question that must be answered before anything else."""

from typing import Any

import reflex as rx

from portal.web.components.buttons import button_row
from portal.web.components.effects import ModalDialog
from portal.web.components.props import Act, Flag, Text


def dialog(
    *children: Text,
    id: str,
    title: Text,
    actions: tuple[rx.Component, ...] = (),
    shown: Flag | None = None,
    on_close: Act | None = None,
) -> rx.Component:
    """The platform's own modal dialog, which keeps the focus inside and closes by Escape.

    With `shown` the State opens and closes it, and `on_close` tells the State that the reader
    closed it. Without, a button with `opens=id` opens it.
    """
    body = (
        rx.el.h2(title, id=f"{id}-title", class_name="dialog__title"),
        rx.el.div(*children, class_name="dialog__text stack stack--small"),
        *([button_row(*actions)] if actions else []),
    )
    if shown is None:
        return rx.el.dialog(*body, id=id, aria_labelledby=f"{id}-title", class_name="dialog")
    attrs: dict[str, Any] = {} if on_close is None else {"on_close": on_close}
    return ModalDialog.create(
        *body,
        id=id,
        shown=shown,
        aria_labelledby=f"{id}-title",
        class_name="dialog",
        **attrs,
    )


def dialog_closer(label: Text, *, dialog: str) -> rx.Component:
    """A quiet button that closes the dialog of that id and changes nothing."""
    return rx.el.button(
        rx.el.span(label),
        type="button",
        custom_attrs={"command": "close", "commandfor": dialog},
        class_name="button button--quiet",
    )
