"""What the public documents share."""

import reflex as rx

from portal.settings import get_settings
from portal.web.components.errors import error_link, error_summary
from portal.web.components.forms import hidden_field, native_form
from portal.web.components.frame import document_frame
from portal.web.components.layout import stack
from portal.web.components.sections import page_heading
from portal.web.locale import _, current_locale
from portal.web.slots import optional, repeated, slot


def public_document(
    *children: rx.Component | str, path: str, title: str, lead: str = "", wide: bool = False
) -> rx.Component:
    """A document with its heading; `path` is its own, for the language links. `wide`: to read."""
    return document_frame(
        page_heading(title=title, lead=lead),
        stack(*children),
        company_name=get_settings().company_name,
        path=path,
        wide=wide,
    )


def user_name_field() -> rx.Component:
    """Tells password managers whose password is asked for, or being set: that of `email`."""
    return rx.el.input(
        type="hidden", name="username", default_value=slot("email"), auto_complete="username"
    )


def document_form(*children: rx.Component | str, action: str) -> rx.Component:
    """A native form with its error summary; it posts the language it is written in."""
    return stack(
        optional(
            "errors",
            error_summary(
                repeated(
                    "errors",
                    "error",
                    error_link(field=slot("error.field"), message=slot("error.text")),
                ),
                title=_("Please look at this again"),
            ),
        ),
        native_form(hidden_field(name="locale", value=current_locale()), *children, action=action),
    )
