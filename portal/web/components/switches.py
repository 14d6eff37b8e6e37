"""Switch cells: one topic by one channel, with the reason why it may be used at all."""

from typing import Any

import reflex as rx

from portal.web.components.props import Act, Flag, Text, is_empty


def switch_group(*cells: rx.Component, title: Text, description: Text = "") -> rx.Component:
    """The cells of one topic."""
    return rx.el.fieldset(
        rx.el.legend(title, class_name="switch-group__title"),
        *([] if is_empty(description) else [rx.el.p(description, class_name="field__hint")]),
        rx.el.div(*cells, class_name="switch-group__cells"),
        class_name="switch-group",
    )


def switch_cell(
    *,
    name: str,
    label: Text,
    basis: Text = "",
    source: Text = "",
    on: Flag = False,
    disabled: Flag = False,
    id: str | None = None,
    on_change: Act | None = None,
) -> rx.Component:
    """A checkbox, drawn as a switch. `source` says what holds and where that came from, `basis` on
    which legal basis; both are read with it.
    """
    id = id or name
    attrs: dict[str, Any] = {"custom_attrs": {"id": id}}  # see `choices.py`
    if on_change is not None:
        attrs["on_change"] = on_change
    about = [
        rx.el.span(words, class_name=name)
        for words, name in ((source, "switch__standing"), (basis, "switch__about"))
        if not is_empty(words)
    ]
    if about:
        attrs["aria_describedby"] = f"{id}-about"
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            name=name,
            value="yes",
            default_checked=on,
            disabled=disabled,
            class_name="switch__control",
            **attrs,
        ),
        rx.el.label(label, html_for=id, class_name="choice__label"),
        *([rx.el.p(*about, id=f"{id}-about", class_name="choice__hint")] if about else []),
        class_name="choice switch",
    )
