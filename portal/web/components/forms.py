"""Forms: the native kind that loads a document, and the reactive kind of signed-in pages."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from portal.web.components.buttons import button_row
from portal.web.components.props import Act, Text, Value, is_empty


class NativeForm(BaseHTML):
    """A `form` that the browser itself submits; Reflex's own would prevent that."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]
    auto_complete: rx.Var[str]


def native_form(
    *children: Text, action: Value, method: str = "post", plain: bool = False
) -> rx.Component:
    """A form that is sent by the browser, with script or without, and answered by a document.

    The server judges the fields, so that its words stand beside them. `plain` leaves out the
    spacing, for a form that is only a button in a row.
    """
    return NativeForm.create(
        *children,
        action=action,
        method=method,
        no_validate=True,
        class_name="form form--plain" if plain else "form",
    )


def form(
    *children: Text, on_submit: Act, id: str | None = None, key: Value | None = None
) -> rx.Component:
    """A form of a signed-in page; the handler gets the fields by name.

    What stands in the fields is the reader's until `key` changes; then the page's values return.
    """
    attrs: dict[str, Any] = {"id": id} if id else {}
    if key is not None:
        attrs["key"] = key
    return rx.el.form(*children, on_submit=on_submit, no_validate=True, class_name="form", **attrs)


def hidden_field(*, name: str, value: Value) -> rx.Component:
    """A value that travels with the form and is not shown."""
    return rx.el.input(type="hidden", name=name, default_value=value)


def form_group(*children: Text, legend: Text, hint: Text = "") -> rx.Component:
    """Fields that belong together, under one heading that is read with each of them."""
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="form-group__legend"),
        *([] if is_empty(hint) else [rx.el.p(hint, class_name="field__hint")]),
        *children,
        class_name="form-group",
    )


def form_actions(*buttons: rx.Component, equal: bool = False) -> rx.Component:
    """The buttons that end a form."""
    return button_row(*buttons, equal=equal)
