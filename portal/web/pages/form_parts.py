"""What the forms of signed-in pages share."""

from typing import Any

import reflex as rx

from portal.web.components.buttons import button
from portal.web.components.errors import error_link, error_summary
from portal.web.components.forms import form, form_actions
from portal.web.components.props import Act
from portal.web.components.status import status_line
from portal.web.form_state import FormState, summary_id
from portal.web.locale import _


def page_form(
    state: type[FormState],
    name: str | rx.Var[str],
    *fields: rx.Component,
    save: str,
    on_submit: Act,
    shows_errors: rx.Var[bool] | bool = True,
    on_cancel: Act | None = None,
    cancel: str = "",
    dangerous: bool = False,
) -> rx.Component:
    """A form with its error summary and the word that it was saved.

    `name` tells the forms of a page apart; the handler gives it to `_refuse` and `_accept`.
    `shows_errors` is false while the page says in another way what is wrong. With `on_cancel`
    there is a second button that leaves things as they are; `cancel` is its word. `dangerous`
    marks what cannot be undone.
    """
    mine: Any = state.wrong_form == name
    return rx.fragment(
        rx.cond(
            mine & shows_errors,
            error_summary(
                rx.foreach(
                    state.errors,
                    lambda wrong: error_link(field=wrong["field"], message=wrong["text"]),
                ),
                title=_("Please look at this again"),
                errors=state.errors,
                news=state.refusals,
                id=summary_id(name),
            ),
        ),
        form(
            *fields,
            form_actions(
                button(save, submits=True, kind="dangerous" if dangerous else "primary"),
                *_way_out(on_cancel, cancel),
            ),
            status_line(rx.cond(state.saved == name, _("Saved"), "")),
            on_submit=on_submit,
            key=state.key_of(name),
        ),
    )


def _way_out(on_cancel: Act | None, words: str) -> list[rx.Component]:
    if on_cancel is None:
        return []
    return [button(words or _("Cancel"), kind="quiet", on_click=on_cancel)]
