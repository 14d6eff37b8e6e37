"""`portal contacts …`: the call lists that exist already."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portal.cli_customers import WRONG_ROWS, tell_problems, told_if_unreadable

if TYPE_CHECKING:
    from portal.contacts.importing import ContactImportReport

contacts = typer.Typer(help="Alarm contacts, from the back office.", no_args_is_help=True)


@contacts.callback()
def _group() -> None:
    """Keeps `import` a command of its own while it is the only one."""


@contacts.command("import")
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
    """Import call lists from a CSV file of the back office (docs/import.md has the columns).

    No mail leaves before a member confirms a list, or a support lead releases the import. Exits
    with 1 if wrong rows kept everything out, with 2 if the file cannot be read.
    """
    from portal import migrations
    from portal.actor import system
    from portal.contacts.importing import import_contacts
    from portal.database import get_engine, transaction

    migrations.migrate(get_engine())
    with told_if_unreadable(), transaction() as db:
        report = import_contacts(
            db,
            system("back office"),
            file.read_bytes(),
            now=datetime.now(UTC),
            skip_invalid=skip_invalid,
            dry_run=dry_run,
        )
    _tell(report, dry_run=dry_run)
    if report.problems and not skip_invalid:
        raise typer.Exit(WRONG_ROWS)


def _tell(report: "ContactImportReport", *, dry_run: bool) -> None:
    tell_problems(report.problems)
    if report.problems and not (report.written or dry_run):
        typer.echo(
            f"Nothing was imported: {report.wrong_rows} of {report.rows} rows are wrong. Mend "
            "them, or take the others with --skip-invalid.",
            err=True,
        )
        return
    if dry_run:
        typer.echo("A dry run: nothing was changed. The import would say:")
    for count, what in (
        (report.lists, "call lists imported"),
        (report.contacts, "alarm contacts imported"),
        (report.without_email, "of them without an e-mail"),
        (report.left, "call lists left as they are in the portal"),
        (report.wrong_rows, "rows skipped"),
    ):
        if count or what == "call lists imported":
            typer.echo(f"{what}: {count}")
    if report.contacts and not dry_run:
        typer.echo("No mail was sent: they are invited when a member confirms, or a lead releases.")
