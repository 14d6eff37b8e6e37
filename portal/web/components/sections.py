"""Headings and the groups below them."""

from typing import Literal

import reflex as rx

from portal.web.components.props import Text, is_empty

Level = Literal[2, 3]


def heading(words: Text, *, level: Level, class_name: str) -> rx.Component:
    """A heading one step below what stands around it: 3 inside a section, else 2."""
    make = rx.el.h2 if level == 2 else rx.el.h3
    return make(words, class_name=class_name)


def page_heading(
    *, title: Text, lead: Text = "", action: rx.Component | None = None
) -> rx.Component:
    """The one heading of a page, with the sentence that says what it is for."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(title, class_name="page-heading__title"),
            *([] if is_empty(lead) else [rx.el.p(lead, class_name="page-heading__lead")]),
        ),
        *([] if action is None else [action]),
        class_name="page-heading",
    )


def section(
    *children: Text,
    title: Text,
    id: str,
    lead: Text = "",
    action: rx.Component | None = None,
) -> rx.Component:
    """A part of a page under its own heading, which names it as a region."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, id=f"{id}-title", class_name="section__title"),
                *([] if is_empty(lead) else [rx.el.p(lead, class_name="section__lead")]),
            ),
            *([] if action is None else [action]),
            class_name="section__head",
        ),
        *children,
        id=id,
        aria_labelledby=f"{id}-title",
        class_name="section",
    )


def card(
    *children: Text, title: Text = "", action: rx.Component | None = None, level: Level = 3
) -> rx.Component:
    """A box around a thing: a contact, a site, a request."""
    head = (
        []
        if is_empty(title)
        else [
            rx.el.div(
                heading(title, level=level, class_name="card__title"),
                *([] if action is None else [action]),
                class_name="section__head",
            )
        ]
    )
    return rx.el.article(*head, *children, class_name="card")


def attention(
    *, title: Text, description: Text = "", action: rx.Component, level: Level = 2
) -> rx.Component:
    """Something that needs the reader: what it is, and the one button that mends it."""
    return rx.el.article(
        rx.el.div(
            heading(title, level=level, class_name="card__title"),
            *([] if is_empty(description) else [rx.el.p(description)]),
        ),
        action,
        class_name="card card--attention",
    )
