"""Addresses that must not be written to, kept as keyed hashes.

A no for an address holds whoever has it, whatever the back office imports, and after its person
has been erased. Only the person, signed in, lifts it again: with a yes.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from portal.database import columns
from portal.encryption import lasting_key
from portal.marketing.models import ALL, Channel, Suppression, Topic, Way

_BLOCKING = select(col(Suppression.address_hash)).where(
    col(Suppression.address_hash).in_(bindparam("hashes", expanding=True)),
    col(Suppression.channel) == bindparam("channel"),
    col(Suppression.topic).in_(bindparam("topics", expanding=True)),
)


@dataclass(frozen=True)
class Suppressed:
    """Since when, and by which way, an address must not be written to about a topic."""

    way: Way
    at: datetime


def normal_address(channel: Channel, address: str) -> str:
    """The form in which an address is compared: who writes KARI@ or kari@ means one mailbox."""
    return address.strip().lower() if channel is Channel.EMAIL else address.strip()


def address_hash(channel: Channel, address: str) -> str:
    """The name under which an address is known here: HMAC-SHA-256 of channel and address."""
    known = f"{channel.value}:{normal_address(channel, address)}"
    return hmac.digest(lasting_key("suppression"), known.encode(), "sha256").hex()


def suppress(
    db: Session, channel: Channel, address: str, topic: Topic | None, way: Way, *, now: datetime
) -> bool:
    """Let nobody write to the address about the topic, or about anything (None), from now on.

    Says whether that is new. Twice is once.
    """
    hashed = address_hash(channel, address)
    if _blocking(db, channel, [hashed], topic):
        return False
    if topic is None:  # it covers what single topics say
        db.execute(delete(Suppression).where(*_of(channel, hashed)))
    _insert(db, hashed, channel, [topic.value if topic else ALL], Suppressed(way, now))
    return True


def lift(db: Session, channel: Channel, address: str, topic: Topic) -> None:
    """The person has said yes to this topic. A no to everything stays one to every other topic."""
    hashed = address_hash(channel, address)
    lifted = db.execute(
        delete(Suppression)
        .where(*_of(channel, hashed), col(Suppression.topic).in_([topic.value, ALL]))
        .returning(col(Suppression.topic), col(Suppression.way), col(Suppression.at))
    ).all()
    for each, way, at in lifted:
        if each == ALL:
            others = [other.value for other in Topic if other is not topic]
            _insert(db, hashed, channel, others, Suppressed(Way(way), at))


def carry_over(db: Session, channel: Channel, old: str, new: str) -> None:
    """Let what must not be sent to the old address not be sent to the new one either.

    A bounce stays behind: it is about the address, and nobody's word.
    """
    rows = db.execute(select(Suppression).where(*_of(channel, address_hash(channel, old))))
    for row in rows.scalars().all():
        if row.way != Way.BOUNCE:
            what = Suppressed(Way(row.way), row.at)
            _insert(db, address_hash(channel, new), channel, [row.topic], what)


def suppressions_of(db: Session, channel: Channel, address: str) -> dict[Topic, Suppressed]:
    """About which topics the address must not be written to."""
    rows = db.execute(
        select(col(Suppression.topic), col(Suppression.way), col(Suppression.at)).where(
            *_of(channel, address_hash(channel, address))
        )
    )
    found: dict[Topic, Suppressed] = {}
    for topic, way, at in rows:
        for each in Topic if topic == ALL else (Topic(topic),):
            found[each] = Suppressed(Way(way), at)
    return found


def blocked(db: Session, channel: Channel, hashes: Iterable[str], topic: Topic) -> set[str]:
    """Which of these hashed addresses must not be written to about the topic."""
    return _blocking(db, channel, list(hashes), topic)


def _insert(
    db: Session, hashed: str, channel: Channel, topics: list[str], what: Suppressed
) -> None:
    """Write rows that two at once may write: the second changes nothing."""
    rows = [
        {
            "address_hash": hashed,
            "channel": channel.value,
            "topic": topic,
            "way": what.way.value,
            "at": what.at,
        }
        for topic in topics
    ]
    postgresql = db.get_bind().dialect.name == "postgresql"
    statement = (insert_postgresql if postgresql else insert_sqlite)(Suppression)
    db.execute(statement.on_conflict_do_nothing(), rows)


def _blocking(db: Session, channel: Channel, hashes: list[str], topic: Topic | None) -> set[str]:
    topics = [topic.value, ALL] if topic else [ALL]
    values = {"hashes": hashes, "channel": channel.value, "topics": topics}
    return {row.address_hash for row in columns(db, _BLOCKING, values)}


def _of(channel: Channel, hashed: str) -> tuple[ColumnElement[bool], ...]:
    return col(Suppression.address_hash) == hashed, col(Suppression.channel) == channel.value
