"""Handing ownership over, or sharing it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from portal.accounts.models import User
from portal.actor import Role
from portal.customers.models import Customer
from portal.customers.ownership import (
    OfferEndedError,
    OwnershipOfferedError,
    answer_offer,
    offer_ownership,
    open_offer,
    withdraw_offer,
)
from portal.customers.team import change_role, remove_member
from portal.database import transaction
from portal.errors import (
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    RecentSignInRequiredError,
)
from tests.accounts.people import letter, mails, told
from tests.customers.people import People, act, add_people
from tests.customers.test_team import make_owner, member_of, roles
from tests.customers.together import together

TOR = "tor@nordlys.example"
KARI = "kari@nordlys.example"


def offer(db: Session, people: People, now: datetime, *, steps_down: bool = False) -> None:
    offer_ownership(db, people.kari, member_of(db, people.tor), steps_down=steps_down, now=now)


def test_nothing_changes_before_the_member_says_yes(
    db: Session, people: People, clock: datetime
) -> None:
    before = roles(db, people)
    offer(db, people, clock, steps_down=True)
    assert roles(db, people) == before
    assert "Kari Nordli" in letter(db, TOR, "ownership-offered")
    found = open_offer(db, people.tor, now=clock)
    assert found is not None
    assert (found.customer, found.offered_by, found.name) == (
        "Nordlys Bakeri AS",
        "Kari Nordli",
        "Tor Lie",
    )
    assert found.to_you
    assert found.steps_down


def test_whoever_says_yes_shares_ownership(db: Session, people: People, clock: datetime) -> None:
    offer(db, people, clock)
    answer_offer(db, people.tor, yes=True, now=clock)
    assert roles(db, people) == {
        "Kari Nordli": "owner",
        "Liv Dahl": "administrator",
        "Tor Lie": "owner",
    }
    assert mails(db, KARI) == ["ownership-answered"]
    assert told(db) == ["ownership offered", "ownership answered"]


def test_whoever_steps_down_is_administrator_from_the_yes_on(
    db: Session, people: People, clock: datetime
) -> None:
    offer(db, people, clock, steps_down=True)
    answer_offer(db, people.tor, yes=True, now=clock)
    assert roles(db, people) == {
        "Kari Nordli": "administrator",
        "Liv Dahl": "administrator",
        "Tor Lie": "owner",
    }
    told_kari = " ".join(letter(db, KARI, "ownership-answered").split())
    assert "You are an administrator, as you wanted" in told_kari


def test_a_no_changes_nothing_and_is_told(db: Session, people: People, clock: datetime) -> None:
    before = roles(db, people)
    offer(db, people, clock)
    answer_offer(db, people.tor, yes=False, now=clock + timedelta(minutes=11))
    assert roles(db, people) == before
    assert "Nothing has changed" in letter(db, KARI, "ownership-answered")
    assert open_offer(db, people.tor, now=clock) is None


def test_an_offer_is_shown_to_the_owners_and_to_whoever_is_asked(
    db: Session, people: People, clock: datetime
) -> None:
    offer(db, people, clock)
    mine = open_offer(db, people.kari, now=clock)
    assert mine is not None
    assert not mine.to_you
    assert open_offer(db, people.liv, now=clock) is None
    assert open_offer(db, people.nils, now=clock) is None


def test_only_whoever_is_asked_can_answer(db: Session, people: People, clock: datetime) -> None:
    offer(db, people, clock)
    for actor in (people.kari, people.liv, people.nils):
        with pytest.raises(OfferEndedError):
            answer_offer(db, actor, yes=True, now=clock)


def test_only_owners_offer(db: Session, people: People, clock: datetime) -> None:
    for actor in (people.liv, people.tor):
        with pytest.raises(NotAllowedError):
            offer_ownership(db, actor, member_of(db, people.tor), steps_down=False, now=clock)
        with pytest.raises(NotAllowedError):
            withdraw_offer(db, actor, now=clock)


def test_offering_and_saying_yes_need_a_recent_sign_in(
    db: Session, people: People, clock: datetime
) -> None:
    later = clock + timedelta(minutes=11)
    with pytest.raises(RecentSignInRequiredError):
        offer(db, people, later)
    offer(db, people, clock)
    with pytest.raises(RecentSignInRequiredError):
        answer_offer(db, people.tor, yes=True, now=later)


def test_another_customers_member_and_none_at_all_answer_alike(
    db: Session, people: People, clock: datetime
) -> None:
    for member in (member_of(db, people.nils), uuid4()):
        with pytest.raises(NotFoundError):
            offer_ownership(db, people.kari, member, steps_down=False, now=clock)


def test_an_owner_is_not_asked(db: Session, people: People, clock: datetime) -> None:
    with pytest.raises(InvalidValueError) as refused:
        offer_ownership(db, people.kari, member_of(db, people.kari), steps_down=True, now=clock)
    assert refused.value.code == "already-owner"


def test_who_could_not_answer_is_not_asked(db: Session, people: People, clock: datetime) -> None:
    per = User(email="per@nordlys.example", name="Per Moen", locale="nb", created_at=clock)
    db.add(per)
    db.flush()
    waiting = act(db, per, db.get_one(Customer, people.nordlys), Role.COLLEAGUE, clock)
    with pytest.raises(InvalidValueError) as refused:
        offer_ownership(db, people.kari, member_of(db, waiting), steps_down=False, now=clock)
    assert refused.value.code == "not-signed-in-yet"


def test_one_is_asked_at_a_time(db: Session, people: People, clock: datetime) -> None:
    offer(db, people, clock)
    with pytest.raises(OwnershipOfferedError) as refused:
        offer_ownership(db, people.kari, member_of(db, people.liv), steps_down=False, now=clock)
    assert refused.value.details == {"name": "Tor Lie"}
    withdraw_offer(db, people.kari, now=clock)
    offer_ownership(db, people.kari, member_of(db, people.liv), steps_down=False, now=clock)


def test_an_offer_that_was_withdrawn_cannot_be_taken(
    db: Session, people: People, clock: datetime
) -> None:
    offer(db, people, clock)
    withdraw_offer(db, people.kari, now=clock)
    with pytest.raises(OfferEndedError):
        answer_offer(db, people.tor, yes=True, now=clock)
    with pytest.raises(OfferEndedError):
        withdraw_offer(db, people.kari, now=clock)


def test_an_offer_lasts_fourteen_days_to_the_second(
    db: Session, people: People, clock: datetime
) -> None:
    offer(db, people, clock)
    end = clock + timedelta(days=14)
    assert open_offer(db, people.tor, now=end - timedelta(seconds=1)) is not None
    assert open_offer(db, people.tor, now=end) is None
    with pytest.raises(OfferEndedError):
        answer_offer(db, replace(people.tor, authenticated_at=end), yes=True, now=end)
    kari = replace(people.kari, authenticated_at=end)
    offer_ownership(db, kari, member_of(db, people.liv), steps_down=False, now=end)


def test_an_offer_falls_with_the_ownership_of_whoever_made_it(
    db: Session, people: People, clock: datetime
) -> None:
    liv = make_owner(db, people.liv)
    offer(db, people, clock, steps_down=True)
    change_role(db, liv, member_of(db, people.kari), "colleague", now=clock)
    with pytest.raises(OfferEndedError):
        answer_offer(db, people.tor, yes=True, now=clock)
    offer_ownership(db, liv, member_of(db, people.tor), steps_down=False, now=clock)


def test_an_offer_falls_with_the_membership_of_whoever_was_asked(
    db: Session, people: People, clock: datetime
) -> None:
    offer(db, people, clock)
    remove_member(db, people.kari, member_of(db, people.tor), now=clock)
    assert open_offer(db, people.kari, now=clock) is None
    with pytest.raises(OfferEndedError):
        answer_offer(db, people.tor, yes=True, now=clock)


@pytest.fixture
def offered(database: str, clock: datetime) -> tuple[People, UUID]:
    """Kari is to step down for Tor; Liv owns, too."""
    with transaction() as db:
        people = add_people(db, clock)
        people = replace(people, liv=make_owner(db, people.liv))
        offer(db, people, clock, steps_down=True)
        return people, member_of(db, people.kari)


Hinder = Callable[[Session, People, UUID, datetime], None]


def withdraw(db: Session, people: People, _kari: UUID, now: datetime) -> None:
    withdraw_offer(db, people.kari, now=now)


def remove_giver(db: Session, people: People, kari: UUID, now: datetime) -> None:
    remove_member(db, people.liv, kari, now=now)


@pytest.mark.parametrize("hinder", [withdraw, remove_giver])
def test_a_yes_and_what_hinders_it_at_once_leave_an_owner_and_no_half(
    offered: tuple[People, UUID], clock: datetime, hinder: Hinder
) -> None:
    people, kari = offered
    yes, _other = together(
        lambda db: answer_offer(db, people.tor, yes=True, now=clock),
        lambda db: hinder(db, people, kari, clock),
    )
    with transaction() as db:
        now_in = roles(db, people)
    assert now_in["Liv Dahl"] == "owner"
    assert (now_in["Tor Lie"] == "owner") == (yes == "done")
    if yes == "done":
        assert now_in.get("Kari Nordli") in ("administrator", None)


def test_the_giver_who_lowers_the_other_owner_meanwhile_does_not_leave_nobody(
    offered: tuple[People, UUID], clock: datetime
) -> None:
    people, _kari = offered
    with transaction() as db:
        liv = member_of(db, people.liv)
    together(
        lambda db: answer_offer(db, people.tor, yes=True, now=clock),
        lambda db: change_role(db, people.kari, liv, "colleague", now=clock),
    )
    with transaction() as db:
        assert "owner" in roles(db, people).values()


def test_two_offers_at_once_are_one(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        tor, liv = member_of(db, people.tor), member_of(db, people.liv)
    outcomes = together(
        *(
            lambda db, member=member: offer_ownership(
                db, people.kari, member, steps_down=False, now=clock
            )
            for member in (tor, liv)
        )
    )
    assert sorted(outcomes) == ["done", "ownership-offered"]
