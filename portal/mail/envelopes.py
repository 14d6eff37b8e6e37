"""The mail as it travels: headers around a letter (RFC 5322, RFC 3834; RFC 2369 and RFC 8058)."""

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime

from portal.mail.letters import Letter
from portal.settings import get_settings


class UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header that programs read letter for letter.

    Folding would break a link longer than a line into encoded words (RFC 2047), in which nobody
    looks for an address. A line may have 998 letters (RFC 5322, 2.1.1).
    """

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", UnfoldedHeader)
_ASCII = policy.SMTP.clone(header_factory=_HEADERS)
_UTF8 = policy.SMTPUTF8.clone(header_factory=_HEADERS)
_ADDRESS = re.compile(r"(?P<local>[^\s<>]+)@(?P<domain>[^\s<>@]+)")


def enclose(
    letter: Letter, *, recipient: str, locale: str, message_id: str, now: datetime
) -> EmailMessage:
    """The complete mail. Twice the same, apart from its date, if it must be sent twice.

    Raises:
        ValueError: the recipient's address cannot be written in a header.
    """
    # Most servers take ASCII headers only; an address with other letters needs SMTPUTF8.
    mail = EmailMessage(_ASCII if recipient.isascii() else _UTF8)
    mail["From"] = get_settings().mail_from
    mail["To"] = _address(recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"  # so that no holiday answer comes back
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = locale  # set last: it would have moved into the first part
    mail.set_boundary(f"={message_id.strip('<>').partition('@')[0]}=")
    return mail


def _address(recipient: str) -> Address:
    if not (found := _ADDRESS.fullmatch(recipient)) or not recipient.isprintable():
        raise ValueError("not an address")
    return Address(username=found["local"], domain=found["domain"].encode("idna").decode("ascii"))
