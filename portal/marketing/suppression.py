"""Addresses that must not be written to, kept as keyed hashes.

A no for an address holds whoever has it, whatever the back office imports, and after its person
has been erased. Only the person, signed in, lifts it again: with a yes.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, or_, select
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

    Says whether that is new. Twice is once. A bounce and somebody's word stand side by side: only
    the word follows its person to another address.
    """
    hashed = address_hash(channel, address)
    written = (col(Suppression.topic), col(Suppression.way))
    found = db.execute(select(*written).where(*_of(channel, hashed))).all()
    stands = {each for each, by in found if by != Way.BOUNCE or way is Way.BOUNCE}
    about = topic.value if topic else ALL
    if {about, ALL} & stands:
        return False
    if found:
        _remove_covered(db, channel, hashed, topic, way)
    return _insert(db, hashed, channel, [about], Suppressed(way, now))


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
            topic = None if row.topic == ALL else Topic(row.topic)
            suppress(db, channel, new, topic, Way(row.way), now=row.at)


def suppressions_of(db: Session, channel: Channel, address: str) -> dict[Topic, Suppressed]:
    """About which topics the address must not be written to."""
    rows = db.execute(
        select(col(Suppression.topic), col(Suppression.way), col(Suppression.at)).where(
            *_of(channel, address_hash(channel, address))
        )
    )
    found: dict[Topic, Suppressed] = {}
    # A word about one topic is told rather than the bounce that covers all of them.
    for topic, way, at in sorted(rows, key=lambda row: row.topic != ALL):
        for each in Topic if topic == ALL else (Topic(topic),):
            found[each] = Suppressed(Way(way), at)
    return found


def blocked(db: Session, channel: Channel, hashes: Iterable[str], topic: Topic) -> set[str]:
    """Which of these hashed addresses must not be written to about the topic."""
    topics = [topic.value, ALL]
    values = {"hashes": list(hashes), "channel": channel.value, "topics": topics}
    return {row.address_hash for row in columns(db, _BLOCKING, values)}


def _remove_covered(
    db: Session, channel: Channel, hashed: str, topic: Topic | None, way: Way
) -> None:
    """Remove what a new row says as well: everything covers the topics, a word a bounce.

    Never a row like the new one, which somebody else may have written at this moment.
    """
    bounced = col(Suppression.way) == Way.BOUNCE.value
    covered = false() if topic else col(Suppression.topic) != ALL
    if way is Way.BOUNCE:
        covered = and_(covered, bounced)
    else:
        same = col(Suppression.topic) == (topic.value if topic else ALL)
        covered = or_(covered, and_(same, bounced))
    db.execute(delete(Suppression).where(*_of(channel, hashed), covered))


def _insert(
    db: Session, hashed: str, channel: Channel, topics: list[str], what: Suppressed
) -> bool:
    """Write rows that two at once may write: the second changes nothing, and is told so."""
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
    written = statement.on_conflict_do_nothing().returning(col(Suppression.topic))
    return db.execute(written, rows).first() is not None


def _of(channel: Channel, hashed: str) -> tuple[ColumnElement[bool], ...]:
    return col(Suppression.address_hash) == hashed, col(Suppression.channel) == channel.value
