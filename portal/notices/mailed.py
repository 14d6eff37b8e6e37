"""What became of the mails that carry a notice: it counts as given when the mail has been sent,
and no longer if the mail has come back.
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from portal.mail.delivery import register_outcome
from portal.mail.models import MailState, OutboxMessage
from portal.notices import giving
from portal.notices.announcing import CHANGED
from portal.notices.models import Audience, Channel, NoticeGiven

ACTIVATION = "activation"


@register_outcome
def note_mailed(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    """Write down what an activation mail, or the news of a version, has come to."""
    if mail.kind == ACTIVATION and state is MailState.SENT:
        _note_activation(db, mail, now)
    elif mail.kind == CHANGED:
        _note_news(db, mail, state, now)


def _note_news(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    ours = col(NoticeGiven.message_id) == mail.message_id
    if state is MailState.SENT:
        db.execute(update(NoticeGiven).where(ours).values(at=now))
    else:
        db.execute(delete(NoticeGiven).where(ours))


def _note_activation(db: Session, mail: OutboxMessage, now: datetime) -> None:
    recipient = giving.recipient_hash(mail.recipient, "")
    if giving.has_current(db, Audience.CUSTOMER, user_id=mail.user_id, recipient=recipient):
        return
    giving.record_given(
        db,
        Audience.CUSTOMER,
        locale=mail.locale,
        channel=Channel.MAIL,
        user_id=mail.user_id,
        recipient=recipient,
        message_id=mail.message_id,
        now=now,
    )
