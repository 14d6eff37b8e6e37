"""Company details: who may see and change them, and what is accepted."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.actor import Actor, Role, system
from portal.audit.models import AuditEntry
from portal.customers.company_details import change_company_details, company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.history import ChangedBy, company_history
from portal.customers.models import CompanyChange, Customer, CustomerKind
from portal.errors import InvalidFieldsError, NotAllowedError, NotFoundError
from tests.customers.people import People


def wrong(
    db: Session, actor: Actor, changes: CompanyChanges, clock: datetime, version: int = 1
) -> dict[str, str]:
    """The codes of what is wrong, field by field."""
    with pytest.raises(InvalidFieldsError) as refused:
        change_company_details(db, actor, changes, version=version, now=clock)
    return {field: error.code for field, error in refused.value.fields.items()}


def test_owner_sees_what_the_customer_owns_and_what_sensornordic_knows(
    db: Session, people: People
) -> None:
    details = company_details(db, people.kari)
    assert details.name == "Nordlys Bakeri AS"
    assert details.organisation_number == "314 200 004"
    assert (details.number, details.kind, details.version) == ("10001", CustomerKind.COMPANY, 1)
    assert details.conflicts == ()


def test_colleague_neither_sees_nor_changes_them(
    db: Session, people: People, clock: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        company_details(db, people.tor)
    with pytest.raises(NotAllowedError):
        change_company_details(db, people.tor, CompanyChanges(name="X"), version=1, now=clock)
    with pytest.raises(NotAllowedError):
        company_history(db, people.tor)


def test_somebody_who_acts_for_nobody_finds_nothing(db: Session, people: People) -> None:
    with pytest.raises(NotFoundError):
        company_details(db, replace(people.kari, customer_id=None))


def test_changed_phone_is_kept_in_one_form_and_stands_in_the_history(
    db: Session, people: People, clock: datetime
) -> None:
    details = change_company_details(
        db, people.kari, CompanyChanges(phone="73 00 01 11"), version=1, now=clock
    )
    assert (details.phone, details.version) == ("+4773000111", 2)
    newest = company_history(db, people.kari)[0]
    assert (newest.field, newest.old, newest.new) == ("phone", "+4773000100", "+4773000111")
    assert (newest.by, newest.name, newest.at) == (ChangedBy.MEMBER, "Kari Nordli", clock)


def test_saving_what_is_there_already_leaves_no_trace(
    db: Session, people: People, clock: datetime
) -> None:
    same = CompanyChanges(phone="+47 73 00 01 00", name=" Nordlys  Bakeri AS", address="Storgata 4")
    details = change_company_details(db, people.kari, same, version=1, now=clock)
    assert details.version == 1
    assert company_history(db, people.kari) == []


def test_trail_tells_which_fields_changed_and_never_to_what(
    db: Session, people: People, clock: datetime
) -> None:
    changes = CompanyChanges(phone="73 00 01 11", city="Ranheim")
    change_company_details(db, people.kari, changes, version=1, now=clock)
    db.commit()
    entry = db.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[union-attr]
    assert entry is not None
    assert entry.details == {"fields": "city,phone"}


def test_invisible_marks_that_come_with_pasted_text_do_no_harm(
    db: Session, people: People, clock: datetime
) -> None:
    pasted = CompanyChanges(phone="\u202a+47 73 00 01 11\u202c", email="ny@nordlys.example\u200b")
    details = change_company_details(db, people.kari, pasted, version=1, now=clock)
    assert (details.phone, details.email) == ("+4773000111", "ny@nordlys.example")


def test_every_wrong_field_is_told_at_once(db: Session, people: People, clock: datetime) -> None:
    changes = CompanyChanges(
        name="  ",
        organisation_number="314200005",
        postal_code="703",
        country="XX",
        phone="730",
        email="kari.nordlys.example",
        invoice_email="faktura@nordlys",
        city="B" * 81,
    )
    assert wrong(db, people.kari, changes, clock) == {
        "name": "name-required",
        "organisation_number": "organisation-number-unknown",
        "postal_code": "postal-code-digits",
        "country": "country-unknown",
        "phone": "phone-too-short",
        "email": "email-no-at",
        "invoice_email": "email-unknown",
        "city": "text-too-long",
    }
    assert company_history(db, people.kari) == []


def test_wrong_value_from_the_back_office_keeps_nobody_from_mending_another_field(
    db: Session, people: People, clock: datetime
) -> None:
    customer = db.get_one(Customer, people.nordlys)
    customer.postal_code = "70"
    db.add(customer)
    whole_form = CompanyChanges(postal_code="70", city="Ranheim")
    details = change_company_details(db, people.kari, whole_form, version=1, now=clock)
    assert details.city == "Ranheim"


def test_company_keeps_an_organisation_number(db: Session, people: People, clock: datetime) -> None:
    assert wrong(db, people.kari, CompanyChanges(organisation_number=""), clock) == {
        "organisation_number": "organisation-number-required"
    }


def test_new_country_reads_the_other_fields_by_its_own_rules(
    db: Session, people: People, clock: datetime
) -> None:
    assert wrong(db, people.kari, CompanyChanges(country="SE"), clock) == {
        "postal_code": "postal-code-digits",
        "organisation_number": "organisation-number-too-short",
    }
    moved = CompanyChanges(
        country="DK", postal_code="1050", city="København K", organisation_number="99140003"
    )
    details = change_company_details(db, people.kari, moved, version=1, now=clock)
    assert (details.country, details.organisation_number) == ("DK", "99140003")


def test_company_that_becomes_a_sole_trade_is_treated_as_a_person(
    db: Session, people: People, clock: datetime
) -> None:
    changes = CompanyChanges(organisation_form="Enkeltpersonforetak")
    details = change_company_details(db, people.kari, changes, version=1, now=clock)
    assert (details.organisation_form, details.kind) == ("ENK", CustomerKind.SOLE_TRADER)


@pytest.mark.parametrize("number", ["121212-1212", "19121212-1212"])
def test_swedish_sole_traders_number_is_shown_to_the_owner_only(
    db: Session, people: People, clock: datetime, number: str
) -> None:
    helper = replace(people.orjan, role=Role.ADMINISTRATOR)
    assert company_details(db, people.orjan).organisation_number == "121212-1212"
    assert company_details(db, helper).organisation_number == "••••••-••••"


def test_masked_number_that_comes_back_from_a_form_changes_nothing(
    db: Session, people: People, clock: datetime
) -> None:
    helper = replace(people.orjan, role=Role.ADMINISTRATOR)
    form = CompanyChanges(organisation_number="••••••-••••", name="Åkerströms Kök")
    change_company_details(db, helper, form, version=1, now=clock)
    details = company_details(db, people.orjan)
    assert (details.organisation_number, details.name) == ("121212-1212", "Åkerströms Kök")


def test_identity_number_never_enters_the_history(
    db: Session, people: People, clock: datetime
) -> None:
    changes = CompanyChanges(organisation_number="880320-0016")
    change_company_details(db, people.orjan, changes, version=1, now=clock)
    row = db.exec(select(CompanyChange)).one()
    assert "1212" not in row.old
    assert "0016" not in row.new


def test_norwegian_identity_number_is_refused_by_name(
    db: Session, people: People, clock: datetime
) -> None:
    codes = wrong(db, people.nils, CompanyChanges(organisation_number="010170 00027"), clock)
    assert codes == {"organisation_number": "national-identity-number"}


def test_marks_that_turn_the_direction_of_text_do_not_stay(
    db: Session, people: People, clock: datetime
) -> None:
    changes = CompanyChanges(name="Nordlys\u202e\u200b Bakeri\tAS\n2")
    details = change_company_details(db, people.kari, changes, version=1, now=clock)
    assert details.name == "Nordlys Bakeri AS 2"


def test_history_pages_backwards_and_names_who_made_each_change(
    db: Session, people: People, clock: datetime
) -> None:
    for number in range(5):
        change_company_details(
            db,
            people.kari,
            CompanyChanges(name=f"Nordlys {number}"),
            version=number + 1,
            now=clock + timedelta(minutes=number),
        )
    first = company_history(db, people.kari, limit=2)
    second = company_history(db, people.kari, before=first[-1].id, limit=2)
    assert [row.new for row in first + second] == [
        "Nordlys 4",
        "Nordlys 3",
        "Nordlys 2",
        "Nordlys 1",
    ]


def test_former_members_changes_stay_and_say_so(
    db: Session, people: People, clock: datetime
) -> None:
    stranger = replace(people.nils, customer_id=people.nordlys)
    change_company_details(db, stranger, CompanyChanges(name="Nordlys"), version=1, now=clock)
    row = company_history(db, people.kari)[0]
    assert row.by is ChangedBy.FORMER_MEMBER


def test_only_a_role_opens_the_details(db: Session, people: People) -> None:
    with pytest.raises(NotAllowedError):
        company_details(db, system("worker"))
