"""Sessions: who is signed in, for how long, and how it ends."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.accounts import sessions
from portal.accounts.models import SignInSession, User
from portal.accounts.sessions import CUSTOMER_LIMITS, STAFF_LIMITS
from portal.actor import StaffRole
from portal.errors import NotFoundError
from tests.accounts.people import kari, nils, on_a_device, siri, told

SECOND = timedelta(seconds=1)


def test_a_token_leads_to_its_user(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, token = on_a_device(db, user, clock)
    found = sessions.find(db, token, now=clock)
    assert found is not None
    assert (found.user_id, found.name, found.locale) == (user.id, "Kari Nordli", "nb")
    assert (found.session_id, found.authenticated_at) == (actor.session_id, clock)
    assert found.staff_role is None


def test_staff_are_known_as_such(db: Session, clock: datetime):
    _, token = on_a_device(db, siri(db, clock), clock)
    found = sessions.find(db, token, now=clock)
    assert found is not None
    assert found.staff_role is StaffRole.AGENT


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 10_000, "' OR 1=1 --"])
def test_what_is_no_token_leads_to_nobody(db: Session, clock: datetime, token: str):
    on_a_device(db, kari(db, clock), clock)
    assert sessions.find(db, token, now=clock) is None


def test_the_database_holds_no_token(db: Session, clock: datetime):
    _, token = on_a_device(db, kari(db, clock), clock)
    (row,) = db.exec(select(SignInSession)).all()
    assert token not in str(row.model_dump())
    assert sessions.find(db, row.token_hash, now=clock) is None


def test_the_limits_are_the_documented_ones():
    assert (CUSTOMER_LIMITS.idle, CUSTOMER_LIMITS.absolute) == (
        timedelta(hours=12),
        timedelta(days=30),
    )
    assert (STAFF_LIMITS.idle, STAFF_LIMITS.absolute) == (
        timedelta(minutes=30),
        timedelta(hours=8),
    )


def _person(db: Session, who: str, clock: datetime) -> tuple[User, sessions.Limits]:
    return (siri(db, clock), STAFF_LIMITS) if who == "siri" else (kari(db, clock), CUSTOMER_LIMITS)


@pytest.mark.parametrize("who", ["kari", "siri"])
def test_a_session_without_a_sign_of_life_ends(db: Session, clock: datetime, who: str):
    user, limits = _person(db, who, clock)
    _, token = on_a_device(db, user, clock)
    assert sessions.find(db, token, now=clock + limits.idle - SECOND)
    assert sessions.find(db, token, now=clock + limits.idle) is None


@pytest.mark.parametrize("who", ["kari", "siri"])
def test_a_session_ends_even_if_it_never_rests(db: Session, clock: datetime, who: str):
    user, limits = _person(db, who, clock)
    actor, token = on_a_device(db, user, clock)
    assert actor.session_id is not None
    last = clock + limits.absolute - SECOND
    sessions.touch(db, actor.session_id, now=last)
    assert sessions.find(db, token, now=last)
    assert sessions.find(db, token, now=last + SECOND) is None


def test_signs_of_life_are_noted_once_a_minute(db: Session, clock: datetime):
    actor, token = on_a_device(db, kari(db, clock), clock)
    assert actor.session_id is not None
    found = sessions.find(db, token, now=clock)
    assert found is not None
    assert not found.seen_long_ago(clock + timedelta(seconds=59))
    assert found.seen_long_ago(clock + timedelta(seconds=60))
    sessions.touch(db, actor.session_id, now=clock + timedelta(hours=11))
    assert sessions.find(db, token, now=clock + timedelta(hours=22))


def test_a_sign_of_life_never_goes_back_in_time(db: Session, clock: datetime):
    actor, token = on_a_device(db, kari(db, clock), clock)
    assert actor.session_id is not None
    sessions.touch(db, actor.session_id, now=clock + timedelta(hours=2))
    sessions.touch(db, actor.session_id, now=clock + timedelta(hours=1))
    found = sessions.find(db, token, now=clock + timedelta(hours=2))
    assert found is not None
    assert found.last_seen_at == clock + timedelta(hours=2)


def test_signing_out_ends_this_session_only(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, here = on_a_device(db, user, clock)
    _, there = on_a_device(db, user, clock)
    sessions.sign_out(db, actor, now=clock)
    assert sessions.find(db, here, now=clock) is None
    assert sessions.find(db, there, now=clock)
    assert told(db, user) == ["signed out"]


def test_sign_out_everywhere_else_leaves_this_one(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, here = on_a_device(db, user, clock)
    elsewhere = [on_a_device(db, user, clock) for _ in range(2)]
    _, of_nils = on_a_device(db, nils(db, clock), clock)
    ended = sessions.end_other_devices(db, actor, now=clock)
    assert set(ended) == {other.session_id for other, _ in elsewhere}
    assert [sessions.find(db, token, now=clock) for _, token in elsewhere] == [None, None]
    assert sessions.find(db, here, now=clock)
    assert sessions.find(db, of_nils, now=clock)
    assert told(db, user) == ["other sessions ended"]


def test_one_device_can_be_signed_out(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, here = on_a_device(db, user, clock)
    phone, there = on_a_device(db, user, clock)
    assert phone.session_id is not None
    assert sessions.end_device(db, actor, phone.session_id, now=clock) == [phone.session_id]
    assert sessions.find(db, there, now=clock) is None
    assert sessions.find(db, here, now=clock)
    assert told(db, user) == ["session ended"]


def test_another_persons_session_and_a_random_one_answer_alike(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    stranger, token = on_a_device(db, nils(db, clock), clock)
    assert stranger.session_id is not None
    for session_id in (stranger.session_id, stranger.user):
        with pytest.raises(NotFoundError):
            sessions.end_device(db, actor, session_id, now=clock)
    assert sessions.find(db, token, now=clock)


def test_the_list_of_devices_begins_here_and_ends_with_the_oldest(db: Session, clock: datetime):
    user = kari(db, clock)
    hour = timedelta(hours=1)
    old, _ = on_a_device(db, user, clock, "Safari, iPhone")
    here, _ = on_a_device(db, user, clock + hour)
    new, _ = on_a_device(db, user, clock + 2 * hour, "Chrome, Android")
    on_a_device(db, nils(db, clock), clock, "Edge, Windows")
    rows = sessions.devices(db, here, now=clock + 3 * hour)
    assert [(row.device, row.current) for row in rows] == [
        ("Firefox, Windows", True),
        ("Chrome, Android", False),
        ("Safari, iPhone", False),
    ]
    assert [row.session_id for row in rows] == [here.session_id, new.session_id, old.session_id]


def test_sessions_that_are_over_are_no_devices(db: Session, clock: datetime):
    user = kari(db, clock)
    on_a_device(db, user, clock, "Safari, iPhone")
    ended, _ = on_a_device(db, user, clock + timedelta(hours=12))
    here, _ = on_a_device(db, user, clock + timedelta(hours=12))
    sessions.sign_out(db, ended, now=clock + timedelta(hours=12))
    rows = sessions.devices(db, here, now=clock + timedelta(hours=12))
    assert [row.session_id for row in rows] == [here.session_id]


def test_an_erased_user_takes_the_sessions_along(db: Session, clock: datetime):
    user = kari(db, clock)
    _, token = on_a_device(db, user, clock)
    db.delete(user)
    db.flush()
    assert sessions.find(db, token, now=clock) is None
    assert db.exec(select(SignInSession)).all() == []


def test_a_long_device_name_is_cut(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock, "x" * 500)
    (row,) = sessions.devices(db, actor, now=clock)
    assert row.device == "x" * 80
