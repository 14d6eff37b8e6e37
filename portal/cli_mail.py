"""`portal mail …`: what mail servers hand over."""

import sys
from datetime import UTC, datetime

import typer

mail = typer.Typer(help="Mail that comes back.", no_args_is_help=True)


@mail.callback()
def _group() -> None:
    """Keeps `returned` a command of its own while it is the only one."""


@mail.command()
def returned() -> None:
    """Read a delivery report (RFC 3464) from standard input, as a mail server pipes it.

    Always exits with 0 once it is read: a report about a mail that is not ours is no reason to
    send a report about the report.
    """
    import portal.jobs  # noqa: F401 - brings those who want to know what became of a mail
    from portal.database import transaction
    from portal.mail.returned import LARGEST_REPORT, take_report

    report = sys.stdin.buffer.read(LARGEST_REPORT)
    with transaction() as db:
        found = take_report(db, report, now=datetime.now(UTC))
    typer.echo("A mail of ours was returned." if found else "It is about no mail of ours.")
