"""History: who changed what, when, latest first, on the same thread as everything in order."""

import reflex as rx

from portal.web.components.layout import hidden_words, moment
from portal.web.components.props import Text, Value, is_empty
from portal.web.locale import _


def history_list(*entries: Text, label: Text) -> rx.Component:
    """The entries, latest first."""
    return rx.el.ol(*entries, aria_label=label, class_name="history")


def history_entry(
    *,
    what: Text,
    who: Text,
    when: Text,
    iso: Value,
    before: Text | None = None,
    after: Text | None = None,
    note: Text = "",
    details: rx.Component | None = None,
) -> rx.Component:
    """One change: what happened, by whom, when, and what stood there before and after; `details`
    is more to read about it.
    """
    change = (
        []
        if before is None or after is None
        else [
            rx.el.p(
                hidden_words(_("Before:"), " "),
                rx.el.del_(before, class_name="history__before"),
                rx.el.span(" → ", class_name="history__arrow", aria_hidden="true"),
                hidden_words(_("After:"), " "),
                rx.el.ins(after, class_name="history__after"),
                class_name="history__change",
            )
        ]
    )
    return rx.el.li(
        rx.el.p(what, class_name="history__what"),
        *change,
        *([] if is_empty(note) else [rx.el.p(note)]),
        rx.el.p(who, " · ", moment(when, iso=iso), class_name="history__who"),
        *([] if details is None else [details]),
        class_name="history__entry",
    )
