"""Choices: one of several, any of several, or yes to one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from portal.web.components.field import described_by, field_message
from portal.web.components.props import Act, Flag, Text, Value, is_empty


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen; `value` is what is sent."""

    value: str
    label: Text
    hint: Text = ""
    disabled: Flag = False


def choice_list(
    *,
    name: str,
    legend: Text,
    choices: Sequence[Choice],
    chosen: Value | Sequence[str] = "",
    several: bool = False,
    hint: Text = "",
    message: Text = "",
    on_change: Act | None = None,
) -> rx.Component:
    """Radio buttons, or checkboxes if `several` may be chosen, under one question.

    `chosen` is the value, or for `several` the values, chosen at the start. The id of the first
    choice is `name`, so that an error summary can lead there.
    """
    return choice_frame(
        *[
            _choice(
                kind="checkbox" if several else "radio",
                id=name if place == 0 else f"{name}-{choice.value}",
                name=name,
                choice=choice,
                checked=_is_chosen(choice.value, chosen),
                on_change=on_change,
            )
            for place, choice in enumerate(choices)
        ],
        name=name,
        legend=legend,
        hint=hint,
        message=message,
    )


def choice_frame(
    *choices: rx.Component, name: str, legend: Text, hint: Text = "", message: Text = ""
) -> rx.Component:
    """The question around choices that are given one by one: see `radio`."""
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="field__label"),
        *([] if is_empty(hint) else [rx.el.p(hint, id=f"{name}-hint", class_name="field__hint")]),
        field_message(message, id=name),
        *choices,
        aria_describedby=described_by(name, hint),
        class_name="choice-list",
    )


def radio(*, name: str, choice: Choice, id: str, checked: bool) -> rx.Component:
    """One choice of a `choice_frame`, in a document whose server says which one is chosen. The id
    of the first one is `name`, so that an error summary can lead there.
    """
    return _choice(kind="radio", id=id, name=name, choice=choice, checked=checked, on_change=None)


def checkbox(
    *,
    name: str,
    label: Text,
    hint: Text = "",
    message: Text = "",
    checked: Flag = False,
    disabled: Flag = False,
    value: str = "yes",
    id: str | None = None,
    on_change: Act | None = None,
) -> rx.Component:
    """Yes to one thing. Never ticked beforehand unless the reader has said so."""
    id = id or name
    return rx.el.div(
        field_message(message, id=id),
        _choice(
            kind="checkbox",
            id=id,
            name=name,
            choice=Choice(value, label, hint, disabled),
            checked=checked,
            on_change=on_change,
            described=f"{id}-message",
        ),
        class_name="choice-list",
    )


def _is_chosen(value: str, chosen: Value | Sequence[str]) -> Flag:
    if isinstance(chosen, rx.Var):
        return chosen.to(str) == value
    return value == chosen if isinstance(chosen, str) else value in chosen


def _choice(
    *,
    kind: Literal["checkbox", "radio"],
    id: str,
    name: str,
    choice: Choice,
    checked: Flag,
    on_change: Act | None,
    described: str = "",
) -> rx.Component:
    hint_id = "" if is_empty(choice.hint) else f"{id}-about"
    # Of an element whose id it knows, Reflex sends true or false beside what the form itself says.
    attrs: dict[str, Any] = {"custom_attrs": {"id": id}}
    if on_change is not None:
        attrs["on_change"] = on_change
    if described or hint_id:
        attrs["aria_describedby"] = f"{described} {hint_id}".strip()
    return rx.el.div(
        rx.el.input(
            type=kind,
            name=name,
            value=choice.value,
            default_checked=checked,
            disabled=choice.disabled,
            class_name="choice__control",
            **attrs,
        ),
        rx.el.label(choice.label, html_for=id, class_name="choice__label"),
        *([rx.el.p(choice.hint, id=hint_id, class_name="choice__hint")] if hint_id else []),
        class_name="choice",
    )
