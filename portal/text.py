"""Text as people type it, on one line."""

import unicodedata

from portal.errors import InvalidValueError


def parse_line(text: str, limit: int) -> str:
    """The text, tidied: no blanks around it, no invisible characters in it.

    Raises:
        InvalidValueError: `text-too-long` with `limit`.
    """
    line = " ".join(visible(unicodedata.normalize("NFC", text)).split())
    if len(line) > limit:
        raise InvalidValueError("text-too-long", limit=limit)
    return line


def visible(text: str) -> str:
    """The text without what nobody can see, and what comes along when something is pasted."""
    return "".join(sign for sign in text if sign.isspace() or not _is_invisible(sign))


def _is_invisible(sign: str) -> bool:
    """Control characters, and marks that turn the direction of text to feign another."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}
