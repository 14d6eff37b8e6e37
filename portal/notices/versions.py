"""Which versions of a notice are published, which one is in force, and publishing a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.notices import texts
from portal.notices.models import Audience, PublishedNotice
from portal.notices.texts import Version

_OFFICE = ZoneInfo("Europe/Oslo")


def day_of(now: datetime) -> date:
    """The day on the office's calendar, by which versions come into force."""
    return now.astimezone(_OFFICE).date()


@dataclass(frozen=True)
class Published:
    """A version that was published, and the day from which it holds."""

    version: Version
    effective: date


def all_of(db: Session, audience: Audience) -> list[Published]:
    """Every published version, the newest first.

    The first text of an audience holds from the beginning, so that there always is a notice.
    """
    rows = db.execute(
        select(col(PublishedNotice.version), col(PublishedNotice.effective_on)).where(
            col(PublishedNotice.audience) == audience.value
        )
    )
    days = {row.version: row.effective_on for row in rows}
    known = texts.versions(audience)
    days.setdefault(known[0].name, known[0].effective)
    held = [Published(each, days[each.name]) for each in known if each.name in days]
    return sorted(held, key=lambda each: (each.effective, each.version.name), reverse=True)


def in_force(published: Sequence[Published], day: date) -> Published:
    """The one of these, the newest first, that holds on this day."""
    return next((each for each in published if each.effective <= day), published[-1])


def current(db: Session, audience: Audience, *, day: date) -> Version:
    """The version that is in force on this day."""
    return in_force(all_of(db, audience), day).version


def newest(db: Session, audience: Audience) -> Version:
    """The version that people are given: the newest, even if it holds from a later day only, so
    that nobody is given two in a row.
    """
    return all_of(db, audience)[0].version


def publish(db: Session, actor: Actor, *, now: datetime) -> list[Published]:
    """Publish every text that is not published yet; says which those were.

    A version holds from the day that its text names, or from today if that is past.

    Raises:
        NotAllowedError: only SensorNordic publishes.
    """
    actor.require_system()
    new: list[Published] = []
    for audience in Audience:
        held = {each.version.name for each in all_of(db, audience)}
        new += [
            _publish(db, actor, version, now=now)
            for version in texts.versions(audience)
            if version.name not in held
        ]
    db.flush()
    return new


def _publish(db: Session, actor: Actor, version: Version, *, now: datetime) -> Published:
    effective = max(version.effective, day_of(now))
    db.add(
        PublishedNotice(
            audience=version.audience.value,
            version=version.name,
            published_at=now,
            effective_on=effective,
        )
    )
    trail.record(
        db,
        AuditEvent.NOTICE_PUBLISHED,
        actor,
        now=now,
        audience=version.audience.value,
        version=version.name,
    )
    return Published(version, effective)
