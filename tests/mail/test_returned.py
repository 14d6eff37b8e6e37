"""Mail that comes back: a report is believed if it is about a mail of ours, and once."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select
from typer.testing import CliRunner

from portal.cli_mail import mail as commands
from portal.database import transaction
from portal.mail import delivery
from portal.mail.models import MailState, OutboxMessage
from portal.mail.returned import failed_delivery, take_report
from tests.mail.conftest import KARI, post, rows

REPORT = """\
From: MAILER-DAEMON@mx.example
To: portal@sensornordic.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b="

--=b=
Content-Type: text/plain; charset=utf-8

I could not deliver your message. I'm sorry.

--=b=
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--=b=
Content-Type: {original}

From: portal@sensornordic.example
To: {recipient}
Message-ID: {message_id}
Subject: Hello

--=b=--
"""


def report(
    message_id: str,
    recipient: str = KARI,
    action: str = "failed",
    original: str = "text/rfc822-headers",
) -> bytes:
    filled = REPORT.format(
        message_id=message_id, recipient=recipient, action=action, original=original
    )
    return filled.replace("\n", "\r\n").encode()


@pytest.fixture
def sent(database: str, clock: datetime) -> OutboxMessage:
    """A mail to Kari that a server has taken."""
    post(clock)
    with transaction() as db:
        mail = db.exec(select(OutboxMessage)).one()
        mail.state, mail.sent_at, mail.body = MailState.SENT.value, clock, None
        db.add(mail)
    return rows()[0]


def take(data: bytes, now: datetime) -> bool:
    with transaction() as db:
        return take_report(db, data, now=now)


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
def test_a_returned_mail_is_given_up_and_whoever_wants_to_know_is_told(
    sent: OutboxMessage, clock: datetime, original: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, MailState]] = []

    def listen(db: Session, mail: OutboxMessage, state: MailState, now: datetime) -> None:
        told.append((mail.message_id, state))

    monkeypatch.setattr(delivery, "_outcomes", [listen])
    assert take(report(sent.message_id, original=original), clock)
    assert told == [(sent.message_id, MailState.GIVEN_UP)]
    assert rows()[0].state == MailState.GIVEN_UP
    assert not take(report(sent.message_id, original=original), clock), "once"
    assert len(told) == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_has_not_failed_for_good_changes_nothing(
    sent: OutboxMessage, clock: datetime, action: str
) -> None:
    assert not take(report(sent.message_id, action=action), clock)
    assert rows()[0].state == MailState.SENT


def test_a_report_about_somebody_else_is_not_believed(sent: OutboxMessage, clock: datetime) -> None:
    assert not take(report(sent.message_id, recipient="nils@holm.example"), clock)
    assert not take(report("<unknown@portal.example>"), clock)
    assert rows()[0].state == MailState.SENT


def test_a_mail_that_still_waits_is_not_taken_for_returned(database: str, clock: datetime) -> None:
    post(clock)
    assert not take(report(rows()[0].message_id), clock)
    assert rows()[0].state == MailState.WAITING


@pytest.mark.parametrize("broken", [b"", b"\xff\x00", b"Subject: holiday\r\n\r\nI am away"])
def test_what_is_no_report_changes_nothing(
    sent: OutboxMessage, clock: datetime, broken: bytes
) -> None:
    assert not take(broken, clock)


@given(cut=st.integers(0, len(REPORT)), noise=st.binary(max_size=40))
def test_a_mangled_report_is_no_error(cut: int, noise: bytes) -> None:
    whole = report("<unknown@portal.example>")
    message_id, failed = failed_delivery(whole[:cut] + noise + whole[cut:])
    assert isinstance(message_id, str)
    assert all("@" in address or noise for address in failed)


def test_the_command_reads_the_report_as_a_mail_server_pipes_it(sent: OutboxMessage) -> None:
    run = CliRunner()
    done = run.invoke(commands, ["returned"], input=report(sent.message_id))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "A mail of ours was returned.")
    again = run.invoke(commands, ["returned"], input=report(sent.message_id))
    assert (again.exit_code, again.stdout.splitlines()[-1]) == (0, "It is about no mail of ours.")
