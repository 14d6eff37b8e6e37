"""Links, by where they lead."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink

from portal.web.components.props import Text, Value


def anchor(*children: Text, href: Value, **attrs: Any) -> rx.Component:
    """A plain `a` element. Reflex's `rx.el.a` is a router link, which loads no document."""
    return A.create(*children, href=href, **attrs)


def page_link(
    *children: Text, href: Value, class_name: Value = "link", **attrs: Any
) -> rx.Component:
    """A link to another page of the portal, without loading a document.

    Only for signed-in pages: public documents and routes are reached by `link`.
    """
    return ReactRouterLink.create(*children, to=href, class_name=class_name, **attrs)


def link(*children: Text, href: Value, class_name: Value = "link", **attrs: Any) -> rx.Component:
    """A link that loads a document: public pages, downloads, other sites."""
    return anchor(*children, href=href, class_name=class_name, **attrs)
