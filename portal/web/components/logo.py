"""The logo: a short thread with one lit knot, and the company's name beside it."""

import reflex as rx

from portal.web.components.icons import Drawing
from portal.web.components.links import anchor


def mark() -> rx.Component:
    """The thread alone."""
    return Drawing.create(
        rx.el.path(d="M16 1.5v7M16 23.5v7", class_name="logo__thread"),
        rx.el.circle(cx="16", cy="16", r="10.5", class_name="logo__glow"),
        rx.el.circle(cx="16", cy="16", r="6.5", class_name="logo__knot"),
        view_box="0 0 32 32",
        class_name="logo__mark",
        aria_hidden="true",
    )


def logo(*, company_name: str, href: str) -> rx.Component:
    """The mark and the name, as a link to where the reader belongs. The link loads a document."""
    return anchor(
        mark(),
        rx.el.span(company_name, class_name="logo__name"),
        href=href,
        class_name="logo",
    )
