"""Delivery through a real mail server: what leaves, what waits, what is given up."""

import logging
import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from portal.database import reading, transaction
from portal.encryption import encrypt
from portal.mail import delivery
from portal.mail.delivery import BACK_OFF, BATCH, LEASE, deliver_due, given_up, health
from portal.mail.models import OutboxMessage
from portal.mail.transports import SmtpTransport
from tests.mail.conftest import KARI, LINK, Clock, Configure, Sink, post, rows

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def server(sink: Sink) -> SmtpTransport:
    return SmtpTransport(sink.url, "portal.example")


def test_a_mail_leaves_with_its_headers_and_in_both_forms(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    post(time.now, "reset-password")
    assert deliver_due(server, time) == 1
    (mail,) = sink.mails
    assert sink.recipients == [KARI]
    assert mail["From"] == "SensorNordic <no-reply@sensornordic.example>"
    assert mail["To"] == KARI
    assert mail["Message-ID"] == rows()[0].message_id
    assert mail["Content-Language"] == "nb"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == time.now
    assert mail["List-Unsubscribe"] is None, "this is no marketing"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert LINK in text.get_content()
    assert LINK in html.get_content()


def test_the_text_is_gone_once_the_mail_has_left(time: Clock, server: SmtpTransport) -> None:
    post(time.now)
    deliver_due(server, time)
    (mail,) = rows()
    assert (mail.state, mail.body, mail.sent_at) == ("sent", None, time.now)


def test_nothing_leaves_before_it_is_due(time: Clock, sink: Sink, server: SmtpTransport) -> None:
    post(time.now, due_at=time.now + timedelta(hours=1))
    assert deliver_due(server, time) == 0
    time.forward(hours=1)
    assert deliver_due(server, time) == 1
    assert len(sink.mails) == 1


def test_a_temporary_refusal_is_tried_again_after_a_while(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    sink.answers[KARI] = "451 4.7.1 kari@nordlys.example is greylisted"
    post(time.now)
    deliver_due(server, time)
    (mail,) = rows()
    assert (mail.state, mail.last_error) == ("waiting", "SMTP 451 4.7.1")
    assert mail.due_at == time.now + timedelta(minutes=1)
    assert deliver_due(server, time) == 0
    sink.answers.clear()
    time.forward(minutes=1)
    assert deliver_due(server, time) == 1
    assert rows()[0].state == "sent"


def test_after_two_days_of_refusals_a_mail_is_given_up_in_sight(
    time: Clock, sink: Sink, server: SmtpTransport, caplog: pytest.LogCaptureFixture
) -> None:
    sink.answers[KARI] = "450 later"
    post(time.now)
    begun = time.now
    for wait in BACK_OFF:
        deliver_due(server, time)
        assert rows()[0].due_at == time.now + wait
        time.now += wait
    deliver_due(server, time)
    (mail,) = rows()
    assert (mail.state, mail.body) == ("given-up", None)
    assert timedelta(days=1) < time.now - begun < timedelta(days=2)
    with reading() as db:
        assert health(db, now=time.now).given_up == 1
        assert [one.last_error for one in given_up(db)] == ["SMTP 450"]


def test_a_permanent_refusal_is_given_up_at_once_and_names_nobody(
    time: Clock, sink: Sink, server: SmtpTransport, caplog: pytest.LogCaptureFixture
) -> None:
    sink.answers[KARI] = "550 5.1.1 kari@nordlys.example does not exist"
    post(time.now)
    with caplog.at_level(logging.ERROR):
        deliver_due(server, time)
    (mail,) = rows()
    assert (mail.state, mail.last_error, mail.body) == ("given-up", "SMTP 550 5.1.1", None)


def test_one_refused_mail_does_not_hold_up_the_next(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    sink.answers[KARI] = "550 5.1.1 no"
    post(time.now)
    post(time.now, recipient="tor@nordlys.example")
    deliver_due(server, time)
    assert sink.recipients == ["tor@nordlys.example"]
    assert sink.connections == 1, "one connection serves the batch"


def test_a_mail_that_cannot_be_opened_is_given_up_and_blocks_nobody(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    for _ in range(3):
        post(time.now)
    poisons = ["nonsense", encrypt("outbox", "no letter"), encrypt("other", "x")]
    for mail, body in zip(rows(), poisons, strict=True):
        _change(mail, body=body)
    post(time.now, recipient="tor@nordlys.example")
    deliver_due(server, time)
    assert sink.recipients == ["tor@nordlys.example"]
    states = [mail.state for mail in rows()]
    assert states.count("given-up") == 2
    assert states.count("waiting") == 1, "what failed in an unknown way is tried again"


def test_an_address_that_would_break_a_header_reaches_nobody_else(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    post(time.now, recipient="kari@nordlys.example\r\nBcc: all@evil.example")
    deliver_due(server, time)
    assert sink.mails == []
    assert rows()[0].last_error == "ValueError"


def test_without_a_mail_server_everything_waits(time: Clock) -> None:
    nobody = SmtpTransport("smtp://127.0.0.1:1", "portal.example")
    for number in range(BATCH + 2):
        post(time.now, recipient=f"p{number}@firm.example")
    deliver_due(nobody, time)
    assert {(mail.state, mail.last_error) for mail in rows()} == {
        ("waiting", "ConnectionRefusedError")
    }
    time.forward(minutes=11)
    with reading() as db:
        assert health(db, now=time.now).late == BATCH + 2


def test_a_mail_in_old_keys_still_leaves_after_the_keys_were_changed(
    time: Clock, sink: Sink, server: SmtpTransport, configure: Configure
) -> None:
    configure(SECRET_KEY="a" * 40)
    post(time.now)
    configure(SECRET_KEY=f"{'b' * 40},{'a' * 40}")
    deliver_due(server, time)
    assert len(sink.mails) == 1


def test_the_row_of_a_dead_worker_is_free_when_its_lease_has_run_out(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    post(time.now)
    assert len(delivery._take_batch(time.now)) == 1  # and that worker died
    assert deliver_due(server, time) == 0
    time.now += LEASE
    assert deliver_due(server, time) == 1


def test_a_worker_whose_lease_ran_out_neither_sends_nor_marks(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    post(time.now)
    taken = delivery._take_batch(time.now)
    time.now += LEASE
    assert deliver_due(server, time) == 1
    assert delivery._deliver(taken, server, time, None) == 0
    delivery._postpone_or_give_up(taken[0], "too late", time.now)
    assert len(sink.mails) == 1
    assert rows()[0].state == "sent"


def test_a_mail_that_kills_its_worker_each_time_is_given_up(
    time: Clock, server: SmtpTransport, sink: Sink
) -> None:
    sink.answers[KARI] = "450 later"
    post(time.now)
    for _ in BACK_OFF:
        assert len(delivery._take_batch(time.now)) == 1
        time.now += LEASE
    deliver_due(server, time)
    assert rows()[0].state == "given-up"


def test_two_workers_at_once_never_take_one_row(time: Clock, sink: Sink) -> None:
    for number in range(60):
        post(time.now, "activation" if number % 3 else "reset-password", f"p{number}@x.example")
    together = threading.Barrier(3)

    def work() -> None:
        together.wait()
        deliver_due(SmtpTransport(sink.url, "portal.example"), time)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sink.mails) == len(set(sink.message_ids)) == 60


def test_a_password_reset_does_not_wait_behind_a_thousand_activations(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    for number in range(3 * BATCH):
        post(time.now, "activation", recipient=f"p{number}@firm.example")
    time.forward(seconds=1)
    post(time.now, "reset-password")
    deliver_due(server, time)
    assert sink.recipients.index(KARI) < BATCH


def test_a_worker_told_to_stop_gives_back_what_it_has_not_sent(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    stop = threading.Event()
    sink.before_taking = stop.set
    for number in range(3):
        post(time.now, recipient=f"p{number}@firm.example")
    assert deliver_due(server, time, stop) == 1
    waiting = [mail for mail in rows() if mail.state == "waiting"]
    assert [(mail.leased_until, mail.attempts) for mail in waiting] == [(None, 0)] * 2


@pytest.fixture
def no_checks_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_checks", [])


@pytest.mark.usefixtures("no_checks_left_behind")
def test_a_check_at_the_moment_of_sending_has_the_last_word(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    @delivery.register_check
    def no_surveys(_db: Session, mail: OutboxMessage, _now: datetime) -> str:
        return "objected" if mail.topic == "surveys" else ""

    post(time.now, "marketing/survey", topic="surveys", about_customer=uuid4())
    post(time.now, "marketing/status-report", topic="status-reports", about_customer=uuid4())
    post(time.now)
    deliver_due(server, time)
    assert {(mail.kind, mail.state, mail.body) for mail in rows()} == {
        ("marketing/survey", "stopped", None),
        ("marketing/status-report", "sent", None),
        ("password-changed", "sent", None),
    }
    assert {mail.last_error for mail in rows() if mail.state == "stopped"} == {"objected"}


@pytest.mark.usefixtures("no_checks_left_behind")
def test_a_check_that_fails_lets_nothing_through(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    @delivery.register_check
    def broken(_db: Session, _mail: OutboxMessage, _now: datetime) -> str:
        raise LookupError("nordlys")

    post(time.now, "marketing/survey", topic="surveys", about_customer=uuid4())
    deliver_due(server, time)
    assert sink.mails == []
    assert (rows()[0].state, rows()[0].last_error) == ("waiting", "LookupError")


@pytest.mark.usefixtures("no_checks_left_behind")
def test_service_message_is_not_even_asked_about(
    time: Clock, sink: Sink, server: SmtpTransport
) -> None:
    @delivery.register_check
    def no_mail_at_all(_db: Session, _mail: OutboxMessage, _now: datetime) -> str:
        return "objected"

    post(time.now)
    deliver_due(server, time)
    assert len(sink.mails) == 1


def _change(mail: OutboxMessage, **values: str) -> None:
    with transaction() as db:
        db.execute(update(OutboxMessage).where(col(OutboxMessage.id) == mail.id).values(values))
