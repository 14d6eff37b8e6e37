"""`portal marketing …`: what the senders ask, and what goes in from earlier records."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from portal.cli_customers import WRONG_ROWS, read_time, tell_problems, told_if_unreadable
from portal.customers.csv_cells import neutralised
from portal.marketing.topics import Channel, Topic

if TYPE_CHECKING:
    from portal.marketing.audience import AudienceMember
    from portal.marketing.importing import MarketingImportReport

marketing = typer.Typer(help="Who may be written to, and who may not.", no_args_is_help=True)


class Formats(StrEnum):
    CSV = "csv"
    JSON = "json"


_ADDRESS = {Channel.EMAIL: "email", Channel.SMS: "phone"}


@marketing.command("audience")
def audience(
    topic: Annotated[Topic, typer.Option(help="what the messages are about")],
    channel: Annotated[Channel, typer.Option(help="how they are sent")],
    format: Annotated[Formats, typer.Option(help="csv or json")] = Formats.CSV,
) -> None:
    """Write who may be written to at this moment, with language and way out.

    Ask right before sending, and keep nothing: the answer is old in a minute.
    """
    from portal import migrations
    from portal.actor import system
    from portal.database import get_engine, reading, transaction
    from portal.marketing.audience import audience as found
    from portal.marketing.audience import record_audience

    migrations.migrate(get_engine())
    with transaction() as db:
        record_audience(db, system("senders"), topic, channel, now=datetime.now(UTC))
    write = _write_csv if format is Formats.CSV else _write_json
    with _output() as out, reading() as db:
        write(out, channel, found(db, topic, channel, now=datetime.now(UTC)))


@marketing.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would happen, and change nothing")
    ] = False,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="take the right rows, leave the wrong ones")
    ] = False,
) -> None:
    """Import what was chosen before the portal from a CSV file (docs/import.md has the columns).

    Every no counts, even while other rows are wrong. Exits with 1 if something wrong kept the
    yeses out, with 2 if the file cannot be read.
    """
    from portal import migrations
    from portal.actor import system
    from portal.database import get_engine, transaction
    from portal.marketing.importing import import_marketing

    migrations.migrate(get_engine())
    with told_if_unreadable(), transaction() as db:
        report = import_marketing(
            db,
            system("back office"),
            file.read_bytes(),
            now=datetime.now(UTC),
            skip_invalid=skip_invalid,
            dry_run=dry_run,
        )
    _tell(report, dry_run=dry_run)
    if report.yeses_wait:
        raise typer.Exit(WRONG_ROWS)


@marketing.command("answers")
def answers(
    since: Annotated[
        str, typer.Option(metavar="TIME", help="such as 2026-11-22 or 2026-11-22T06:00+01:00")
    ] = "1970-01-01",
) -> None:
    """Write the answers to satisfaction surveys since TIME, as CSV, for customer service."""
    from portal import migrations
    from portal.actor import system
    from portal.database import get_engine, reading, transaction
    from portal.marketing.surveys import record_reading, survey_answers

    wanted = read_time(since)
    migrations.migrate(get_engine())
    with transaction() as db:
        record_reading(db, system("back office"), since=wanted, now=datetime.now(UTC))
    with _output() as out, reading() as db:
        csv.writer(out).writerows(survey_answers(db, system("back office"), since=wanted))


def _write_csv(out: TextIO, channel: Channel, people: Iterator["AudienceMember"]) -> None:
    writer = csv.writer(out)
    writer.writerow((_ADDRESS[channel], "language", "unsubscribe"))
    for each in people:
        if neutralised(each.address) == each.address:
            writer.writerow((each.address, each.locale, each.unsubscribe))
        else:  # disarmed it would be another mailbox, armed a formula
            typer.echo("An address that spreadsheets take for a formula is left out.", err=True)


def _write_json(out: TextIO, channel: Channel, people: Iterator["AudienceMember"]) -> None:
    """One array, an object on each line, so that it can be read whole or line by line."""
    address, before = _ADDRESS[channel], "["
    for each in people:
        row = {address: each.address, "language": each.locale, "unsubscribe": each.unsubscribe}
        out.write(f"{before}\n{json.dumps(row, ensure_ascii=False)}")
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")


@contextmanager
def _output() -> Iterator[TextIO]:
    """Standard output in UTF-8, written in large pieces; whoever stops reading is no error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="", line_buffering=False)
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()  # else the interpreter complains at its end
        raise typer.Exit from None


def _tell(report: "MarketingImportReport", *, dry_run: bool) -> None:
    tell_problems(report.problems)
    if dry_run:
        typer.echo("A dry run: nothing was changed. The import would say:")
    if report.yeses_wait:
        wrong = f"{report.wrong_rows} of {report.rows} rows are wrong"
        typer.echo(
            f"No yes is taken over: {wrong if report.wrong_rows else 'a column is unknown'}. Mend "
            "that, or take the others with --skip-invalid."
            + ("" if dry_run else " Every no in the right rows counts already."),
            err=True,
        )
    for count, what in (
        (report.noes, "noes in the file"),
        (report.new_noes, "of them new"),
        (report.taken, "yeses taken over"),
        (report.unproven, "yeses without text, day or source: no consent"),
        (report.overruled, "yeses overruled by a no or a later choice"),
        (report.nobodys, "yeses of nobody who acts for a customer"),
        (report.wrong_rows, "rows skipped"),
    ):
        if count or what == "noes in the file":
            typer.echo(f"{what}: {count}")
