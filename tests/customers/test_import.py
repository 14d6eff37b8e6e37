"""The import: what it sets, what it never touches, what it tells."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, func, select

from portal.accounts.models import OneTimeLink, User
from portal.accounts.recovery import ask_reset
from portal.actor import Actor, Role, StaffRole
from portal.customers.back_office_import import import_customers
from portal.customers.company_details import change_company_details, company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.history import ChangedBy, company_history
from portal.customers.models import Customer, ImportConflict, Member, MovingRequest, Site
from portal.customers.moves import NewAddress, request_move
from portal.database import transaction
from portal.errors import NotAllowedError
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests.customers.files import HOLM, NORDLYS, SITE, read, take

TWO_SITES = (NORDLYS | {name: "" for name in SITE if name.startswith("site")}, SITE)


def owner(db: Session, number: str = "10001") -> Actor:
    user, customer = db.exec(
        select(User, Customer)
        .join(Member, col(Member.user_id) == col(User.id))
        .join(Customer, col(Customer.id) == col(Member.customer_id))
        .where(Customer.number == number)
    ).one()
    return Actor(user.id, user.name, user.locale, customer.id, Role.OWNER)


def count(db: Session, table: type) -> int:
    return db.exec(select(func.count()).select_from(table)).one()


def test_customer_comes_with_sites_owner_and_one_mail(db: Session, clock: datetime) -> None:
    report = take(db, clock, *TWO_SITES)
    assert (report.created, report.invited, report.written) == (1, 1, True)
    kari = owner(db)
    details = company_details(db, kari)
    assert (details.name, details.phone) == ("Nordlys Bakeri AS", "+4773000100")
    assert details.products == ("Burglar alarm", "Fire alarm")
    assert details.customer_since == date(2019, 9, 16)
    assert count(db, Site) == 2
    mail = db.exec(select(OutboxMessage)).one()
    assert (mail.recipient, mail.locale, mail.kind) == ("kari@nordlys.example", "nb", "activation")
    link = db.exec(select(OneTimeLink)).one()
    assert link.user_id == kari.user_id


def test_one_owner_of_two_customers_gets_one_mail_that_names_both(
    db: Session, clock: datetime
) -> None:
    both = {"owner_name": "Kari Nordli", "owner_email": "Kari@Nordlys.example"}
    report = take(db, clock, NORDLYS, HOLM | both)
    assert (report.created, report.invited, count(db, User)) == (2, 1, 1)
    mail = db.exec(select(OutboxMessage)).one()
    assert mail.body is not None
    text = Letter.opened(mail.body).text
    assert "Nordlys Bakeri AS" in text
    assert "Holm Rør ENK" in text


def test_owner_who_lost_the_mail_is_told_the_customers_again(db: Session, clock: datetime) -> None:
    both = {"owner_name": "Kari Nordli", "owner_email": "Kari@Nordlys.example"}
    take(db, clock, NORDLYS, HOLM | both)
    later = clock + timedelta(minutes=5)
    ask_reset(db, "kari@nordlys.example", locale="nb", now=later)
    mail = db.exec(select(OutboxMessage).where(OutboxMessage.created_at == later)).one()
    text = Letter.opened(mail.body or "").text
    assert "Nordlys Bakeri AS, Holm Rør ENK" in " ".join(text.split())


def test_second_import_changes_nothing_and_sends_nothing(db: Session, clock: datetime) -> None:
    take(db, clock, *TWO_SITES, HOLM)
    before = {table: count(db, table) for table in (User, Site, Member, OutboxMessage, OneTimeLink)}
    report = take(db, clock + timedelta(days=1), *TWO_SITES, HOLM)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert report.conflicts == []
    assert {table: count(db, table) for table in before} == before
    assert company_details(db, owner(db)).version == 1


def test_what_the_back_office_owns_follows_the_file_and_stands_in_the_history(
    db: Session, clock: datetime
) -> None:
    take(db, clock, NORDLYS)
    report = take(db, clock, NORDLYS | {"products": "Fire alarm", "contract_end": "2031-02-28"})
    kari = owner(db)
    details = company_details(db, kari)
    assert (report.updated, details.version) == (1, 2)
    assert (details.products, details.contract_end) == (("Fire alarm",), date(2031, 2, 28))
    history = {row.field: row for row in company_history(db, kari)}
    assert history["contract_end"].old == "2029-02-28"
    assert history["products"].old == "Burglar alarm, Fire alarm"
    assert {row.by for row in history.values()} == {ChangedBy.BACK_OFFICE}


def test_customers_edit_is_never_overwritten_and_the_difference_is_told(
    db: Session, clock: datetime
) -> None:
    take(db, clock, NORDLYS)
    kari = owner(db)
    change_company_details(db, kari, CompanyChanges(phone="73000111"), version=1, now=clock)
    report = take(db, clock, NORDLYS)
    (conflict,) = report.conflicts
    assert (conflict.field, conflict.portal_value) == ("phone", "+4773000111")
    assert not conflict.newer_in_file
    assert company_details(db, kari).phone == "+4773000111"
    assert company_details(db, kari).conflicts == ()

    take(db, clock, NORDLYS | {"phone": "73000122"})
    report = take(db, clock, NORDLYS | {"phone": "73000122"})
    assert [conflict.newer_in_file for conflict in report.conflicts] == [True]
    assert company_details(db, kari).conflicts == ("phone",)
    assert company_details(db, kari).phone == "+4773000111"


def test_back_offices_new_value_is_a_conflict_even_where_nobody_edited(
    db: Session, clock: datetime
) -> None:
    take(db, clock, NORDLYS)
    report = take(db, clock, NORDLYS | {"name": "Nordlys Bakeri og Kafé AS"})
    assert [conflict.field for conflict in report.conflicts] == ["name"]
    assert company_details(db, owner(db)).name == "Nordlys Bakeri AS"


def test_conflict_is_gone_when_both_say_the_same(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    take(db, clock, NORDLYS | {"phone": "73000122"})
    assert count(db, ImportConflict) == 1
    kari = owner(db)
    change_company_details(db, kari, CompanyChanges(phone="73000122"), version=1, now=clock)
    report = take(db, clock, NORDLYS | {"phone": "73000122"})
    assert (report.conflicts, report.conflicts_resolved) == ([], 1)
    assert count(db, ImportConflict) == 0


def test_column_that_the_file_lacks_says_nothing(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    lean = {name: text for name, text in NORDLYS.items() if name not in {"phone", "contract_end"}}
    report = take(db, clock, lean)
    assert (report.conflicts, report.unchanged) == ([], 1)
    assert company_details(db, owner(db)).contract_end == date(2029, 2, 28)


def test_owner_is_never_replaced(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    usurper = {"owner_name": "Nils Holm", "owner_email": "nils@holm.example"}
    report = take(db, clock, NORDLYS | usurper)
    assert [conflict.field for conflict in report.conflicts] == ["owner_email"]
    (kept,) = db.exec(select(ImportConflict))
    assert "@" not in kept.portal_value + kept.back_office_value, "no address outlives its owner"
    assert (count(db, User), count(db, Member), report.invited) == (1, 1, 0)


def test_person_who_is_gone_does_not_come_back(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    db.delete(db.exec(select(User)).one())
    db.flush()
    report = take(db, clock, NORDLYS)
    assert [conflict.field for conflict in report.conflicts] == ["owner_email"]
    assert (count(db, User), count(db, OutboxMessage)) == (0, 0)


def test_owner_with_an_account_gets_the_new_customer_without_a_mail(
    db: Session, clock: datetime
) -> None:
    take(db, clock, NORDLYS)
    both = {"owner_name": "Kari Nordli", "owner_email": "kari@nordlys.example"}
    report = take(db, clock, NORDLYS, HOLM | both)
    assert (report.created, report.invited) == (1, 0)
    assert (count(db, Member), count(db, OutboxMessage)) == (2, 1)


def test_wrong_row_keeps_everything_out(db: Session, clock: datetime) -> None:
    report = take(db, clock, NORDLYS, HOLM | {"postal_code": "7"})
    assert not report.written
    assert (count(db, Customer), count(db, User), count(db, OutboxMessage)) == (0, 0, 0)


def test_right_rows_are_taken_when_asked(db: Session, clock: datetime) -> None:
    report = take(db, clock, NORDLYS, HOLM | {"postal_code": "7"}, skip_invalid=True)
    assert (report.created, report.wrong_rows) == (1, 1)
    assert db.exec(select(Customer.number)).all() == ["10001"]


def test_dry_run_says_the_same_and_changes_nothing(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    rows = (NORDLYS | {"phone": "73000122", "products": "Fire alarm"}, HOLM)
    dry = take(db, clock, *rows, dry_run=True)
    assert (dry.created, dry.updated, dry.invited, len(dry.conflicts)) == (1, 1, 1, 1)
    assert (count(db, Customer), count(db, ImportConflict)) == (1, 0)
    assert company_details(db, owner(db)).version == 1
    real = take(db, clock, *rows)
    assert (real.created, real.updated, real.invited, len(real.conflicts)) == (1, 1, 1, 1)


def test_staff_become_nobodys_owners(db: Session, clock: datetime) -> None:
    db.add(
        User(
            email="siri@support.example",
            name="Siri Dahl",
            locale="nb",
            staff_role=StaffRole.AGENT.value,
            created_at=clock,
        )
    )
    report = take(db, clock, HOLM | {"owner_email": "siri@support.example"})
    assert [problem.code for problem in report.problems] == ["owner-is-staff"]
    assert count(db, Customer) == 0


def test_only_sensornordic_imports(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    with pytest.raises(NotAllowedError):
        import_customers(db, owner(db), read(HOLM), now=clock)


def test_new_site_of_a_known_customer_is_added(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    report = take(db, clock, *TWO_SITES)
    assert (report.sites_added, report.updated) == (1, 1)
    assert company_history(db, owner(db))[0].field == "site"


def test_other_address_for_a_known_site_is_a_conflict(db: Session, clock: datetime) -> None:
    take(db, clock, *TWO_SITES)
    report = take(db, clock, TWO_SITES[0], SITE | {"site_address": "Torvet 9"})
    assert [conflict.field.partition(":")[0] for conflict in report.conflicts] == ["site_address"]
    assert count(db, Site) == 2


def test_file_with_the_requested_address_confirms_the_move(db: Session, clock: datetime) -> None:
    take(db, clock, *TWO_SITES)
    kari = owner(db)
    site = db.exec(select(Site).where(Site.name == "Utsalget")).one()
    new = NewAddress(address="Munkegata 1", postal_code="7013", city="Trondheim", country="NO")
    day = clock.date() + timedelta(days=10)
    request_move(db, kari, site.id, new, moves_on=day, now=clock)
    moved = SITE | {"site_address": "Munkegata 1", "site_postal_code": "7013"}
    report = take(db, clock, TWO_SITES[0], moved)
    assert (report.moves_confirmed, report.conflicts) == (1, [])
    assert db.exec(select(MovingRequest.status)).one() == "confirmed"
    again = take(db, clock, TWO_SITES[0], moved)
    assert (again.moves_confirmed, again.conflicts, again.unchanged) == (0, [], 1)


def test_customers_own_name_for_a_site_does_not_make_it_another(
    db: Session, clock: datetime
) -> None:
    take(db, clock, *TWO_SITES)
    for site in db.exec(select(Site)):
        site.name = "Bakeriet"
    db.flush()
    assert take(db, clock, *TWO_SITES).unchanged == 1


def test_two_imports_at_once_invite_once(database: str, clock: datetime) -> None:
    def run() -> int:
        with transaction() as db:
            return take(db, clock, NORDLYS, HOLM).created

    with transaction() as db:
        assert count(db, Customer) == 0
    with ThreadPoolExecutor(2) as pool:
        created = [task.result() for task in [pool.submit(run), pool.submit(run)]]
    assert sorted(created) == [0, 2]
    with transaction() as db:
        assert (count(db, User), count(db, OutboxMessage)) == (2, 2)
