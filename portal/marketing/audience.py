"""Who may be written to now, about a topic by a channel: asked by the senders and by our own mail.

The answer is read some people at a time, in the order of their ids, so that it takes the same
memory for ten and for a million; nothing in it outlives the moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Select, Uuid, and_, bindparam, or_, select, tuple_
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.models import Customer
from portal.customers.moves import today
from portal.database import columns
from portal.marketing import suppression
from portal.marketing.models import Basis, Channel, MarketingChoice, MarketingPause, Topic
from portal.marketing.unsubscribe_links import UnsubscribeLink, unsubscribe_address

PORTION = 1000
_FIRST = UUID(int=0)
_ADDRESSES = {Channel.EMAIL: col(User.email), Channel.SMS: col(User.phone)}


@dataclass(frozen=True, slots=True)
class AudienceMember:
    """Somebody who may be written to. `unsubscribe` belongs into the message: see RFC 8058."""

    address: str
    locale: str
    unsubscribe: str


def _who(channel: Channel) -> Select[*tuple[Any, ...]]:
    """People with a yes that holds: not paused, not resting on a contract that is over, and of
    nobody whose data are restricted.
    """
    rests_on = or_(
        col(MarketingChoice.basis) == Basis.CONSENT.value,
        col(Customer.contract_end).is_(None),
        col(Customer.contract_end) >= bindparam("today", type_=Date()),
    )
    return (
        select(
            col(MarketingChoice.user_id),
            col(MarketingChoice.customer_id),
            _ADDRESSES[channel].label("address"),
            col(User.locale),
        )
        .join(User, col(User.id) == col(MarketingChoice.user_id))
        .join(Customer, col(Customer.id) == col(MarketingChoice.customer_id))
        .outerjoin(
            MarketingPause,
            and_(
                col(MarketingPause.user_id) == col(MarketingChoice.user_id),
                col(MarketingPause.until) >= bindparam("today", type_=Date()),
            ),
        )
        .where(
            col(MarketingChoice.topic) == bindparam("topic"),
            col(MarketingChoice.channel) == channel.value,
            col(MarketingChoice.chosen).is_(True),
            col(MarketingPause.user_id).is_(None),
            col(User.staff_role).is_(None),
            or_(
                col(User.restricted_at).is_(None),
                col(User.restricted_until) < bindparam("today", type_=Date()),
            ),
            _ADDRESSES[channel] != "",
            rests_on,
        )
    )


_PORTIONS = {
    channel: _who(channel)
    .where(
        tuple_(col(MarketingChoice.user_id), col(MarketingChoice.customer_id))
        > tuple_(bindparam("after_user", type_=Uuid()), bindparam("after_customer", type_=Uuid()))
    )
    .order_by(col(MarketingChoice.user_id), col(MarketingChoice.customer_id))
    .limit(bindparam("portion", type_=Integer()))
    for channel in Channel
}
_ONE = {
    channel: _who(channel).where(col(MarketingChoice.user_id) == bindparam("user", type_=Uuid()))
    for channel in Channel
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """A yes that holds now: whose, for which customer, at which address."""

    user_id: UUID
    customer_id: UUID
    address: str
    locale: str


def audience(
    db: Session, topic: Topic, channel: Channel, *, now: datetime
) -> Iterator[AudienceMember]:
    """Everybody who may be written to at this moment, each person once.

    A number that two people share comes once for each who said yes, in the language of each.
    """
    last = None
    for each in allowed(db, topic, channel, now=now):
        if each.user_id == last:  # acts for several customers
            continue
        last = each.user_id
        link = UnsubscribeLink(channel, topic, each.address)
        yield AudienceMember(each.address, each.locale, unsubscribe_address(link, each.locale))


def record_audience(
    db: Session, actor: Actor, topic: Topic, channel: Channel, *, now: datetime
) -> None:
    """Note in the trail that the senders asked.

    Raises:
        NotAllowedError: a person asks; addresses go to a part of SensorNordic only.
    """
    actor.require_system()
    trail.record(
        db,
        AuditEvent.MARKETING_AUDIENCE,
        actor,
        now=now,
        topic=topic.value,
        channel=channel.value,
    )


def allowed(db: Session, topic: Topic, channel: Channel, *, now: datetime) -> Iterator[Allowed]:
    """Every yes that holds now, in the order of people's ids."""
    after = _FIRST, _FIRST
    while rows := _portion(db, topic, channel, after, now):
        yield from _unsuppressed(db, topic, channel, rows)
        after = rows[-1].user_id, rows[-1].customer_id


def may_be_sent(
    db: Session, topic: Topic, channel: Channel, reader: Allowed, *, now: datetime
) -> bool:
    """Whether this yes still holds, at this address."""
    values = {"topic": topic.value, "today": today(now, "NO"), "user": reader.user_id}
    rows = columns(db, _ONE[channel], values).all()
    here = [
        row
        for row in rows
        if row.customer_id == reader.customer_id and row.address == reader.address
    ]
    return any(True for _ in _unsuppressed(db, topic, channel, here))


def _portion(
    db: Session, topic: Topic, channel: Channel, after: tuple[UUID, UUID], now: datetime
) -> Sequence[Any]:
    values = {"topic": topic.value, "today": today(now, "NO"), "portion": PORTION}
    values |= {"after_user": after[0], "after_customer": after[1]}
    return columns(db, _PORTIONS[channel], values).all()


def _unsuppressed(
    db: Session, topic: Topic, channel: Channel, rows: Sequence[Any]
) -> Iterator[Allowed]:
    hashed = {row.address: suppression.address_hash(channel, row.address) for row in rows}
    barred = suppression.blocked(db, channel, hashed.values(), topic) if hashed else set()
    for row in rows:
        if hashed[row.address] not in barred:
            yield Allowed(*row)
