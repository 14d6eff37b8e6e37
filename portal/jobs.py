"""What is done from time to time without anybody asking. Each job may run twice, or in several
processes at once, or be cut off halfway: the end is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Table, delete, func, select, tuple_
from sqlmodel import col

from portal.accounts.models import OneTimeLink, SignInSession
from portal.actor import system
from portal.batches import in_batches
from portal.contacts import batches, outcomes, watching
from portal.contacts.concerned import concerned_contacts
from portal.customers import joining
from portal.customers.concerned import concerned_members
from portal.customers.moves import complete_moves
from portal.database import metadata, reading, transaction
from portal.datamap import PERIODS, Retention
from portal.invitations.models import Invitation
from portal.mail.models import MailState, OutboxMessage
from portal.marketing import mailing, moved_addresses, receipts, status_reports, surveys
from portal.marketing.audience import Allowed
from portal.marketing.models import Topic
from portal.notices import announcing, mailed
from portal.notices.models import Audience
from portal.privacy import request_answers
from portal.privacy.models import DataRequest

log = structlog.get_logger(__name__)

# Imported here, so that every worker has them registered.
OUTCOMES = (outcomes.note_outcome, joining.note_returned, mailed.note_mailed)
CHECKS = (mailing.stop_after_a_no,)
ADDRESS_CHANGES = (moved_addresses.take_noes_along,)
CONCERNED: dict[Audience, announcing.Finder] = {
    Audience.CUSTOMER: concerned_members,
    Audience.ALARM_CONTACT: concerned_contacts,
}

BATCH = 1000


@dataclass(frozen=True)
class Job:
    """Something to do every so often. `run` gets the time and says how many rows it dealt with."""

    name: str
    every: timedelta
    run: Callable[[datetime], int]


@dataclass(frozen=True)
class Expiring:
    """Rows that must be gone when their retention has passed since `ended`."""

    table: Table
    retention: Retention
    ended: ColumnElement[Any]
    only: tuple[ColumnElement[bool], ...] = ()


EXPIRING: tuple[Expiring, ...] = (
    Expiring(
        metadata.tables["sessions"],
        Retention.SESSION_END,
        func.coalesce(SignInSession.ended_at, SignInSession.expires_at),
    ),
    Expiring(
        metadata.tables["one_time_links"],
        Retention.LINK_END,
        func.coalesce(OneTimeLink.used_at, OneTimeLink.expires_at),
    ),
    Expiring(
        metadata.tables["outbox"],
        Retention.MAIL_BODY,
        func.coalesce(OutboxMessage.sent_at, OutboxMessage.due_at),
        (col(OutboxMessage.state) != MailState.WAITING.value,),
    ),
    Expiring(
        metadata.tables["company_changes"],
        Retention.HISTORY,
        metadata.tables["company_changes"].c.at,
    ),
    Expiring(
        metadata.tables["contact_changes"],
        Retention.HISTORY,
        metadata.tables["contact_changes"].c.at,
    ),
    Expiring(
        metadata.tables["invitations"],
        Retention.INVITATION_END,
        func.coalesce(Invitation.ended_at, Invitation.expires_at),
    ),
    Expiring(
        metadata.tables["invitation_bars"],
        Retention.BAR_END,
        metadata.tables["invitation_bars"].c.until,
    ),
    Expiring(
        metadata.tables["survey_answers"],
        Retention.HISTORY,
        metadata.tables["survey_answers"].c.at,
    ),
    Expiring(
        metadata.tables["notices_given"],
        Retention.PROOF,
        metadata.tables["notices_given"].c.at,
    ),
    Expiring(
        metadata.tables["data_requests"],
        Retention.CASE,
        metadata.tables["data_requests"].c.answered_at,
    ),
    Expiring(  # never confirmed, so that nobody knows whose it was
        metadata.tables["data_requests"],
        Retention.LINK_END,
        metadata.tables["data_requests"].c.link_ends_at,
        (col(DataRequest.verified_at).is_(None),),
    ),
)


def remove_expired(now: datetime) -> int:
    """Remove what the data map says must be gone, in batches that hold no lock for long."""
    return sum(_remove(what, now) for what in EXPIRING)


def _remove(what: Expiring, now: datetime) -> int:
    past = what.ended < now - PERIODS[what.retention]
    key = list(what.table.primary_key)
    expired = select(*key).where(past, *what.only).limit(BATCH)
    removed = 0
    while True:
        with transaction() as db:
            result = db.connection().execute(delete(what.table).where(tuple_(*key).in_(expired)))
        removed += result.rowcount
        if result.rowcount < BATCH:
            return removed


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


def remind_of_data_requests(now: datetime) -> int:
    """Tell the support leads of data requests that are due within a week."""
    with transaction() as db:
        return request_answers.remind_leads(db, now=now)


JOBS: list[Job] = [
    Job("remind of data requests", timedelta(hours=1), remind_of_data_requests),
    Job("send status reports", timedelta(days=1), send_status_reports),
    Job("send surveys", timedelta(days=1), send_surveys),
    Job("forget replaced receipts", timedelta(days=1), forget_replaced_receipts),
    Job("run out invitations", timedelta(hours=1), run_out_invitations),
    Job("invite released contacts", timedelta(minutes=1), invite_released_contacts),
    Job("watch call lists", timedelta(hours=1), watch_call_lists),
    Job("warn of untold contacts", timedelta(days=1), warn_of_untold_contacts),
    Job("forget who said no", timedelta(days=1), forget_who_said_no),
    Job("announce notices", timedelta(hours=1), announce_notices),
    Job("remove expired", timedelta(hours=1), remove_expired),
    Job("move sites", timedelta(minutes=10), move_sites),
]


def run_jobs(now: datetime) -> dict[str, int]:
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
                count = job.run(now)
            except Exception:
                log.exception("job failed", job=job.name)
            else:
                log.info("job done", job=job.name, rows=count)
