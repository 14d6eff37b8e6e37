"""Breaks from marketing: hearing nothing until a day, whatever was chosen.

Days are those of the office's calendar.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.actor import Actor, Right
from portal.customers.moves import today
from portal.errors import InvalidValueError
from portal.languages import _, format_day, using
from portal.marketing.choices import lock_person
from portal.marketing.models import Decision, MarketingPause, Way
from portal.marketing.receipts import Answer, Shown, Subject, write_receipt
from portal.marketing.wordings import PAUSE, RESUME

LONGEST_PAUSE = timedelta(days=366)


def pause_marketing(
    db: Session, actor: Actor, until: date | None, *, locale: str, now: datetime
) -> None:
    """Hear nothing up to and including a day. The choices stay as they are.

    Raises:
        InvalidValueError: `quiet-required`, `quiet-past` or `quiet-far`, field `until`.
    """
    actor.require(Right.CHOOSE_MARKETING)
    if until is None:
        raise InvalidValueError("quiet-required", "until")
    if until < today(now, "NO"):
        raise InvalidValueError("quiet-past", "until")
    if until > today(now, "NO") + LONGEST_PAUSE:
        raise InvalidValueError("quiet-far", "until")
    user = lock_person(db, actor.user)
    pause = db.get(MarketingPause, user.id)
    if pause is not None and pause.until == until:
        return
    db.merge(MarketingPause(user_id=user.id, until=until, at=now))
    with using(locale):
        shown = Shown(f"{_(PAUSE)}: {format_day(until)}", locale)
    answer = Answer(Decision.PAUSE, until=until)
    write_receipt(db, actor, Subject(user.id), answer, shown, Way.PORTAL, now=now)


def resume_marketing(db: Session, actor: Actor, *, locale: str, now: datetime) -> None:
    """End the pause: what was chosen holds again."""
    actor.require(Right.CHOOSE_MARKETING)
    user = lock_person(db, actor.user)
    pause = db.get(MarketingPause, user.id)
    if pause is None:
        return
    db.delete(pause)
    with using(locale):
        shown = Shown(_(RESUME), locale)
    answer = Answer(Decision.RESUME)
    write_receipt(db, actor, Subject(user.id), answer, shown, Way.PORTAL, now=now)
