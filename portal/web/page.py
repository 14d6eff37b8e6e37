"""What a page is, and what a document is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.web.access import Access


@dataclass(frozen=True)
class Page:
    """A reactive page for the signed-in, built once per language.

    `load` is the event that fills its state each time the page is opened.
    """

    path: str
    title: str
    access: Access
    view: Callable[[], rx.Component]
    load: Any = None


@dataclass(frozen=True)
class Document:
    """A page without script, built once per language and filled by an HTTP route."""

    path: str
    title: str
    view: Callable[[], rx.Component]
