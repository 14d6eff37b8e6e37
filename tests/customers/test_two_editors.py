"""Two people who edit at once never overwrite each other silently."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from portal.actor import Role
from portal.customers.company_details import change_company_details, company_details
from portal.customers.company_fields import EDITABLE, TOGETHER, CompanyChanges
from portal.customers.merging import Theirs, edited, overlap
from portal.database import transaction
from portal.errors import ChangedMeanwhileError
from tests.customers.people import People, add_people

AT = datetime.fromisoformat("2026-11-23T09:30:00+00:00")


def test_edits_of_different_things_are_merged(db: Session, people: People, clock: datetime) -> None:
    change_company_details(db, people.liv, CompanyChanges(phone="73000111"), version=1, now=clock)
    details = change_company_details(
        db, people.kari, CompanyChanges(invoice_email="faktura@n.example"), version=1, now=clock
    )
    assert (details.phone, details.invoice_email) == ("+4773000111", "faktura@n.example")
    assert details.version == 3


def test_whole_form_with_an_old_phone_does_not_undo_anothers_edit(
    db: Session, people: People, clock: datetime
) -> None:
    change_company_details(db, people.liv, CompanyChanges(phone="73000111"), version=1, now=clock)
    form = CompanyChanges(phone="+47 73 00 01 00", email="bakeriet@nordlys.example")
    details = change_company_details(db, people.kari, form, version=1, now=clock)
    assert (details.phone, details.email) == ("+4773000111", "bakeriet@nordlys.example")


def test_second_editor_of_the_same_field_is_shown_both_and_loses_nothing(
    db: Session, people: People, clock: datetime
) -> None:
    change_company_details(db, people.liv, CompanyChanges(phone="73000111"), version=1, now=clock)
    mine = CompanyChanges(phone="73000122", email="ny@nordlys.example")
    with pytest.raises(ChangedMeanwhileError) as refused:
        change_company_details(db, people.kari, mine, version=1, now=clock + timedelta(minutes=1))
    (meanwhile,) = refused.value.details["fields"]  # type: ignore[misc]
    assert (meanwhile.field, meanwhile.yours, meanwhile.current) == (
        "phone",
        "+4773000122",
        "+4773000111",
    )
    assert (meanwhile.by, meanwhile.at) == ("Liv Dahl", clock)
    assert company_details(db, people.kari).phone == "+4773000111"

    seen = refused.value.details["version"]
    assert isinstance(seen, int)
    details = change_company_details(db, people.kari, mine, version=seen, now=clock)
    assert (details.phone, details.email) == ("+4773000122", "ny@nordlys.example")


def test_conflict_shows_an_identity_number_to_the_owner_only(
    db: Session, people: People, clock: datetime
) -> None:
    owner = people.orjan
    administrator = replace(owner, user_id=people.liv.user_id, role=Role.ADMINISTRATOR)
    theirs = CompanyChanges(organisation_number="811218-9876")
    change_company_details(db, owner, theirs, version=1, now=clock)
    mine = CompanyChanges(organisation_number="556036-0793", organisation_form="AB")
    for actor, shown in ((administrator, "••••••-••••"), (owner, "811218-9876")):
        with pytest.raises(ChangedMeanwhileError) as refused:
            change_company_details(db, actor, mine, version=1, now=clock)
        (meanwhile,) = refused.value.details["fields"]  # type: ignore[misc]
        assert (meanwhile.yours, meanwhile.current) == ("556036-0793", shown)


def test_two_who_write_the_same_agree(db: Session, people: People, clock: datetime) -> None:
    for editor in (people.liv, people.kari):
        details = change_company_details(
            db, editor, CompanyChanges(phone="73000111"), version=1, now=clock
        )
    assert details.version == 2


def test_parts_of_one_address_are_one_thing(db: Session, people: People, clock: datetime) -> None:
    moved = CompanyChanges(address="Torvet 2", postal_code="7011")
    change_company_details(db, people.liv, moved, version=1, now=clock)
    with pytest.raises(ChangedMeanwhileError) as refused:
        change_company_details(db, people.kari, CompanyChanges(city="Oslo"), version=1, now=clock)
    fields = refused.value.details["fields"]
    assert isinstance(fields, tuple)
    assert [field.field for field in fields] == ["address", "postal_code"]


def test_change_and_change_back_is_no_conflict(
    db: Session, people: People, clock: datetime
) -> None:
    for version, phone in ((1, "73000111"), (2, "73000100")):
        change_company_details(
            db, people.liv, CompanyChanges(phone=phone), version=version, now=clock
        )
    form = CompanyChanges(phone="73000100", email="ny@nordlys.example")
    assert change_company_details(db, people.kari, form, version=1, now=clock).version == 4


def test_of_two_saves_at_the_same_moment_one_is_told(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def save(phone: str) -> None:
        start.wait()
        try:
            with transaction() as db:
                change_company_details(
                    db, people.kari, CompanyChanges(phone=phone), version=1, now=clock
                )
            outcomes.append("saved")
        except ChangedMeanwhileError:
            outcomes.append("told")

    threads = [threading.Thread(target=save, args=(f"7300011{n}",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


values = st.sampled_from(["", "a", "b", "c"])
records = st.fixed_dictionaries(dict.fromkeys(EDITABLE, values))
edits = st.dictionaries(st.sampled_from(EDITABLE), values)


@given(base=records, theirs=edits, mine=edits)
def test_merge_never_loses_an_edit_without_a_word(
    base: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
) -> None:
    current = base | theirs
    changed = {
        field: Theirs(base[field], "Liv", AT) for field, new in theirs.items() if new != base[field]
    }
    form = base | mine  # a page sends all its fields
    wanted = edited(form, current, changed)
    told = {field.field for field in overlap(wanted, current, changed, TOGETHER)}
    result = current | wanted
    for field in EDITABLE:
        if field in told:
            continue
        if mine.get(field, base[field]) != base[field]:
            assert result[field] == mine[field]
        elif field in changed:
            assert result[field] == theirs[field]
