"""Reading back the mail folder, for `/dev/mailbox` and for tests."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from portal.settings import get_settings

_NAME = re.compile(r"[\w.-]+\.eml", re.ASCII)
_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)  # in our mails a link has a line to itself


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail in the folder; `name` is that of its file."""

    name: str
    message_id: str
    sender: str
    recipient: str
    subject: str
    sent_at: datetime
    locale: str
    text: str
    html: str
    links: tuple[str, ...]


def received(*, recipient: str = "", limit: int = 200) -> list[ReceivedMail]:
    """The newest mails, the newest first; only one recipient's if one is named."""
    found: list[ReceivedMail] = []
    for path in sorted(_folder().glob("*.eml"), reverse=True):
        mail = _read(path)
        if not recipient or mail.recipient.casefold() == recipient.casefold():
            found.append(mail)
        if len(found) == limit:
            break
    return found


def received_as(name: str) -> ReceivedMail | None:
    """The mail of this file name, if there is one; a name that is a path finds nothing."""
    path = _folder() / name
    return _read(path) if _NAME.fullmatch(name) and path.is_file() else None


def forget(recipient: str) -> int:
    """Remove every mail to an address from the folder; says how many there were."""
    gone = [
        path
        for path in _folder().glob("*.eml")
        if _read(path).recipient.casefold() == recipient.casefold()
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _folder() -> Path:
    return get_settings().mail_folder


def _read(path: Path) -> ReceivedMail:
    with path.open("rb") as file:
        mail = BytesParser(EmailMessage, policy=policy.default).parse(file)
    text = _part(mail, "plain")
    return ReceivedMail(
        name=path.name,
        message_id=str(mail["Message-ID"]),
        sender=str(mail["From"]),
        recipient=str(mail["To"]),
        subject=str(mail["Subject"]),
        sent_at=mail["Date"].datetime,
        locale=str(mail["Content-Language"] or ""),
        text=text,
        html=_part(mail, "html"),
        links=tuple(_LINK.findall(text)),
    )


def _part(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    return part.get_content().replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""
