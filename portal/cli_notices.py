"""`portal notices …`: the privacy notices."""

from datetime import UTC, datetime

import typer

notices = typer.Typer(help="The privacy notices.", no_args_is_help=True)


@notices.callback()
def _group() -> None:
    """Keeps `publish` a command of its own while it is the only one."""


@notices.command()
def publish() -> None:
    """Publish the versions that have a text and are not published yet.

    Everybody concerned who has not been given the new version gets a mail, by the next job.
    """
    from portal import migrations
    from portal.actor import system
    from portal.database import get_engine, transaction
    from portal.notices import versions

    migrations.migrate(get_engine())
    with transaction() as db:
        published = versions.publish(db, system("command line"), now=datetime.now(UTC))
    for each in published:
        typer.echo(
            f"{each.version.audience.value}: version {each.version.name}, "
            f"in force from {each.effective}"
        )
    if not published:
        typer.echo("Every version is published already.")
