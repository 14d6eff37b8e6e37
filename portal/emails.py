"""E-mail addresses: how they are checked and kept, and which belong to nobody in particular."""

from functools import lru_cache
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from portal.errors import InvalidValueError
from portal.text import visible

LONGEST_EMAIL = 254


def parse_email(text: str) -> str:
    """The address as it is kept: its domain in lower case, nothing around it.

    Whether the domain exists is not asked: that would send what people type to name servers.

    Raises:
        InvalidValueError: `email-no-at` or `email-unknown` (no mail can go there).
    """
    written = visible(text).strip()
    if "@" not in written:
        raise InvalidValueError("email-no-at")
    try:
        address = validate_email(written, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidValueError("email-unknown") from error
    if len(address) > LONGEST_EMAIL:
        raise InvalidValueError("email-unknown")
    return address


def parse_sign_in_email(text: str) -> str:
    """The address by which somebody signs in: all in lower case, and one person's own.

    Raises:
        InvalidValueError: as `parse_email`, or `email-shared` (several people read it).
    """
    address = parse_email(text).lower()
    if is_shared_mailbox(address):
        raise InvalidValueError("email-shared")
    return address


def is_shared_mailbox(address: str) -> bool:
    """Whether an address such as `post@…` is read by whoever happens to be there."""
    local = address.partition("@")[0].partition("+")[0].casefold()
    return not _shared_names().isdisjoint({local, local.rstrip("0123456789")})


@lru_cache
def _shared_names() -> frozenset[str]:
    path = Path(__file__).with_name("shared_mailboxes.txt")
    return frozenset(path.read_text(encoding="utf-8").split())
