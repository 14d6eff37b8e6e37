"""Making what people typed harmless in a mail: it can be read, and do nothing else.

Mail programs turn anything that looks like an address into a link, in plain text too, so that a
name such as `https://evil.example` would be an invitation under our letterhead. Escaping does not
help against that. Invisible characters do not either: some programs count a zero-width space as
part of an address, and drop it when they open the link. So an address inside a typed value gets a
visible space after what would hold it together: `https: //evil. example`. Ordinary names have no
such places.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.settings import get_settings

LONGEST_VALUE = 200
LONGEST_PROSE = 8000
_FULL_STOPS = ".\u3002\uff0e\uff61"  # browsers take each of them for the dot in a host name
_HOLDS_A_HOST_TOGETHER = re.compile(rf"(?<=\S)([{_FULL_STOPS}])(?=[^\W\d_])")
_FOUR_NUMBERS = re.compile(r"\d+(?:\.\d+){3,}")
# After a scheme, and any colon that is not in the middle of a time of day.
_BEGINS_AN_ADDRESS = re.compile(r"[:\uff1a](?=[^\s\d])|(?<=\D)[:\uff1a](?=\S)")
_JOINERS = frozenset("\u200c\u200d")  # needed inside words of some languages


class Prose(str):
    """What our own people wrote to a reader, in paragraphs. It is made inert, too, and is not cut
    as a name would be; its template gets it as a list of paragraphs.
    """

    __slots__ = ()


def inert(typed: str, longest: int = LONGEST_VALUE) -> str:
    """The text on one line, without control or direction characters, and without addresses."""
    if not typed.isprintable():
        typed = "".join(" " if _is_control(letter) else letter for letter in typed)
    line = " ".join(typed.split())
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    line = _BEGINS_AN_ADDRESS.sub(r"\g<0> ", line)
    line = _FOUR_NUMBERS.sub(lambda number: number[0].replace(".", ". "), line)
    return _HOLDS_A_HOST_TOGETHER.sub(r"\1 ", line)


def inert_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a mail, ready for its template.

    Texts become inert, also inside lists and mappings. Values named `link` or `…_link` must lead
    to the portal itself and stay as they are; numbers, days and instants too.

    Raises:
        ValueError: a link leads elsewhere.
    """
    return {
        name: _own_link(value) if name.endswith("link") else _inert_value(value)
        for name, value in values.items()
    }


def _inert_value(value: Any) -> Any:
    if isinstance(value, Prose):
        return [inert(each, LONGEST_PROSE) for each in value.splitlines() if each.strip()]
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, list | tuple):
        return [_inert_value(one) for one in value]
    if isinstance(value, Mapping):
        return inert_values(value)
    return value


def _own_link(value: Any) -> str:
    link = str(value)
    if not link.startswith(f"{get_settings().origin}/") or link.split() != [link]:
        raise ValueError("a mail may only link to the portal")
    return link


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and letter not in _JOINERS
