"""The frames: what stands around a page of the portal and around a public document."""

from collections.abc import Sequence

import reflex as rx

from portal.web.components.connection import connection_notice
from portal.web.components.languages import language_menu
from portal.web.components.layout import cluster
from portal.web.components.links import anchor, link
from portal.web.components.logo import logo
from portal.web.components.navigation import Destination, navigation
from portal.web.components.props import Flag, Text
from portal.web.locale import _, current_locale

CONTENT_ID = "content"


def portal_frame(
    *children: Text,
    company_name: str,
    current: str,
    destinations: Sequence[Destination],
    acting_for: Text,
    account: rx.Component,
    path: str | None = None,
    notices: Sequence[rx.Component] = (),
    connection_lost: Flag | None = None,
) -> rx.Component:
    """A signed-in page.

    `current` names the page in the navigation and, unless `path` says otherwise, in the language
    links. `acting_for` is the customer's name or the menu of them, `account` the account menu.
    `notices` hold for every page: a support session, a customer frozen.
    """
    return rx.el.div(
        _skip_link(),
        rx.el.noscript(_("These pages need JavaScript. Sign-in and mailed links work without it.")),
        *notices,
        rx.el.header(
            logo(company_name=company_name, href=f"/{current_locale()}"),
            rx.el.div(acting_for, class_name="frame__customer"),
            language_menu(path=path or current),
            account,
            class_name="frame__header",
        ),
        navigation(destinations=destinations, current=current),
        rx.el.main(*children, id=CONTENT_ID, tab_index=-1, class_name="frame__content"),
        rx.el.footer(_privacy_links(), class_name="frame__footer"),
        connection_notice(lost=connection_lost),
        class_name="frame",
    )


def document_frame(
    *children: Text,
    company_name: str,
    path: str,
    wide: bool = False,
) -> rx.Component:
    """A public document: one calm column, nothing else to do. `path` is the page below the locale.

    `wide` is for texts to read, such as a privacy notice.
    """
    locale = current_locale()
    return rx.el.div(
        _skip_link(),
        rx.el.header(
            logo(company_name=company_name, href=f"/{locale}/sign-in"),
            language_menu(path=path),
            class_name="document__header",
        ),
        rx.el.main(
            *children,
            id=CONTENT_ID,
            tab_index=-1,
            class_name="document__content document__content--wide" if wide else "document__content",
        ),
        rx.el.footer(_privacy_links(), class_name="document__footer"),
        class_name="document",
    )


def _privacy_links() -> rx.Component:
    """The privacy notices, which everybody can read from everywhere."""
    locale = current_locale()
    return cluster(
        link(_("Privacy notice"), href=f"/{locale}/privacy"),
        link(_("For alarm contacts"), href=f"/{locale}/privacy/alarm-contacts"),
    )


def _skip_link() -> rx.Component:
    return anchor(_("Skip to content"), href=f"#{CONTENT_ID}", class_name="skip-link")
