"""The worker inside a server and on its own: quick to start a mail, quick to stop."""

import os
import re
import signal
import subprocess
import sys
import threading
import time as wall
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portal import jobs
from portal.jobs import Job, Schedule
from portal.worker import Worker, run_once, utc_now
from tests.mail.conftest import KARI, Clock, Configure, Sink, post, rows

pytestmark = pytest.mark.usefixtures("database")


def wait_for(happened: Callable[[], bool], seconds: float = 5) -> None:
    deadline = wall.monotonic() + seconds
    while not happened():
        assert wall.monotonic() < deadline, "it did not happen in time"
        wall.sleep(0.01)


def test_a_mail_leaves_right_after_the_commit_in_the_same_process(
    sink: Sink, configure: Configure
) -> None:
    configure(MAIL_URL=sink.url)
    worker = Worker()
    worker.start()
    try:
        wall.sleep(0.3)  # it has looked, and found nothing
        post(utc_now())
        wait_for(lambda: len(sink.mails) == 1, seconds=1.5)
    finally:
        worker.stop()


def test_a_worker_stops_within_two_seconds_though_the_mail_server_hangs(
    sink: Sink, configure: Configure
) -> None:
    configure(MAIL_URL=sink.url)
    asked, over = threading.Event(), threading.Event()

    def hang() -> None:
        asked.set()
        over.wait(10)

    sink.before_taking = hang
    worker = Worker()
    worker.start()
    post(utc_now())
    assert asked.wait(5)
    begun = wall.monotonic()
    worker.stop()
    took = wall.monotonic() - begun
    over.set()
    assert took < 2
    assert rows()[0].state == "waiting", "it is not known to have left, so it will leave again"


def test_nothing_is_left_when_a_worker_has_stopped(configure: Configure) -> None:
    configure(MAIL_URL="folder")
    worker = Worker()
    worker.start()
    worker.stop()
    assert "portal-worker" not in {thread.name for thread in threading.enumerate()}


def test_a_worker_outlives_a_database_that_is_away(
    sink: Sink, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(MAIL_URL=sink.url)
    failures: list[int] = []

    def away(*_arguments: object) -> int:
        failures.append(1)
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("portal.worker.deliver_due", away)
        worker = Worker()
        worker.start()
        wait_for(lambda: len(failures) == 1)
    post(utc_now())
    wait_for(lambda: len(sink.mails) == 1)
    worker.stop()


def test_once_delivers_what_is_due_and_ends(sink: Sink, configure: Configure, time: Clock) -> None:
    configure(MAIL_URL=sink.url)
    post(time.now)
    post(time.now, due_at=time.now + timedelta(days=1))
    assert run_once(time) == 1
    assert sink.recipients == [KARI]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_command_delivers_until_a_signal_and_ends_well(
    sink: Sink, configure: Configure, end: signal.Signals
) -> None:
    configure(MAIL_URL=sink.url)
    post(utc_now())
    command = "from portal.worker import run_until_signalled; run_until_signalled()"
    process = subprocess.Popen([sys.executable, "-c", command], env=os.environ)
    wait_for(lambda: len(sink.mails) == 1, seconds=60)
    process.send_signal(end)
    assert process.wait(10) == 0
    assert rows()[0].state == "sent"


def test_a_job_runs_as_often_as_it_says_and_a_failing_one_stops_no_other(
    clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def fail(_now: datetime) -> int:
        runs.append("fails")
        raise LookupError

    def work(_now: datetime) -> int:
        runs.append("works")
        return 1

    hour = timedelta(hours=1)
    monkeypatch.setattr(jobs, "JOBS", [Job("fails", hour, fail), Job("works", hour, work)])
    schedule = Schedule()
    for minutes in (0, 30, 60):
        schedule.run_due(clock + timedelta(minutes=minutes))
    assert runs == ["fails", "works"] * 2


def test_a_worker_needs_no_pages(configure: Configure) -> None:
    """A separate worker loads no web framework, so that it starts fast and stays small."""
    command = "import sys, portal.worker; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, check=True)
    assert not re.search(rb"\b(reflex|starlette|granian)\b", loaded.stdout)
