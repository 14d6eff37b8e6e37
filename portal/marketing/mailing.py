"""The portal's own marketing mail: posted to the audience, checked again when it leaves.

The only way on which a mail with a topic gets into the outbox. It goes to whom the senders could
write to, with the same way out, and a no that comes while it waits stops it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Role
from portal.batches import in_batches
from portal.customers.models import Customer, Member
from portal.mail.delivery import register_check
from portal.mail.models import OutboxMessage
from portal.mail.outbox import Post, post_many
from portal.marketing.audience import Allowed, allowed, may_be_sent
from portal.marketing.models import Channel, MarketingMailing, Topic
from portal.marketing.unsubscribe_links import UnsubscribeLink, unsubscribe_address

PORTION = 100


@dataclass(frozen=True)
class Addressed:
    """Somebody to write to, in which role they act for the customer, and what it is called."""

    allowed: Allowed
    name: str
    role: Role
    customer: str
    contract_end: date | None


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
    db: Session,
    topic: Topic,
    kind: str,
    period: str,
    mailings: Sequence[Mailing],
    *,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Post a mail to each of them who has not had it; says how many. Two at once post it once.

    Whoever had one `since` a time gets none, whatever period and customer it was about.
    """
    if since is not None:
        asked = _asked(db, topic, {each.to.allowed.user_id for each in mailings}, since)
        mailings = [each for each in mailings if each.to.allowed.user_id not in asked]
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
            about_customer=each.to.allowed.customer_id,
        )
        for each in mailings
        if (each.to.allowed.user_id, each.to.allowed.customer_id) in claimed
    ]
    return post_many(db, posts, now=now)


def addressed(db: Session, people: Sequence[Allowed]) -> list[Addressed]:
    """These people with their names and those of their customers, without those who have left.

    Nobody leaves before the transaction ends: what is posted refers to account and membership,
    which are held in the order in which an erasure takes them.
    """
    users = {each.user_id for each in people}
    accounts = select(col(User.id)).where(col(User.id).in_(users)).order_by(col(User.id))
    db.execute(accounts.with_for_update(read=True, key_share=True))
    rows = db.execute(
        select(
            col(Member.user_id),
            col(Member.customer_id),
            col(Member.role),
            col(User.name),
            col(Customer.name).label("customer"),
            col(Customer.contract_end),
        )
        .join(User, col(User.id) == col(Member.user_id))
        .join(Customer, col(Customer.id) == col(Member.customer_id))
        .where(
            col(Member.user_id).in_(users),
            col(Member.customer_id).in_({each.customer_id for each in people}),
        )
        .order_by(col(Member.id))
        .with_for_update(read=True, key_share=True, of=Member)
    )
    found = {(row.user_id, row.customer_id): row for row in rows}
    return [
        Addressed(each, row.name, Role(row.role), row.customer, row.contract_end)
        for each in people
        if (row := found.get((each.user_id, each.customer_id))) is not None
    ]


@register_check
def stop_after_a_no(db: Session, mail: OutboxMessage, now: datetime) -> str:
    """A marketing mail leaves only if the yes on which it rests holds at this moment."""
    if mail.user_id is not None and mail.about_customer is not None:
        reader = Allowed(mail.user_id, mail.about_customer, mail.recipient, mail.locale)
        if may_be_sent(db, Topic(mail.topic), Channel.EMAIL, reader, now=now):
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


def _asked(db: Session, topic: Topic, people: set[UUID], since: datetime) -> set[UUID]:
    """Which of these people were written to since a time. Two who ask at once ask in turn."""
    some = select(col(User.id)).where(col(User.id).in_(people)).order_by(col(User.id))
    db.execute(some.with_for_update(key_share=True))
    rows = db.execute(
        select(col(MarketingMailing.user_id)).where(
            col(MarketingMailing.user_id).in_(people),
            col(MarketingMailing.topic) == topic.value,
            col(MarketingMailing.at) > since,
        )
    )
    return set(rows.scalars())


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
