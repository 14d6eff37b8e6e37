"""Two people who act on the same call list at the same moment: one list, and nobody misled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.actor import Actor
from portal.contacts.adding import AddedContact
from portal.contacts.answering import accept, decline
from portal.contacts.inviting import invite_again, remind, revoke
from portal.contacts.lists import call_list
from portal.contacts.models import AlarmContact, Answer, CallListEntry
from portal.contacts.moving import move_contact
from portal.contacts.own_alarms import leave
from portal.contacts.removing import remove_contact
from portal.contacts.watching import forget_those_who_said_no, run_out_invitations
from portal.database import transaction
from portal.invitations.models import Invitation, Outcome
from tests.contacts.people import (
    Lists,
    account,
    acting,
    add_lists,
    invitation_token,
    mails_to,
    named,
    order_of,
    version_of,
)
from tests.customers.together import together

ROUNDS = 8  # so that each of two has been the first, and both in the middle of it
Act = Callable[[Session], object]


@pytest.fixture
def lists(database: str, clock: datetime) -> Lists:
    with transaction() as db:
        return add_lists(db, clock)


@pytest.fixture
def three(lists: Lists, clock: datetime) -> list[AddedContact]:
    with transaction() as db:
        return [
            named(db, lists, name, number, now=clock)
            for number, name in ((104, "Ola Berg"), (105, "Berit Aas"), (106, "Lars Vik"))
        ]


def invited(lists: Lists, number: int, now: datetime) -> tuple[AddedContact, str]:
    """Somebody new who is invited, with the token of the link."""
    email = f"p{number}@berg.example"
    with transaction() as db:
        added = named(db, lists, f"P {number}", 200 + number, email=email, now=now)
    with transaction() as db:
        return added, invitation_token(db, email)


def test_of_two_members_who_move_at_once_the_second_is_told(
    lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    for _ in range(ROUNDS):
        with transaction() as db:
            seen, before = version_of(db, lists.storgata), order_of(db, lists.storgata)

        def mover(actor: Actor, added: AddedContact, seen: int = seen) -> Act:
            return lambda db: move_contact(db, actor, added.entry_id, to=1, version=seen, now=clock)

        outcomes = together(mover(lists.kari, three[1]), mover(lists.tor, three[2]))
        assert sorted(outcomes) == ["changed-meanwhile", "done"]
        first = "Berit Aas" if outcomes[0] == "done" else "Lars Vik"
        with transaction() as db:
            order = order_of(db, lists.storgata)
        assert order == [first, *(name for name in before if name != first)]


def test_moving_and_removing_at_once_leave_one_list_without_gaps(
    lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    for number in range(ROUNDS):
        with transaction() as db:
            added = named(db, lists, "Per Vik", 120 + number, now=clock)
        with transaction() as db:
            seen = version_of(db, lists.storgata)
        moved, removed = together(
            lambda db, added=added, seen=seen: move_contact(
                db, lists.kari, added.entry_id, to=1, version=seen, now=clock
            ),
            lambda db, added=added: remove_contact(
                db, lists.tor, added.entry_id, sure=False, now=clock
            ),
        )
        assert removed == "done"
        assert moved in {"done", "changed-meanwhile", "not-found"}
        with transaction() as db:
            assert order_of(db, lists.storgata) == ["Ola Berg", "Berit Aas", "Lars Vik"]


def test_of_two_removals_of_the_last_two_contacts_at_once_one_is_refused(
    lists: Lists, clock: datetime
) -> None:
    for number in range(ROUNDS):
        with transaction() as db:
            ola = named(db, lists, "Ola Berg", 120 + 2 * number, now=clock)
            berit = named(db, lists, "Berit Aas", 121 + 2 * number, now=clock)

        def remover(actor: Actor, added: AddedContact, *, sure: bool = False) -> Act:
            return lambda db: remove_contact(db, actor, added.entry_id, sure=sure, now=clock)

        outcomes = together(remover(lists.kari, ola), remover(lists.tor, berit))
        assert sorted(outcomes) == ["done", "last-contact"]
        left = berit if outcomes[0] == "done" else ola
        with transaction() as db:
            assert call_list(db, lists.kari, lists.storgata, now=clock).reachable == 1
            remover(lists.kari, left, sure=True)(db)


def test_contact_who_leaves_while_the_other_is_removed_is_asked_first(
    lists: Lists, clock: datetime
) -> None:
    added, token = invited(lists, 1, clock)
    with transaction() as db:
        user = account(db, "p1@berg.example", "P 1", clock)
        accept(db, token, yes={added.entry_id}, user=user, sure=False, now=clock)
        other = named(db, lists, "Berit Aas", 105, now=clock)
    actor = acting(user, clock)
    outcomes = together(
        lambda db: leave(db, actor, added.entry_id, reason="", sure=False, now=clock),
        lambda db: remove_contact(db, lists.kari, other.entry_id, sure=False, now=clock),
    )
    assert sorted(outcomes) == ["done", "last-contact"]


@pytest.mark.parametrize("first", ["the answer", "the member"])
def test_yes_and_revocation_at_once_end_the_invitation_once(
    lists: Lists, clock: datetime, first: str
) -> None:
    """Whoever is second is told that there is nothing to answer, or to take back, any more."""
    for number in range(ROUNDS):
        added, token = invited(lists, number, clock)
        with transaction() as db:
            user = account(db, f"p{number}@berg.example", f"P {number}", clock)
        acts: list[Act] = [
            lambda db, added=added, token=token, user=user: accept(
                db, token, yes={added.entry_id}, user=user, sure=False, now=clock
            ),
            lambda db, added=added: revoke(db, lists.kari, added.contact_id, now=clock),
        ]
        said_yes, revoked = 0, 1
        if first == "the member":
            acts.reverse()
            said_yes, revoked = 1, 0
        outcomes = together(*acts)
        assert sorted(outcomes) == ["done", "invitation-ended"]
        with transaction() as db:
            invitation = db.exec(
                select(Invitation).where(col(Invitation.contact_id) == added.contact_id)
            ).one()
            answer = db.get_one(CallListEntry, added.entry_id).answer
        if outcomes[said_yes] == "done":
            assert (invitation.outcome, answer) == (Outcome.ACCEPTED, Answer.ACCEPTED)
        else:
            assert outcomes[revoked] == "done"
            assert (invitation.outcome, answer) == (Outcome.REVOKED, Answer.NONE)


def test_no_and_reminder_at_once_never_wait_for_each_other(lists: Lists, clock: datetime) -> None:
    with transaction() as db:
        named(db, lists, "Berit Aas", 105, now=clock)
    for number in range(ROUNDS):
        added, token = invited(lists, number, clock)
        declined, reminded = together(
            lambda db, token=token: decline(db, token, sure=False, now=clock),
            lambda db, added=added: remind(db, lists.kari, added.contact_id, now=clock),
        )
        assert declined == "done"
        assert reminded in {"done", "invitation-ended"}


def test_yes_while_the_person_is_removed_finds_nothing_to_answer_or_was_in_time(
    lists: Lists, clock: datetime
) -> None:
    for number in range(ROUNDS):
        added, token = invited(lists, number, clock)
        with transaction() as db:
            user = account(db, f"p{number}@berg.example", f"P {number}", clock)
        said_yes, removed = together(
            lambda db, added=added, token=token, user=user: accept(
                db, token, yes={added.entry_id}, user=user, sure=False, now=clock
            ),
            lambda db, added=added: remove_contact(
                db, lists.kari, added.entry_id, sure=True, now=clock
            ),
        )
        assert removed == "done"
        assert said_yes in {"done", "invitation-ended"}
        with transaction() as db:
            assert order_of(db, lists.storgata) == []


def test_invitation_that_runs_out_while_it_is_revoked_ends_once(
    lists: Lists, clock: datetime
) -> None:
    later = clock + timedelta(days=14)
    for number in range(ROUNDS):
        added, _ = invited(lists, number, clock)
        ran_out, revoked = together(
            lambda db: run_out_invitations(db, now=later),
            lambda db, added=added: revoke(db, lists.kari, added.contact_id, now=later),
        )
        assert ran_out == "done"
        assert revoked in {"done", "invitation-ended"}


def test_forgetting_those_who_said_no_never_waits_for_whoever_moves_somebody(
    lists: Lists, clock: datetime
) -> None:
    """Of two lists that change, each is held by one of the two; the versions come last."""
    later = clock + timedelta(days=30)
    for number in range(ROUNDS):
        movers: list[Act] = []
        for place, site in enumerate((lists.storgata, lists.torget)):
            with transaction() as db:
                email = f"p{number}{place}@berg.example"
                digits = 400 + 10 * place + number
                stays = named(db, lists, "Berit Aas", digits, site=site, now=clock)
                named(db, lists, "P", digits + 100, email=email, site=site, now=clock)
            with transaction() as db:
                decline(db, invitation_token(db, email), sure=False, now=clock)
            with transaction() as db:
                seen = version_of(db, site)
            movers.append(
                lambda db, stays=stays, seen=seen: move_contact(
                    db, lists.kari, stays.entry_id, to=1, version=seen, now=later
                )
            )
        _, *moved = together(
            lambda db: forget_those_who_said_no(db, now=later, before=later), *movers
        )
        assert set(moved) <= {"done", "changed-meanwhile"}
        with transaction() as db:
            for site in (lists.storgata, lists.torget):
                assert set(order_of(db, site)) == {"Berit Aas"}


def test_of_two_who_invite_again_at_once_one_mail_leaves(lists: Lists, clock: datetime) -> None:
    added, _ = invited(lists, 1, clock)
    later = clock + timedelta(days=14)
    outcomes = together(
        lambda db: invite_again(db, lists.kari, added.contact_id, now=later),
        lambda db: invite_again(db, lists.tor, added.contact_id, now=later),
    )
    assert sorted(outcomes) == ["already-invited", "done"]
    with transaction() as db:
        assert len(mails_to(db, "p1@berg.example")) == 2


@pytest.mark.parametrize("elsewhere", [False, True], ids=["one list", "two lists"])
def test_of_two_who_add_the_same_phone_at_once_the_second_is_told(
    lists: Lists, clock: datetime, elsewhere: bool
) -> None:
    for number in range(ROUNDS):
        other = lists.torget if elsewhere else lists.storgata

        def add(actor: Actor, site: UUID, number: int = 300 + number) -> Act:
            return lambda db: named(
                db, lists, "Ola Berg", number, actor=actor, site=site, now=clock
            )

        outcomes = together(add(lists.kari, lists.storgata), add(lists.tor, other))
        assert sorted(outcomes) == ["done", "invalid-fields"]
        with transaction() as db:
            same = select(AlarmContact).where(col(AlarmContact.phone) == f"+4790000{300 + number}")
            assert len(db.exec(same).all()) == 1
