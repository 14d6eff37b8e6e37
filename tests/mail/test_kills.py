"""Workers that are killed, and several at once: each mail leaves, at most one of them twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime

import pytest

from portal.mail.delivery import LEASE
from tests.mail.conftest import Clock, Configure, Sink, post, rows

pytestmark = pytest.mark.usefixtures("database")
MAILS = 4


def start(moment: str, now: datetime) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.mail.dying_worker", moment, now.isoformat()]
    return subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(("moment", "sent_at_death"), [("before", 1), ("between", 2), ("after", 2)])
def test_whenever_a_worker_is_killed_every_mail_leaves_and_at_most_one_twice(
    moment: str, sent_at_death: int, time: Clock, sink: Sink, configure: Configure
) -> None:
    configure(MAIL_URL=sink.url)
    for number in range(MAILS):
        post(time.now, recipient=f"p{number}@firm.example")

    killed = start(moment, time.now)
    assert killed.wait(60) == -signal.SIGKILL
    assert len(sink.mails) == sent_at_death

    again = start("never", time.now)
    assert again.wait(60) == 0
    assert len(sink.mails) == sent_at_death, "the dead worker's lease still holds"

    restarted = start("never", time.now + LEASE)
    assert restarted.wait(60) == 0
    times_sent = Counter(sink.message_ids)
    assert set(times_sent) == {mail.message_id for mail in rows()}
    assert sorted(times_sent.values())[:-1] == [1] * (MAILS - 1)
    assert max(times_sent.values()) == (2 if moment == "between" else 1)
    assert {(mail.state, mail.body) for mail in rows()} == {("sent", None)}


def test_two_processes_at_once_send_every_mail_once(
    time: Clock, sink: Sink, configure: Configure
) -> None:
    configure(MAIL_URL=sink.url)
    for number in range(60):
        post(time.now, recipient=f"p{number}@firm.example")
    workers = [start("never", time.now) for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert len(sink.mails) == len(set(sink.message_ids)) == 60
    assert {mail.state for mail in rows()} == {"sent"}
