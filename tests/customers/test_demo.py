"""Demo data: everybody is there, loading twice changes nothing, and never in production."""

from datetime import datetime

import pytest
from sqlmodel import Session, func, select

from portal.accounts.models import User
from portal.accounts.passwords import verify_password
from portal.actor import system
from portal.contacts.models import AlarmContact, CallList, CallListEntry, ContactChange
from portal.contacts.station import fetch_call_lists
from portal.contacts.watching import lists_to_tell_of, warn_of_untold, watch_call_lists
from portal.customers.models import CompanyChange, Customer, Member, Site
from portal.demo import PASSWORD, PEOPLE, DemoRefusedError, load_demo
from portal.demo_scale import add_invented_customers
from portal.mail.models import OutboxMessage
from portal.settings import Environment, get_settings
from tests.customers.files import NORDLYS, take


def count(db: Session, table: type) -> int:
    return db.exec(select(func.count()).select_from(table)).one()


def test_demo_people_are_there_and_loading_twice_changes_nothing(
    db: Session, clock: datetime
) -> None:
    assert load_demo(db, now=clock)
    before = {table: count(db, table) for table in (User, Customer, Member, Site, CompanyChange)}
    assert not load_demo(db, now=clock)
    assert {table: count(db, table) for table in before} == before
    assert before[User] == len(PEOPLE) == 6
    kari = db.exec(select(User).where(User.email == "kari@nordlys.example")).one()
    assert verify_password(PASSWORD, kari.password_hash)


def test_somebody_imported_before_keeps_their_own_account(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    load_demo(db, now=clock)
    kari = db.exec(select(User).where(User.email == "kari@nordlys.example")).one()
    assert kari.password_hash is None
    assert count(db, Customer) == 2


def test_invented_customers_come_in_any_number_and_never_twice(
    db: Session, clock: datetime
) -> None:
    assert add_invented_customers(db, 30, now=clock) == 30
    assert add_invented_customers(db, 20, now=clock) == 50
    assert (count(db, Customer), count(db, Member), count(db, User)) == (50, 50, 50)
    assert count(db, Site) >= 50


def test_invented_sites_have_about_three_alarm_contacts_whom_the_station_gets(
    db: Session, clock: datetime
) -> None:
    add_invented_customers(db, 60, now=clock)
    sites, people = count(db, Site), count(db, CallListEntry)
    assert count(db, CallList) == sites
    assert 2.5 * sites < people < 3.5 * sites
    assert count(db, AlarmContact) == people <= count(db, ContactChange)
    fetched = fetch_call_lists(db, system("station"), since=0, now=clock)
    assert [each.version for each in fetched.call_lists] == list(range(1, sites + 1))
    assert sum(len(each.people) for each in fetched.call_lists) == people


def test_no_mail_is_due_to_invented_people(db: Session, clock: datetime) -> None:
    add_invented_customers(db, 30, now=clock)
    assert watch_call_lists(db, lists_to_tell_of(db, now=clock), now=clock) == 0
    assert warn_of_untold(db, now=clock) == 0
    assert count(db, OutboxMessage) == 0


def test_invented_customers_can_be_asked_for_with_so_many_sites_and_contacts(
    db: Session, clock: datetime
) -> None:
    add_invented_customers(db, 2, now=clock, sites=5, people=4)
    assert (count(db, Site), count(db, AlarmContact)) == (10, 40)


def test_demo_data_stays_out_of_production(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = get_settings().model_copy(update={"env": Environment.PRODUCTION})
    monkeypatch.setattr("portal.demo.get_settings", lambda: production)
    with pytest.raises(DemoRefusedError):
        load_demo(db, now=clock)
    with pytest.raises(DemoRefusedError):
        add_invented_customers(db, 1, now=clock)
