"""The overview: what needs somebody, the most dangerous first."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, delete

from portal.customers.company_details import change_company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.models import Customer, Site
from portal.customers.moves import NewAddress, request_move
from portal.customers.overview import Need, NeedKind, overview
from portal.customers.ownership import offer_ownership
from portal.customers.team import team
from tests.customers.people import People


def kinds(db: Session, people: People, now: datetime) -> list[NeedKind]:
    return [need.kind for need in overview(db, people.kari, now=now).needs]


def test_nothing_needs_a_customer_whose_details_are_whole(
    db: Session, people: People, clock: datetime
) -> None:
    whole = CompanyChanges(invoice_email="faktura@nordlys.example")
    change_company_details(db, people.kari, whole, version=1, now=clock)
    found = overview(db, people.kari, now=clock)
    assert found.needs == ()
    assert [row.field for row in found.changes] == ["invoice_email"]
    assert [site.name for site in found.sites] == ["Storgata 4"]


def test_most_dangerous_comes_first(db: Session, people: People, clock: datetime) -> None:
    customer = db.get_one(Customer, people.nordlys)
    customer.phone = ""
    customer.contract_end = date(2027, 1, 22)
    db.add(customer)
    db.exec(delete(Site))
    db.flush()
    assert kinds(db, people, clock) == [
        NeedKind.NO_SITE,
        NeedKind.NO_PHONE,
        NeedKind.CONTRACT_ENDS,
        NeedKind.NO_INVOICE_EMAIL,
    ]


def test_contract_is_mentioned_sixty_days_before_its_end(
    db: Session, people: People, clock: datetime
) -> None:
    customer = db.get_one(Customer, people.nordlys)
    for days, expected in ((61, False), (60, True), (0, True)):
        customer.contract_end = clock.date() + timedelta(days=days)
        db.add(customer)
        db.flush()
        assert (NeedKind.CONTRACT_ENDS in kinds(db, people, clock)) is expected
    customer.contract_end = clock.date() - timedelta(days=1)
    db.flush()
    assert NeedKind.CONTRACT_ENDED in kinds(db, people, clock)


def test_unanswered_move_grows_dangerous_on_its_day(
    db: Session, people: People, clock: datetime
) -> None:
    new = NewAddress(address="Torvet 2", postal_code="7011", city="Trondheim", country="NO")
    day = clock.date() + timedelta(days=2)
    request_move(db, people.kari, people.storgata, new, moves_on=day, now=clock)
    assert kinds(db, people, clock)[-1] is NeedKind.MOVE_REQUESTED
    assert kinds(db, people, clock + timedelta(days=2))[0] is NeedKind.MOVE_UNANSWERED


def test_colleague_sees_sites_and_neither_contract_nor_changes(
    db: Session, people: People, clock: datetime
) -> None:
    found = overview(db, people.tor, now=clock)
    assert [site.name for site in found.sites] == ["Storgata 4"]
    assert (found.needs, found.changes) == ((), ())


def test_whoever_is_asked_to_be_owner_sees_it_and_nobody_else_does(
    db: Session, people: People, clock: datetime
) -> None:
    members = team(db, people.kari)
    tor = next(each.id for each in members if each.name == "Tor Lie")
    offer_ownership(db, people.kari, tor, steps_down=False, now=clock)
    asked = [
        need
        for need in overview(db, people.tor, now=clock).needs
        if need.kind is NeedKind.OWNERSHIP_OFFERED
    ]
    assert asked == [Need(NeedKind.OWNERSHIP_OFFERED, day=date(2026, 12, 7), person="Kari Nordli")]
    for other in (people.kari, people.liv, people.nils):
        kinds = {need.kind for need in overview(db, other, now=clock).needs}
        assert NeedKind.OWNERSHIP_OFFERED not in kinds
