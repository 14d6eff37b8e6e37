"""The monitoring station gets every change, once it asks, and in order."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from portal.actor import system
from portal.contacts import station
from portal.contacts.adding import AddedContact, add_known_contact
from portal.contacts.answering import decline
from portal.contacts.code_words import set_code_word
from portal.contacts.contact_fields import Place
from portal.contacts.editing import ContactChanges, edit_contact
from portal.contacts.lists import call_list
from portal.contacts.removing import remove_contact
from portal.contacts.station import (
    acknowledge_call_lists,
    fetch_call_lists,
    station_state,
)
from portal.customers.company_details import change_company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.sites import rename_site
from portal.database import transaction
from portal.errors import InvalidValueError, NotAllowedError
from tests.contacts.people import OLA, Lists, add_lists, invitation_token, named

STATION = system("monitoring station")


@pytest.fixture
def ola(db: Session, lists: Lists, clock: datetime) -> AddedContact:
    return named(db, lists, "Ola Berg", 104, email=OLA, key_holder=True, now=clock)


def test_station_gets_who_to_call_with_role_dates_language_and_code_word(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    set_code_word(db, lists.kari, ola.contact_id, "blå bjørn", now=clock)
    answer = fetch_call_lists(db, STATION, since=0, now=clock)
    (site,) = answer.call_lists
    (person,) = site.people
    assert (site.customer_number, site.site, site.needed) == ("10001", "Storgata 4", 2)
    assert (person.name, person.phone, person.role) == ("Ola Berg", "+4790000104", "decide")
    assert (person.language, person.key_holder, person.code_word) == ("nb", True, "blå bjørn")
    assert not answer.more


def test_nothing_new_is_nothing_to_fetch(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    version = fetch_call_lists(db, STATION, since=0, now=clock).version
    again = fetch_call_lists(db, STATION, since=version, now=clock)
    assert (again.version, again.call_lists) == (version, [])


def test_list_that_became_empty_is_delivered_empty(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    version = fetch_call_lists(db, STATION, since=0, now=clock).version
    remove_contact(db, lists.kari, ola.entry_id, sure=True, now=clock)
    (site,) = fetch_call_lists(db, STATION, since=version, now=clock).call_lists
    assert site.people == []


def test_whoever_said_no_is_not_called(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    decline(db, invitation_token(db, OLA), sure=True, now=clock)
    (site,) = fetch_call_lists(db, STATION, since=0, now=clock).call_lists
    assert site.people == []


def test_pages_tell_saved_from_the_station_has_it(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    assert not call_list(db, lists.kari, lists.storgata, now=clock).station_has_it
    version = fetch_call_lists(db, STATION, since=0, now=clock).version
    assert not call_list(db, lists.kari, lists.storgata, now=clock).station_has_it
    acknowledge_call_lists(db, STATION, version=version, now=clock)
    assert call_list(db, lists.kari, lists.storgata, now=clock).station_has_it
    named(db, lists, "Berit Aas", 105, now=clock)
    assert not call_list(db, lists.kari, lists.storgata, now=clock).station_has_it
    state = station_state(db)
    assert (state.fetched_at, state.acknowledged_version) == (clock, version)


def test_acknowledging_what_does_not_exist_is_refused_and_an_old_word_changes_nothing(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    version = station_state(db).version
    with pytest.raises(InvalidValueError):
        acknowledge_call_lists(db, STATION, version=version + 1, now=clock)
    acknowledge_call_lists(db, STATION, version=version, now=clock)
    acknowledge_call_lists(db, STATION, version=0, now=clock + timedelta(days=1))
    assert station_state(db).acknowledged_at == clock


def test_people_cannot_fetch_call_lists(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        fetch_call_lists(db, lists.kari, since=0, now=clock)
    with pytest.raises(NotAllowedError):
        acknowledge_call_lists(db, lists.kari, version=0, now=clock)


def test_many_lists_come_in_pages(
    db: Session, lists: Lists, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "PAGE", 1)
    for site, actor in (
        (lists.storgata, lists.kari),
        (lists.torget, lists.kari),
        (lists.holm, lists.nils),
    ):
        named(db, lists, "Ola Berg", 104, site=site, actor=actor, same_phone=True, now=clock)
    since, found, more = 0, [], True
    while more:
        answer = fetch_call_lists(db, STATION, since=since, now=clock)
        found += [each.site_id for each in answer.call_lists]
        since, more = answer.version, answer.more
    assert sorted(found) == sorted([lists.storgata, lists.torget, lists.holm])


def test_station_that_always_asks_since_its_last_version_misses_nothing(
    database: str, clock: datetime
) -> None:
    """Lists of two customers change at once, again and again, while the station asks."""
    with transaction() as db:
        lists = add_lists(db, clock)
    writers = [
        threading.Thread(target=_add_ten, args=(lists, which, clock)) for which in ("kari", "nils")
    ]
    for writer in writers:
        writer.start()
    seen: dict[str, int] = {}
    since, over = 0, False
    while not over:
        over = not any(writer.is_alive() for writer in writers)  # then one look more
        with transaction() as db:
            answer = fetch_call_lists(db, STATION, since=since, now=clock)
        since = answer.version
        seen |= {each.customer_number: len(each.people) for each in answer.call_lists}
    for writer in writers:
        writer.join()
    assert seen == {"10001": 10, "10002": 10}


def _add_ten(lists: Lists, which: str, now: datetime) -> None:
    actor, site = (lists.kari, lists.storgata) if which == "kari" else (lists.nils, lists.holm)
    for number in range(10):
        with transaction() as db:
            named(db, lists, f"P {number}", 200 + number, actor=actor, site=site, now=now)


def test_a_new_number_reaches_the_station_for_every_list_of_that_person(
    db: Session, lists: Lists, clock: datetime
) -> None:
    ola = named(db, lists, "Ola Berg", 104, now=clock)
    place = Place(role="decide")
    add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)
    since = fetch_call_lists(db, STATION, since=0, now=clock).version
    changes = ContactChanges(
        name="Ola Berg", phone="900 00 199", locale="nb", role="decide", key_holder=False
    )
    edit_contact(db, lists.kari, ola.entry_id, changes, version=1, now=clock)
    answer = fetch_call_lists(db, STATION, since=since, now=clock)
    assert {each.site_id for each in answer.call_lists} == {lists.storgata, lists.torget}
    assert {each.people[0].phone for each in answer.call_lists} == {"+4790000199"}


def test_another_role_is_told_for_its_own_list_alone(
    db: Session, lists: Lists, clock: datetime
) -> None:
    ola = named(db, lists, "Ola Berg", 104, now=clock)
    place = Place(role="decide")
    add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)
    since = fetch_call_lists(db, STATION, since=0, now=clock).version
    changes = ContactChanges(name="Ola Berg", phone="900 00 104", locale="nb", role="cancel")
    edit_contact(db, lists.kari, ola.entry_id, changes, version=1, now=clock)
    answer = fetch_call_lists(db, STATION, since=since, now=clock)
    assert [each.site_id for each in answer.call_lists] == [lists.storgata]


def test_a_site_that_is_renamed_reaches_the_station(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, now=clock)
    since = fetch_call_lists(db, STATION, since=0, now=clock).version
    rename_site(db, lists.kari, lists.storgata, "Bakeriet", version=1, now=clock)
    answer = fetch_call_lists(db, STATION, since=since, now=clock)
    assert [each.site for each in answer.call_lists] == ["Bakeriet"]


def test_a_customer_who_is_renamed_reaches_the_station(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, now=clock)
    since = fetch_call_lists(db, STATION, since=0, now=clock).version
    changes = CompanyChanges(name="Nordlys Bakeri og Kafé AS")
    change_company_details(db, lists.kari, changes, version=1, now=clock)
    answer = fetch_call_lists(db, STATION, since=since, now=clock)
    assert [each.customer for each in answer.call_lists] == ["Nordlys Bakeri og Kafé AS"]


def test_a_renamed_site_without_a_list_makes_none(
    db: Session, lists: Lists, clock: datetime
) -> None:
    rename_site(db, lists.kari, lists.torget, "Utsalget", version=1, now=clock)
    assert fetch_call_lists(db, STATION, since=0, now=clock).call_lists == []
