"""Forgotten passwords."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal.accounts import links, sessions
from portal.accounts.links import LinkRefusedError
from portal.accounts.models import LinkPurpose, OneTimeLink, User
from portal.accounts.passwords import choose
from portal.accounts.recovery import ask_reset, reset_password
from portal.accounts.sign_in import sign_in
from portal.errors import InvalidValueError
from portal.mail import letters
from portal.mail.models import OutboxMessage
from tests.accounts.people import (
    KARI,
    kari,
    letter,
    mailed_token,
    mails,
    on_a_device,
    proof_of,
    told,
)

NEW = "tre rare trollmenn i regnet"


def asked(db: Session, now: datetime) -> str:
    """Kari's reset token, out of her mail."""
    ask_reset(db, KARI, locale="nb", now=now)
    return mailed_token(db, KARI, "reset-password", "reset-password")


def test_a_forgotten_password_is_replaced(db: Session, clock: datetime):
    user = kari(db, clock)
    done = reset_password(db, asked(db, clock), choose(NEW), device="Chrome, Mac", now=clock)
    assert done.user.id == user.id
    assert sign_in(db, proof_of(db, KARI, NEW), device="", now=clock)
    assert sign_in(db, proof_of(db, KARI), device="", now=clock) is None
    assert told(db, user)[:2] == ["password reset asked", "password changed"]


def test_the_change_is_told_by_mail(db: Session, clock: datetime):
    kari(db, clock)
    reset_password(db, asked(db, clock), choose(NEW), device="Chrome, Mac", now=clock)
    assert mails(db, KARI) == ["reset-password", "password-changed"]
    assert "Chrome, Mac" in letter(db, KARI, "password-changed")


def test_a_reset_ends_every_session(db: Session, clock: datetime):
    user = kari(db, clock)
    devices = [on_a_device(db, user, clock) for _ in range(3)]
    done = reset_password(db, asked(db, clock), choose(NEW), device="", now=clock)
    assert set(done.ended) == {actor.session_id for actor, _ in devices}
    assert all(sessions.find(db, token, now=clock) is None for _, token in devices)


def test_a_reset_link_lives_for_thirty_minutes(db: Session, clock: datetime):
    kari(db, clock)
    token = asked(db, clock)
    late = clock + timedelta(minutes=30, seconds=1)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        reset_password(db, token, choose(NEW), device="", now=late)
    assert reset_password(db, token, choose(NEW), device="", now=late - timedelta(seconds=2))


def test_a_used_reset_link_is_refused(db: Session, clock: datetime):
    kari(db, clock)
    token = asked(db, clock)
    reset_password(db, token, choose(NEW), device="", now=clock)
    with pytest.raises(LinkRefusedError, match="link-used"):
        reset_password(db, token, choose(NEW), device="", now=clock)


def test_a_reset_voids_what_a_thief_may_have_asked_for(db: Session, clock: datetime):
    user = kari(db, clock)
    theirs = links.create(db, user.id, LinkPurpose.CONFIRM_EMAIL, now=clock, email="x@y.example")
    reset_password(db, asked(db, clock), choose(NEW), device="", now=clock)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        links.use(db, theirs, LinkPurpose.CONFIRM_EMAIL, now=clock)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(db: Session, clock: datetime):
    kari(db, clock)
    for email in (KARI, "nobody@nordlys.example"):
        ask_reset(db, email, locale="nb", now=clock)
    assert mails(db, "nobody@nordlys.example") == []
    assert len(db.exec(select(OutboxMessage)).all()) == 1
    assert told(db) == ["password reset asked"] * 2


def test_an_unknown_address_costs_the_same_work_and_leaves_nothing(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch
):
    user = kari(db, clock)
    written: list[str] = []
    write = letters.write

    def counting(kind: str, locale: str, values: dict[str, object]) -> letters.Letter:
        written.append(kind)
        return write(kind, locale, values)

    monkeypatch.setattr(letters, "write", counting)
    for email in (KARI, "nobody@nordlys.example"):
        ask_reset(db, email, locale="nb", now=clock)
    db.commit()
    assert written == ["reset-password"] * 2
    assert db.exec(select(User.id)).all() == [user.id]
    assert db.exec(select(OneTimeLink.user_id)).all() == [user.id]


def test_a_fourth_mail_within_the_hour_is_dropped_in_silence(db: Session, clock: datetime):
    kari(db, clock)
    for _ in range(5):
        ask_reset(db, KARI, locale="nb", now=clock)
    assert mails(db, KARI) == ["reset-password"] * 3
    token = mailed_token(db, KARI, "reset-password", "reset-password")
    assert told(db) == ["password reset asked"] * 5
    assert db.exec(select(OneTimeLink).where(col(OneTimeLink.expires_at) > clock)).one()
    assert token


@pytest.mark.parametrize(("typed", "code"), [("kari", "email-no-at"), ("k@x", "email-unknown")])
def test_what_is_no_address_is_told_beside_the_field(
    db: Session, clock: datetime, typed: str, code: str
):
    with pytest.raises(InvalidValueError) as refused:
        ask_reset(db, typed, locale="nb", now=clock)
    assert (refused.value.code, refused.value.field) == (code, "email")


def test_the_link_leads_to_the_configured_address_in_the_readers_language(
    db: Session, clock: datetime
):
    kari(db, clock)
    asked(db, clock)
    assert "http://localhost:3000/go/reset-password/" in letter(db, KARI, "reset-password")
    assert "?l=nb" in letter(db, KARI, "reset-password")
