"""`portal erasures …`: the ledger, who must still confirm, and erasing again after a restore."""

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from portal.customers.csv_cells import neutralised

erasures = typer.Typer(help="What was erased, and who must still confirm.", no_args_is_help=True)


@erasures.command("replay")
def replay(
    ledger: Annotated[
        Path | None, typer.Option(help="a copy of the ledger, if not the data folder's own")
    ] = None,
) -> None:
    """Erase again whom a restored backup has brought back. Run it before anybody signs in."""
    from portal import migrations
    from portal.actor import system
    from portal.database import get_engine, transaction
    from portal.privacy import ledger as erased

    migrations.migrate(get_engine())
    file = ledger or erased.ledger_file()
    if not file.exists():
        sys.exit(f"There is no ledger at {file}. Name a copy of it with --ledger.")
    lines = erased.read_ledger(file)
    with transaction() as db:
        done = erased.replay(db, system("operator"), lines, now=datetime.now(UTC))
    typer.echo(f"lines in the ledger: {len(lines)}")
    typer.echo(f"erased again: {done}")


@erasures.command("export")
def export() -> None:
    """Write what the back office must erase and has not confirmed yet, as CSV."""
    from portal.actor import system
    from portal.database import reading
    from portal.privacy.confirmations import to_be_confirmed

    with reading() as db:
        waiting = to_be_confirmed(db, system("back office"))
    writer = csv.writer(sys.stdout)
    writer.writerow(["deletion", "customer_number", "role", "scope", "erased_at"])
    for each in waiting:
        cells = (each.customer_number, each.role, each.scope)
        erased_at = each.erased_at.isoformat(timespec="seconds")
        writer.writerow([each.deletion, *map(neutralised, cells), erased_at])


@erasures.command("confirm")
def confirm(
    deletions: Annotated[list[UUID], typer.Argument(help="ids from `portal erasures export`")],
) -> None:
    """Note that the back office has erased these, too."""
    from portal.actor import system
    from portal.database import transaction
    from portal.privacy import confirmations

    with transaction() as db:
        done = confirmations.confirm(db, system("back office"), deletions, now=datetime.now(UTC))
    typer.echo(f"confirmed: {done}")
