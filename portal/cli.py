"""`portal …`: what operators and developers type."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from portal.audit.keys import KeyChangedError
from portal.build import BuildFailedError
from portal.cli_contacts import contacts
from portal.cli_customers import customers
from portal.cli_erasures import erasures
from portal.cli_jobs import jobs
from portal.cli_mail import mail
from portal.cli_marketing import marketing
from portal.cli_notices import notices
from portal.server import PortTakenError
from portal.settings import UnsafeSettingsError, get_settings

app = typer.Typer(
    help="The self-service portal of an alarm company.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def say(line: str) -> None:
    """Tell the operator, at once even into a pipe."""
    print(line, flush=True)  # noqa: T201


def _count(done: int) -> None:
    if done % 10_000 == 0:
        say(f"  {done} customers")


def main() -> None:
    """The command; what the operator can mend is said in a sentence, without a traceback."""
    try:
        app()
    except (BuildFailedError, KeyChangedError, PortTakenError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database does not answer: {str(error.orig).splitlines()[0]}")


@app.callback()
def prepare() -> None:
    """Read the settings and set up the logs before any command."""
    from portal.logs import configure_logs

    try:
        settings = get_settings()
    except UnsafeSettingsError as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise typer.Exit(2) from None
    configure_logs(json=settings.in_production)


@app.command()
def run() -> None:
    """Build what changed, migrate, load demo data on the first start in development, and serve."""
    from portal import server, welcome

    settings = get_settings()
    server.refuse_taken_port(settings)
    server.prepare(settings, say=say)
    if not settings.in_production:
        welcome.load_demo_once()
        say(welcome.welcome(settings))
    server.serve(settings)


@app.command()
def migrate() -> None:
    """Bring the database's tables to what this version expects."""
    from portal import migrations
    from portal.database import get_engine

    migrations.migrate(get_engine())


@app.command()
def demo(
    customers: Annotated[
        int, typer.Option(min=0, help="this many more invented customers, for trying scale")
    ] = 0,
) -> None:
    """Load the demo people, and invented customers if asked. Development only."""
    from portal import demo as demo_data
    from portal import migrations
    from portal.database import get_engine, transaction
    from portal.demo_scale import add_invented_customers

    migrations.migrate(get_engine())
    try:
        with transaction() as db:
            demo_data.load_demo(db, now=datetime.now(UTC))
            if customers:
                add_invented_customers(db, customers, now=datetime.now(UTC), progress=_count)
    except demo_data.DemoRefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    say(f"Demo data is loaded; {customers} invented customers were added.")


@app.command()
def worker(
    once: Annotated[bool, typer.Option(help="deliver what is due now, then stop")] = False,
) -> None:
    """Deliver the outbox and run what is due."""
    from portal.worker import run_once, run_until_signalled

    if once:
        say(f"{run_once()} mails dealt with")
    else:
        run_until_signalled()


app.add_typer(customers, name="customers")
app.add_typer(erasures, name="erasures")
app.add_typer(contacts, name="contacts")
app.add_typer(notices, name="notices")
app.add_typer(mail, name="mail")
app.add_typer(marketing, name="marketing")

app.add_typer(jobs, name="jobs")


@app.command()
def datamap(
    format: Annotated[str, typer.Option(help="html, json or csv")] = "html",
) -> None:
    """Print the register of processing activities (GDPR article 30), made from the data map."""
    from portal import register

    try:
        render = register.FORMATS[format]
    except KeyError:
        typer.echo(f"--format is one of {', '.join(register.FORMATS)}.", err=True)
        raise typer.Exit(2) from None
    sys.stdout.write(render())


audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command("verify")
def verify_audit() -> None:
    """Recompute every hash of the trail.

    Note the head that is printed: it proves later that nothing was cut off at the end.
    """
    from portal.audit import trail
    from portal.database import reading

    with reading() as db:
        found = trail.verify(db)
    if found.broken_at is not None:
        typer.echo(f"The trail is broken at entry {found.broken_at}.", err=True)
        raise typer.Exit(1)
    if not found.anchor_holds:
        typer.echo("The trail does not begin where it says that it was cut off last.", err=True)
        raise typer.Exit(1)
    say(f"{found.entries} entries are whole. Head: {found.head}")
    if found.anchored_at:
        day = found.anchored_at.date().isoformat()
        say(f"{found.cut_off} older ones were cut off after their 24 months, the last on {day}.")


staff = typer.Typer(help="Support staff.", no_args_is_help=True)
app.add_typer(staff, name="staff")


@staff.command("add")
def add_staff(
    email: str,
    name: Annotated[str, typer.Option(help="the person's name")],
    lead: Annotated[bool, typer.Option(help="support lead rather than agent")] = False,
    language: Annotated[str, typer.Option(help="nb, en, sv, da or fi")] = "nb",
) -> None:
    """Give a person a staff account; they get a mail to activate it."""
    from portal.accounts.staff import add_staff as add
    from portal.actor import system
    from portal.database import transaction
    from portal.errors import InvalidFieldsError

    try:
        with transaction() as db:
            add(
                db,
                system("command line"),
                email=email,
                name=name,
                locale=language,
                lead=lead,
                now=datetime.now(UTC),
            )
    except InvalidFieldsError as error:
        for field, problem in error.fields.items():
            typer.echo(f"{field}: {problem.code}", err=True)
        raise typer.Exit(1) from None
    say("The account is made; the mail is on its way.")


@app.command()
def doctor() -> None:
    """Say what is wrong with the configuration, a sentence each."""
    from portal.diagnosis import diagnose

    problems = list(diagnose(get_settings()))
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say("Nothing is wrong.")


if __name__ == "__main__":
    main()
