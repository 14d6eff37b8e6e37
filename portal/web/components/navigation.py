"""Where a signed-in person can go: a rail on a desktop, a bar of at most five on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.web.components.icons import icon
from portal.web.components.links import page_link
from portal.web.components.props import Flag, Text, both, choose, shown
from portal.web.locale import _, current_locale


@dataclass(frozen=True)
class Destination:
    """A page in the navigation. `later` puts it behind "More" on a phone."""

    name: str
    label: Text
    icon: str
    later: Flag = False
    shown: Flag = True

    @property
    def href(self) -> str:
        return f"/{current_locale()}/{self.name}"


def navigation(*, destinations: Sequence[Destination], current: str) -> rx.Component:
    """The main navigation; `current` is the name of this page."""
    behind = [each for each in destinations if isinstance(each.later, rx.Var) or each.later]
    return rx.el.nav(
        rx.el.ul(
            *[_entry(each, current) for each in destinations],
            *([_more(behind, current)] if behind else []),
            class_name="navigation__list",
        ),
        aria_label=_("Main"),
        class_name="navigation",
    )


def _entry(destination: Destination, current: str) -> rx.Component:
    later = choose(destination.later, " navigation__entry--later", "")
    return shown(
        destination.shown,
        rx.el.li(
            _link(destination, current, "navigation__link"),
            class_name="navigation__entry" + later,
        ),
    )


def _more(behind: Sequence[Destination], current: str) -> rx.Component:
    """The rest on a phone, in a popover above the bar."""
    here = any(each.name == current for each in behind)
    anything: Flag = False
    for each in behind:
        visible = both(each.shown, each.later)
        if isinstance(visible, rx.Var) and isinstance(anything, rx.Var):
            anything = anything | visible
        elif anything is not True:
            anything = visible if visible is not False else anything
    return shown(
        anything,
        rx.el.li(
            rx.el.button(
                icon("more"),
                rx.el.span(_("More")),
                type="button",
                custom_attrs={"popoverTarget": "more"},
                class_name="navigation__link navigation__link--here"
                if here
                else "navigation__link",
            ),
            rx.el.ul(
                *[
                    shown(
                        both(each.shown, each.later),
                        rx.el.li(_link(each, current, "menu__item")),
                    )
                    for each in behind
                ],
                id="more",
                custom_attrs={"popover": "auto"},
                class_name="menu__panel menu__panel--upward menu__list",
            ),
            class_name="navigation__entry navigation__entry--more",
        ),
    )


def _link(destination: Destination, current: str, class_name: str) -> rx.Component:
    here: dict[str, Any] = {"aria_current": "page"} if destination.name == current else {}
    return page_link(
        icon(destination.icon),
        rx.el.span(destination.label),
        href=destination.href,
        class_name=class_name,
        **here,
    )
