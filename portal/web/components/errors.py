"""The error summary: what to put right, at the top of the form, each with the way to its field."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from portal.web.components.effects import TakesFocus
from portal.web.components.links import anchor
from portal.web.components.props import Text, Value

SUMMARY_ID = "error-summary"


def error_summary(
    *links: Text,
    title: Text,
    errors: rx.Var[Any] | Sequence[Any] | None = None,
    news: rx.Var[int] | None = None,
    id: str = SUMMARY_ID,
) -> rx.Component:
    """A list of what is wrong, which takes the focus.

    On a signed-in page `errors` is the list of errors: the summary shows while it is not empty
    and takes the focus whenever `news` grows: a list that is equal to the last one would be no
    news to the browser. In a document the caller decides whether the summary is there, and it has
    the focus when the page opens.
    """
    body = (
        rx.el.p(title, class_name="error-summary__title"),
        rx.el.ul(*links, class_name="error-summary__list"),
    )
    if errors is None:
        return rx.el.div(
            *body,
            id=id,
            role="alert",
            tab_index=-1,
            custom_attrs={"autoFocus": True},
            class_name="error-summary",
        )
    listed = rx.Var.create(errors).to(list)
    return focus_region(
        rx.cond(listed.length() > 0, rx.el.div(*body, class_name="error-summary")),
        news=listed.length() if news is None else news,
        id=id,
    )


def focus_region(*children: Text, news: rx.Var[int], id: str) -> rx.Component:
    """Something to see to before going on: it takes the focus whenever `news` grows."""
    return TakesFocus.create(
        *children,
        news=news,
        id=id,
        role="alert",
        tab_index=-1,
        class_name="error-region",
    )


def error_link(*, field: Value, message: Text) -> rx.Component:
    """One error: the same words as beside the field, leading to it by the field's id."""
    href = f"#{field}" if isinstance(field, str) else "#" + field.to(str)
    return rx.el.li(anchor(message, href=href, class_name="error-summary__link"))
