"""Slots: places in a public document that the server fills at each request.

A view function is run at build time, when no values exist. It puts markers where values belong;
`portal/web/prerender.py` turns the prerendered page into a Jinja template with escaped slots.
Markers are private-use characters, which no text contains, so that nothing a person types can
become one.
"""

import re

import reflex as rx

OPEN, CLOSE = "\ue000", "\ue001"
MARKER = re.compile(f"{OPEN}([a-z][a-z0-9_.]*){CLOSE}")
IF, IF_NOT, EACH = "data-slot-if", "data-slot-if-not", "data-slot-each"


def slot(name: str) -> str:
    """A value, as text or inside an attribute. Missing values are empty."""
    marker = f"{OPEN}{name}{CLOSE}"
    if not MARKER.fullmatch(marker):
        raise ValueError(f"not a slot name: {name}")
    return marker


def optional(name: str, *children: rx.Component | str, inline: bool = False) -> rx.Component:
    """The children stand in the document only when the server gives `name` a true value.

    `inline`, here and below: within a paragraph. The wrapper itself is never served.
    """
    return _wrapper(*children, mark={IF: name}, inline=inline)


def unless(name: str, *children: rx.Component | str, inline: bool = False) -> rx.Component:
    """The children stand in the document only when `name` is missing or false."""
    return _wrapper(*children, mark={IF_NOT: name}, inline=inline)


def repeated(
    items: str, item: str, *children: rx.Component | str, inline: bool = False
) -> rx.Component:
    """The children once for each of `items`; inside, `slot("<item>.field")` is that one's field."""
    return _wrapper(*children, mark={EACH: f"{item} in {items}"}, inline=inline)


def _wrapper(*children: rx.Component | str, mark: dict[str, str], inline: bool) -> rx.Component:
    return (rx.el.span if inline else rx.el.div)(*children, custom_attrs=mark)
