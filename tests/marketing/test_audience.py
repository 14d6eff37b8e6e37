"""Whom the senders may write to, read some people at a time: nobody twice, nobody left out."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, insert, update
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.sign_in import VISITOR
from portal.customers.models import Customer, Member
from portal.marketing import audience as reading_portions
from portal.marketing.audience import Allowed, allowed, audience, may_be_sent
from portal.marketing.models import (
    Channel,
    MarketingChoice,
    MarketingPause,
    MarketingReceipt,
    Topic,
    Way,
)
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Answer, Decision, Shown, Subject, write_receipt
from portal.marketing.suppression import suppress
from portal.marketing.unsubscribe_links import PATH, UnsubscribeLink, opened
from portal.marketing.wordings import CELLS
from portal.settings import get_settings
from tests.customers.people import add_customer
from tests.marketing.conftest import written_to

MOST = 3  # customers for whom one person acts here


def add_readers(
    db: Session, now: datetime, memberships: Sequence[int], *, topic: Topic = Topic.OFFERS
) -> list[str]:
    """People in the order of their ids, each with a yes for so many customers; their addresses."""
    customers = [
        add_customer(db, now, number=str(number), name=f"Customer {number}", id=UUID(int=number))
        for number in range(1, max(memberships) + 1)
    ]
    answer = Answer(Decision.YES, topic, Channel.EMAIL)
    shown = Shown("Yes, please.", "en")
    receipt = write_receipt(db, VISITOR, Subject(), answer, shown, Way.PORTAL, now=now)
    people = [
        {"id": UUID(int=number), "email": f"p{number:04}@nordlys.example", "phone": ""}
        for number in range(1, len(memberships) + 1)
    ]
    db.execute(
        insert(User),
        [each | {"name": "P", "locale": "sv", "created_at": now} for each in people],
    )
    acting = [
        {"user_id": each["id"], "customer_id": customer.id}
        for each, count in zip(people, memberships, strict=True)
        for customer in customers[:count]
    ]
    db.execute(insert(Member), [each | {"role": "owner", "created_at": now} for each in acting])
    said = {
        "topic": topic.value,
        "channel": "email",
        "chosen": True,
        "basis": "consent",
        "way": "portal",
        "at": now,
        "receipt_id": receipt,
    }
    db.execute(insert(MarketingChoice), [each | said for each in acting])
    return [str(each["email"]) for each in people]


def read_in_portions_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(reading_portions, "PORTION", size)


def told(db: Session, now: datetime) -> list[str]:
    return [each.address for each in audience(db, Topic.OFFERS, Channel.EMAIL, now=now)]


def no(db: Session, now: datetime, address: str) -> None:
    about, shown = [Topic.OFFERS], Shown("no", "en")
    opt_out(db, VISITOR, Channel.EMAIL, address, about, shown, Way.ONE_CLICK, now=now)


# Portions


@pytest.mark.parametrize("before", [997, 998, 999, 1000])
def test_whoever_acts_for_several_customers_comes_once_wherever_a_portion_ends(
    db: Session, clock: datetime, before: int
) -> None:
    """With portions as they are: of this person's three rows 3, 2, 1 or none are in the first."""
    assert reading_portions.PORTION == 1000
    readers = add_readers(db, clock, [1] * before + [MOST] + [1] * 5)
    assert told(db, clock) == readers


@pytest.mark.parametrize("size", range(1, 14))
def test_everybody_comes_once_and_in_order_however_large_a_portion_is(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    readers = add_readers(db, clock, [1, 2, 3, 1, 1, 3, 2, 1])
    read_in_portions_of(monkeypatch, size)
    assert told(db, clock) == readers


@pytest.mark.parametrize("size", range(1, 14))
def test_every_yes_of_somebody_comes_however_large_a_portion_is(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Status reports are about each customer."""
    memberships = [1, 2, 3, 1, 1, 3, 2, 1]
    add_readers(db, clock, memberships)
    read_in_portions_of(monkeypatch, size)
    found = [
        (each.user_id.int, each.customer_id.int)
        for each in allowed(db, Topic.OFFERS, Channel.EMAIL, now=clock)
    ]
    assert found == [
        (number, customer)
        for number, count in enumerate(memberships, start=1)
        for customer in range(1, count + 1)
    ]


@pytest.mark.parametrize("refusing", [{0}, {3}, {1, 2}, {4, 5}, {0, 1, 2, 3}, set(range(7))])
def test_suppression_within_a_portion_takes_out_its_address_alone(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch, refusing: set[int]
) -> None:
    """Also where a whole portion is left out: the next one comes."""
    readers = add_readers(db, clock, [1, 2, 1, 3, 1, 1, 2])
    read_in_portions_of(monkeypatch, 4)
    for number in refusing:
        topic = None if number % 2 else Topic.OFFERS
        suppress(db, Channel.EMAIL, readers[number], topic, Way.COMPLAINT, now=clock)
    suppress(db, Channel.SMS, readers[6], None, Way.STOP, now=clock)
    suppress(db, Channel.EMAIL, readers[6], Topic.SURVEYS, Way.COMPLAINT, now=clock)
    assert told(db, clock) == [
        each for number, each in enumerate(readers) if number not in refusing
    ]


def test_no_that_comes_while_the_senders_read_takes_its_person_out_of_what_follows(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = add_readers(db, clock, [1] * 6)
    read_in_portions_of(monkeypatch, 3)
    rest = audience(db, Topic.OFFERS, Channel.EMAIL, now=clock)
    assert next(rest).address == readers[0]
    no(db, clock, readers[4])
    assert [each.address for each in rest] == [readers[1], readers[2], readers[3], readers[5]]


def test_those_who_may_not_be_written_to_fill_no_portion(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused, of the staff, or with an ended contract: whoever comes after them is not missed."""
    readers = add_readers(db, clock, [1] * 9)
    read_in_portions_of(monkeypatch, 2)
    for number in (2, 3):
        until = date(2026, 12, 24)
        db.add(MarketingPause(user_id=UUID(int=number), until=until, at=clock))
    db.execute(update(User).where(col(User.id) == UUID(int=4)).values(staff_role="agent"))
    ended = add_customer(db, clock, number="9", name="Ended AS", contract_end=date(2026, 11, 1))
    for number in (5, 6):
        mine = col(MarketingChoice.user_id) == UUID(int=number)
        db.add(
            Member(user_id=UUID(int=number), customer_id=ended.id, role="owner", created_at=clock)
        )
        db.flush()
        moved = {"customer_id": ended.id, "basis": "legitimate interest"}
        db.execute(update(MarketingChoice).where(mine).values(moved))
    assert told(db, clock) == [readers[number] for number in (0, 6, 7, 8)]


def test_yes_for_one_customer_is_enough_where_another_contract_is_over(
    db: Session, clock: datetime
) -> None:
    readers = add_readers(db, clock, [2])
    db.execute(update(MarketingChoice).values(basis="legitimate interest"))
    first = db.get_one(Customer, UUID(int=1))
    first.contract_end = date(2026, 11, 1)
    db.add(first)
    db.flush()
    assert told(db, clock) == readers


def test_number_that_two_people_share_comes_for_each_who_said_yes(
    db: Session, clock: datetime
) -> None:
    add_readers(db, clock, [1, 1, 1])
    db.execute(update(User).values(phone="+4790000101"))
    db.execute(update(MarketingChoice).values(channel="sms"))
    db.execute(update(User).where(col(User.id) == UUID(int=2)).values(locale="fi"))
    db.execute(
        update(MarketingChoice)
        .where(col(MarketingChoice.user_id) == UUID(int=3))
        .values(chosen=False)
    )
    found = [
        (each.address, each.locale) for each in audience(db, Topic.OFFERS, Channel.SMS, now=clock)
    ]
    assert found == [("+4790000101", "sv"), ("+4790000101", "fi")]


# What comes with an address


@pytest.mark.parametrize(("topic", "channel"), CELLS)
def test_link_leads_to_this_address_channel_and_topic(
    db: Session, clock: datetime, topic: Topic, channel: Channel
) -> None:
    add_readers(db, clock, [1, 2], topic=topic)
    db.execute(update(User).values(phone=func.substr(col(User.email), 1, 5)))
    db.execute(update(MarketingChoice).values(channel=channel.value))
    found = list(audience(db, topic, channel, now=clock))
    assert len(found) == 2
    for each in found:
        assert each.locale == "sv"
        address = re.fullmatch(
            rf"{re.escape(get_settings().origin)}{PATH}/([\w-]+)\?l=sv", each.unsubscribe
        )
        assert address
        assert opened(address[1]) == UnsubscribeLink(channel, topic, each.address)


def test_whoever_uses_the_link_is_out_and_nobody_else(db: Session, clock: datetime) -> None:
    readers = add_readers(db, clock, [1, 2, 1])
    for topic in (Topic.INFORMATION, Topic.SURVEYS):
        rows = db.exec(select(MarketingChoice).where(col(MarketingChoice.topic) == "offers")).all()
        same = [row.model_dump() | {"topic": topic.value} for row in rows]
        db.execute(insert(MarketingChoice), same)
    second = list(audience(db, Topic.SURVEYS, Channel.EMAIL, now=clock))[1]
    link = opened(second.unsubscribe.rpartition("/")[2].partition("?")[0])
    about, shown = [link.topic], Shown("no", "en")
    opt_out(db, VISITOR, link.channel, link.address, about, shown, Way.ONE_CLICK, now=clock)
    assert written_to(db, clock, Topic.SURVEYS) == [readers[0], readers[2]]
    assert written_to(db, clock, Topic.INFORMATION) == readers


@pytest.mark.parametrize("written", ["P0002@NORDLYS.EXAMPLE", "P0002@nordlys.Example"])
def test_suppression_does_not_ask_how_an_email_is_written(
    db: Session, clock: datetime, written: str
) -> None:
    readers = add_readers(db, clock, [1, 1, 1])
    suppress(db, Channel.EMAIL, written, None, Way.BOUNCE, now=clock)
    assert told(db, clock) == [readers[0], readers[2]]


# At the moment of sending


def test_moment_of_sending_asks_the_same_question(db: Session, clock: datetime) -> None:
    readers = add_readers(db, clock, [1, 2, 1, 1])
    suppress(db, Channel.EMAIL, readers[0], None, Way.COMPLAINT, now=clock)
    db.add(MarketingPause(user_id=UUID(int=3), until=date(2026, 12, 24), at=clock))
    db.flush()

    def may(number: int, address: str, topic: Topic = Topic.OFFERS, *, about: int = 1) -> bool:
        reader = Allowed(UUID(int=number), UUID(int=about), address, "sv")
        return may_be_sent(db, topic, Channel.EMAIL, reader, now=clock)

    everybody = list(enumerate(readers, start=1))
    found = [address for number, address in everybody if may(number, address)]
    assert found == told(db, clock) == [readers[1], readers[3]]
    assert may(2, readers[1], about=2)
    assert not may(4, readers[3], about=2), "acts for the first customer only"
    assert not may(2, readers[3]), "another person's address"
    assert not may(2, readers[1], Topic.SURVEYS)


def test_reading_writes_nothing(db: Session, clock: datetime) -> None:
    add_readers(db, clock, [1, 2])
    before = db.exec(select(MarketingReceipt)).all()
    told(db, clock)
    assert db.exec(select(MarketingReceipt)).all() == before
    assert not db.dirty
    assert not db.new
