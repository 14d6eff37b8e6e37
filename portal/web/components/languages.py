"""The language menu: the same page in another language, by plain links."""

import reflex as rx

from portal.web.components.links import anchor
from portal.web.components.menus import menu
from portal.web.locale import LANGUAGE_NAMES, LOCALES, _, current_locale


def language_menu(*, path: str) -> rx.Component:
    """Links to `path` ("sign-in") below each locale. Each is named in its own language."""
    here = current_locale()
    return menu(
        rx.el.ul(
            *[
                rx.el.li(
                    anchor(
                        LANGUAGE_NAMES[locale],
                        href=f"/{locale}/{path}",
                        lang=locale,
                        href_lang=locale,
                        aria_current="true" if locale == here else "false",
                        class_name="menu__item",
                    )
                )
                for locale in LOCALES
            ],
            class_name="menu__list",
        ),
        id="language-menu",
        label=_("Language"),
        value=LANGUAGE_NAMES[here],
        icon="language",
    )
