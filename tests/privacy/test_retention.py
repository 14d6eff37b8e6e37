"""What has run out goes, or forgets whom it led to: when the data map says, and not before."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel
from typer.testing import CliRunner

from portal.accounts.models import OneTimeLink, SignInSession
from portal.actor import Actor, StaffRole, system
from portal.cli_jobs import jobs
from portal.contacts.models import AlarmContact, ContactBatch, ContactChange, InvitationBar
from portal.customers.ended_contracts import count_ended_contracts, ended_contracts
from portal.customers.models import CompanyChange, Customer, MovingRequest
from portal.database import metadata, reading, transaction
from portal.datamap import PERIODS, Retention
from portal.demo import load_demo
from portal.errors import NotAllowedError
from portal.invitations.models import Invitation
from portal.jobs import JOBS, Job, Schedule, run_jobs
from portal.mail.models import OutboxMessage
from portal.marketing.models import SurveyAnswer
from portal.notices.models import NoticeGiven
from portal.privacy import retention
from portal.privacy.models import DataRequest, Deletion
from portal.privacy.retention import Expiring, Report, expiring, run_out
from tests.customers.people import add_customer, add_people

pytestmark = pytest.mark.usefixtures("database")

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
YEARS = 20 * 365 * DAY


@dataclass(frozen=True)
class Home:
    """Whose rows run out: Kari, owner of Nordlys Bakeri, and its site in Storgata."""

    kari: UUID
    nordlys: UUID
    storgata: UUID


@pytest.fixture
def home(database: str, clock: datetime) -> Home:
    with transaction() as db:
        people = add_people(db, clock)
    return Home(people.kari.user, people.nordlys, people.storgata)


def keep(*rows: SQLModel) -> None:
    with transaction() as db:
        db.add_all(rows)


# A row of each table whose time for a retention begins at a moment.


def session(home: Home, at: datetime) -> SignInSession:
    return SignInSession(
        token_hash="a",
        user_id=home.kari,
        device="Firefox",
        created_at=at,
        last_seen_at=at,
        authenticated_at=at,
        expires_at=at + YEARS,
        ended_at=at,
    )


def link(home: Home, at: datetime) -> OneTimeLink:
    return OneTimeLink(
        token_hash="a",
        purpose="activate",
        user_id=home.kari,
        created_at=at,
        expires_at=at + YEARS,
        used_at=at,
    )


def mail(home: Home, at: datetime) -> OutboxMessage:
    return OutboxMessage(
        message_id="<a@portal.example>",
        kind="activation",
        recipient="kari@nordlys.example",
        locale="nb",
        state="sent",
        created_at=at,
        due_at=at,
        sent_at=at,
    )


def invitation(home: Home, at: datetime) -> Invitation:
    return Invitation(
        customer_id=home.nordlys,
        kind="member",
        name="Ola Berg",
        email="ola@berg.example",
        locale="nb",
        token_hash="a",
        invited_by=home.kari,
        created_at=at,
        expires_at=at + YEARS,
    )


def ended_invitation(home: Home, at: datetime) -> Invitation:
    ended = invitation(home, at)
    ended.ended_at, ended.outcome = at, "revoked"
    return ended


def company_change(home: Home, at: datetime) -> CompanyChange:
    return CompanyChange(
        customer_id=home.nordlys,
        at=at,
        field="phone",
        old="",
        new="+4790000101",
        version=2,
        source="portal",
        changed_by=home.kari,
    )


def contact_change(home: Home, at: datetime) -> ContactChange:
    return ContactChange(
        customer_id=home.nordlys,
        name="Ola Berg",
        at=at,
        event="added",
        by="member",
        changed_by=home.kari,
    )


def moving_request(home: Home, at: datetime) -> MovingRequest:
    return MovingRequest(
        customer_id=home.nordlys,
        site_id=home.storgata,
        address="Kirkegata 4",
        postal_code="7010",
        city="Trondheim",
        country="NO",
        moves_on=at.date(),
        status="moved",
        requested_by=home.kari,
        requested_at=at,
    )


def contact(home: Home, at: datetime) -> AlarmContact:
    return AlarmContact(
        customer_id=home.nordlys,
        name="Ola Berg",
        phone="+4790000104",
        locale="nb",
        told_at=at,
        told_by=home.kari,
        notice_due_at=at,
        created_at=at,
    )


def batch(home: Home, at: datetime) -> ContactBatch:
    return ContactBatch(imported_at=at, contacts=1, released_at=at, released_by=home.kari)


def survey_answer(home: Home, at: datetime) -> SurveyAnswer:
    return SurveyAnswer(
        user_id=home.kari, customer_id=home.nordlys, period="2026-11-23", score=5, at=at
    )


def notice_given(home: Home, at: datetime) -> NoticeGiven:
    return NoticeGiven(
        user_id=home.kari,
        audience="customer",
        version="2026-11-24",
        locale="nb",
        text_hash="a",
        channel="portal",
        at=at,
    )


def deletion(home: Home, at: datetime) -> Deletion:
    return Deletion(scope="account", person="a", asked_at=at, due_at=at, erased_at=at)


def request(home: Home, at: datetime) -> SQLModel:
    return DataRequest(
        kind="access",
        name="Per Vik",
        email="per@vik.example",
        locale="nb",
        received_at=at,
        due_on=at.date(),
        verified_at=at,
        verified_by="mail",
        answered_at=at,
        answer="Here it is.",
    )


def unconfirmed_request(home: Home, at: datetime) -> SQLModel:
    return DataRequest(
        kind="access",
        name="Per Vik",
        email="per@vik.example",
        locale="nb",
        received_at=at,
        due_on=at.date(),
        token_hash="a",
        link_ends_at=at,
    )


BEGINS: dict[tuple[str, Retention], Callable[[Home, datetime], SQLModel]] = {
    ("sessions", Retention.SESSION_END): session,
    ("one_time_links", Retention.LINK_END): link,
    ("outbox", Retention.MAIL_BODY): mail,
    ("invitations", Retention.INVITATION_END): ended_invitation,
    ("invitations", Retention.HISTORY): invitation,
    ("invitation_bars", Retention.BAR_END): lambda home, at: InvitationBar(
        customer_id=home.nordlys, person_hash="a", until=at
    ),
    ("company_changes", Retention.HISTORY): company_change,
    ("contact_changes", Retention.HISTORY): contact_change,
    ("moving_requests", Retention.HISTORY): moving_request,
    ("alarm_contacts", Retention.HISTORY): contact,
    ("contact_batches", Retention.HISTORY): batch,
    ("survey_answers", Retention.HISTORY): survey_answer,
    ("notices_given", Retention.PROOF): notice_given,
    ("deletions", Retention.PROOF): deletion,
    ("data_requests", Retention.CASE): request,
    ("data_requests", Retention.LINK_END): unconfirmed_request,
}
ALL = list(expiring())


def rows_done(report: Report, what: Expiring) -> int:
    """The report has a line for each clock, in the order of `expiring`."""
    (line,) = [line for each, line in zip(ALL, report.lines, strict=True) if each is what]
    assert (line.table, line.action) == (what.table.name, what.action)
    return line.rows


def left(what: Expiring) -> list[Any]:
    with reading() as db:
        return list(db.connection().execute(select(what.table)).all())


@pytest.mark.parametrize("what", ALL, ids=lambda what: f"{what.table.name} {what.action}")
def test_what_runs_out_goes_when_the_data_map_says_and_not_before(
    what: Expiring, home: Home, clock: datetime
) -> None:
    keep(BEGINS[what.table.name, what.retention](home, clock))
    last = clock + PERIODS[what.retention]
    before = left(what)
    assert rows_done(run_out(last), what) == 0
    assert left(what) == before
    assert rows_done(run_out(last + SECOND), what) == 1
    if what.blanked:
        (row,) = left(what)
        gone = {column.name for column in what.blanked}
        assert not any(row._mapping[name] for name in gone)
        kept = [name for name in row._mapping if name not in gone]
        assert [row._mapping[name] for name in kept] == [before[0]._mapping[name] for name in kept]
    else:
        assert left(what) == []
    assert rows_done(run_out(last + SECOND), what) == 0, "a second run finds nothing"


def test_who_did_it_is_forgotten_where_that_it_was_done_stays() -> None:
    blanked = {(each.table.name, column.name) for each in ALL for column in each.blanked}
    assert blanked == {
        ("alarm_contacts", "told_by"),
        ("contact_batches", "released_by"),
        ("invitations", "invited_by"),
        ("moving_requests", "requested_by"),
    }


def test_what_has_not_ended_never_runs_out(home: Home, clock: datetime) -> None:
    open_session, unused, waiting = session(home, clock), link(home, clock), mail(home, clock)
    open_session.ended_at = unused.used_at = waiting.sent_at = None
    open_session.expires_at = unused.expires_at = clock + 2 * YEARS
    waiting.state = "waiting"
    unreleased, asked = batch(home, clock), deletion(home, clock)
    unreleased.released_at = unreleased.released_by = asked.erased_at = None
    keep(open_session, unused, waiting, unreleased, asked)
    assert run_out(clock + YEARS).rows == 0


def test_a_session_and_a_link_that_ran_out_unused_go_too(home: Home, clock: datetime) -> None:
    expired, unused, given_up = session(home, clock), link(home, clock), mail(home, clock)
    expired.ended_at = unused.used_at = given_up.sent_at = None
    expired.expires_at = unused.expires_at = given_up.due_at = clock
    given_up.state = "given-up"
    keep(expired, unused, given_up)
    assert run_out(clock + 30 * DAY).rows == 0
    assert run_out(clock + 30 * DAY + SECOND).rows == 3


def test_a_deletion_takes_along_whom_it_was_told(home: Home, clock: datetime) -> None:
    from portal.privacy.models import DeletionNotice

    done = deletion(home, clock)
    keep(done)
    keep(DeletionNotice(deletion_id=done.id, recipient="back office", created_at=clock))
    run_out(clock + PERIODS[Retention.PROOF] + SECOND)
    with reading() as db:
        notices = metadata.tables["deletion_notices"]
        assert db.connection().execute(select(func.count()).select_from(notices)).scalar() == 0


# Any number of times, several at once, killed in between

CHANGES = 25


def change_often(home: Home, at: datetime) -> None:
    keep(*(company_change(home, at) for _ in range(CHANGES)))


def changes_left() -> int:
    table = metadata.tables["company_changes"]
    with reading() as db:
        return db.connection().execute(select(func.count()).select_from(table)).scalar_one()


def test_batches_end_all_of_it(
    home: Home, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    change_often(home, clock)
    assert run_out(clock + 731 * DAY).rows == CHANGES
    assert changes_left() == 0


def test_several_at_once_end_all_of_it_and_each_row_once(
    home: Home, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    change_often(home, clock)
    with ThreadPoolExecutor(4) as threads:
        runs = [threads.submit(run_out, clock + 731 * DAY) for _ in range(4)]
        done = sum(run.result().rows for run in runs)
    done += run_out(clock + 731 * DAY).rows
    assert (done, changes_left()) == (CHANGES, 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_in_between_the_next_run_ends_the_same(
    home: Home, clock: datetime, moment: str
) -> None:
    change_often(home, clock)
    keep(company_change(home, clock + 9 * DAY))
    late = clock + 731 * DAY
    command = [sys.executable, "-m", "tests.privacy.dying_job", "remove expired", moment]
    killed = subprocess.run([*command, late.isoformat()], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert 1 < changes_left() <= CHANGES + 1
    run_out(late)
    assert changes_left() == 1


# After years, of whatever the demo people have done


def test_nothing_is_left_that_should_be_gone_and_nothing_else_is_touched(
    database: str, clock: datetime
) -> None:
    with transaction() as db:
        load_demo(db, now=clock)
    before = counts()
    years = clock + YEARS
    assert run_out(years).rows > 0
    with reading() as db:
        for what in ALL:
            old = what.since < years - PERIODS[what.retention]
            held = [column.is_not(None) for column in what.blanked]
            rows = select(func.count()).select_from(what.table).where(old, *held)
            assert db.connection().execute(rows).scalar() == 0, what.table.name
    emptied = {what.table.name for what in ALL if not what.blanked}
    after = counts()
    assert {name for name in before if after[name] != before[name]} <= emptied
    assert run_out(years).rows == 0


def counts() -> dict[str, int]:
    with reading() as db:
        return {
            name: db.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


# What is reported


def test_the_job_logs_tables_and_counts_and_nobody(home: Home, clock: datetime) -> None:
    keep(mail(home, clock), contact(home, clock), contact_change(home, clock))
    job = next(job for job in JOBS if job.name == "remove expired")
    with structlog.testing.capture_logs() as lines, pytest.MonkeyPatch.context() as alone:
        alone.setattr("portal.jobs.JOBS", [Job(job.name, job.every, job.run)])
        Schedule().run_due(clock + 731 * DAY)
    told = [(line["table"], line["action"], line["rows"]) for line in lines if "table" in line]
    assert told == [
        ("alarm_contacts", "anonymised: told_by", 1),
        ("contact_changes", "erased", 1),
        ("outbox", "erased", 1),
    ]
    assert lines[-1] == {
        "event": "job done",
        "log_level": "info",
        "job": "remove expired",
        "rows": 3,
    }
    for named in ("Ola", "nordlys", "+47"):
        assert named not in str(lines)


def test_the_command_shows_the_future_as_a_table_and_as_json(home: Home, clock: datetime) -> None:
    keep(mail(home, clock), company_change(home, clock))
    ahead = (clock + 40 * DAY).strftime("%Y-%m-%dT%H:%M:%S%z")
    text = command("--as-of", ahead)
    assert "remove expired: 1 rows\n  outbox                      1  erased\n" in text
    assert "  contracts that ended while the account is open: 0\n" in text
    assert "company_changes" not in text
    ahead = (clock + 800 * DAY).strftime("%Y-%m-%d")
    report = json.loads(command("--as-of", ahead, "--format", "json"))
    assert report["move sites"] == 0
    assert {"table": "company_changes", "action": "erased", "rows": 1} in (
        report["remove expired"]["lines"]
    )


def command(*options: str) -> str:
    """What `portal jobs run` prints."""
    with structlog.testing.capture_logs():
        done = CliRunner().invoke(jobs, ["run", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_all_jobs_together_leave_nothing_for_a_second_run(home: Home, clock: datetime) -> None:
    keep(mail(home, clock), company_change(home, clock))
    late = clock + 731 * DAY
    assert _rows(run_jobs(late)["remove expired"]) == 2
    assert _rows(run_jobs(late)["remove expired"]) == 0


def _rows(done: int | Report) -> int:
    assert isinstance(done, Report)
    return done.rows


# Contracts that ended

AUD = Actor(user_id=None, name="Aud Moe", locale="nb", staff_role=StaffRole.LEAD)
TODAY = date(2026, 11, 23)


def ending(db: Session, clock: datetime, number: str, **values: object) -> None:
    add_customer(db, clock, number=number, name=f"Customer {number}", **values)


def test_an_ended_contract_is_reported_and_nothing_is_erased_for_it(clock: datetime) -> None:
    with transaction() as db:
        ending(db, clock, "20001", contract_end=TODAY - DAY)
        ending(db, clock, "20002", contract_end=TODAY - 900 * DAY)
        ending(db, clock, "20003", contract_end=TODAY)
        ending(db, clock, "20004", contract_end=None)
        ending(db, clock, "20005", contract_end=TODAY - DAY, closed_at=clock)
    assert run_out(clock).ended_contracts == 2
    with reading() as db:
        assert [
            (each.number, each.name, each.ended_on)
            for each in ended_contracts(db, AUD, now=clock, limit=10)
        ] == [
            ("20002", "Customer 20002", TODAY - 900 * DAY),
            ("20001", "Customer 20001", TODAY - DAY),
        ]
        assert len(ended_contracts(db, AUD, now=clock, limit=1)) == 1
        assert count_ended_contracts(db, now=clock) == 2
        customers = select(func.count()).select_from(Customer)
        assert db.execute(customers).scalar() == 5


@pytest.mark.parametrize(
    "actor",
    [
        system("back office"),
        Actor(user_id=None, name="Siri Dahl", locale="nb", staff_role=StaffRole.AGENT),
    ],
)
def test_only_a_support_lead_gets_the_list_of_ended_contracts(
    clock: datetime, actor: Actor
) -> None:
    with reading() as db, pytest.raises(NotAllowedError):
        ended_contracts(db, actor, now=clock, limit=10)
