"""What a contact may do at night: shown once the role is chosen, without asking the server."""

from collections.abc import Sequence

import reflex as rx


def night_preview(*, role: str, title: str, sentences: Sequence[str], key: str) -> rx.Component:
    """The preview of one role. It shows while the form's choice with that value is made; the line
    about the key shows while the choice with the value `key` is made, too.
    """
    return rx.el.div(
        rx.el.strong(title),
        rx.el.ul(
            *[rx.el.li(sentence) for sentence in sentences],
            rx.el.li(key, class_name="night__key"),
        ),
        aria_live="polite",
        class_name=f"night night--{role}",
    )
