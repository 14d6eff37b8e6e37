"""The worker: delivers the outbox and runs the jobs that are due.

It runs inside each server process (`PORTAL_OUTBOX=embedded`) or as `portal worker`, and any
number may run at once: leases keep them off each other's mails. A commit in the same process wakes
it at once; what others wrote it finds within `LOOK_EVERY`.
"""

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from portal.jobs import Schedule
from portal.mail.delivery import deliver_due
from portal.mail.outbox import mail_waiting
from portal.mail.transports import Transport, transport_for
from portal.settings import get_settings

LOOK_EVERY = timedelta(seconds=3)
REST_AFTER_FAILURE = timedelta(seconds=10)
POLITE_SECONDS = 1.0  # for the mail that is leaving when the worker is told to stop

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """A worker in a thread of its own.

    Make and start it after the server has forked: it opens database connections. `stop` returns
    within two seconds, unless a mail server's address swallows the attempt to connect (then
    after at most five more).
    """

    def __init__(
        self, clock: Callable[[], datetime] = utc_now, transport: Transport | None = None
    ) -> None:
        self._clock = clock
        self._transport = transport or transport_for(get_settings())
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="portal-worker")
        self._thread.start()

    def stop(self) -> None:
        """End the loop: mails that have not begun to leave are given back to the outbox."""
        self._stop.set()
        mail_waiting.set()
        if self._thread is None:
            return
        self._thread.join(POLITE_SECONDS)
        if self._thread.is_alive():
            self._transport.abort()
            self._thread.join()
        self._thread = None

    def run(self) -> None:
        """Deliver and look after the jobs until `stop` is called."""
        schedule = Schedule()
        log.info("worker started")
        while not self._stop.is_set():
            pause = LOOK_EVERY
            mail_waiting.clear()  # before looking: what is written meanwhile sets it again
            try:
                deliver_due(self._transport, self._clock, self._stop)
                if not self._stop.is_set():
                    schedule.run_due(self._clock())
            except Exception:
                log.exception("worker failed, and goes on")
                pause = REST_AFTER_FAILURE
            if not self._stop.is_set():
                mail_waiting.wait(pause.total_seconds())
        log.info("worker stopped")


def run_once(clock: Callable[[], datetime] = utc_now) -> int:
    """Deliver what is due now, for `portal worker --once`; says how many mails were dealt with."""
    return deliver_due(transport_for(get_settings()), clock)


def run_until_signalled() -> None:
    """Be `portal worker`: work until SIGTERM or SIGINT (Ctrl-C), then stop cleanly."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # the worker's thread inherits it
    worker = Worker()
    worker.start()
    try:
        signal.sigwait(ends)
    finally:
        worker.stop()
