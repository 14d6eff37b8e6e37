"""Before a copy leaves: who may take it, how often, and the note of it in the audit trail.

Apart from the reading, so that a slow line keeps nobody from writing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.errors import NotAllowedError
from portal.limits import Limit, hit

DOWNLOADS_PER_USER = Limit("downloads per user", 5, timedelta(hours=1))


def count_download(user_id: UUID) -> None:
    """Before a copy or a record is made.

    Raises:
        TooManyAttemptsError: for this user.
    """
    hit(DOWNLOADS_PER_USER, str(user_id))


def record_copy(db: Session, actor: Actor, *, now: datetime) -> None:
    """Note that the actor takes a copy of their own data.

    Raises:
        RecentSignInRequiredError: they must enter the password again first.
        NotAllowedError: the actor is support staff, whose data their employer tells them.
    """
    if actor.staff_role is not None:
        raise NotAllowedError
    actor.require_recent_sign_in(now)
    trail.record(db, AuditEvent.COPY_DOWNLOADED, actor, now=now, subject=actor.user)


def record_company_record(db: Session, actor: Actor, *, now: datetime) -> None:
    """Note that the actor takes the record of the customer they own.

    Raises:
        NotAllowedError: the actor is no owner.
        RecentSignInRequiredError: they must enter the password again first.
    """
    actor.require(Right.CLOSE_CUSTOMER)
    actor.require_recent_sign_in(now)
    trail.record(db, AuditEvent.COMPANY_RECORD_DOWNLOADED, actor, now=now)
