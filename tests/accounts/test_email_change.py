"""Changing the address with which one signs in."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from portal.accounts import links, sessions
from portal.accounts.email_change import (
    EmailTakenError,
    ask_email_change,
    confirm_email_change,
    masked,
    undo_email_change,
)
from portal.accounts.links import LinkRefusedError
from portal.accounts.models import LinkPurpose, User
from portal.accounts.passwords import choose
from portal.accounts.recovery import reset_password
from portal.accounts.sign_in import sign_in
from portal.errors import InvalidValueError, RecentSignInRequiredError, TooManyAttemptsError
from tests.accounts.people import (
    KARI,
    NILS,
    add_user,
    kari,
    letter,
    mailed_token,
    mails,
    nils,
    on_a_device,
    proof_of,
    told,
)

NEW = "kari@ny.example"
THIEF = "mallory@evil.example"


def ask(db: Session, user: User, email: str, now: datetime) -> None:
    ask_email_change(db, on_a_device(db, user, now)[0], email, now=now)


def confirm(db: Session, address: str, now: datetime) -> User:
    token = mailed_token(db, address, "confirm-email", "confirm-email")
    return confirm_email_change(db, token, now=now)


def undo_token(db: Session, address: str) -> str:
    return mailed_token(db, address, "email-change-announced", "undo-email")


def test_a_new_address_counts_once_it_is_confirmed(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, " Kari@NY.example ", clock)
    assert user.email == KARI
    assert confirm(db, NEW, clock).email == NEW
    assert sign_in(db, proof_of(db, NEW), device="", now=clock)
    assert sign_in(db, proof_of(db, KARI), device="", now=clock) is None
    assert told(db, user) == ["e-mail change asked", "e-mail changed", "signed in"]


def test_old_and_new_address_are_told(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, NEW, clock)
    assert mails(db, KARI) == ["email-change-announced"]
    announced = letter(db, KARI, "email-change-announced")
    assert NEW not in announced
    confirm(db, NEW, clock)
    assert mails(db, NEW) == ["confirm-email", "email-changed"]


def test_a_stale_sign_in_changes_no_address(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    with pytest.raises(RecentSignInRequiredError):
        ask_email_change(db, actor, NEW, now=clock + timedelta(minutes=11))
    assert mails(db, NEW) == mails(db, KARI) == []


def test_a_taken_address_gets_the_usual_answer_and_no_mail(db: Session, clock: datetime):
    nils(db, clock)
    user = kari(db, clock)
    ask(db, user, NILS, clock)
    assert mails(db, NILS) == []
    assert mails(db, KARI) == ["email-change-announced"]
    assert told(db, user) == ["e-mail change asked"]


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("kari", "email-no-at"),
        ("kari@nordlys", "email-unknown"),
        ("post@nordlys.example", "email-shared"),
        ("KARI@nordlys.example", "email-unchanged"),
    ],
)
def test_addresses_that_cannot_be_the_new_one(db: Session, clock: datetime, email: str, code: str):
    with pytest.raises(InvalidValueError) as refused:
        ask(db, kari(db, clock), email, clock)
    assert (refused.value.code, refused.value.field) == (code, "email")


def test_an_address_that_is_taken_meanwhile_stays_with_the_faster(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, NEW, clock)
    token = mailed_token(db, NEW, "confirm-email", "confirm-email")
    add_user(db, NEW, "Tor Lie", now=clock)
    db.commit()
    with pytest.raises(EmailTakenError):
        confirm_email_change(db, token, now=clock)
    db.rollback()
    assert db.get_one(User, user.id).email == KARI


def test_asking_for_another_address_replaces_the_first_wish(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, THIEF, clock)
    ask(db, user, NEW, clock)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        confirm(db, THIEF, clock)
    assert confirm(db, NEW, clock).email == NEW


def test_a_confirmation_lives_for_a_day(db: Session, clock: datetime):
    ask(db, kari(db, clock), NEW, clock)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        confirm(db, NEW, clock + timedelta(hours=24, seconds=1))
    assert confirm(db, NEW, clock + timedelta(hours=24, seconds=-1))


def test_a_reset_link_to_the_old_address_stops_with_the_change(db: Session, clock: datetime):
    user = kari(db, clock)
    reset = links.create(db, user.id, LinkPurpose.RESET_PASSWORD, now=clock)
    ask(db, user, NEW, clock)
    confirm(db, NEW, clock)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        links.use(db, reset, LinkPurpose.RESET_PASSWORD, now=clock)


def test_the_old_address_comes_back_and_the_thief_is_out(db: Session, clock: datetime):
    user = kari(db, clock)
    _, thiefs_cookie = on_a_device(db, user, clock)
    ask(db, user, THIEF, clock)
    confirm(db, THIEF, clock)
    undone = undo_email_change(db, undo_token(db, KARI), now=clock + timedelta(days=6))
    assert undone.user.email == KARI
    assert len(undone.ended) == 2
    assert sessions.find(db, thiefs_cookie, now=clock) is None
    assert sign_in(db, proof_of(db, KARI), device="", now=clock) is None
    assert sign_in(db, proof_of(db, THIEF), device="", now=clock) is None
    assert "e-mail change undone" in told(db, user)


def test_the_owner_chooses_a_new_password_after_undoing(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, THIEF, clock)
    confirm(db, THIEF, clock)
    now = clock + timedelta(hours=1)
    undo_email_change(db, undo_token(db, KARI), now=now)
    assert {"email-change-undone", "reset-password"} <= set(mails(db, KARI))
    token = mailed_token(db, KARI, "reset-password", "reset-password")
    reset_password(db, token, choose("tre rare trollmenn i regnet"), device="", now=now)
    assert sign_in(db, proof_of(db, KARI, "tre rare trollmenn i regnet"), device="", now=now)


def test_a_change_can_be_stopped_before_it_happens(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, THIEF, clock)
    undo_email_change(db, undo_token(db, KARI), now=clock)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        confirm(db, THIEF, clock)
    assert user.email == KARI


def test_undoing_works_for_seven_days(db: Session, clock: datetime):
    ask(db, kari(db, clock), THIEF, clock)
    token, end = undo_token(db, KARI), clock + timedelta(days=7)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        undo_email_change(db, token, now=end + timedelta(seconds=1))
    assert undo_email_change(db, token, now=end - timedelta(seconds=1))


def test_a_thief_who_changes_twice_cannot_void_the_owners_way_back(db: Session, clock: datetime):
    user = kari(db, clock)
    minute = timedelta(minutes=1)
    ask(db, user, THIEF, clock)
    confirm(db, THIEF, clock)
    ask(db, user, "mallory@other.example", clock + minute)
    confirm(db, "mallory@other.example", clock + minute)
    thiefs_way_back = undo_token(db, THIEF)
    assert undo_email_change(db, undo_token(db, KARI), now=clock + 2 * minute).user.email == KARI
    with pytest.raises(LinkRefusedError, match="link-expired"):
        undo_email_change(db, thiefs_way_back, now=clock + 3 * minute)


def test_a_thief_who_undoes_first_does_not_void_it_either(db: Session, clock: datetime):
    user = kari(db, clock)
    minute = timedelta(minutes=1)
    ask(db, user, THIEF, clock)
    confirm(db, THIEF, clock)
    ask(db, user, "mallory@other.example", clock + minute)
    undo_email_change(db, undo_token(db, THIEF), now=clock + 2 * minute)
    assert undo_email_change(db, undo_token(db, KARI), now=clock + 3 * minute).user.email == KARI


def test_an_old_address_that_somebody_else_took_stays_theirs(db: Session, clock: datetime):
    user = kari(db, clock)
    ask(db, user, NEW, clock)
    confirm(db, NEW, clock)
    add_user(db, KARI, "Another Kari", now=clock)
    token = undo_token(db, KARI)
    db.commit()
    with pytest.raises(EmailTakenError):
        undo_email_change(db, token, now=clock)


def test_a_sixth_change_within_the_hour_is_refused(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    for number in range(5):
        ask_email_change(db, actor, f"kari{number}@ny.example", now=clock)
    with pytest.raises(TooManyAttemptsError):
        ask_email_change(db, actor, NEW, now=clock)


def test_a_masked_address_is_recognised_and_cannot_be_written_to():
    assert masked("kari@nordlys.example") == "k…@nordlys.example"
