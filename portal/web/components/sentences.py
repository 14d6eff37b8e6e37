"""Sentences with something in them: a value that stands out, or one known only in the browser."""

import re

import reflex as rx

from portal.web.components.props import Text

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def sentence(words: str, **parts: Text) -> rx.Component:
    """The translated sentence with each `{name}` in it replaced by that part.

    A sentence is translated whole, so that every language puts the part where it belongs.

    Raises:
        KeyError: the sentence has a placeholder that has no part.
    """
    pieces: list[Text] = []
    for position, piece in enumerate(_PLACEHOLDER.split(words)):
        if position % 2:
            pieces.append(parts[piece])
        elif piece:
            pieces.append(piece)
    return rx.fragment(*pieces)
