"""The kinds of values that components accept, and how class names are put together."""

from typing import Any, TypeAlias

import reflex as rx

Text: TypeAlias = str | rx.Var[Any] | rx.Component
"""What can be shown: words, a Var that holds words, or a piece of a page."""

Value: TypeAlias = str | rx.Var[Any]
"""What can stand in an attribute."""

Flag: TypeAlias = bool | rx.Var[bool] | rx.Var[Any]
"""Something that is so or is not so, now or later in the browser."""

Act: TypeAlias = Any
"""What an `on_…` argument takes: a handler, a specification of one, or several.

Reflex's own type for it does not accept Reflex's own handlers.
"""


def classes(name: str, **variants: Flag) -> Value:
    """`name`, and `name--variant` for each variant that is true.

    An underscore in a variant becomes a hyphen. Plain flags are decided here; only Vars
    cost anything in the browser.
    """
    chosen: Value = name
    for variant, flag in variants.items():
        extra = f"{name}--{variant.replace('_', '-')}"
        if isinstance(flag, rx.Var):
            chosen = rx.cond(flag, f"{chosen} {extra}", chosen)
        elif flag:
            chosen = f"{chosen} {extra}"
    return chosen


def choose(flag: Flag, yes: Any, no: Any) -> Any:
    """`yes` or `no`; the choice is made in the browser only if `flag` is a Var."""
    if isinstance(flag, rx.Var):
        return rx.cond(flag, yes, no)
    return yes if flag else no


def shown(flag: Flag, child: rx.Component) -> rx.Component:
    """The child while the flag holds, else nothing."""
    if isinstance(flag, rx.Var):
        return rx.cond(flag, child)
    return child if flag else rx.fragment()


def both(left: Flag, right: Flag) -> Flag:
    """True where both are."""
    if isinstance(left, rx.Var):
        return left & right if isinstance(right, rx.Var) else (left if right else False)
    return right if left else False


def is_empty(text: Text | None) -> bool:
    """True if it is known already at build time that there is nothing to show."""
    return text is None or (isinstance(text, str) and text == "")
