"""What is done from time to time without anybody asking. Each job may run twice, or in several
processes at once, or be cut off halfway: the end is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from portal.actor import system
from portal.audit import shortening
from portal.batches import in_batches
from portal.contacts import batches, outcomes, watching
from portal.contacts.concerned import concerned_contacts
from portal.customers import joining
from portal.customers.concerned import concerned_members
from portal.customers.moves import complete_moves
from portal.database import reading, transaction
from portal.datamap import PERIODS, Retention
from portal.marketing import mailing, moved_addresses, receipts, status_reports, surveys
from portal.marketing.audience import Allowed
from portal.marketing.models import Topic
from portal.notices import announcing, mailed
from portal.notices.models import Audience
from portal.privacy import (
    closed_customers,
    confirmations,
    erasing,
    ledger,
    request_answers,
    retention,
)
from portal.privacy.retention import Report

log = structlog.get_logger(__name__)

# Imported here, so that every worker has them registered.
OUTCOMES = (
    outcomes.note_outcome,
    joining.note_returned,
    mailed.note_mailed,
    erasing.forget_certificate_mail,
)
CHECKS = (mailing.stop_after_a_no,)
ADDRESS_CHANGES = (moved_addresses.take_noes_along,)
CONCERNED: dict[Audience, announcing.Finder] = {
    Audience.CUSTOMER: concerned_members,
    Audience.ALARM_CONTACT: concerned_contacts,
}

BATCH = 1000
TRAIL_BATCH = 10_000  # each is an entry of the trail


@dataclass(frozen=True)
class Job:
    """Something to do every so often. `run` gets the time and says how many rows it dealt with;
    the retention job reports which.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], int | Report]


def shorten_trail(now: datetime) -> int:
    """Cut the audit trail off where it is older than the data map says."""
    before = now - PERIODS[Retention.TRAIL]
    cut = 0
    while True:
        with transaction() as db:
            some = shortening.shorten(db, before=before, now=now, limit=TRAIL_BATCH)
        cut += some
        if not some:
            return cut


def move_sites(now: datetime) -> int:
    """Give the sites whose confirmed move is due their new address."""
    with transaction() as db:
        return complete_moves(db, system("worker"), now=now)


def run_out_invitations(now: datetime) -> int:
    """End the invitations that nobody answered in time."""
    with transaction() as db:
        return watching.run_out_invitations(db, now=now)


def invite_released_contacts(now: datetime) -> int:
    """Invite the people of imported call lists that a support lead has released."""
    invited = 0
    while True:
        with transaction() as db:
            some = batches.invite_released(db, now=now)
        invited += some
        if some < batches.PORTION:
            return invited


def watch_call_lists(now: datetime) -> int:
    """Tell customers whose lists fell below their need as days passed."""
    with reading() as db:
        doubtful = watching.lists_to_tell_of(db, now=now)
    told = 0
    for some in in_batches(doubtful):
        with transaction() as db:
            told += watching.watch_call_lists(db, some, now=now)
    return told


def warn_of_untold_contacts(now: datetime) -> int:
    """Tell of alarm contacts who have not been given the privacy notice for three weeks."""
    with transaction() as db:
        return watching.warn_of_untold(db, now=now)


def forget_who_said_no(now: datetime) -> int:
    """Remove alarm contacts who said no, or left, when the data map's time is over."""
    with transaction() as db:
        before = now - PERIODS[Retention.CONTACT_END]
        return watching.forget_those_who_said_no(db, now=now, before=before)


def announce_notices(now: datetime) -> int:
    """Tell everybody concerned of a new version of a privacy notice, some at a time."""
    with reading() as db:
        waiting = [
            (published, announcing.concerned_by(db, published, CONCERNED))
            for published in announcing.to_announce(db)
        ]
    told = 0
    for published, people in waiting:
        for some in in_batches(people):
            with transaction() as db:
                told += announcing.tell(db, published, some, now=now)
        with transaction() as db:
            announcing.finish(db, published, now=now)
    return told


def send_status_reports(now: datetime) -> int:
    """Post this quarter's status report to whoever wants it and has not had it."""
    period = status_reports.quarter_of(now)
    with reading() as db:
        portions = list(mailing.due(db, Topic.STATUS_REPORTS, period=period, now=now))
    return _post(portions, status_reports.post_status_reports, now)


def send_surveys(now: datetime) -> int:
    """Ask whoever wants to be asked, and was not within a year, whether they are content."""
    with reading() as db:
        portions = list(surveys.surveyed(db, now=now))
    return _post(portions, surveys.post_surveys, now)


def _post(portions: list[list[Allowed]], post: Callable[..., int], now: datetime) -> int:
    posted = 0
    for some in portions:
        with transaction() as db:
            posted += post(db, some, now=now)
    return posted


def forget_replaced_receipts(now: datetime) -> int:
    """Remove receipts of choices that later ones replaced, when the data map's time is over."""
    before = now - PERIODS[Retention.CHOICE_REPLACED]
    removed = 0
    while True:
        with transaction() as db:
            some = receipts.forget_replaced(db, before=before, limit=BATCH)
        removed += some
        if some < BATCH:
            return removed


def erase_due(now: datetime) -> int:
    """Carry out the deletions whose cooling-off is over; says how many. Each is a transaction of
    its own: one that fails is logged, and keeps no other from being carried out.
    """
    with reading() as db:
        due = erasing.due_deletions(db, now=now)
    done = 0
    for deletion in due:
        try:
            with reading() as db:
                erasing.erase_outside(db, deletion)
            with transaction() as db:
                done += erasing.carry_out(db, deletion, now=now)
        except Exception:
            log.exception("deletion failed, and is tried again", deletion=str(deletion))
    with reading() as db:
        ledger.write_out(db, ledger.ledger_file(), now=now)
    return done


def note_confirmed_deletions(now: datetime) -> int:
    """Note which deletions the monitoring station has confirmed."""
    with transaction() as db:
        return confirmations.confirm_what_the_station_has(db, system("worker"), now=now)


def erase_ended_contracts(now: datetime) -> int:
    """Erase the customers whose account was closed and whose contract has ended."""
    with reading() as db:
        ended = closed_customers.ended(db, now=now)
    erased = 0
    for customer in ended:
        with transaction() as db:
            erased += closed_customers.erase_ended(db, customer, now=now)
    return erased


def remind_of_data_requests(now: datetime) -> int:
    """Tell the support leads of data requests that are due within a week."""
    with transaction() as db:
        return request_answers.remind_leads(db, now=now)


JOBS: list[Job] = [
    Job("remind of data requests", timedelta(hours=1), remind_of_data_requests),
    Job("erase due", timedelta(minutes=1), erase_due),
    Job("erase ended contracts", timedelta(hours=1), erase_ended_contracts),
    Job("note confirmed deletions", timedelta(minutes=10), note_confirmed_deletions),
    Job("send status reports", timedelta(days=1), send_status_reports),
    Job("send surveys", timedelta(days=1), send_surveys),
    Job("forget replaced receipts", timedelta(days=1), forget_replaced_receipts),
    Job("run out invitations", timedelta(hours=1), run_out_invitations),
    Job("invite released contacts", timedelta(minutes=1), invite_released_contacts),
    Job("watch call lists", timedelta(hours=1), watch_call_lists),
    Job("warn of untold contacts", timedelta(days=1), warn_of_untold_contacts),
    Job("forget who said no", timedelta(days=1), forget_who_said_no),
    Job("announce notices", timedelta(hours=1), announce_notices),
    Job("remove expired", timedelta(hours=1), retention.run_out),
    Job("shorten the trail", timedelta(days=1), shorten_trail),
    Job("move sites", timedelta(minutes=10), move_sites),
]


def run_jobs(now: datetime) -> dict[str, int | Report]:
    """Run every job at once, as if it were `now`; says what each has done."""
    return {job.name: job.run(now) for job in JOBS}


@dataclass
class Schedule:
    """When this process last ran each job."""

    last: dict[str, datetime] = field(default_factory=dict)

    def run_due(self, now: datetime) -> None:
        """Run the jobs whose time has come. One that fails is tried again at its next time."""
        for job in JOBS:
            if job.name in self.last and now - self.last[job.name] < job.every:
                continue
            self.last[job.name] = now
            try:
                done = job.run(now)
            except Exception:
                log.exception("job failed", job=job.name)
            else:
                rows = done.rows if isinstance(done, Report) else done
                log.info("job done", job=job.name, rows=rows)
