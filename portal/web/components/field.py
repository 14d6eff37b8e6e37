"""A field: label, hint, message and the control, tied together for those who hear the page.

The same functions serve signed-in pages, where message and value are Vars, and public documents,
where they are slots that the server fills. The message element is always there; it takes no room
while it is empty.
"""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from portal.web.components.props import Act, Flag, Text, Value, choose, classes, is_empty

Kind = Literal["text", "email", "tel", "password", "search", "date", "number", "url"]


# More than any field keeps, so that the server says what is too long. What is far longer it would
# not even read: the socket refuses such a message, and nobody would be told.
MOST_LETTERS = 1000


def _invalid(message: Text, wrong: Flag | str | None) -> Value:
    """What `aria-invalid` says: given, or read off the message."""
    if isinstance(wrong, str):
        return wrong
    if wrong is not None:
        return choose(wrong, "true", "false")
    if isinstance(message, rx.Var):
        return rx.cond(message.to(str) != "", "true", "false")
    return "false" if is_empty(message) else "true"


def frame_field(
    control: rx.Component,
    *,
    id: str,
    label: Text,
    hint: Text = "",
    message: Text = "",
    optional: Text = "",
) -> rx.Component:
    """Label, hint and message around a control that carries `id` and `described_by(id, hint)`."""
    return rx.el.div(
        rx.el.label(
            label,
            *([] if is_empty(optional) else [rx.el.span(optional, class_name="field__optional")]),
            html_for=id,
            class_name="field__label",
        ),
        *([] if is_empty(hint) else [rx.el.p(hint, id=f"{id}-hint", class_name="field__hint")]),
        field_message(message, id=id),
        control,
        class_name="field",
    )


def field_message(message: Text, *, id: str) -> rx.Component:
    """What is wrong with the field `id`, in the reader's words; nothing while nothing is."""
    return rx.el.p(message, id=f"{id}-message", class_name="field__message")


def described_by(id: str, hint: Text) -> str:
    """The ids of the elements that explain the field `id`."""
    return f"{id}-message" if is_empty(hint) else f"{id}-hint {id}-message"


def field(
    *,
    name: str,
    label: Text,
    hint: Text = "",
    message: Text = "",
    wrong: Flag | str | None = None,
    optional: Text = "",
    kind: Kind = "text",
    value: Value = "",
    id: str | None = None,
    autocomplete: str = "off",
    input_mode: str | None = None,
    max_length: int = MOST_LETTERS,
    short: bool = False,
    required: bool = False,
    disabled: Flag = False,
    read_only: Flag = False,
    takes_focus: bool = False,
    on_blur: Act | None = None,
) -> rx.Component:
    """A field for one line of text.

    `wrong` is what `aria-invalid` says ("true"/"false" from a slot in a document); without it
    the field is wrong while there is a message. `optional` is the word that marks a field that
    may stay empty. `short` is for postal codes and the like.
    """
    id = id or name
    attrs: dict[str, Any] = {"max_length": max_length}
    if input_mode:
        attrs["input_mode"] = input_mode
    if on_blur is not None:
        attrs["on_blur"] = on_blur
    if takes_focus:
        attrs["auto_focus"] = True
    if required:
        attrs["required"] = True
    control = rx.el.input(
        type=kind,
        id=id,
        name=name,
        default_value=value,
        auto_complete=autocomplete,
        disabled=disabled,
        read_only=read_only,
        aria_describedby=described_by(id, hint),
        aria_invalid=_invalid(message, wrong),
        class_name=classes("control", short=short),
        **attrs,
    )
    return frame_field(control, id=id, label=label, hint=hint, message=message, optional=optional)


def text_area(
    *,
    name: str,
    label: Text,
    hint: Text = "",
    message: Text = "",
    wrong: Flag | str | None = None,
    optional: Text = "",
    value: Value = "",
    id: str | None = None,
    rows: int = 4,
    max_length: int | None = None,
    required: bool = False,
    disabled: Flag = False,
) -> rx.Component:
    """A field for several lines."""
    id = id or name
    attrs: dict[str, Any] = {"max_length": max_length} if max_length else {}
    if required:
        attrs["required"] = True
    control = rx.el.textarea(
        id=id,
        name=name,
        default_value=value,
        rows=str(rows),
        disabled=disabled,
        aria_describedby=described_by(id, hint),
        aria_invalid=_invalid(message, wrong),
        class_name="control control--tall",
        **attrs,
    )
    return frame_field(control, id=id, label=label, hint=hint, message=message, optional=optional)


def select(
    *,
    name: str,
    label: Text,
    options: Sequence[tuple[str, str]] | rx.Component,
    hint: Text = "",
    message: Text = "",
    wrong: Flag | str | None = None,
    optional: Text = "",
    value: Value = "",
    id: str | None = None,
    autocomplete: str = "off",
    disabled: Flag = False,
    on_change: Act | None = None,
) -> rx.Component:
    """A choice of one from a list, by the browser's own control.

    `options` are (value, words); a component where only the server knows them: a `foreach` over
    a Var, or in a document `repeated(…, option(…))`.
    """
    id = id or name
    attrs: dict[str, Any] = {} if on_change is None else {"on_change": on_change}
    if isinstance(options, rx.Component):
        children = [options]
    else:
        children = [rx.el.option(words, value=chosen) for chosen, words in options]
    if isinstance(value, rx.Var):
        # React reads a select's default once, when it is made, and the value comes later.
        attrs |= {"default_value": value, "key": value}
    elif not isinstance(options, rx.Component):
        attrs["default_value"] = value
    control = rx.el.select(
        *children,
        id=id,
        name=name,
        auto_complete=autocomplete,
        disabled=disabled,
        aria_describedby=described_by(id, hint),
        aria_invalid=_invalid(message, wrong),
        class_name="control control--select",
        **attrs,
    )
    return frame_field(control, id=id, label=label, hint=hint, message=message, optional=optional)
