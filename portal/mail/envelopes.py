"""The mail as it travels: headers around a letter (RFC 5322, RFC 3834; RFC 2369 and RFC 8058)."""

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from portal.mail.letters import Letter
from portal.settings import get_settings

_ADDRESS = re.compile(r"(?P<local>[^\s<>]+)@(?P<domain>[^\s<>@]+)")


def enclose(
    letter: Letter, *, recipient: str, locale: str, message_id: str, now: datetime
) -> EmailMessage:
    """The complete mail. Twice the same, apart from its date, if it must be sent twice.

    Raises:
        ValueError: the recipient's address cannot be written in a header.
    """
    # Most servers take ASCII headers only; an address with other letters needs SMTPUTF8.
    mail = EmailMessage(policy.SMTP if recipient.isascii() else policy.SMTPUTF8)
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
