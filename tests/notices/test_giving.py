"""Who was given which notice, and the rule that nobody is sent the same one twice."""

from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from portal.accounts.activation import send_activation
from portal.accounts.models import User
from portal.actor import system
from portal.jobs import OUTCOMES
from portal.mail.models import MailState, OutboxMessage
from portal.notices import giving, texts, versions
from portal.notices.models import Audience, Channel, NoticeGiven
from tests.accounts.people import BACK_OFFICE, KARI, add_user, kari

CUSTOMER, CONTACT = Audience.CUSTOMER, Audience.ALARM_CONTACT
OLA = giving.recipient_hash("ola@berg.example", "+4790000104")


def given(db: Session) -> list[NoticeGiven]:
    return list(db.exec(select(NoticeGiven).order_by(col(NoticeGiven.at))))


def give(db: Session, audience: Audience, now: datetime, **who: object) -> NoticeGiven:
    return giving.record_given(
        db,
        audience,
        locale="fi",
        channel=Channel.LETTER,
        now=now,
        **who,  # pyright: ignore[reportArgumentType]
    )


def test_whoever_was_given_a_notice_has_it(db: Session, clock: datetime) -> None:
    user = kari(db, clock)
    assert not giving.has_current(db, CUSTOMER, user_id=user.id)
    proof = give(db, CUSTOMER, clock, user_id=user.id)
    assert giving.has_current(db, CUSTOMER, user_id=user.id)
    assert (proof.version, proof.locale, proof.channel) == ("2025-05-01", "fi", "letter")
    assert proof.text_hash == texts.text(versions.newest(db, CUSTOMER), "fi").digest


def test_the_proof_tells_languages_and_audiences_apart(db: Session, clock: datetime) -> None:
    give(db, CONTACT, clock, recipient=OLA)
    assert giving.has_current(db, CONTACT, recipient=OLA)
    assert not giving.has_current(db, CUSTOMER, recipient=OLA)


def test_nobody_in_particular_has_nothing(db: Session, clock: datetime) -> None:
    give(db, CONTACT, clock, recipient=OLA)
    assert not giving.has_current(db, CONTACT)
    assert not giving.has_current(db, CONTACT, recipient="")


def test_a_new_version_is_one_that_nobody_has(db: Session, clock: datetime) -> None:
    give(db, CONTACT, clock, recipient=OLA)
    versions.publish(db, system("command line"), now=clock)
    assert not giving.has_current(db, CONTACT, recipient=OLA)
    give(db, CONTACT, clock, recipient=OLA)
    assert giving.has_current(db, CONTACT, recipient=OLA)


def test_people_who_share_a_mailbox_are_told_apart_by_phone() -> None:
    first = giving.recipient_hash("post@berg.example", "+4790000104")
    second = giving.recipient_hash("post@berg.example", "+4790000105")
    assert first != second
    assert first == giving.recipient_hash("Post@Berg.example", "+4790000104")
    assert "berg" not in first


def activation(db: Session, user: User, now: datetime) -> OutboxMessage:
    send_activation(db, BACK_OFFICE, user, customers=["Nordlys Bakeri AS"], now=now)
    db.flush()
    mails = select(OutboxMessage).where(col(OutboxMessage.recipient) == user.email)
    return db.exec(mails.order_by(col(OutboxMessage.created_at).desc())).all()[-1]


def note(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
    for outcome in OUTCOMES:
        outcome(db, mail, state, now)


def test_a_new_owner_is_given_the_notice_by_the_activation_mail_when_it_has_left(
    db: Session, clock: datetime
) -> None:
    user = add_user(db, KARI, "Kari Nordli", now=clock, password=None)
    mail = activation(db, user, clock)
    assert given(db) == []
    note(db, mail, MailState.SENT, clock)
    proof = given(db)[0]
    assert (proof.user_id, proof.audience, proof.message_id, proof.locale) == (
        user.id,
        "customer",
        mail.message_id,
        "nb",
    )


def test_a_second_activation_mail_gives_nothing_twice(db: Session, clock: datetime) -> None:
    user = add_user(db, KARI, "Kari Nordli", now=clock, password=None)
    for _ in range(2):
        note(db, activation(db, user, clock), MailState.SENT, clock)
    assert len(given(db)) == 1


@pytest.mark.parametrize("state", [MailState.GIVEN_UP, MailState.STOPPED])
def test_an_activation_mail_that_did_not_leave_gives_nothing(
    db: Session, clock: datetime, state: MailState
) -> None:
    user = add_user(db, KARI, "Kari Nordli", now=clock, password=None)
    note(db, activation(db, user, clock), state, clock)
    assert given(db) == []
