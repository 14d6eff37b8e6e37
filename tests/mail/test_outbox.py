"""Posting: in the caller's transaction or not at all, unreadable at rest, and limited."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.database import transaction
from portal.mail import outbox
from portal.mail.letters import Letter
from portal.mail.outbox import Post, mail_waiting, post_many
from tests.mail.conftest import KARI, LINK, VALUES, Configure, post, rows

pytestmark = pytest.mark.usefixtures("database")


class OutOfOrderError(Exception):
    """Something after the mail went wrong."""


def test_a_posted_mail_waits_in_the_outbox(clock: datetime) -> None:
    post(clock, "reset-password")
    (mail,) = rows()
    assert (mail.state, mail.recipient, mail.locale, mail.due_at) == ("waiting", KARI, "nb", clock)
    assert mail.message_id == f"<{mail.id}@localhost>"
    assert LINK in Letter.opened(mail.body or "").text


def test_an_action_that_is_rolled_back_sends_nothing(clock: datetime) -> None:
    def act() -> None:
        with transaction() as db:
            outbox.post(
                db, kind="activation", recipient=KARI, locale="nb", values=VALUES, now=clock
            )
            db.flush()
            raise OutOfOrderError

    with pytest.raises(OutOfOrderError):
        act()
    assert rows() == []


def test_a_mail_at_rest_shows_neither_its_link_nor_its_text(clock: datetime) -> None:
    post(clock, "reset-password")
    (mail,) = rows()
    at_rest = json.dumps(mail.model_dump(), default=str)
    assert "/go/" not in at_rest
    assert "Kari" not in at_rest


def test_a_mail_may_be_due_later(clock: datetime) -> None:
    post(clock, due_at=clock + timedelta(days=14))
    assert rows()[0].due_at == clock + timedelta(days=14)


def test_an_unknown_language_falls_back_to_english(clock: datetime) -> None:
    with transaction() as db:
        mail = outbox.post(
            db, kind="email-changed", recipient=KARI, locale="de", values=VALUES, now=clock
        )
    assert mail
    assert mail.locale == "en"


def test_the_eleventh_reset_within_an_hour_is_held_back_without_a_word(clock: datetime) -> None:
    for minute in range(12):
        post(clock + timedelta(minutes=minute), "reset-password")
    assert len(rows()) == 10
    with transaction() as db:
        entries = db.exec(select(AuditEntry)).all()
    assert [entry.event for entry in entries] == ["mail held back"] * 2
    assert KARI not in str([entry.model_dump() for entry in entries])


def test_another_address_has_a_limit_of_its_own(clock: datetime) -> None:
    for _ in range(11):
        post(clock, "reset-password")
    post(clock, "reset-password", recipient="nils@holm.example")
    assert rows()[-1].recipient == "nils@holm.example"


def test_after_an_hour_the_limit_is_fresh(clock: datetime) -> None:
    for _ in range(11):
        post(clock, "reset-password")
    post(clock + timedelta(minutes=61), "reset-password")
    assert len(rows()) == 11


def test_nobody_can_use_up_the_limit_to_silence_a_warning(clock: datetime) -> None:
    for _ in range(12):
        post(clock, "reset-password")
    post(clock, "password-changed")
    post(clock, "email-change-announced")
    assert len(rows()) == 12


def test_the_limit_can_be_switched_off_in_development(
    clock: datetime, configure: Configure
) -> None:
    configure(RATE_LIMITS="off")
    for _ in range(12):
        post(clock, "reset-password")
    assert len(rows()) == 12


def test_many_mails_are_posted_at_once_under_the_same_limit(clock: datetime) -> None:
    mails = [Post("activation", f"p{n}@firm.example", "fi", VALUES) for n in range(1200)]
    mails += [Post("activation", KARI, "nb", VALUES)] * 11
    with transaction() as db:
        assert post_many(db, mails, now=clock) == 1210
    assert len(rows()) == 1210
    assert len({mail.message_id for mail in rows()}) == 1210


def test_only_a_commit_wakes_the_worker(clock: datetime) -> None:
    mail_waiting.clear()
    with transaction() as db:
        with db.begin_nested():
            outbox.post(
                db, kind="email-changed", recipient=KARI, locale="nb", values=VALUES, now=clock
            )
        assert not mail_waiting.is_set(), "the end of a savepoint is no commit"
        db.rollback()
    assert not mail_waiting.is_set()
    post(clock)
    assert mail_waiting.is_set()
