"""Receipts: the record of each choice, never changed, shown to the person it is about.

The audit trail names each by the hash of its content for as long as it is kept itself, so that one
which was altered or removed by hand is noticed. After that the receipt stands alone.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, not_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.actor import Actor, Right
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.errors import NotFoundError
from portal.marketing.models import (
    ALL,
    Basis,
    Channel,
    Decision,
    MarketingChoice,
    MarketingReceipt,
    Topic,
    Way,
)
from portal.marketing.wordings import version_of

LONGEST_PAGE = 100
LONGEST_TEXT = 1000
LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Shown:
    """What was put before somebody, letter for letter, and in which language."""

    text: str
    locale: str


@dataclass(frozen=True)
class Subject:
    """Whom a choice is about: somebody with an account, or an address that nobody has."""

    user_id: UUID | None = None
    address_hash: str = ""

    @property
    def name(self) -> str:
        return trail.pseudonym("user", self.user_id) or self.address_hash


@dataclass(frozen=True)
class Answer:
    """What was answered: `topic` and `channel` are None for every one of them."""

    decision: Decision
    topic: Topic | None = None
    channel: Channel | None = None
    basis: Basis | None = None
    until: date | None = None
    source: str = ""
    chosen_on: date | None = None


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt as its person sees it. `by_you`: the person made the choice themselves."""

    id: UUID
    at: datetime
    topic: Topic | None
    channel: Channel | None
    decision: Decision
    until: date | None
    basis: Basis | None
    way: Way
    text: str
    text_version: str
    locale: str
    source: str
    chosen_on: date | None
    by_you: bool
    for_this_customer: bool


def write_receipt(
    db: Session,
    actor: Actor,
    subject: Subject,
    answer: Answer,
    shown: Shown,
    way: Way,
    *,
    now: datetime,
    customer: UUID | None = None,
) -> UUID:
    """Keep the proof of a choice; says under which id. `customer` is whom a yes counts for."""
    receipt = MarketingReceipt(
        at=now,
        subject=subject.name,
        customer=trail.pseudonym("customer", customer),
        actor=trail.name_of(actor),
        topic=answer.topic.value if answer.topic else ALL,
        channel=answer.channel.value if answer.channel else ALL,
        decision=answer.decision.value,
        until=answer.until,
        basis=answer.basis.value if answer.basis else "",
        way=way.value,
        text=shown.text,
        text_version=version_of(shown.text),
        locale=shown.locale,
        source=answer.source,
        chosen_on=answer.chosen_on,
    )
    db.add(receipt)
    db.flush()
    trail.record(
        db,
        AuditEvent.MARKETING_CHOSEN,
        actor,
        now=now,
        subject=subject.user_id,
        customer=customer,
        decision=receipt.decision,
        topic=receipt.topic,
        channel=receipt.channel,
        way=receipt.way,
        receipt=digest(receipt),
    )
    return receipt.id


def digest(receipt: MarketingReceipt) -> str:
    """The hash of all that a receipt says, as the audit trail notes it."""
    content = receipt.model_dump(mode="json", exclude={"at"}) | {
        "at": receipt.at.isoformat(timespec="microseconds")
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def receipts_of(db: Session, actor: Actor, *, limit: int = 20) -> tuple[Sequence[ReceiptRow], bool]:
    """The actor's own receipts, the newest first, and whether there are older ones."""
    actor.require(Right.CHOOSE_MARKETING)
    count = min(limit, LONGEST_PAGE)
    rows = _newest(db, actor, count + 1)
    return [_row(receipt, actor) for receipt in rows[:count]], len(rows) > count


def receipt_of(db: Session, actor: Actor, receipt_id: UUID) -> MarketingReceipt:
    """One of the actor's own receipts.

    Raises:
        NotFoundError: there is none of this id that is about the actor.
    """
    actor.require(Right.CHOOSE_MARKETING)
    receipt = db.get(MarketingReceipt, receipt_id)
    if receipt is None or receipt.subject != trail.pseudonym("user", actor.user):
        raise NotFoundError
    return receipt


def all_receipts_of(db: Session, actor: Actor) -> Sequence[MarketingReceipt]:
    """Every receipt about the actor, the newest first."""
    actor.require(Right.CHOOSE_MARKETING)
    return _newest(db, actor, None)


def every_receipt_about(db: Session, actor: Actor) -> Sequence[MarketingReceipt]:
    """As `all_receipts_of`, for somebody who acts for nobody any more, too."""
    return _newest(db, actor, None)


def noes_of(db: Session, user_id: UUID, channel: Channel) -> dict[Topic | None, MarketingReceipt]:
    """What somebody said no to by a channel and to which no yes came since, wherever they act.

    None is everything, topics that come later among it. A bounce is nobody's word.
    """
    said = db.execute(
        select(MarketingReceipt)
        .where(
            col(MarketingReceipt.subject) == trail.pseudonym("user", user_id),
            col(MarketingReceipt.channel).in_([channel.value, ALL]),
            col(MarketingReceipt.decision).in_([Decision.YES.value, Decision.NO.value]),
            col(MarketingReceipt.way) != Way.BOUNCE.value,
        )
        .order_by(col(MarketingReceipt.at), col(MarketingReceipt.decision).desc())  # a no last
    )
    noes: dict[Topic | None, MarketingReceipt] = {}
    for receipt in said.scalars():
        topic = None if receipt.topic == ALL else Topic(receipt.topic)
        if receipt.decision == Decision.NO:
            noes[topic] = receipt
            continue
        if everything := noes.pop(None, None):
            noes = dict.fromkeys(Topic, everything) | noes
        noes.pop(topic, None)
    return noes


def has_answered(db: Session, user_id: UUID, topic: Topic, channel: Channel) -> bool:
    """Whether somebody has said anything about a cell, for whichever customer.

    A yes that was imported is of the time before; an imported no is not asked when it was said.
    """
    imported_yes = and_(
        col(MarketingReceipt.way) == Way.IMPORT.value,
        col(MarketingReceipt.decision) == Decision.YES.value,
    )
    said = select(col(MarketingReceipt.id)).where(
        col(MarketingReceipt.subject) == trail.pseudonym("user", user_id),
        col(MarketingReceipt.topic).in_([topic.value, ALL]),
        col(MarketingReceipt.channel).in_([channel.value, ALL]),
        col(MarketingReceipt.decision).in_([Decision.YES.value, Decision.NO.value]),
        not_(imported_yes),
    )
    return db.execute(said.limit(1)).first() is not None


def forget_replaced(db: Session, *, before: datetime, limit: int) -> int:
    """Remove receipts whose choice a later one replaced before a time; says how many.

    What still holds is proven for as long as it holds: a receipt on which a choice stands is kept
    however old it is.
    """
    old, later = MarketingReceipt, aliased(MarketingReceipt)
    answers = (Decision.YES.value, Decision.NO.value)  # the others are about pauses
    replaced = (
        select(col(later.id))
        .where(
            col(later.subject) == col(old.subject),
            col(later.topic).in_([col(old.topic), ALL]),
            col(later.channel).in_([col(old.channel), ALL]),
            col(later.decision).in_(answers) == col(old.decision).in_(answers),
            col(later.at) > col(old.at),
            col(later.at) < before,
        )
        .exists()
    )
    stands = select(col(MarketingChoice.receipt_id)).where(
        col(MarketingChoice.receipt_id) == col(old.id)
    )
    over = select(col(old.id)).where(replaced, ~stands.exists()).limit(limit)
    done = db.connection().execute(
        delete(MarketingReceipt).where(col(MarketingReceipt.id).in_(over))
    )
    return done.rowcount


def _newest(db: Session, actor: Actor, limit: int | None) -> Sequence[MarketingReceipt]:
    mine = trail.pseudonym("user", actor.user)
    return (
        db.execute(
            select(MarketingReceipt)
            .where(col(MarketingReceipt.subject) == mine)
            .order_by(col(MarketingReceipt.at).desc(), col(MarketingReceipt.id))
            .limit(limit)
        )
        .scalars()
        .all()
    )


def _row(receipt: MarketingReceipt, actor: Actor) -> ReceiptRow:
    mine = trail.pseudonym("customer", actor.customer_id)
    return ReceiptRow(
        id=receipt.id,
        at=receipt.at,
        topic=None if receipt.topic == ALL else Topic(receipt.topic),
        channel=None if receipt.channel == ALL else Channel(receipt.channel),
        decision=Decision(receipt.decision),
        until=receipt.until,
        basis=Basis(receipt.basis) if receipt.basis else None,
        way=Way(receipt.way),
        text=receipt.text,
        text_version=receipt.text_version,
        locale=receipt.locale,
        source=receipt.source,
        chosen_on=receipt.chosen_on,
        by_you=receipt.actor == receipt.subject,
        for_this_customer=not receipt.customer or receipt.customer == mine,
    )
