"""Sites: names change at once, addresses by a request that SensorNordic confirms."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.actor import StaffRole, system
from portal.customers.history import ChangedBy, company_history
from portal.customers.models import MovingRequest, Site
from portal.customers.moves import (
    MoveAlreadyRequestedError,
    NewAddress,
    complete_moves,
    confirm_move,
    refuse_move,
    request_move,
    withdraw_move,
)
from portal.customers.sites import SiteDetails, rename_site, sites_of
from portal.database import transaction
from portal.errors import (
    ChangedMeanwhileError,
    InvalidFieldsError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
)
from portal.jobs import run_jobs
from portal.mail.models import OutboxMessage
from tests.customers.people import People, add_people

TORVET = NewAddress(address="Torvet 2", postal_code="7011", city="Trondheim", country="NO")
BACK_OFFICE = system("back office")


def ask(db: Session, people: People, now: datetime, days: int = 10) -> MovingRequest:
    day = now.date() + timedelta(days=days)
    return request_move(db, people.kari, people.storgata, TORVET, moves_on=day, now=now)


def site(db: Session, people: People) -> SiteDetails:
    (only,) = sites_of(db, people.kari)
    return only


def test_colleague_sees_the_sites_and_changes_none(
    db: Session, people: People, clock: datetime
) -> None:
    (seen,) = sites_of(db, people.tor)
    assert seen.name == "Storgata 4"
    with pytest.raises(NotAllowedError):
        rename_site(db, people.tor, seen.id, "Bakeriet", version=1, now=clock)
    with pytest.raises(NotAllowedError):
        request_move(db, people.tor, seen.id, TORVET, moves_on=clock.date(), now=clock)


def test_another_customers_site_and_none_at_all_answer_alike(
    db: Session, people: People, clock: datetime
) -> None:
    for identifier in (people.storgata, uuid4()):
        with pytest.raises(NotFoundError):
            rename_site(db, people.nils, identifier, "Mitt", version=1, now=clock)
        with pytest.raises(NotFoundError):
            request_move(db, people.nils, identifier, TORVET, moves_on=None, now=clock)
    request = ask(db, people, clock)
    with pytest.raises(NotFoundError):
        withdraw_move(db, people.nils, request.id, now=clock)


def test_new_name_stands_in_the_history(db: Session, people: People, clock: datetime) -> None:
    details = rename_site(db, people.kari, people.storgata, " Bakeriet ", version=1, now=clock)
    assert (details.name, details.version) == ("Bakeriet", 2)
    row = company_history(db, people.kari)[0]
    assert (row.field, row.old, row.site_name) == ("site_name", "Storgata 4", "Bakeriet")


@pytest.mark.parametrize(
    ("name", "code"), [(" ", "site-name-required"), ("x" * 121, "text-too-long")]
)
def test_name_that_cannot_be_used_is_told_at_its_field(
    db: Session, people: People, clock: datetime, name: str, code: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        rename_site(db, people.kari, people.storgata, name, version=1, now=clock)
    assert (refused.value.code, refused.value.field) == (code, "site_name")


def test_two_who_rename_at_once_are_told(db: Session, people: People, clock: datetime) -> None:
    rename_site(db, people.liv, people.storgata, "Bakeriet", version=1, now=clock)
    with pytest.raises(ChangedMeanwhileError) as refused:
        rename_site(db, people.kari, people.storgata, "Butikken", version=1, now=clock)
    fields = refused.value.details["fields"]
    assert isinstance(fields, tuple)
    assert (fields[0].current, fields[0].by) == ("Bakeriet", "Liv Dahl")


def test_address_waits_for_sensornordic_and_for_the_day(
    db: Session, people: People, clock: datetime
) -> None:
    request = ask(db, people, clock)
    waiting = site(db, people)
    assert waiting.address == "Storgata 4"
    assert waiting.move is not None
    assert not waiting.move.confirmed

    confirm_move(db, BACK_OFFICE, request.id, now=clock)
    confirmed = site(db, people)
    assert confirmed.address == "Storgata 4"
    assert confirmed.move is not None
    assert confirmed.move.confirmed

    assert complete_moves(db, BACK_OFFICE, now=clock + timedelta(days=9)) == 0
    assert complete_moves(db, BACK_OFFICE, now=clock + timedelta(days=10)) == 1
    assert complete_moves(db, BACK_OFFICE, now=clock + timedelta(days=10)) == 0
    moved = site(db, people)
    assert (moved.address, moved.postal_code, moved.move) == ("Torvet 2", "7011", None)


def test_history_tells_the_whole_move(db: Session, people: People, clock: datetime) -> None:
    request = ask(db, people, clock)
    later = clock + timedelta(days=10)
    confirm_move(db, BACK_OFFICE, request.id, now=later)
    rows = [(row.field, row.new, row.by) for row in company_history(db, people.kari)]
    assert rows == [
        ("site_address", "Torvet 2, 7011 Trondheim", ChangedBy.BACK_OFFICE),
        ("move_confirmed", "Torvet 2, 7011 Trondheim, 2026-12-03", ChangedBy.BACK_OFFICE),
        ("moving_request", "Torvet 2, 7011 Trondheim, 2026-12-03", ChangedBy.MEMBER),
    ]


def test_history_names_no_staff(db: Session, people: People, clock: datetime) -> None:
    siri = replace(people.nils, name="Siri Dahl", customer_id=None, role=None)
    request = ask(db, people, clock)
    confirm_move(db, replace(siri, staff_role=StaffRole.AGENT), request.id, now=clock)
    row = company_history(db, people.kari)[0]
    assert (row.by, row.name) == (ChangedBy.BACK_OFFICE, "")


def test_owners_and_whoever_asked_are_told_by_mail(
    db: Session, people: People, clock: datetime
) -> None:
    day = clock.date() + timedelta(days=10)
    request = request_move(db, people.liv, people.storgata, TORVET, moves_on=day, now=clock)
    confirm_move(db, BACK_OFFICE, request.id, now=clock)
    sent = sorted(db.exec(select(OutboxMessage.kind, OutboxMessage.recipient)).all())
    assert sent == [
        ("move-confirmed", "kari@nordlys.example"),
        ("move-confirmed", "liv@nordlys.example"),
        ("move-requested", "kari@nordlys.example"),
        ("move-requested", "liv@nordlys.example"),
    ]


def test_one_request_at_a_time(db: Session, people: People, clock: datetime) -> None:
    request = ask(db, people, clock)
    with pytest.raises(MoveAlreadyRequestedError):
        ask(db, people, clock)
    withdraw_move(db, people.liv, request.id, now=clock)
    assert site(db, people).move is None
    ask(db, people, clock)


def test_refused_request_changes_nothing(db: Session, people: People, clock: datetime) -> None:
    request = ask(db, people, clock)
    refuse_move(db, BACK_OFFICE, request.id, now=clock)
    unmoved = site(db, people)
    assert (unmoved.address, unmoved.move) == ("Storgata 4", None)
    with pytest.raises(NotFoundError):
        confirm_move(db, BACK_OFFICE, request.id, now=clock)


def test_customer_does_not_confirm_its_own_request(
    db: Session, people: People, clock: datetime
) -> None:
    request = ask(db, people, clock)
    for answer in (confirm_move, refuse_move):
        with pytest.raises(NotAllowedError):
            answer(db, people.kari, request.id, now=clock)


@pytest.mark.parametrize(
    ("moves_on", "code"),
    [
        (None, "moves-on-required"),
        (date(2026, 11, 23), "moves-on-past"),
        (date(2026, 11, 24), ""),
        (date(2027, 11, 24), ""),
        (date(2027, 11, 25), "moves-on-far"),
    ],
)
def test_day_of_the_move_is_tomorrow_or_within_a_year(
    db: Session, people: People, clock: datetime, moves_on: date | None, code: str
) -> None:
    code_found = ""
    try:
        request_move(db, people.kari, people.storgata, TORVET, moves_on=moves_on, now=clock)
    except InvalidFieldsError as error:
        code_found = error.fields["moves_on"].code
    assert code_found == code


def test_everything_wrong_with_a_request_is_told_at_once(
    db: Session, people: People, clock: datetime
) -> None:
    nowhere = NewAddress(address="", postal_code="1", city="Oslo", country="NO")
    with pytest.raises(InvalidFieldsError) as refused:
        request_move(db, people.kari, people.storgata, nowhere, moves_on=None, now=clock)
    assert {field: error.code for field, error in refused.value.fields.items()} == {
        "address": "address-required",
        "postal_code": "postal-code-digits",
        "moves_on": "moves-on-required",
    }


def test_move_to_where_the_site_is_makes_no_sense(
    db: Session, people: People, clock: datetime
) -> None:
    here = NewAddress(address="Storgata 4", postal_code="7030", city="Trondheim", country="NO")
    day = clock.date() + timedelta(days=3)
    with pytest.raises(InvalidFieldsError) as refused:
        request_move(db, people.kari, people.storgata, here, moves_on=day, now=clock)
    assert refused.value.fields["address"].code == "same-address"


def test_of_two_requests_at_the_same_moment_one_is_refused(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def run() -> None:
        start.wait()
        try:
            with transaction() as db:
                ask(db, people, clock)
            outcomes.append("asked")
        except MoveAlreadyRequestedError:
            outcomes.append("refused")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "refused"]
    with transaction() as db:
        assert len(db.exec(select(Site).where(Site.id == people.storgata)).all()) == 1


def test_day_of_the_move_comes_without_anybody_asking(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        confirm_move(db, BACK_OFFICE, ask(db, people, clock).id, now=clock)
    assert run_jobs(clock + timedelta(days=9))["move sites"] == 0
    assert run_jobs(clock + timedelta(days=10))["move sites"] == 1
    assert run_jobs(clock + timedelta(days=10))["move sites"] == 0
    with transaction() as db:
        assert site(db, people).address == "Torvet 2"


def test_history_is_gone_after_two_years(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        rename_site(db, people.kari, people.storgata, "Bakeriet", version=1, now=clock)
    run_jobs(clock + timedelta(days=729))
    with transaction() as db:
        assert len(company_history(db, people.kari)) == 1
    run_jobs(clock + timedelta(days=731))
    with transaction() as db:
        assert company_history(db, people.kari) == []
