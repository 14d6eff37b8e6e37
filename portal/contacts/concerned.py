"""Whom the privacy notice for alarm contacts concerns: those who were told of their role before.

Whoever was not told yet gets the newest version with the invitation. Whoever said no, or left,
hears nothing more.
"""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.contacts.models import AlarmContact, Answer, CallListEntry
from portal.notices.announcing import Concerned
from portal.notices.giving import recipient_hash


def concerned_contacts(db: Session) -> Iterator[Concerned]:
    """Each contact of each customer who can be written to."""
    on_a_list = select(col(CallListEntry.contact_id)).where(
        col(CallListEntry.answer).in_([Answer.NONE.value, Answer.ACCEPTED.value])
    )
    reached_at = func.coalesce(col(User.email), col(AlarmContact.email))
    people = db.execute(
        select(
            col(AlarmContact.id),
            col(AlarmContact.user_id),
            col(AlarmContact.name),
            col(AlarmContact.email),
            col(AlarmContact.phone),
            func.coalesce(
                func.nullif(col(AlarmContact.own_locale), ""), col(AlarmContact.locale)
            ).label("locale"),
            reached_at.label("reached_at"),
        )
        .outerjoin(User, col(User.id) == col(AlarmContact.user_id))
        .where(
            reached_at != "",
            col(AlarmContact.notice_given_at).is_not(None),
            col(AlarmContact.id).in_(on_a_list),
        )
        .order_by(col(AlarmContact.id))
    )
    for person in people:
        yield Concerned(
            person.name,
            person.reached_at,
            person.locale,
            recipient_hash(person.email, person.phone),
            user_id=person.user_id,
            contact_id=person.id,
        )
