"""Fact lists: what is so, with its name, where nothing can be changed."""

import reflex as rx

from portal.web.components.props import Text, is_empty


def fact_list(*facts: Text) -> rx.Component:
    """Facts below each other, name and value side by side where there is room."""
    return rx.el.dl(*facts, class_name="facts")


def fact(*, term: Text, value: Text, note: Text = "") -> rx.Component:
    """One fact. Say "Not given" rather than nothing."""
    return rx.el.div(
        rx.el.dt(term, class_name="facts__term"),
        rx.el.dd(
            value,
            *([] if is_empty(note) else [rx.el.span(note, class_name="facts__note")]),
            class_name="facts__value",
        ),
        class_name="facts__fact",
    )
