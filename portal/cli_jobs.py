"""`portal jobs …`: what is done without anybody asking, at once."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from portal.settings import get_settings

if TYPE_CHECKING:
    from portal.privacy.retention import Report

jobs = typer.Typer(help="What is done without anybody asking.", no_args_is_help=True)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


@jobs.callback()
def _group() -> None:
    """Keeps `run` a command of its own while it is the only one."""


@jobs.command()
def run(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"],
            help="as if it were this time; development only",
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="how the report is written")] = Format.TEXT,
) -> None:
    """Run every job once, and report what each has done."""
    from portal.jobs import run_jobs

    if as_of is not None and get_settings().in_production:
        typer.echo("--as-of is for development: in production only time itself passes.", err=True)
        raise typer.Exit(2)
    now = as_of or datetime.now(UTC)
    done = run_jobs(now if now.tzinfo else now.replace(tzinfo=UTC))
    typer.echo(_as_json(done) if format is Format.JSON else _as_text(done))


def _as_json(done: dict[str, "int | Report"]) -> str:
    return json.dumps(
        {name: what if isinstance(what, int) else asdict(what) for name, what in done.items()},
        indent=2,
    )


def _as_text(done: dict[str, "int | Report"]) -> str:
    """A line for each job; for retention, one more for each table that had something to end."""
    lines: list[str] = []
    for name, what in done.items():
        if isinstance(what, int):
            lines.append(f"{name}: {what} rows")
        else:
            lines += [f"{name}: {what.rows} rows", *_of_tables(what)]
    return "\n".join(lines)


def _of_tables(report: "Report") -> list[str]:
    return [
        *(
            f"  {line.table:<20} {line.rows:>8}  {line.action}"
            for line in report.lines
            if line.rows
        ),
        f"  contracts that ended while the account is open: {report.ended_contracts}",
    ]
