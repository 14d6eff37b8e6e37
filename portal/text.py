"""Text as people type it: on one line, or in paragraphs."""

import re
import unicodedata

from portal.errors import InvalidValueError

_EMPTY_LINES = re.compile(r"\n{3,}")


def parse_line(text: str, limit: int) -> str:
    """The text, tidied: no blanks around it, no invisible characters in it.

    Raises:
        InvalidValueError: `text-too-long` with `limit`.
    """
    line = " ".join(visible(unicodedata.normalize("NFC", text)).split())
    if len(line) > limit:
        raise InvalidValueError("text-too-long", limit=limit)
    return line


def parse_paragraphs(text: str, limit: int) -> str:
    """The text, tidied line by line: its line breaks stay, with at most one empty line between.

    Raises:
        InvalidValueError: `text-too-long` with `limit`.
    """
    lines = [parse_line(line, limit) for line in text.replace("\r\n", "\n").split("\n")]
    tidied = _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
    if len(tidied) > limit:
        raise InvalidValueError("text-too-long", limit=limit)
    return tidied


def visible(text: str) -> str:
    """The text without what nobody can see, and what comes along when something is pasted."""
    return "".join(sign for sign in text if sign.isspace() or not _is_invisible(sign))


def _is_invisible(sign: str) -> bool:
    """Control characters, and marks that turn the direction of text to feign another."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}
