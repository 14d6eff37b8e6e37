"""Mail that came back: a server took it, and another could not deliver it.

Mail servers report that as RFC 3464 says: a message of several parts, of which one names each
recipient with what happened, and another holds the original's headers. Only a failure that is for
good counts. A report is believed if it names a Message-ID of ours and that mail's recipient; what
anybody else invents finds nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.message import Message

import structlog
from sqlmodel import Session, select

from portal.mail.delivery import tell_outcome
from portal.mail.models import MailState, OutboxMessage

LARGEST_REPORT = 10_000_000  # bytes; the rest of a larger one is not read
log = structlog.get_logger(__name__)


def take_report(db: Session, report: bytes, *, now: datetime) -> bool:
    """Give up the mail that a delivery report says could not be delivered, and tell whoever wants
    to know; says whether there was such a mail.

    Args:
        db: a transaction.
        report: the report as it came, headers first.
        now: the time of reading it.
    """
    message_id, failed = failed_delivery(report)
    if not failed or not message_id:
        return False
    mail = db.exec(
        select(OutboxMessage)
        .where(OutboxMessage.message_id == message_id, OutboxMessage.state == MailState.SENT.value)
        .with_for_update()
    ).first()
    if mail is None or mail.recipient.casefold() not in failed:
        return False
    mail.state = MailState.GIVEN_UP.value
    mail.last_error = "returned"
    db.add(mail)
    tell_outcome(db, mail, MailState.GIVEN_UP, now)
    log.error("mail returned", kind=mail.kind, message_id=mail.message_id)
    return True


def failed_delivery(report: bytes) -> tuple[str, frozenset[str]]:
    """The Message-ID that a report is about, and the addresses (in small letters) to which
    delivery has failed for good. Both are empty where the report does not say, or is none.
    """
    message = message_from_bytes(report[:LARGEST_REPORT])
    return _original_message_id(message), frozenset(_failed_recipients(message))


def _failed_recipients(message: Message) -> Iterable[str]:
    """The addresses to which delivery has failed for good, in small letters."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if not isinstance(group, Message) or _word(group, "Action") != "failed":
                continue
            for name in ("Original-Recipient", "Final-Recipient"):
                address = _word(group, name).partition(";")[2].strip().strip("<>")
                if address:
                    yield address


def _original_message_id(message: Message) -> str:
    """The Message-ID of the mail that the report is about; empty if it does not say."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            original = message_from_bytes(part.get_payload(decode=True) or b"")  # pyright: ignore[reportArgumentType]
        elif part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            original = payload[0] if isinstance(payload, list) and payload else None
        else:
            continue
        if isinstance(original, Message) and original["Message-ID"]:
            return str(original["Message-ID"]).strip()
    return ""


def _word(group: Message, name: str) -> str:
    return " ".join(str(group[name] or "").split()).casefold()
