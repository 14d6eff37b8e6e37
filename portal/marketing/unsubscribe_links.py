"""Links that stop marketing: in every marketing mail, good for years, good for nothing else.

A link holds the address, the channel and the topic, sealed with AES-SIV (RFC 5297): nobody can
read the address in it, and nobody can make one for another address. It needs no row, so it works
when the mail is old and the account gone, and it can be used any number of times. The key comes
from `PORTAL_PSEUDONYM_KEY`: changing the secrets does not break links that lie in mailboxes.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from portal.encryption import lasting_key
from portal.errors import PortalError
from portal.marketing.models import Channel, Topic
from portal.settings import get_settings

PATH = "/unsubscribe"
# Each has its sign in links that lie in mailboxes: none is ever given another meaning.
_TOPICS = {"o": Topic.OFFERS, "i": Topic.INFORMATION, "r": Topic.STATUS_REPORTS, "s": Topic.SURVEYS}
_CHANNELS = {"e": Channel.EMAIL, "s": Channel.SMS}
_LETTERS = {each: sign for sign, each in (*_TOPICS.items(), *_CHANNELS.items())}


class UnsubscribeLinkError(PortalError):
    """It is no link of ours, or not whole any more."""

    code = "unsubscribe-link"
    status = 404


@dataclass(frozen=True)
class UnsubscribeLink:
    """To which address a message went, by which channel, on which topic."""

    channel: Channel
    topic: Topic
    address: str


def unsubscribe_address(link: UnsubscribeLink, locale: str) -> str:
    """Where the link leads: a page by GET, and one click by POST (RFC 8058)."""
    return f"{get_settings().origin}{PATH}/{seal(link)}?l={locale}"


def seal(link: UnsubscribeLink) -> str:
    """The link's token; for the same link always the same."""
    content = f"{_LETTERS[link.channel]}{_LETTERS[link.topic]}{link.address}".encode()
    return urlsafe_b64encode(_cipher().encrypt(content, None)).rstrip(b"=").decode("ascii")


def opened(token: str) -> UnsubscribeLink:
    """The link that was sealed.

    Raises:
        UnsubscribeLinkError: it was not made here.
    """
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        content = _cipher().decrypt(sealed, None).decode()
        return UnsubscribeLink(_CHANNELS[content[0]], _TOPICS[content[1]], content[2:])
    except (InvalidTag, ValueError, LookupError):
        raise UnsubscribeLinkError from None


def _cipher() -> AESSIV:
    return _made(lasting_key("unsubscribe links", 64))


@lru_cache
def _made(key: bytes) -> AESSIV:
    return AESSIV(key)
