"""The team: roles, removal, and an owner always."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor, Role
from portal.customers.models import Customer, Member
from portal.customers.team import LastOwnerError, change_role, remove_member, team
from portal.customers.team_invitations import colleague_invitations, invite_colleague
from portal.database import transaction
from portal.errors import (
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    RecentSignInRequiredError,
)
from tests.accounts.people import letter, mails, told
from tests.customers.people import People, act, add_people, add_user
from tests.customers.together import together

LIV = "liv@nordlys.example"


def member_of(db: Session, actor: Actor) -> UUID:
    statement = select(Member.id).where(
        col(Member.user_id) == actor.user, col(Member.customer_id) == actor.customer_id
    )
    return db.exec(statement).one()


def roles(db: Session, people: People) -> dict[str, str]:
    statement = (
        select(User.name, Member.role)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(col(Member.customer_id) == people.nordlys)
    )
    return dict(db.exec(statement).all())


def make_owner(db: Session, actor: Actor) -> Actor:
    member = db.get_one(Member, member_of(db, actor))
    member.role = Role.OWNER.value
    db.add(member)
    db.flush()
    return replace(actor, role=Role.OWNER)


def test_the_team_has_owners_first_and_says_who_cannot_be_spared(
    db: Session, people: People
) -> None:
    found = team(db, people.liv)
    assert [(each.name, each.role, each.you, each.needed) for each in found] == [
        ("Kari Nordli", Role.OWNER, False, True),
        ("Liv Dahl", Role.ADMINISTRATOR, True, False),
        ("Tor Lie", Role.COLLEAGUE, False, False),
    ]


def test_a_colleague_sees_no_team(db: Session, people: People) -> None:
    with pytest.raises(NotAllowedError):
        team(db, people.tor)


def test_an_owner_gives_another_role_and_the_member_is_told(
    db: Session, people: People, clock: datetime
) -> None:
    change_role(db, people.kari, member_of(db, people.liv), "colleague", now=clock)
    assert roles(db, people)["Liv Dahl"] == "colleague"
    assert "a colleague at Nordlys Bakeri AS" in letter(db, LIV, "team-role-changed")
    assert told(db, db.get_one(User, people.liv.user)) == ["role of a member changed"]


def test_the_same_role_again_tells_nobody(db: Session, people: People, clock: datetime) -> None:
    change_role(db, people.kari, member_of(db, people.liv), "administrator", now=clock)
    assert mails(db, LIV) == []


@pytest.mark.parametrize("role", ["owner", "", "Owner", "lead"])
def test_nobody_is_made_owner_or_anything_unknown(
    db: Session, people: People, clock: datetime, role: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        change_role(db, people.kari, member_of(db, people.liv), role, now=clock)
    assert (refused.value.code, refused.value.field) == ("role-required", "role")


def test_a_removed_member_keeps_the_account_and_is_told(
    db: Session, people: People, clock: datetime
) -> None:
    remove_member(db, people.kari, member_of(db, people.tor), now=clock)
    assert "Tor Lie" not in roles(db, people)
    assert db.get(User, people.tor.user) is not None
    assert "Your account stays" in letter(db, "tor@nordlys.example", "team-removed")


def do_change(db: Session, actor: Actor, member: UUID, now: datetime) -> None:
    change_role(db, actor, member, "colleague", now=now)


def do_remove(db: Session, actor: Actor, member: UUID, now: datetime) -> None:
    remove_member(db, actor, member, now=now)


Act = Callable[[Session, Actor, UUID, datetime], None]
both = pytest.mark.parametrize("do", [do_change, do_remove])


@both
def test_the_last_owner_stays_owner(db: Session, people: People, clock: datetime, do: Act) -> None:
    with pytest.raises(LastOwnerError):
        do(db, people.kari, member_of(db, people.kari), clock)


@both
def test_an_owner_who_cannot_sign_in_yet_is_no_second_owner(
    db: Session, people: People, clock: datetime, do: Act
) -> None:
    per = User(email="per@nordlys.example", name="Per Moen", locale="nb", created_at=clock)
    db.add(per)
    db.flush()
    waiting = act(db, per, db.get_one(Customer, people.nordlys), Role.OWNER, clock)
    with pytest.raises(LastOwnerError):
        do(db, people.kari, member_of(db, people.kari), clock)
    do(db, people.kari, member_of(db, waiting), clock)


@both
def test_one_of_two_owners_can_go(db: Session, people: People, clock: datetime, do: Act) -> None:
    make_owner(db, people.liv)
    do(db, people.kari, member_of(db, people.kari), clock)
    assert roles(db, people)["Liv Dahl"] == "owner"


@both
def test_only_owners_change_the_team(db: Session, people: People, clock: datetime, do: Act) -> None:
    for actor in (people.liv, people.tor):
        with pytest.raises(NotAllowedError):
            do(db, actor, member_of(db, people.tor), clock)


@both
def test_another_customers_member_and_none_at_all_answer_alike(
    db: Session, people: People, clock: datetime, do: Act
) -> None:
    for member in (member_of(db, people.nils), uuid4()):
        with pytest.raises(NotFoundError):
            do(db, people.kari, member, clock)


@both
def test_a_stale_sign_in_changes_no_team(
    db: Session, people: People, clock: datetime, do: Act
) -> None:
    with pytest.raises(RecentSignInRequiredError):
        do(db, people.kari, member_of(db, people.tor), clock + timedelta(minutes=11))


@both
def test_who_was_owner_when_the_page_was_opened_changes_nothing_as_one_now(
    db: Session, people: People, clock: datetime, do: Act
) -> None:
    liv = make_owner(db, people.liv)
    change_role(db, people.kari, member_of(db, liv), "administrator", now=clock)
    with pytest.raises(NotAllowedError):
        do(db, liv, member_of(db, people.kari), clock)


@both
def test_invitations_of_somebody_who_may_invite_no_more_are_taken_back(
    db: Session, people: People, clock: datetime, do: Act
) -> None:
    for inviter, email in ((people.liv, "a@n.example"), (people.kari, "b@n.example")):
        invite_colleague(
            db, inviter, name="Per Moen", email=email, role="colleague", locale="nb", now=clock
        )
    do(db, people.kari, member_of(db, people.liv), clock)
    assert [each.email for each in colleague_invitations(db, people.kari, now=clock)] == [
        "b@n.example"
    ]


@pytest.fixture
def two_owners(database: str, clock: datetime) -> tuple[People, UUID, UUID]:
    with transaction() as db:
        people = add_people(db, clock)
        people = replace(people, liv=make_owner(db, people.liv))
        return people, member_of(db, people.kari), member_of(db, people.liv)


def owners(people: People) -> list[str]:
    with transaction() as db:
        return [name for name, role in roles(db, people).items() if role == "owner"]


@both
def test_two_owners_who_remove_each_other_at_once_leave_one(
    two_owners: tuple[People, UUID, UUID], clock: datetime, do: Act
) -> None:
    people, kari, liv = two_owners
    outcomes = together(
        lambda db: do(db, people.kari, liv, clock), lambda db: do(db, people.liv, kari, clock)
    )
    assert sorted(outcomes) == ["done", "not-allowed"]
    assert len(owners(people)) == 1


@both
def test_two_owners_who_go_at_once_do_not_both_go(
    two_owners: tuple[People, UUID, UUID], clock: datetime, do: Act
) -> None:
    people, kari, liv = two_owners
    outcomes = together(
        lambda db: do(db, people.kari, kari, clock), lambda db: do(db, people.liv, liv, clock)
    )
    assert sorted(outcomes) == ["done", "last-owner"]
    assert len(owners(people)) == 1


def test_one_who_is_removed_while_they_invite_invites_nobody(
    two_owners: tuple[People, UUID, UUID], clock: datetime
) -> None:
    people, _kari, liv = two_owners
    together(
        lambda db: remove_member(db, people.kari, liv, now=clock),
        lambda db: invite_colleague(
            db,
            people.liv,
            name="Per Moen",
            email="per@n.example",
            role="administrator",
            locale="nb",
            now=clock,
        ),
    )
    with transaction() as db:
        assert colleague_invitations(db, people.kari, now=clock) == []
        add_user(db, "Somebody", "somebody@n.example", clock)  # the database is whole
