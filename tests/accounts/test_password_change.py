"""Changing the password while signed in."""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal.accounts import sessions
from portal.accounts.password_change import change_password
from portal.accounts.passwords import choose
from portal.accounts.sign_in import sign_in
from tests.accounts.people import (
    KARI,
    PASSWORD,
    kari,
    letter,
    mails,
    nils,
    on_a_device,
    proof_again,
    proof_of,
    told,
)

NEW = "tre rare trollmenn i regnet"


def test_of_three_devices_two_are_signed_out(db: Session, clock: datetime):
    user = kari(db, clock)
    (actor, here), *elsewhere = [on_a_device(db, user, clock) for _ in range(3)]
    changed = change_password(
        db, actor, proof_again(db, actor), choose(NEW), device="Firefox, Windows", now=clock
    )
    assert changed is not None
    assert set(changed.ended) == {other.session_id for other, _ in elsewhere}
    assert [sessions.find(db, token, now=clock) for _, token in elsewhere] == [None, None]
    found = sessions.find(db, changed.token, now=clock)
    assert found is not None
    assert found.session_id == actor.session_id
    assert sessions.find(db, here, now=clock) is None  # a new proof, a new token
    assert changed.token not in repr(changed)


def test_the_new_password_works_and_the_old_one_does_not(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, _ = on_a_device(db, user, clock)
    change_password(db, actor, proof_again(db, actor), choose(NEW), device="", now=clock)
    assert sign_in(db, proof_of(db, KARI, NEW), device="", now=clock)
    assert sign_in(db, proof_of(db, KARI), device="", now=clock) is None
    assert user.password_changed_at == clock
    assert mails(db, KARI) == ["password-changed"]
    assert told(db, user) == ["password changed", "signed in", "sign-in failed"]


def test_the_mail_names_the_browser_if_it_is_known(db: Session, clock: datetime):
    user = kari(db, clock)
    user.locale = "en"
    actor, _ = on_a_device(db, user, clock)
    for device, said in (("Safari, Mac", True), ("", False)):
        proof = proof_again(db, actor, NEW if user.password_changed_at else PASSWORD)
        chosen = choose(NEW)
        change_password(db, actor, proof, chosen, device=device, now=clock)
        newest = letter(db, KARI, "password-changed")
        assert (", with Safari, Mac." in newest) == said
        clock += timedelta(minutes=1)


def test_without_the_present_password_nothing_changes(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, here = on_a_device(db, user, clock)
    _, there = on_a_device(db, user, clock)
    wrong = proof_again(db, actor, "feil passord her")
    assert change_password(db, actor, wrong, choose(NEW), device="", now=clock) is None
    assert sessions.find(db, here, now=clock)
    assert sessions.find(db, there, now=clock)
    assert mails(db, KARI) == []
    assert told(db, user) == ["sign-in failed"]


def test_another_persons_password_changes_nothing(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    theirs = proof_of(db, nils(db, clock).email)
    assert change_password(db, actor, theirs, choose(NEW), device="", now=clock) is None
    assert proof_of(db, KARI).right
