"""Taking personal data and secrets out of what is logged.

The first rule is not to log them: events name rows by id, and kinds and codes by name. This is
the second line, for what libraries say and what exceptions quote. It would rather take a harmless
number too many than leave a person's.
"""

import re
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any

REMOVED = "[removed]"
_SECRET_NAMES = re.compile(
    r"passw|secret|token|cookie|authori[sz]ation|api.?key|e?mail$|recipient|phone|^(user_?)?name$",
    re.IGNORECASE,
)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A value that is introduced as a secret: `password='…'`, `Cookie: …`, `?token=…`.
    (
        re.compile(r"(?i)\b((?:set-)?cookie|authori[sz]ation)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        rf"\1\2{REMOVED}",
    ),
    (
        re.compile(
            r"(?i)\b(\w*(?:passw(?:or)?d|secret|token|api_?key))(['\"]?\s*[:=]\s*)"
            r"(?:'[^']*'|\"[^\"]*\"|[^\s,;&)}\]]+)"
        ),
        rf"\1\2{REMOVED}",
    ),
    # `user:password@` in the address of a server.
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{REMOVED}@"),
    # A link in a mail acts for its reader.
    (re.compile(r"(/(?:go|unsubscribe|download)/(?:[\w-]+/)?)[\w.~-]{16,}"), rf"\1{REMOVED}"),
    # An e-mail address; a Message-ID, whose left side is a row's id, may stay.
    (
        re.compile(rf"(?i)(?!{_UUID}@)(?<![\w.+%-])[\w.!#$%&'*+/=?^`{{|}}~-]+@[\w-]+(?:\.[\w-]+)*"),
        "[e-mail]",
    ),
    # Long random text: tokens, keys, hashes. Ids of rows and long names in code may stay.
    (
        re.compile(
            rf"(?<![\w-])(?!{_UUID}(?![\w-]))(?=[\w-]*[A-Z0-9])[A-Za-z0-9_-]{{32,}}={{0,2}}"
        ),
        "[secret]",
    ),
    # A phone number: eight digits or more, with the spaces that people write; no date.
    (
        re.compile(
            r"(?<![\w.:/-])(?!\d{4}-\d\d-\d\d)(?:\+|00)?\(?\d(?:[ ()-]{0,2}\d){7,14}(?![\w-]|\.\d)"
        ),
        "[number]",
    ),
)
_NETWORK_ADDRESS = re.compile(
    r"(?i)(?<![\w.:])(?:(?:\d+\.){3}\d+|[0-9a-f]*(?::[0-9a-f]*){2,7})(?![\w:])"
)


def redacted(text: str) -> str:
    """The text without e-mail addresses, phone numbers, network addresses and secrets."""
    text = _NETWORK_ADDRESS.sub(_without_network_address, text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _without_network_address(found: re.Match[str]) -> str:
    try:
        address = ip_address(found[0])
    except ValueError:  # a time of day, a version
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else "[address]"


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """The processor that every log line passes last, before it is written out."""
    return {
        name: value if name in {"timestamp", "level"} else _redacted(name, value)
        for name, value in event.items()
    }


def _redacted(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAMES.search(name):
        return REMOVED
    if isinstance(value, Mapping):
        return {redacted(str(key)): _redacted(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", one) for one in value]
    return redacted(value if isinstance(value, str) else str(value))
