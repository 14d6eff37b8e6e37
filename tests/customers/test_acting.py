"""Who acts for which customer."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from portal.accounts.models import SignInSession, User
from portal.actor import Right, Role, StaffRole
from portal.customers.acting import (
    acting,
    actor_for,
    choose_customer,
    customers_of,
    known_about,
)
from portal.customers.models import Customer, Member
from portal.errors import NotAllowedError, NotFoundError
from tests.accounts.people import KARI, kari, nils, on_a_device, siri, told


def add_customer(db: Session, name: str, now: datetime) -> Customer:
    customer = Customer(
        number=f"C-{name}"[:20], kind="company", name=name, country="NO", created_at=now
    )
    db.add(customer)
    db.flush()
    return customer


def join(db: Session, user: User, customer: Customer, now: datetime, role: Role) -> Member:
    member = Member(user_id=user.id, customer_id=customer.id, role=role.value, created_at=now)
    db.add(member)
    db.flush()
    return member


@pytest.fixture
def nordlys(db: Session, clock: datetime) -> Customer:
    return add_customer(db, "Nordlys Bakeri AS", clock)


@pytest.fixture
def holm(db: Session, clock: datetime) -> Customer:
    return add_customer(db, "Holm Rør ENK", clock)


def test_the_owner_acts_for_her_customer(db: Session, clock: datetime, nordlys: Customer):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    signed_in, token = on_a_device(db, user, clock)
    found = acting(db, token, now=clock)
    assert found is not None
    actor = found.actor
    assert (actor.user_id, actor.session_id) == (user.id, signed_in.session_id)
    assert (actor.customer_id, actor.role) == (nordlys.id, Role.OWNER)
    assert (actor.name, actor.locale, actor.authenticated_at) == ("Kari Nordli", "nb", clock)
    assert found.customer_name == "Nordlys Bakeri AS"
    assert actor.may(Right.CLOSE_CUSTOMER)
    assert actor_for(db, token, now=clock) == actor


def test_who_belongs_to_no_customer_acts_for_none(db: Session, clock: datetime):
    _, token = on_a_device(db, kari(db, clock), clock)
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    assert (actor.customer_id, actor.role) == (None, None)


def test_a_session_past_its_limits_acts_for_nobody(db: Session, clock: datetime):
    _, token = on_a_device(db, kari(db, clock), clock)
    assert actor_for(db, token, now=clock + timedelta(hours=12)) is None
    assert actor_for(db, "no such token", now=clock) is None


def test_touching_is_due_once_a_minute(db: Session, clock: datetime):
    _, token = on_a_device(db, kari(db, clock), clock)
    early = acting(db, token, now=clock + timedelta(seconds=59))
    late = acting(db, token, now=clock + timedelta(seconds=60))
    assert early is not None
    assert late is not None
    assert (early.touch_is_due, late.touch_is_due) == (False, True)


def test_of_several_customers_the_first_by_number_is_taken_until_one_is_chosen(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    join(db, user, holm, clock, Role.COLLEAGUE)
    _, token = on_a_device(db, user, clock)
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    assert (actor.customer_id, actor.role) == (holm.id, Role.COLLEAGUE)

    choose_customer(db, actor, nordlys.id, now=clock)
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    assert (actor.customer_id, actor.role) == (nordlys.id, Role.OWNER)
    assert told(db, user) == ["customer chosen"]


def test_a_new_name_of_a_customer_changes_nobodys_choice(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    for customer in (nordlys, holm):
        join(db, user, customer, clock, Role.OWNER)
    _, token = on_a_device(db, user, clock)
    before = actor_for(db, token, now=clock)
    holm.name = "Åse Holm Rør"
    db.add(holm)
    db.flush()
    assert actor_for(db, token, now=clock) == before


def test_the_menu_lists_customers_by_name_and_marks_the_present_one(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    join(db, user, holm, clock, Role.COLLEAGUE)
    join(db, nils(db, clock), add_customer(db, "A A A", clock), clock, Role.OWNER)
    _, token = on_a_device(db, user, clock)
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    lines = [(line.name, line.role, line.current) for line in customers_of(db, actor)]
    assert lines == [
        ("Holm Rør ENK", Role.COLLEAGUE, True),
        ("Nordlys Bakeri AS", Role.OWNER, False),
    ]


def test_a_choice_is_each_browsers_own(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    for customer in (nordlys, holm):
        join(db, user, customer, clock, Role.OWNER)
    here, _ = on_a_device(db, user, clock)
    _, elsewhere = on_a_device(db, user, clock)
    choose_customer(db, here, nordlys.id, now=clock)
    actor = actor_for(db, elsewhere, now=clock)
    assert actor is not None
    assert actor.customer_id == holm.id


def test_another_customer_and_a_random_one_answer_alike(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    actor, token = on_a_device(db, user, clock)
    for customer_id in (holm.id, uuid4()):
        with pytest.raises(NotFoundError):
            choose_customer(db, actor, customer_id, now=clock)
    found = actor_for(db, token, now=clock)
    assert found is not None
    assert found.customer_id == nordlys.id


def test_a_membership_that_ends_bites_at_the_next_event(
    db: Session, clock: datetime, nordlys: Customer, holm: Customer
):
    user = kari(db, clock)
    member = join(db, user, nordlys, clock, Role.OWNER)
    join(db, user, holm, clock, Role.COLLEAGUE)
    actor, token = on_a_device(db, user, clock)
    choose_customer(db, actor, nordlys.id, now=clock)
    db.delete(member)
    db.flush()
    found = actor_for(db, token, now=clock)
    assert found is not None
    assert (found.customer_id, found.role) == (holm.id, Role.COLLEAGUE)


def test_a_customer_that_is_erased_leaves_the_session(
    db: Session, clock: datetime, nordlys: Customer
):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    actor, token = on_a_device(db, user, clock)
    choose_customer(db, actor, nordlys.id, now=clock)
    db.commit()
    db.delete(nordlys)
    db.flush()
    found = actor_for(db, token, now=clock)
    assert found is not None
    assert found.customer_id is None
    assert db.exec(select(SignInSession)).one()


def test_a_new_role_counts_at_the_next_event(db: Session, clock: datetime, nordlys: Customer):
    user = kari(db, clock)
    member = join(db, user, nordlys, clock, Role.OWNER)
    _, token = on_a_device(db, user, clock)
    member.role = Role.COLLEAGUE.value
    db.flush()
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    assert not actor.may(Right.EDIT_COMPANY)


def test_staff_act_for_no_customer(db: Session, clock: datetime, nordlys: Customer):
    user = siri(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)  # must not happen, and must not matter
    signed_in, token = on_a_device(db, user, clock)
    actor = actor_for(db, token, now=clock)
    assert actor is not None
    assert (actor.staff_role, actor.customer_id, actor.role) == (StaffRole.AGENT, None, None)
    with pytest.raises(NotAllowedError):
        choose_customer(db, signed_in, nordlys.id, now=clock)


def test_finding_the_actor_is_one_statement(db: Session, clock: datetime, nordlys: Customer):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    _, token = on_a_device(db, user, clock)
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    engine = db.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert actor_for(db, token, now=clock)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) == 1


def test_no_good_password_is_made_of_what_others_know(
    db: Session, clock: datetime, nordlys: Customer
):
    user = kari(db, clock)
    join(db, user, nordlys, clock, Role.OWNER)
    assert known_about(db, user.id) == ["Kari Nordli", KARI, "Nordlys Bakeri AS"]
    assert known_about(db, uuid4()) == []
