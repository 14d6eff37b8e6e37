"""Signing in, and proving again who one is."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.accounts import passwords, sessions
from portal.accounts.models import SignInSession
from portal.accounts.passwords import hash_password
from portal.accounts.proof import account_with, prove
from portal.accounts.sign_in import confirm_identity, sign_in
from portal.actor import Actor
from portal.audit.models import AuditEntry
from portal.errors import NotFoundError, RecentSignInRequiredError
from tests.accounts.people import (
    KARI,
    PASSWORD,
    add_user,
    kari,
    nils,
    on_a_device,
    proof_again,
    proof_of,
    siri,
    told,
    weakly_hashed,
)


def test_kari_signs_in(db: Session, clock: datetime):
    user = kari(db, clock)
    new = sign_in(db, proof_of(db, KARI), device="Firefox, Windows", now=clock)
    assert new is not None
    found = sessions.find(db, new.token, now=clock)
    assert found is not None
    assert found.user_id == user.id == new.user.id
    assert user.last_sign_in_at == clock
    assert told(db, user) == ["signed in"]


@pytest.mark.parametrize(
    "typed", ["Kari@Nordlys.EXAMPLE", "  kari@nordlys.example ", "kari@ｎordlys.example"]
)
def test_an_address_is_found_however_it_is_typed(db: Session, clock: datetime, typed: str):
    kari(db, clock)
    assert sign_in(db, proof_of(db, typed), device="", now=clock)


@pytest.mark.parametrize("typed", ["", "kari", "kari@", "a@b@c", "\x00@\x00", "x" * 9999])
def test_what_is_no_address_is_an_unknown_one(db: Session, clock: datetime, typed: str):
    kari(db, clock)
    assert sign_in(db, proof_of(db, typed), device="", now=clock) is None


def test_unknown_wrong_and_not_activated_answer_alike(db: Session, clock: datetime):
    known = kari(db, clock)
    waiting = add_user(db, "tor@nordlys.example", "Tor Lie", now=clock, password=None)
    attempts = (
        proof_of(db, KARI, "feil passord her"),
        proof_of(db, waiting.email, PASSWORD),
        proof_of(db, waiting.email, ""),
        proof_of(db, "nobody@nordlys.example", PASSWORD),
    )
    assert [sign_in(db, proof, device="", now=clock) for proof in attempts] == [None] * 4
    assert told(db) == ["sign-in failed"] * 4
    assert told(db, known) == ["sign-in failed"]
    assert db.exec(select(SignInSession)).all() == []


def test_unknown_wrong_and_not_activated_hash_once_each(
    db: Session, clock: datetime, monkeypatch: pytest.MonkeyPatch
):
    kari(db, clock)
    waiting = add_user(db, "tor@nordlys.example", "Tor Lie", now=clock, password=None)
    verify, hashings = passwords._context.verify, 0

    def counting(secret: bytes | str, hashed: str) -> bool:
        nonlocal hashings
        hashings += 1
        return verify(secret, hashed)

    monkeypatch.setattr(passwords._context, "verify", counting)
    for email in (KARI, waiting.email, "nobody@nordlys.example"):
        proof_of(db, email, "feil passord her")
        assert hashings == 1
        hashings = 0


def test_no_address_reaches_the_trail(db: Session, clock: datetime):
    kari(db, clock)
    sign_in(db, proof_of(db, KARI), device="Firefox, Windows", now=clock)
    sign_in(db, proof_of(db, "ola@berg.example"), device="", now=clock)
    db.commit()
    everything = str([entry.model_dump() for entry in db.exec(select(AuditEntry))])
    assert "berg" not in everything
    assert "nordlys" not in everything.lower()


def test_a_planted_session_is_useless_after_sign_in(db: Session, clock: datetime):
    _, planted = on_a_device(db, nils(db, clock), clock)
    kari(db, clock)
    new = sign_in(db, proof_of(db, KARI), device="", earlier_token=planted, now=clock)
    assert new is not None
    assert new.token != planted
    assert sessions.find(db, planted, now=clock) is None


def test_a_planted_value_that_is_no_session_is_ignored(db: Session, clock: datetime):
    kari(db, clock)
    new = sign_in(db, proof_of(db, KARI), device="", earlier_token="chosen-by-mallory", now=clock)
    assert new is not None
    assert sessions.find(db, "chosen-by-mallory", now=clock) is None


def test_a_failed_sign_in_ends_no_session(db: Session, clock: datetime):
    user = kari(db, clock)
    _, token = on_a_device(db, user, clock)
    sign_in(db, proof_of(db, KARI, "feil"), device="", earlier_token=token, now=clock)
    assert sessions.find(db, token, now=clock)


def test_a_password_that_changes_while_it_is_compared_is_no_longer_right(
    db: Session, clock: datetime
):
    user = kari(db, clock)
    proof = proof_of(db, KARI)
    user.password_hash = hash_password("tre rare trollmenn i regnet")
    db.flush()
    assert proof.right
    assert sign_in(db, proof, device="", now=clock) is None


def test_an_account_that_is_erased_while_it_is_compared_is_gone(db: Session, clock: datetime):
    user = kari(db, clock)
    proof = proof_of(db, KARI)
    db.delete(user)
    db.flush()
    assert sign_in(db, proof, device="", now=clock) is None


def test_a_hash_of_weaker_days_is_replaced_at_sign_in(db: Session, clock: datetime):
    user = kari(db, clock)
    user.password_hash = weak = weakly_hashed(PASSWORD)
    db.flush()
    assert sign_in(db, proof_of(db, KARI), device="", now=clock)
    assert user.password_hash != weak
    assert "$m=19456,t=2,p=1$" in user.password_hash
    assert prove(account_with(db, KARI), PASSWORD).right


def test_staff_sessions_are_shorter(db: Session, clock: datetime):
    user = siri(db, clock)
    new = sign_in(db, proof_of(db, user.email), device="", now=clock)
    assert new is not None
    assert new.session.expires_at == clock + timedelta(hours=8)


def test_a_token_is_not_shown_when_printed(db: Session, clock: datetime):
    kari(db, clock)
    new = sign_in(db, proof_of(db, KARI), device="", now=clock)
    assert new is not None
    assert new.token not in repr(new)


def later(actor: Actor, db: Session, token: str, now: datetime) -> Actor:
    """The actor as the guard finds them now."""
    found = sessions.find(db, token, now=now)
    assert found is not None
    return Actor(
        user_id=actor.user_id,
        name=actor.name,
        locale=actor.locale,
        session_id=found.session_id,
        authenticated_at=found.authenticated_at,
    )


def test_a_stale_sign_in_becomes_recent_again_by_the_password(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, token = on_a_device(db, user, clock)
    now = clock + timedelta(minutes=10, seconds=1)
    with pytest.raises(RecentSignInRequiredError):
        later(actor, db, token, now).require_recent_sign_in(now)
    renewed = confirm_identity(db, actor, proof_again(db, actor), now=now)
    assert renewed is not None
    later(actor, db, renewed, now).require_recent_sign_in(now + timedelta(minutes=10))
    assert told(db, user) == ["identity confirmed again"]


def test_a_new_proof_makes_a_new_token_for_the_same_session(db: Session, clock: datetime):
    actor, token = on_a_device(db, kari(db, clock), clock)
    renewed = confirm_identity(db, actor, proof_again(db, actor), now=clock)
    assert renewed is not None
    assert sessions.find(db, token, now=clock) is None
    found = sessions.find(db, renewed, now=clock)
    assert found is not None
    assert found.session_id == actor.session_id


def test_a_wrong_password_confirms_nothing(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, token = on_a_device(db, user, clock)
    now = clock + timedelta(hours=1)
    assert confirm_identity(db, actor, proof_again(db, actor, "feil"), now=now) is None
    with pytest.raises(RecentSignInRequiredError):
        later(actor, db, token, now).require_recent_sign_in(now)
    assert told(db, user) == ["sign-in failed"]


def test_another_persons_password_confirms_nothing(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    other = nils(db, clock)
    assert confirm_identity(db, actor, proof_of(db, other.email), now=clock) is None


def test_a_session_that_has_ended_cannot_be_renewed(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    sessions.sign_out(db, actor, now=clock)
    with pytest.raises(NotFoundError):
        confirm_identity(db, actor, proof_again(db, actor), now=clock)
