"""What a closed account still held goes when the contract has ended, and not a day before."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal.actor import system
from portal.contacts.models import AlarmContact
from portal.contacts.station import acknowledge_call_lists, fetch_call_lists, station_state
from portal.customers.models import Customer, Site
from portal.privacy.closed_customers import ended, erase_ended
from portal.privacy.models import Scope
from tests.privacy.conftest import Neighbours
from tests.privacy.test_deletions import ask, erase

STATION = system("monitoring station")


def contract_until(db: Session, neighbours: Neighbours, day: date) -> None:
    customer = db.get_one(Customer, neighbours.lists.people.nordlys, populate_existing=True)
    customer.contract_end = day
    db.add(customer)
    db.flush()


def test_the_call_lists_are_emptied_first_and_the_rest_goes_when_the_station_has_that(
    db: Session, neighbours: Neighbours, clock: datetime
):
    nordlys = neighbours.lists.people.nordlys
    erase(db, ask(db, neighbours.kari, Scope.CUSTOMER, clock))
    later = clock + timedelta(days=40)
    contract_until(db, neighbours, later.date() - timedelta(days=1))
    assert ended(db, now=later) == [nordlys]
    assert not erase_ended(db, nordlys, now=later)
    assert not erase_ended(db, nordlys, now=later), "the station has the old lists"
    fetched = fetch_call_lists(db, STATION, since=0, now=later)
    ours = [each for each in fetched.call_lists if each.customer_number == "10001"]
    assert ours
    assert not any(each.people for each in ours)
    version = station_state(db).version
    acknowledge_call_lists(db, STATION, version=version, now=later)
    assert erase_ended(db, nordlys, now=later)
    db.expire_all()
    for table in (Site, AlarmContact):
        mine = select(table).where(col(table.customer_id) == nordlys)
        assert db.exec(mine).first() is None
    assert db.get(Customer, nordlys) is None
    assert ended(db, now=later) == []


@pytest.mark.parametrize("days", [0, 1, 400])
def test_nothing_goes_before_the_contract_has_ended(
    db: Session, neighbours: Neighbours, clock: datetime, days: int
):
    erase(db, ask(db, neighbours.kari, Scope.CUSTOMER, clock))
    contract_until(db, neighbours, clock.date() + timedelta(days=days))
    assert ended(db, now=clock) == []


def test_an_account_that_nobody_closed_stays_however_old_its_end_date(
    db: Session, neighbours: Neighbours, clock: datetime
):
    contract_until(db, neighbours, clock.date() - timedelta(days=4000))
    assert ended(db, now=clock) == []
