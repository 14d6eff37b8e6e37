"""Who was given which notice: whoever has the current one is not sent it again."""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlmodel import Session, col

from portal.notices import texts, versions
from portal.notices.models import Audience, Channel, NoticeGiven
from portal.notices.texts import Version
from portal.settings import get_settings


def recipient_hash(email: str, phone: str) -> str:
    """The name under which a person without an account is known here: a keyed hash.

    The phone number is part of it, because several people may read one mailbox.
    """
    key = get_settings().pseudonym_key.encode()
    person = f"notice:{email.lower()}|{phone}".encode()
    return hmac.new(key, person, hashlib.sha256).hexdigest()


def has_current(
    db: Session,
    audience: Audience,
    *,
    user_id: UUID | None = None,
    recipient: str = "",
) -> bool:
    """Whether the person, by account or by hash, was given the newest version for this audience."""
    version = versions.newest(db, audience)
    known = [col(NoticeGiven.user_id) == user_id] if user_id else []
    known += [col(NoticeGiven.recipient_hash) == recipient] if recipient else []
    found = db.execute(
        select(col(NoticeGiven.id))
        .where(
            or_(false(), *known),
            col(NoticeGiven.audience) == audience.value,
            col(NoticeGiven.version) == version.name,
        )
        .limit(1)
    )
    return found.first() is not None


def record_given(
    db: Session,
    audience: Audience,
    *,
    locale: str,
    channel: Channel,
    now: datetime,
    user_id: UUID | None = None,
    contact_id: UUID | None = None,
    recipient: str = "",
    message_id: str = "",
    version: Version | None = None,
) -> NoticeGiven:
    """Keep the proof that a person was given a version (the newest): which text, how and when.

    Given, not consented to, and not necessarily read.
    """
    version = version or versions.newest(db, audience)
    given = NoticeGiven(
        user_id=user_id,
        contact_id=contact_id,
        recipient_hash=recipient,
        audience=audience.value,
        version=version.name,
        locale=locale,
        text_hash=texts.text(version, locale).digest,
        channel=channel.value,
        message_id=message_id,
        at=now,
    )
    db.add(given)
    db.flush()
    return given
