"""The trail is kept for 24 months: what is older goes, and what is left is proven all the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from typer.testing import CliRunner

from portal import jobs, migrations
from portal.audit.models import AuditAnchor, AuditEntry
from portal.cli import audit
from portal.database import get_engine, reading
from portal.datamap import PERIODS, Retention
from tests.audit.trails import ids, record_some, verified, without_triggers

pytestmark = pytest.mark.usefixtures("database")

PERIOD = PERIODS[Retention.TRAIL]
OLD, YOUNG = 5, 3


@pytest.fixture
def late(clock: datetime) -> datetime:
    """When five entries of `clock` are too old, and three others a day younger are not."""
    record_some(OLD, clock)
    record_some(YOUNG, clock + timedelta(days=1))
    return clock + PERIOD + timedelta(hours=1)


def anchor() -> AuditAnchor:
    with reading() as db:
        return db.exec(select(AuditAnchor)).one()


def told() -> list[dict[str, object]]:
    """What the trail tells of being shortened."""
    with reading() as db:
        entries = select(AuditEntry).where(col(AuditEntry.event) == "trail shortened")
        return [entry.details for entry in db.exec(entries.order_by(col(AuditEntry.id)))]


def test_what_is_older_than_24_months_goes_and_the_rest_is_proven(late: datetime) -> None:
    before = ids()
    assert jobs.shorten_trail(late) == OLD
    assert ids()[:-1] == before[OLD:], "and one entry more tells of it"
    found = verified()
    assert (found.whole, found.entries, found.cut_off) == (True, YOUNG + 1, OLD)
    assert found.anchored_at == late
    moved = anchor()
    assert told() == [{"through": before[OLD - 1], "hash": moved.hash, "entries": OLD}]


def test_nothing_goes_before_its_time(late: datetime, clock: datetime) -> None:
    assert jobs.shorten_trail(clock + PERIOD) == 0
    assert jobs.shorten_trail(clock + PERIOD + timedelta(seconds=1)) == 1
    assert verified().whole


def test_a_second_run_finds_nothing_and_tells_nothing(late: datetime) -> None:
    jobs.shorten_trail(late)
    left = ids()
    assert jobs.shorten_trail(late) == 0
    assert ids() == left


def test_later_runs_go_on_from_the_anchor(late: datetime) -> None:
    jobs.shorten_trail(late)
    assert jobs.shorten_trail(late + timedelta(days=1)) == YOUNG
    found = verified()
    assert (found.whole, found.entries, found.cut_off) == (True, 2, OLD + YOUNG)
    years = late + 2 * PERIOD
    assert jobs.shorten_trail(years) == 2, "what told of earlier cuts goes in its turn"
    found = verified()
    assert (found.whole, found.cut_off) == (True, OLD + YOUNG + 2)


def test_batches_tell_of_each_cut(late: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TRAIL_BATCH", 2)
    assert jobs.shorten_trail(late) == OLD
    assert [each["entries"] for each in told()] == [2, 4, 5]
    assert verified().whole


def test_the_newest_entry_stays_until_another_one_hangs_on_it(clock: datetime) -> None:
    record_some(1, clock)
    assert jobs.shorten_trail(clock + 2 * PERIOD) == 0
    record_some(1, clock + PERIOD)
    assert jobs.shorten_trail(clock + PERIOD + timedelta(days=1)) == 1
    assert verified().whole


def test_an_old_entry_behind_a_younger_one_waits_for_it(clock: datetime) -> None:
    record_some(1, clock)
    record_some(1, clock + timedelta(days=9))
    record_some(2, clock)
    assert jobs.shorten_trail(clock + PERIOD + timedelta(days=1)) == 1
    assert jobs.shorten_trail(clock + PERIOD + timedelta(days=10)) == 3
    assert verified().whole


def test_writers_and_several_that_shorten_leave_one_chain(
    late: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TRAIL_BATCH", 1)
    with ThreadPoolExecutor(6) as threads:
        writing = [threads.submit(record_some, 10, late) for _ in range(3)]
        cutting = [threads.submit(jobs.shorten_trail, late) for _ in range(3)]
        assert sum(each.result() for each in cutting) == OLD
        for each in writing:
            each.result()
    found = verified()
    assert (found.whole, found.entries, found.cut_off) == (True, YOUNG + 30 + OLD, OLD)


@pytest.mark.parametrize(("moment", "cut_at_death"), [("before", 2), ("after", 4)])
def test_whenever_it_is_killed_the_trail_is_whole_and_the_next_run_ends_it(
    late: datetime, moment: str, cut_at_death: int
) -> None:
    command = [sys.executable, "-m", "tests.privacy.dying_job", "shorten the trail"]
    killed = subprocess.run([*command, moment, late.isoformat()], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    found = verified()
    assert (found.whole, found.cut_off) == (True, cut_at_death)
    assert jobs.shorten_trail(late) == OLD - cut_at_death
    found = verified()
    assert (found.whole, found.cut_off) == (True, OLD)


# What the database refuses


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("DELETE FROM audit_entries WHERE id > (SELECT through FROM audit_anchors)", "append-only"),
        ("UPDATE audit_entries SET event = 'x'", "append-only"),
        ("DELETE FROM audit_anchors", "forward"),
        ("UPDATE audit_anchors SET through = through - 1", "forward"),
        ("UPDATE audit_anchors SET hash = 'x', through = through + 1", "forward"),
        ("UPDATE audit_anchors SET entries = entries + 1", "forward"),
        (
            """UPDATE audit_anchors SET through = through + 1, entries = entries + 2,
            hash = (SELECT hash FROM audit_entries ORDER BY id LIMIT 1)""",
            "forward",
        ),
        (
            """UPDATE audit_anchors SET through = (SELECT max(id) FROM audit_entries),
            hash = (SELECT hash FROM audit_entries ORDER BY id DESC LIMIT 1),
            entries = entries + (SELECT count(*) FROM audit_entries)""",
            "forward",
        ),
    ],
)
def test_the_database_lets_nothing_else_be_done(
    late: datetime, statement: str, refusal: str
) -> None:
    jobs.shorten_trail(late)
    with pytest.raises(DBAPIError, match=refusal), get_engine().begin() as connection:
        connection.execute(text(statement))
    assert verified().whole


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (
            """INSERT OR REPLACE INTO audit_entries SELECT id, at, 'x', actor, subject, customer,
            details, previous_hash, hash FROM audit_entries""",
            "append-only",
        ),
        ("INSERT OR REPLACE INTO audit_anchors VALUES (1, 99, 'x', 99, NULL)", "forward"),
    ],
)
def test_neither_replacing_nor_emptying_gets_past_the_refusal(
    late: datetime, statement: str, refusal: str
) -> None:
    if get_engine().dialect.name != "sqlite":
        statement, refusal = "TRUNCATE audit_entries, audit_anchors", "append-only|forward"
    with pytest.raises(DBAPIError, match=refusal), get_engine().begin() as connection:
        connection.execute(text(statement))
    assert verified().whole


# What is found though the database was told to look away

FIRST = "(SELECT min(id) FROM audit_entries)"
CUT_THE_FIRST = (
    f"""UPDATE audit_anchors SET through = {FIRST}, entries = entries + 1,
    hash = (SELECT hash FROM audit_entries WHERE id = {FIRST})""",
    f"DELETE FROM audit_entries WHERE id = {FIRST}",
)


def test_an_entry_removed_right_after_the_anchor_is_missed(late: datetime) -> None:
    jobs.shorten_trail(late)
    second = ids()[1]
    without_triggers(f"DELETE FROM audit_entries WHERE id = {FIRST}")
    assert verified().broken_at == second


def test_an_entry_removed_elsewhere_is_missed(late: datetime) -> None:
    jobs.shorten_trail(late)
    _, second, third, _ = ids()
    without_triggers("DELETE FROM audit_entries WHERE id = :id", id=second)
    assert verified().broken_at == third


def test_an_entry_put_back_before_the_anchor_is_found(late: datetime) -> None:
    jobs.shorten_trail(late)
    without_triggers(
        "INSERT INTO audit_entries SELECT 1, at, event, actor, subject, customer, details,"
        f" previous_hash, 'x' FROM audit_entries WHERE id = {FIRST}"
    )
    assert verified().broken_at == 1


@pytest.mark.parametrize("shortened", [True, False])
def test_an_anchor_moved_by_hand_is_found_though_the_chain_fits(
    late: datetime, shortened: bool
) -> None:
    if shortened:
        jobs.shorten_trail(late)
    without_triggers(*CUT_THE_FIRST)
    found = verified()
    assert found.broken_at is None
    assert not found.whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_anchors SET hash = 'x'",
        "UPDATE audit_anchors SET through = through - 1",
        "UPDATE audit_anchors SET entries = 0",
        "UPDATE audit_anchors SET through = 0, entries = 0",
        "DELETE FROM audit_anchors",
    ],
)
def test_an_anchor_changed_by_hand_is_found(late: datetime, statement: str) -> None:
    jobs.shorten_trail(late)
    without_triggers(statement)
    assert not verified().whole


def test_a_trail_that_was_emptied_is_found(late: datetime) -> None:
    jobs.shorten_trail(late)
    without_triggers("DELETE FROM audit_entries")
    assert not verified().whole


# By the command line, and by migrations


def test_the_command_says_what_was_cut_off(late: datetime) -> None:
    jobs.shorten_trail(late)
    done = CliRunner().invoke(audit)
    assert done.exit_code == 0
    assert "4 entries are whole. Head: " in done.stdout
    assert f"5 older ones were cut off after their 24 months, the last on {late:%Y-%m-%d}" in (
        done.stdout
    )


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda: without_triggers(*CUT_THE_FIRST), "does not begin where"),
        (lambda: without_triggers("UPDATE audit_anchors SET hash = 'x'"), "broken at entry"),
    ],
)
def test_the_command_fails_when_something_is_wrong(
    late: datetime, tamper: Callable[[], None], said: str
) -> None:
    jobs.shorten_trail(late)
    tamper()
    done = CliRunner().invoke(audit)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_trail_in_use_goes_down_and_up_again_and_is_guarded_in_between(late: datetime) -> None:
    migrations.unmigrate(get_engine(), "eefb8227c6db")
    with pytest.raises(DBAPIError, match="append-only"), get_engine().begin() as connection:
        connection.execute(text("DELETE FROM audit_entries"))
    migrations.migrate(get_engine())
    assert verified().whole
    assert jobs.shorten_trail(late) == OLD
    assert verified().whole
