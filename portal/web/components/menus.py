"""Menus that open over the page: the platform's popover, which closes by itself."""

import reflex as rx

from portal.web.components.forms import hidden_field, native_form
from portal.web.components.icons import icon as draw
from portal.web.components.links import link, page_link
from portal.web.components.props import Act, Flag, Text, Value, choose, is_empty
from portal.web.locale import _, current_locale


def menu(
    *items: Text,
    id: str,
    label: Text,
    value: Text = "",
    icon: str | None = None,
    upward: bool = False,
) -> rx.Component:
    """A button that says `label` and, beside it, the present `value`, and what it opens."""
    return rx.el.div(
        rx.el.button(
            *([draw(icon)] if icon else []),
            rx.el.span(label, " ", class_name="menu__label"),
            *([] if is_empty(value) else [rx.el.span(value, class_name="menu__value")]),
            draw("down"),
            type="button",
            custom_attrs={"popoverTarget": id},
            class_name="menu__button",
        ),
        rx.el.div(
            *items,
            id=id,
            custom_attrs={"popover": "auto"},
            class_name="menu__panel menu__panel--upward" if upward else "menu__panel",
        ),
        class_name=f"menu menu--{id}",
    )


def menu_list(*items: Text) -> rx.Component:
    """The entries of a menu."""
    return rx.el.ul(*items, class_name="menu__list")


def menu_link(
    label: Text, *, href: Value, current: Flag = False, inside: bool = False
) -> rx.Component:
    """An entry that leads somewhere; `inside` the portal without loading a document."""
    make = page_link if inside else link
    return rx.el.li(
        make(
            label, href=href, class_name="menu__item", aria_current=choose(current, "true", "false")
        )
    )


def menu_button(
    label: Text, *, detail: Text = "", current: Flag = False, on_click: Act
) -> rx.Component:
    """An entry that does something on this page."""
    return rx.el.li(
        rx.el.button(
            rx.el.span(label),
            *([] if is_empty(detail) else [rx.el.span(detail, class_name="menu__detail")]),
            type="button",
            on_click=on_click,
            aria_current=choose(current, "true", "false"),
            class_name="menu__item",
        )
    )


def menu_form(
    *hidden: rx.Component, label: Text, action: Value, current: Flag = False
) -> rx.Component:
    """An entry that sends a native form, and so leads to a fresh document."""
    return rx.el.li(
        native_form(
            *hidden,
            rx.el.button(
                rx.el.span(label),
                type="submit",
                aria_current=choose(current, "true", "false"),
                class_name="menu__item",
            ),
            action=action,
            plain=True,
        )
    )


def acting_for_menu(*choices: Text, customer: Text) -> rx.Component:
    """Which customer the reader acts for; give one `menu_form` for each of them."""
    return menu(menu_list(*choices), id="acting-for", label=_("Acting for"), value=customer)


def account_menu(
    *items: Text, name: Text, email: Text = "", action: str = "/auth/sign-out"
) -> rx.Component:
    """The signed-in person, their links, and the way out, which is a native form."""
    return menu(
        rx.el.p(
            rx.el.strong(name),
            *([] if is_empty(email) else [rx.el.span(email, class_name="menu__detail")]),
            class_name="menu__who",
        ),
        menu_list(*items),
        rx.el.ul(
            menu_form(
                hidden_field(name="locale", value=current_locale()),
                label=_("Sign out"),
                action=action,
            ),
            class_name="menu__list",
        ),
        id="account-menu",
        label=_("Account menu"),
        icon="account",
    )
