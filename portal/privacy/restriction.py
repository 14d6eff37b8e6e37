"""Restriction (GDPR article 18): somebody's data are kept, and not used for what can wait.

No marketing, survey or status report is written to them (`marketing/audience.py` asks). Alarms go
on: calling the people on a list protects others, which article 18(2) allows.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.users import mail_to
from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.errors import InvalidValueError, NotFoundError, in_field
from portal.mail.inert import Prose
from portal.marketing.choices import lock_person
from portal.privacy.cases import note
from portal.privacy.deadlines import office_day
from portal.privacy.models import DataRequest
from portal.text import parse_paragraphs

NOTICE = timedelta(days=7)
LONGEST_REASON = 1000


def is_restricted(user: User, day: date) -> bool:
    """Whether this person's data are restricted on this day."""
    return user.restricted_at is not None and (
        user.restricted_until is None or user.restricted_until >= day
    )


def restrict(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """Restrict the data of whoever made the request, until further notice. Twice is once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: there is no such request of somebody with an account.
    """
    actor.require_lead()
    request, user = _asker(db, request_id)
    if is_restricted(user, office_day(now)) and user.restricted_until is None:
        return
    user.restricted_at, user.restricted_until = now, None
    db.add(user)
    note(db, AuditEvent.DATA_RESTRICTED, actor, request, now=now)


def end_restriction(
    db: Session, actor: Actor, request_id: UUID, reason: str, *, now: datetime
) -> date:
    """Let the restriction end in seven days, and tell the person so before (article 18(3)); says
    on which day it holds last. Twice is once.

    Raises:
        NotAllowedError: the actor is no support lead.
        NotFoundError: whoever made the request is not restricted.
        InvalidValueError: `restriction-reason-required` or `text-too-long`, field `ends`.
    """
    actor.require_lead()
    request, user = _asker(db, request_id)
    day = office_day(now)
    if not is_restricted(user, day):
        raise NotFoundError
    if user.restricted_until is not None:
        return user.restricted_until
    with in_field("ends"):
        because = parse_paragraphs(reason, LONGEST_REASON)
        if not because:
            raise InvalidValueError("restriction-reason-required")
    user.restricted_until = day + NOTICE
    db.add(user)
    note(db, AuditEvent.DATA_RESTRICTION_ENDS, actor, request, now=now)
    again = user.restricted_until + timedelta(days=1)
    values = {"name": user.name, "day": again, "because": Prose(because)}
    mail_to(db, user, "data-restriction-ends", values, now=now)
    return user.restricted_until


def _asker(db: Session, request_id: UUID) -> tuple[DataRequest, User]:
    request = db.get(DataRequest, request_id)
    if request is None or request.user_id is None or request.verified_at is None:
        raise NotFoundError
    return request, lock_person(db, request.user_id)
