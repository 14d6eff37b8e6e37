"""The portal's own marketing mail: posted to the audience, checked again when it leaves.

The only way on which a mail with a topic gets into the outbox. It goes to whom the senders could
write to, with the same way out, and a no that comes while it waits stops it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.batches import in_batches
from portal.customers.models import Customer
from portal.mail.delivery import register_check
from portal.mail.models import OutboxMessage
from portal.mail.outbox import Post, post_many
from portal.marketing.audience import Allowed, allowed, may_be_sent
from portal.marketing.models import Channel, MarketingMailing, Topic
from portal.marketing.unsubscribe_links import UnsubscribeLink, unsubscribe_address

PORTION = 100


@dataclass(frozen=True)
class Addressed:
    """Somebody to write to, with the customer it is about."""

    allowed: Allowed
    name: str
    customer: str


@dataclass(frozen=True)
class Mailing:
    """What is posted to one person. `token_hash` is that of a link in it, if there is one."""

    to: Addressed
    values: Mapping[str, Any] = field(default_factory=dict)
    token_hash: str | None = None


def due(
    db: Session, topic: Topic, *, period: str, now: datetime, since: datetime | None = None
) -> Iterator[list[Allowed]]:
    """Who may be written to by mail and has not been in this period, nor `since` a time."""
    for some in in_batches(allowed(db, topic, Channel.EMAIL, now=now), PORTION):
        written = _written(db, topic, some, period, since)
        lacking = [each for each in some if (each.user_id, each.customer_id) not in written]
        if since is not None:
            people = {user_id for user_id, _customer in written}
            lacking = [each for each in lacking if each.user_id not in people]
        if lacking:
            yield lacking


def post_mailings(
    db: Session, topic: Topic, kind: str, period: str, mailings: Sequence[Mailing], *, now: datetime
) -> int:
    """Post a mail to each of them who has not had it; says how many. Two at once post it once."""
    claimed = _claim(db, topic, period, mailings, now)
    posts = [
        Post(
            kind=kind,
            recipient=each.to.allowed.address,
            locale=each.to.allowed.locale,
            values={
                "name": each.to.name,
                "customer": each.to.customer,
                **each.values,
                "unsubscribe_link": _way_out(topic, each.to.allowed),
            },
            user_id=each.to.allowed.user_id,
            topic=topic.value,
        )
        for each in mailings
        if (each.to.allowed.user_id, each.to.allowed.customer_id) in claimed
    ]
    return post_many(db, posts, now=now)


def addressed(db: Session, people: Sequence[Allowed]) -> list[Addressed]:
    """These people with their names and those of their customers."""
    users = {each.user_id for each in people}
    customers = {each.customer_id for each in people}
    names = dict(
        db.execute(select(col(User.id), col(User.name)).where(col(User.id).in_(users))).all()
    )
    called = dict(
        db.execute(
            select(col(Customer.id), col(Customer.name)).where(col(Customer.id).in_(customers))
        ).all()
    )
    return [
        Addressed(each, names[each.user_id], called[each.customer_id])
        for each in people
        if each.user_id in names and each.customer_id in called
    ]


@register_check
def stop_after_a_no(db: Session, mail: OutboxMessage, now: datetime) -> str:
    """A marketing mail leaves only if its reader may be written to at this moment."""
    topic = Topic(mail.topic)
    if mail.user_id is not None and may_be_sent(
        db, topic, Channel.EMAIL, mail.user_id, mail.recipient, now=now
    ):
        return ""
    return "the reader does not want it any more"


def _way_out(topic: Topic, reader: Allowed) -> str:
    link = UnsubscribeLink(Channel.EMAIL, topic, reader.address)
    return unsubscribe_address(link, reader.locale)


def _written(
    db: Session, topic: Topic, people: Iterable[Allowed], period: str, since: datetime | None
) -> set[tuple[UUID, UUID]]:
    at = col(MarketingMailing.at) > since if since else col(MarketingMailing.period) == period
    rows = db.execute(
        select(col(MarketingMailing.user_id), col(MarketingMailing.customer_id)).where(
            col(MarketingMailing.user_id).in_([each.user_id for each in people]),
            col(MarketingMailing.topic) == topic.value,
            at,
        )
    )
    return {(user_id, customer_id) for user_id, customer_id in rows}


def _claim(
    db: Session, topic: Topic, period: str, mailings: Sequence[Mailing], now: datetime
) -> set[tuple[UUID, UUID]]:
    """Write down whom this transaction writes to, and nobody else does."""
    postgresql = db.get_bind().dialect.name == "postgresql"
    statement = (insert_postgresql if postgresql else insert_sqlite)(MarketingMailing)
    claimed: set[tuple[UUID, UUID]] = set()
    for each in mailings:
        who = each.to.allowed
        done = db.execute(
            statement.on_conflict_do_nothing().returning(col(MarketingMailing.user_id)),
            {
                "user_id": who.user_id,
                "customer_id": who.customer_id,
                "topic": topic.value,
                "period": period,
                "token_hash": each.token_hash,
                "at": now,
            },
        )
        if done.first() is not None:
            claimed.add((who.user_id, who.customer_id))
    return claimed
