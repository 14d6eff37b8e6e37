"""`portal marketing …` as operators and the senders' tools call it."""

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.cli_customers import customers
from portal.cli_marketing import marketing
from portal.customers.models import Customer
from portal.database import reading, transaction
from portal.marketing.models import Channel, SurveyAnswer, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.pauses import pause_marketing
from portal.marketing.receipts import Shown
from portal.marketing.unsubscribe_links import opened
from tests.customers.people import People, add_people
from tests.marketing.conftest import choose

NOW = datetime.now(UTC)
SAMPLE = Path("docs/samples/marketing.csv")


@pytest.fixture
def run(database: str) -> CliRunner:
    return CliRunner()


@pytest.fixture
def team(database: str) -> People:
    """Everybody has said yes to offers by both channels; committed."""
    with transaction() as db:
        people = add_people(db, NOW)
        for number, actor in enumerate((people.kari, people.liv, people.tor, people.nils)):
            user = db.get_one(User, actor.user)
            user.phone = f"+479000010{number}"
            db.add(user)
            choose(db, actor, NOW, offers_email=True, offers_sms=True)
    return people


def asked(run: CliRunner, *options: str) -> str:
    done = run.invoke(marketing, ["audience", "--topic", "offers", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_audience_is_csv_with_language_and_way_out(run: CliRunner, team: People) -> None:
    rows = list(csv.DictReader(io.StringIO(asked(run, "--channel", "email"))))
    assert {row["email"] for row in rows} == {
        "kari@nordlys.example",
        "liv@nordlys.example",
        "tor@nordlys.example",
        "nils@holm.example",
    }
    for row in rows:
        assert row["language"] == "en"
        path = row["unsubscribe"].removeprefix("http://localhost:3000/unsubscribe/")
        link = opened(path.partition("?")[0])
        assert (link.address, link.topic) == (row["email"], Topic.OFFERS)


def test_audience_is_json_that_can_be_read_whole_or_line_by_line(
    run: CliRunner, team: People
) -> None:
    said = asked(run, "--channel", "sms", "--format", "json")
    rows = json.loads(said)
    assert {row["phone"] for row in rows} == {f"+479000010{number}" for number in range(4)}
    lines = [json.loads(line.rstrip(",")) for line in said.splitlines()[1:-1]]
    assert lines == rows
    nobody = run.invoke(
        marketing, ["audience", "--topic", "surveys", "--channel", "sms", "--format", "json"]
    )
    assert json.loads(nobody.stdout) == []


def test_nobody_is_named_who_may_not_be_written_to_now(run: CliRunner, team: People) -> None:
    with transaction() as db:
        pause_marketing(db, team.kari, (NOW + timedelta(days=3)).date(), locale="en", now=NOW)
        opt_out(
            db,
            team.kari,
            Channel.EMAIL,
            "liv@nordlys.example",
            None,
            Shown("x", "en"),
            Way.COMPLAINT,
            now=NOW,
        )
        nordlys = db.get_one(Customer, team.nordlys)
        nordlys.contract_end = date(2020, 1, 1)
        db.add(nordlys)
    by_mail, by_sms = asked(run, "--channel", "email"), asked(run, "--channel", "sms")
    assert [line.split(",")[0] for line in by_mail.splitlines()] == ["email", "nils@holm.example"]
    numbers = {line.split(",")[0] for line in by_sms.splitlines()[1:]}
    assert numbers == {"+4790000101", "+4790000102", "+4790000103"}, "consent outlasts a contract"


def test_formula_is_left_out_and_said_and_a_number_is_none(run: CliRunner, team: People) -> None:
    """Disarmed, `'=kari@…` would be another mailbox."""
    with transaction() as db:
        kari = db.get_one(User, team.kari.user)
        kari.email = "=kari@nordlys.example"
        db.add(kari)
    done = run.invoke(
        marketing, ["audience", "--topic", "offers", "--channel", "email", "--format", "csv"]
    )
    assert "kari@" not in done.stdout
    assert done.stderr == "An address that spreadsheets take for a formula is left out.\n"
    assert '"=kari@nordlys.example"' in asked(run, "--channel", "email", "--format", "json")
    assert "\n+4790000100,en," in asked(run, "--channel", "sms")


def test_reader_that_has_seen_enough_is_no_error(database: str, team: People) -> None:
    question = ["audience", "--topic", "offers", "--channel", "email"]
    with subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "marketing", *question],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asking:
        assert asking.stdout is not None
        assert asking.stderr is not None
        asking.stdout.close()
        assert (asking.stderr.read(), asking.wait()) == (b"", 0)


def test_asking_is_noted_in_the_trail(run: CliRunner, team: People) -> None:
    asked(run, "--channel", "email")
    with reading() as db:
        entry = db.exec(
            select(AuditEntry).where(AuditEntry.event == "marketing audience asked")
        ).one()
    assert (entry.actor, entry.details) == (
        "system senders",
        {"topic": "offers", "channel": "email"},
    )


@pytest.mark.parametrize(
    "options",
    [
        ["--topic", "everything", "--channel", "email"],
        ["--topic", "offers", "--channel", "fax"],
        ["--topic", "offers", "--channel", "email", "--format", "xml"],
        ["--channel", "email"],
    ],
)
def test_question_that_is_none_is_refused(run: CliRunner, options: list[str]) -> None:
    assert run.invoke(marketing, ["audience", *options]).exit_code == 2


def test_sample_file_is_imported_as_it_stands(run: CliRunner) -> None:
    run.invoke(customers, ["import", "docs/samples/customers.csv"])
    dry = run.invoke(marketing, ["import", "--dry-run", str(SAMPLE)])
    assert dry.stdout.startswith("A dry run")
    done = run.invoke(marketing, ["import", str(SAMPLE)])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "noes in the file: 3",
        "of them new: 3",
        "yeses taken over: 1",
        "yeses without text, day or source: no consent: 1",
    ]


def test_wrong_rows_are_told_and_the_exit_is_not_zero(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "choices.csv"
    file.write_text("channel,address,topic,choice\nfax,x,offers,no\nsms,90000101,all,no\n")
    done = run.invoke(marketing, ["import", str(file)])
    assert done.exit_code == 1
    assert "line 2, channel: The channel is email or sms." in done.stderr
    assert "Every no in the right rows counts already." in done.stderr
    assert "of them new: 1" in done.stdout
    dry = run.invoke(marketing, ["import", "--dry-run", str(file)])
    assert dry.exit_code == 1
    assert "No yes is taken over: 1 of 2 rows are wrong." in dry.stderr
    assert "counts already" not in dry.stderr
    assert run.invoke(marketing, ["import", "--skip-invalid", str(file)]).exit_code == 0
    file.write_bytes(b"name;city\r\n")
    assert run.invoke(marketing, ["import", str(file)]).exit_code == 2


def test_answers_leave_as_csv_that_no_spreadsheet_runs(run: CliRunner, team: People) -> None:
    with transaction() as db:
        for day, words in ((1, "=1+1"), (20, "Fine, thanks")):
            at = datetime(2026, 11, day, 12, tzinfo=UTC)
            period = at.date().isoformat()
            db.add(
                SurveyAnswer(
                    user_id=team.kari.user,
                    customer_id=team.nordlys,
                    period=period,
                    score=4,
                    words=words,
                    at=at,
                )
            )
    every = list(csv.DictReader(io.StringIO(run.invoke(marketing, ["answers"]).stdout)))
    assert [(row["email"], row["score"], row["words"]) for row in every] == [
        ("kari@nordlys.example", "4", "'=1+1"),
        ("kari@nordlys.example", "4", "Fine, thanks"),
    ]
    late = run.invoke(marketing, ["answers", "--since", "2026-11-20"])
    assert list(csv.DictReader(io.StringIO(late.stdout))) == every[1:]
    with reading() as db:
        read = select(AuditEntry).where(col(AuditEntry.event) == "survey answers read")
        noted = [(entry.actor, entry.details) for entry in db.exec(read)]
    assert ("system back office", {"since": "2026-11-20T00:00:00+01:00"}) in noted
    assert len(noted) == 2


def test_answers_without_any_are_their_header(run: CliRunner) -> None:
    done = run.invoke(marketing, ["answers"])
    assert done.stdout.strip() == "answered_at,customer_number,customer,name,email,score,words"
    assert run.invoke(marketing, ["answers", "--since", "yesterday"]).exit_code == 2
