"""What a member has chosen: the matrix of topics and channels, and changing it.

**A yes is narrow, a no is wide.** A yes counts for the customer for whom it was given, and needs a
receipt. A no counts for every customer of the person and for the address itself, so that it holds
whatever becomes of the account. Whoever was never asked is sent nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned_by
from portal.customers.models import Customer, CustomerKind, Member
from portal.customers.moves import today
from portal.errors import NotAllowedError, NotFoundError
from portal.languages import _, using
from portal.marketing import suppression
from portal.marketing.models import (
    Basis,
    Channel,
    Decision,
    MarketingChoice,
    MarketingPause,
    Topic,
    Way,
)
from portal.marketing.receipts import Answer, Shown, Subject, noes_of, write_receipt
from portal.marketing.rules import basis_of
from portal.marketing.wordings import CELLS, STOP_EVERYTHING, Cell, asked


class State(StrEnum):
    ON = "on"
    OFF = "off"
    NEVER_ASKED = "never asked"


@dataclass(frozen=True)
class CellState:
    """One cell of the matrix: what holds now, on which basis, and where and when it was chosen.

    `ended`: the yes rests on the customer relation, and the contract is over.
    """

    topic: Topic
    channel: Channel
    state: State
    basis: Basis
    way: Way | None
    at: datetime | None
    ended: bool


@dataclass(frozen=True)
class Matrix:
    """Everything that the page shows. `paused_until`: the last quiet day. `has_phone`: SMS can be
    sent at all. `customers`: for how many customers the person acts.
    """

    cells: tuple[CellState, ...]
    paused_until: date | None
    has_phone: bool
    customers: int


@dataclass(frozen=True)
class Relation:
    """A customer for whom a person acts, as far as marketing is concerned."""

    customer_id: UUID
    number: str
    country: str
    kind: CustomerKind
    contract_end: date | None

    def basis(self, cell: Cell) -> Basis:
        return basis_of(*cell, country=self.country, kind=self.kind)

    def ended(self, now: datetime) -> bool:
        return self.contract_end is not None and self.contract_end < today(now, "NO")


def matrix(db: Session, actor: Actor, *, now: datetime) -> Matrix:
    """The actor's own choices for the customer they act for.

    Raises:
        NotAllowedError: they act for no customer, or not for this one any more.
    """
    actor.require(Right.CHOOSE_MARKETING)
    user = db.get_one(User, actor.user)
    related = relations(db, user.id)
    pause = db.get(MarketingPause, user.id)
    own = _own(actor, related)
    return Matrix(
        cells=tuple(_states(db, actor, user, own, now).values()),
        paused_until=pause.until if pause and pause.until >= today(now, "NO") else None,
        has_phone=user.phone != "",
        customers=len(related),
    )


def save_choices(
    db: Session,
    actor: Actor,
    wanted: Mapping[Cell, bool],
    seen: Mapping[Cell, bool],
    *,
    locale: str,
    now: datetime,
) -> int:
    """Save what the actor changed on the page; says how many cells that were.

    Only what differs from what the page showed (`seen`) is a choice: a switch that was left alone
    says nothing, even if a no came by mail since. Whoever switches something off says no, however
    old the page is. A yes that a later no has overtaken comes too late.

    Raises:
        NotAllowedError: they act for no customer, or not for this one any more.
    """
    actor.require(Right.CHOOSE_MARKETING)
    user = lock_person(db, actor.user)
    own = _own(actor, relations(db, user.id))
    now_is = _states(db, actor, user, own, now)
    changed = 0
    for cell in CELLS:
        if wanted[cell] == seen[cell]:
            continue
        with using(locale):
            shown = Shown(asked(*cell, own.basis(cell)), locale)
        if not wanted[cell]:
            answer = Answer(Decision.NO, *cell, basis=own.basis(cell))
            changed += say_no(db, actor, user, answer, shown, Way.PORTAL, now=now)
        elif now_is[cell].state is not State.ON and not _chosen_after(now_is[cell], now):
            say_yes(db, actor, user, own, cell, shown, Way.PORTAL, now=now)
            if address := address_of(user, cell[1]):
                suppression.lift(db, cell[1], address, cell[0])
            changed += 1
    return changed


def stop_everything(db: Session, actor: Actor, *, locale: str, now: datetime) -> bool:
    """No to every topic by every channel, later ones too; False if that was so before."""
    actor.require(Right.CHOOSE_MARKETING)
    user = lock_person(db, actor.user)
    with using(locale):
        shown = Shown(_(STOP_EVERYTHING), locale)
    return say_no(db, actor, user, Answer(Decision.NO), shown, Way.PORTAL, now=now)


def say_yes(
    db: Session,
    actor: Actor,
    user: User,
    relation: Relation,
    cell: Cell,
    shown: Shown,
    way: Way,
    *,
    now: datetime,
    source: str = "",
    chosen_on: date | None = None,
) -> None:
    """Write a yes with its receipt, for one customer. The caller holds the person's lock."""
    basis = relation.basis(cell)
    answer = Answer(Decision.YES, *cell, basis=basis, source=source, chosen_on=chosen_on)
    receipt = write_receipt(
        db,
        actor,
        Subject(user.id),
        answer,
        shown,
        way,
        now=now,
        customer=relation.customer_id,
    )
    _put(db, user.id, relation, cell, chosen=True, way=way, receipt=receipt, now=now)


def say_no(
    db: Session, actor: Actor, user: User, answer: Answer, shown: Shown, way: Way, *, now: datetime
) -> bool:
    """Write a no with its receipt: for every customer of the person, and for their addresses.

    The answer's topic and channel say which cells; None is all. False if all of that was so
    before: then nothing is written. The caller holds the person's lock.
    """
    cells = cells_of(answer)
    related = relations(db, user.id)
    rows = _rows(db, user.id)
    is_no = all(
        (row := rows.get((each.customer_id, cell))) is not None and not row.chosen
        for each in related
        for cell in cells
    )
    channels = list(dict.fromkeys(channel for _topic, channel in cells))
    new = [
        suppression.suppress(db, channel, address, answer.topic, way, now=now)
        for channel in channels
        if (address := address_of(user, channel))
    ]
    # What a bounce or somebody else at the address has stopped is not yet this person's word.
    is_word = way is Way.BOUNCE or all(
        {answer.topic, None} & noes_of(db, user.id, channel).keys() for channel in channels
    )
    if is_no and is_word and not any(new):
        return False
    receipt = write_receipt(db, actor, Subject(user.id), answer, shown, way, now=now)
    for each in related:
        for cell in cells:
            _put(db, user.id, each, cell, chosen=False, way=way, receipt=receipt, now=now)
    return True


def cells_of(answer: Answer) -> list[Cell]:
    """The cells that an answer is about."""
    return [
        (topic, channel)
        for topic, channel in CELLS
        if answer.topic in {None, topic} and answer.channel in {None, channel}
    ]


def relations(db: Session, user_id: UUID) -> list[Relation]:
    """The customers for whom a person acts. An alarm contact who is no member has none."""
    rows = db.execute(
        select(
            col(Customer.id),
            col(Customer.number),
            col(Customer.country),
            col(Customer.kind),
            col(Customer.contract_end),
        )
        .join(Member, col(Member.customer_id) == col(Customer.id))
        .where(col(Member.user_id) == user_id)
        .order_by(col(Customer.number))
    )
    return [
        Relation(id, number, country, CustomerKind(kind), end)
        for id, number, country, kind, end in rows
    ]


def lock_person(db: Session, user_id: UUID) -> User:
    """The person, whose choices nobody else changes before the transaction ends.

    Nor does anybody end their memberships, so that a no finds each of them, or none.

    Raises:
        NotFoundError: the account has been erased.
    """
    user = db.execute(
        select(User)
        .where(col(User.id) == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if user is None:
        raise NotFoundError
    _hold_memberships(db, user_id)
    return user


def _hold_memberships(db: Session, user_id: UUID) -> None:
    """Let nobody end the person's memberships before the transaction ends."""
    db.execute(
        select(col(Member.id))
        .where(col(Member.user_id) == user_id)
        .order_by(col(Member.id))
        .with_for_update(read=True, key_share=True)
    )


def address_of(user: User, channel: Channel) -> str:
    """Where the channel reaches the person; empty for nowhere."""
    return user.email if channel is Channel.EMAIL else user.phone


def _chosen_after(cell: CellState, now: datetime) -> bool:
    return cell.at is not None and cell.at > now


def _own(actor: Actor, related: Sequence[Relation]) -> Relation:
    for each in related:
        if each.customer_id == actor.customer_id:
            return each
    raise NotAllowedError  # taken off the team since the page was opened


def _states(
    db: Session, actor: Actor, user: User, own: Relation, now: datetime
) -> dict[Cell, CellState]:
    mine = select(MarketingChoice).where(
        owned_by(actor, MarketingChoice), col(MarketingChoice.user_id) == user.id
    )
    rows = {_cell(row): row for row in db.execute(mine).scalars()}
    barred = {
        channel: suppression.suppressions_of(db, channel, address) if address else {}
        for channel in Channel
        for address in [address_of(user, channel)]
    }
    return {
        cell: _state(cell, rows.get(cell), barred[cell[1]].get(cell[0]), own, now) for cell in CELLS
    }


def _state(
    cell: Cell,
    row: MarketingChoice | None,
    barred: suppression.Suppressed | None,
    own: Relation,
    now: datetime,
) -> CellState:
    if barred is not None and (row is None or row.chosen):  # a no that came to the address
        return CellState(*cell, State.OFF, own.basis(cell), barred.way, barred.at, ended=False)
    if row is None:
        return CellState(*cell, State.NEVER_ASKED, own.basis(cell), None, None, ended=False)
    state = State.ON if row.chosen else State.OFF
    basis = Basis(row.basis) if row.chosen else own.basis(cell)
    ended = row.chosen and basis is Basis.LEGITIMATE_INTEREST and own.ended(now)
    return CellState(*cell, state, basis, Way(row.way), row.at, ended)


def _rows(db: Session, user_id: UUID) -> dict[tuple[UUID, Cell], MarketingChoice]:
    """All that a person has chosen, for whichever customer."""
    rows = db.execute(select(MarketingChoice).where(col(MarketingChoice.user_id) == user_id))
    return {(row.customer_id, _cell(row)): row for row in rows.scalars()}


def _cell(row: MarketingChoice) -> Cell:
    return Topic(row.topic), Channel(row.channel)


def _put(
    db: Session,
    user_id: UUID,
    relation: Relation,
    cell: Cell,
    *,
    chosen: bool,
    way: Way,
    receipt: UUID,
    now: datetime,
) -> None:
    values: dict[str, Any] = {
        "chosen": chosen,
        "basis": relation.basis(cell).value,
        "way": way.value,
        "at": now,
        "receipt_id": receipt,
    }
    key = (user_id, relation.customer_id, cell[0].value, cell[1].value)
    row = db.get(MarketingChoice, key)
    if row is None:
        row = MarketingChoice(
            user_id=user_id,
            customer_id=relation.customer_id,
            topic=cell[0].value,
            channel=cell[1].value,
            **values,
        )
    else:
        for name, value in values.items():
            setattr(row, name, value)
    db.add(row)
    db.flush()
