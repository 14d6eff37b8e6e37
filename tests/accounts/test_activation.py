"""Activation: from the back office's row to a sign-in."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from portal.accounts.activation import AlreadyActivatedError, activate, send_activation
from portal.accounts.links import LinkRefusedError
from portal.accounts.passwords import choose
from portal.accounts.recovery import ask_reset, reset_password
from portal.accounts.sign_in import begin, sign_in
from portal.accounts.users import create_user, user_with
from portal.actor import Actor, StaffRole
from portal.errors import InvalidFieldsError, NotAllowedError
from tests.accounts.people import (
    BACK_OFFICE,
    KARI,
    add_user,
    kari,
    letter,
    mailed_token,
    mails,
    on_a_device,
    proof_of,
    siri,
    told,
)

NEW = "tre rare trollmenn i regnet"


def invited(db: Session, now: datetime, customers: tuple[str, ...] = ("Nordlys Bakeri AS",)) -> str:
    """Kari's activation token, out of her mail."""
    user = create_user(db, BACK_OFFICE, email=KARI, name="Kari Nordli", locale="en", now=now)
    send_activation(db, BACK_OFFICE, user, customers=customers, now=now)
    return mailed_token(db, KARI, "activation", "activate")


def test_kari_activates_and_signs_in(db: Session, clock: datetime):
    token = invited(db, clock)
    user = activate(db, token, choose(NEW), now=clock)
    assert user.activated_at == user.password_changed_at == clock
    assert sign_in(db, proof_of(db, KARI, NEW), device="", now=clock)
    assert told(db, user) == ["account created", "account activated", "signed in"]


def test_who_activates_may_be_signed_in_at_once(db: Session, clock: datetime):
    user = activate(db, invited(db, clock), choose(NEW), now=clock)
    assert begin(db, user, device="", now=clock).session.user_id == user.id


def test_one_mail_names_all_customers(db: Session, clock: datetime):
    invited(db, clock, ("Nordlys Bakeri AS", "Holm Rør ENK"))
    assert mails(db, KARI) == ["activation"]
    text = " ".join(letter(db, KARI, "activation").split())
    assert "Nordlys Bakeri AS" in text
    assert "Holm Rør ENK" in text


def test_an_activation_link_lives_for_fourteen_days(db: Session, clock: datetime):
    token = invited(db, clock)
    late = clock + timedelta(days=14, seconds=1)
    with pytest.raises(LinkRefusedError, match="link-expired"):
        activate(db, token, choose(NEW), now=late)
    assert activate(db, token, choose(NEW), now=late - timedelta(seconds=2))


def test_an_activation_link_works_once(db: Session, clock: datetime):
    token = invited(db, clock)
    activate(db, token, choose(NEW), now=clock)
    with pytest.raises(LinkRefusedError, match="link-used"):
        activate(db, token, choose(NEW), now=clock)


def test_an_activation_token_resets_no_password(db: Session, clock: datetime):
    token = invited(db, clock)
    with pytest.raises(LinkRefusedError, match="link-unknown"):
        reset_password(db, token, choose(NEW), device="", now=clock)


def test_a_lost_activation_mail_is_asked_for_like_a_forgotten_password(
    db: Session, clock: datetime
):
    lost = invited(db, clock)
    later = clock + timedelta(days=20)
    ask_reset(db, KARI, locale="en", now=later)
    assert mails(db, KARI) == ["activation", "activation"]
    assert "Nordlys Bakeri AS" in " ".join(letter(db, KARI, "activation").split())
    with pytest.raises(LinkRefusedError, match="link-expired"):
        activate(db, lost, choose(NEW), now=later)
    token = mailed_token(db, KARI, "activation", "activate")
    assert activate(db, token, choose(NEW), now=later)


def test_an_active_account_is_not_activated_again(db: Session, clock: datetime):
    user = kari(db, clock)
    with pytest.raises(AlreadyActivatedError):
        send_activation(db, BACK_OFFICE, user, customers=(), now=clock)
    assert mails(db, KARI) == []


def test_only_sensornordic_opens_accounts(db: Session, clock: datetime):
    owner, _ = on_a_device(db, kari(db, clock), clock)
    agent, _ = on_a_device(db, siri(db, clock), clock)
    waiting = add_user(db, "tor@nordlys.example", "Tor Lie", now=clock, password=None)
    for actor in (owner, agent):
        with pytest.raises(NotAllowedError):
            create_user(db, actor, email="a@b.example", name="A", locale="en", now=clock)
        with pytest.raises(NotAllowedError):
            send_activation(db, actor, waiting, customers=(), now=clock)


def test_a_support_lead_opens_accounts(db: Session, clock: datetime):
    aud = add_user(db, "aud@support.example", "Aud Moe", now=clock, staff_role=StaffRole.LEAD)
    actor: Actor = on_a_device(db, aud, clock)[0]
    assert create_user(db, actor, email=KARI, name="Kari", locale="en", now=clock)


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("kari", "email-no-at"),
        ("kari@nordlys", "email-unknown"),
        ("post@nordlys.example", "email-shared"),
        ("Asiakaspalvelu@nordlys.example", "email-shared"),
        ("KARI@nordlys.example", "email-taken"),
    ],
)
def test_addresses_that_are_no_sign_in(db: Session, clock: datetime, email: str, code: str):
    kari(db, clock)
    with pytest.raises(InvalidFieldsError) as refused:
        create_user(db, BACK_OFFICE, email=email, name="Tor", locale="nb", now=clock)
    assert {field: error.code for field, error in refused.value.fields.items()} == {"email": code}


def test_everything_wrong_is_told_at_once(db: Session, clock: datetime):
    with pytest.raises(InvalidFieldsError) as refused:
        create_user(db, BACK_OFFICE, email="x", name=" \u200b ", locale="tlh", now=clock)
    assert {field: error.code for field, error in refused.value.fields.items()} == {
        "email": "email-no-at",
        "name": "name-required",
        "locale": "language-unknown",
    }


def test_addresses_are_kept_in_lower_case(db: Session, clock: datetime):
    create_user(db, BACK_OFFICE, email=" Kari@Nordlys.Example ", name="K", locale="nb", now=clock)
    assert user_with(db, KARI)
