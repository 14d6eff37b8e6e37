"""Leaving the portal: by a document load, so that nothing of the old page stays behind."""

from typing import Any

import reflex as rx
from reflex_base.constants import Hooks, Imports
from reflex_base.utils.imports import ImportDict
from reflex_base.vars import VarData
from reflex_components_core.base.fragment import Fragment

SIGN_IN = "sign-in"
_SIGNED_OUT = rx.Var(
    "connectErrors.some((error) => error.data?.code === 'signed-out')",
    _var_data=VarData(imports=Imports.CONNECT_ERRORS, hooks={Hooks.CONNECT_ERRORS: None}),
)


class Departure(Fragment):
    """Loads `leave_to` as soon as it is set. `SIGN_IN` there, or a socket that the server refuses,
    leads to sign-in, and from there back to this page.

    The page is hidden first: a slow answer must not leave it readable.
    """

    leave_to: rx.Var[str]
    sign_in: rx.Var[str]

    def add_imports(self) -> ImportDict:
        return {"react": "useEffect"}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        return [
            _SIGNED_OUT,
            rx.Var(
                "useEffect(() => {"
                f" const out = {_SIGNED_OUT!s} || {self.leave_to!s} === '{SIGN_IN}';"
                f" const target = out ? {self.sign_in!s} + '?next=' +"
                f" window.location.pathname.replace(/\\/$/, '') : {self.leave_to!s};"
                " if (target) { document.body.hidden = true; window.location.replace(target); }"
                f" }}, [{self.leave_to!s}, connectErrors])"
            ),
        ]

    def _exclude_props(self) -> list[str]:
        return ["leave_to", "sign_in"]


def departure(*, leave_to: rx.Var[str], sign_in: str) -> rx.Component:
    """Put once into each signed-in page."""
    return Departure.create(leave_to=leave_to, sign_in=sign_in)
