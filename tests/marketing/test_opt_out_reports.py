"""Reports of the senders' tools: each counts on its own, and two calls at once hold up nobody."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from sqlmodel import Session, select

from portal.accounts.models import User
from portal.actor import system
from portal.database import reading, transaction
from portal.errors import NotAllowedError
from portal.marketing.models import MarketingReceipt, Suppression
from portal.marketing.opt_out_reports import OptOutReport, take_reports
from portal.marketing.opt_outs import LONGEST_ADDRESS
from tests.customers.people import People, add_user
from tests.marketing.conftest import choose, written_to

SENDERS = system("senders")
PEOPLE = 30
KARI = "kari@nordlys.example"


def stop(address: str, **values: object) -> OptOutReport:
    channel = "email" if "@" in address else "sms"
    given = {"channel": channel, "address": address, "reason": "stop"} | values
    return OptOutReport.model_validate(given)


def test_person_reports_nothing(db: Session, people: People, clock: datetime) -> None:
    with pytest.raises(NotAllowedError):
        take_reports(db, people.kari, [stop(KARI)], now=clock)


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("", "phone-without-country"),
        ("90000101", "phone-without-country"),
        ("004790000101", "phone-without-country"),
        ("+47", "phone-too-short"),
        ("+47 kari", "phone-characters"),
        ("+999123456789", "phone-unknown"),
        ("@", "email-unknown"),
        ("a" * LONGEST_ADDRESS + "@nordlys.example", "text-too-long"),
        ("+4" * 30_000, "text-too-long"),
    ],
)
def test_bad_address_is_told_by_its_place_and_holds_up_no_other(
    db: Session, people: People, clock: datetime, address: str, error: str
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    taken = take_reports(db, SENDERS, [stop(address), stop(KARI)], now=clock)
    assert [(each.index, each.error) for each in taken.refused] == [(0, error)]
    assert taken.taken == 1
    assert written_to(db, clock) == []


def test_number_is_never_taken_for_one_of_another_country(
    db: Session, people: People, clock: datetime
) -> None:
    """A Danish and a Norwegian number may have the same eight digits."""
    taken = take_reports(db, SENDERS, [stop("40 12 34 56"), stop("+45 40 12 34 56")], now=clock)
    assert (taken.taken, len(taken.refused)) == (1, 1)
    assert len(db.exec(select(Suppression)).all()) == 1


def test_everything_covers_the_topics_that_came_with_it(
    db: Session, people: People, clock: datetime
) -> None:
    reports = [stop(KARI, topic="offers"), stop(KARI.upper()), stop(KARI, topic="surveys")]
    take_reports(db, SENDERS, reports, now=clock)
    assert [row.topic for row in db.exec(select(Suppression))] == ["all"]
    (receipt,) = db.exec(select(MarketingReceipt))
    assert (receipt.text, receipt.locale, receipt.actor) == ("STOP", "en", "system senders")


def test_two_calls_at_once_hold_each_other_up_for_no_longer_than_they_take(
    database: str, clock: datetime
) -> None:
    """However they spell and order the addresses, whoever shares a phone with whom."""
    with transaction() as db:
        for number in range(PEOPLE):
            user = add_user(db, f"Kari {number}", f"kari{number}@nordlys.example", clock)
            user.phone = f"+47900001{number % 3:02}"
            db.add(user)
    addresses = [f"kari{number}@nordlys.example" for number in range(PEOPLE)]
    addresses += [f"nobody{number}@nordlys.example" for number in range(PEOPLE)]
    phones = [f"+47900001{number:02}" for number in range(3)]
    shouted = [each.upper() for each in addresses[::2]] + addresses[1::2]
    whispered = addresses[::2] + [each.upper() for each in addresses[1::2]]
    begin = Barrier(4)

    def report(addresses: Sequence[str]) -> int:
        begin.wait()
        with transaction() as db:
            reports = [stop(each, topic=topic) for each in addresses for topic in ("surveys", None)]
            return take_reports(db, SENDERS, reports, now=clock).taken

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(report, [shouted, whispered[::-1], phones, phones[::-1]]))
    assert taken == [4 * PEOPLE, 4 * PEOPLE, 6, 6]
    with reading() as db:
        assert len(db.exec(select(Suppression)).all()) == 2 * PEOPLE + 3
        assert len(db.exec(select(User)).all()) == PEOPLE
