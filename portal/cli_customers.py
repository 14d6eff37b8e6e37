"""`portal customers …`: what goes in from the back office, and what goes back."""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from portal.customers.import_file import Problem, UnreadableFileError
from portal.customers.import_reasons import reason
from portal.customers.import_report import Conflict, ImportReport

OFFICE = ZoneInfo("Europe/Oslo")  # whose clock a time without an offset is read by
WRONG_ROWS, UNREADABLE = 1, 2

customers = typer.Typer(help="Customers, from and to the back office.", no_args_is_help=True)


@customers.command("import")
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
    """Import customers from a CSV file of the back office (docs/import.md has the columns).

    Exits with 1 if wrong rows kept everything out, with 2 if the file cannot be read.
    """
    from portal import migrations
    from portal.actor import system
    from portal.customers.back_office_import import import_customers
    from portal.customers.import_rows import read_customers
    from portal.database import get_engine, transaction
    from portal.settings import get_settings

    migrations.migrate(get_engine())
    country = get_settings().company_country
    with _progress() as progress:
        reading = progress.add_task("Checking")
        with told_if_unreadable(progress.stop):
            found = read_customers(
                file.read_bytes(),
                default_country=country,
                progress=lambda done, total: progress.update(
                    reading, completed=done, total=max(total, 1)
                ),
            )
        writing = progress.add_task("Importing", total=None)
        with transaction() as db:
            report = import_customers(
                db,
                system("back office"),
                found,
                now=datetime.now(UTC),
                skip_invalid=skip_invalid,
                dry_run=dry_run,
                progress=lambda done, total: progress.update(
                    writing, completed=done, total=max(total, 1)
                ),
            )
    _tell(report, dry_run=dry_run)
    if report.problems and not skip_invalid:
        raise typer.Exit(WRONG_ROWS)


@customers.command("export")
def export(
    changed_since: Annotated[
        str,
        typer.Option(
            "--changed-since", metavar="TIME", help="such as 2026-11-22 or 2026-11-22T06:00+01:00"
        ),
    ],
) -> None:
    """Write the customers who changed something in the portal since TIME, as CSV."""
    from portal import migrations
    from portal.actor import system
    from portal.customers.back_office_export import export_changes, record_export
    from portal.database import get_engine, reading, transaction

    since = read_time(changed_since)
    migrations.migrate(get_engine())
    actor = system("back office")
    with transaction() as db:
        record_export(db, actor, changed_since=since, now=datetime.now(UTC))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    writer = csv.writer(sys.stdout)
    with reading() as db:
        writer.writerows(export_changes(db, actor, changed_since=since))


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _tell(report: ImportReport, *, dry_run: bool) -> None:
    tell_problems(report.problems)
    if report.problems and not (report.written or dry_run):
        typer.echo(
            f"Nothing was imported: {report.wrong_rows} of {report.rows} rows are wrong. Mend "
            "them, or take the others with --skip-invalid.",
            err=True,
        )
        return
    for conflict in report.conflicts:
        typer.echo(_in_words(conflict))
    if dry_run:
        typer.echo("A dry run: nothing was changed. The import would say:")
    for count, what in (
        (report.created, "customers created"),
        (report.updated, "customers updated"),
        (report.unchanged, "customers unchanged"),
        (report.sites_added, "sites added"),
        (report.moves_confirmed, "moves confirmed"),
        (report.invited, "owners invited by mail"),
        (report.wrong_rows, "rows skipped"),
        (len(report.conflicts), "conflicts"),
        (report.conflicts_resolved, "conflicts resolved"),
    ):
        if count or what == "customers created":
            typer.echo(f"{what}: {count}")


def read_time(text: str) -> datetime:
    """A moment as an operator types it; without an offset, by the office's clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        typer.echo(f"{text} is no time: write it like 2026-11-22T06:00+01:00.", err=True)
        raise typer.Exit(UNREADABLE) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)


@contextmanager
def told_if_unreadable(first: Callable[[], None] = lambda: None) -> Iterator[None]:
    """End the command with a line for each fault of a file that cannot be used as a whole."""
    try:
        yield
    except UnreadableFileError as error:
        first()
        tell_problems(error.problems)
        typer.echo("The file was not imported.", err=True)
        raise typer.Exit(UNREADABLE) from None


def tell_problems(problems: Iterable[Problem]) -> None:
    """A line for each, on the error stream."""
    for problem in problems:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        typer.echo(f"{where}: {reason(problem)}", err=True)


def _in_words(conflict: Conflict) -> str:
    field = conflict.field.partition(":")[0]
    now = "now says" if conflict.newer_in_file else "still says"
    return (
        f"line {conflict.line}, {field}: conflict for customer {conflict.customer_number}: the "
        f"portal has {conflict.portal_value or 'nothing'!r}, the file {now} "
        f"{conflict.back_office_value or 'nothing'!r}. The portal's value stays."
    )
