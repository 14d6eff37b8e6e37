"""Whom the privacy notice for customers concerns: everybody who acts for one."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.customers.models import Member
from portal.notices.announcing import Concerned
from portal.notices.giving import recipient_hash


def concerned_members(db: Session) -> Iterator[Concerned]:
    """Each member once, by account."""
    acting = select(col(Member.user_id))
    people = db.execute(
        select(col(User.id), col(User.name), col(User.email), col(User.locale))
        .where(col(User.id).in_(acting))
        .order_by(col(User.id))
    )
    for user_id, name, email, locale in people:
        yield Concerned(name, email, locale, recipient_hash(email, ""), user_id=user_id)
