"""The documentation keeps up with the code: what exists is described, and what is named exists."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from portal import register
from portal.accounts import limits, links, sessions
from portal.accounts.hashing_pool import MOST_WAITING
from portal.actor import RECENT_SIGN_IN
from portal.audit.events import AuditEvent
from portal.cli import app
from portal.contacts import bars
from portal.contacts.adding import MOST_PEOPLE
from portal.invitations import limits as of_invitations
from portal.jobs import JOBS, Job
from portal.mail import outbox
from portal.mail.letters import kinds
from portal.marketing.opt_out_reports import MOST_REPORTS
from portal.privacy import limits as of_requests
from portal.privacy.downloads import DOWNLOADS_PER_USER
from portal.settings import Settings
from portal.web.access import Access
from portal.web.http.api_access import CALLS_PER_MINUTE, REFUSED_PER_MINUTE
from portal.web.http.routes import routes
from portal.web.http.streams import MOST_AT_ONCE
from portal.web.http.visit import LARGEST_BODY, MOST_FIELDS
from portal.web.site_map import PAGES
from portal.web.sockets import BURST, EVENTS_PER_SECOND
from tools.register import DOCUMENT, with_register

DOCS = sorted([Path("README.md"), *Path("docs").rglob("*.md")])
SECURITY = Path("docs/security.md").read_text(encoding="utf-8")
OPERATIONS = Path("docs/operations.md").read_text(encoding="utf-8")
ROUTES = Path("docs/routes.md").read_text(encoding="utf-8")


def commands(group: TyperGroup, name: str = "portal") -> Iterator[tuple[str, list[str]]]:
    """Every command's full name with its arguments and options."""
    for sub, command in group.commands.items():
        full = f"{name} {sub}"
        if isinstance(command, TyperGroup):
            yield from commands(command, full)
        else:
            options = [parameter.opts[0] for parameter in command.params]
            yield full, [option for option in options if option.startswith("--")]


COMMANDS = dict(commands(typer.main.get_group(app)))


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"`PORTAL_{name.upper()}`" in OPERATIONS


def test_no_setting_is_described_that_does_not_exist() -> None:
    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    known |= {"PORTAL_TEST_DATABASE_URL", "PORTAL_TEST_REDIS_URL"}
    for path in DOCS:
        named = set(re.findall(r"\bPORTAL_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
        assert named <= known, path


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_described(name: str) -> None:
    rows = [line for line in OPERATIONS.splitlines() if line.startswith(f"| `{name}")]
    assert len(rows) == 1
    assert [option for option in COMMANDS[name] if option not in rows[0]] == []


def test_no_command_is_described_that_does_not_exist() -> None:
    described = set(re.findall(r"^\| `(portal [a-z -]*[a-z])", OPERATIONS, re.MULTILINE))
    assert {name.partition(" --")[0] for name in described} == set(COMMANDS)


def test_every_make_target_of_the_docs_exists() -> None:
    makefile = Path("Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"`make ([a-z-]+)", text)) | set(
            re.findall(r"^make ([a-z-]+)", text, re.M)
        )
        assert named <= targets, path


@pytest.mark.parametrize("event", list(AuditEvent))
def test_every_audit_event_is_explained(event: AuditEvent) -> None:
    assert f"| *{event.value}* |" in SECURITY


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_mail_is_described(kind: str) -> None:
    assert f"| `{kind}` |" in OPERATIONS


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_is_described_with_its_period(job: Job) -> None:
    assert f"| `{job.name}` | {in_words(job.every).removeprefix('1 ')} |" in OPERATIONS


def test_every_route_is_described_with_who_may_call_it() -> None:
    for route in routes():
        address = route.path.replace("{locale}", "en")
        assert f"| `{route.method} {address}` | {route.access.value} |" in ROUTES
    for page in PAGES:
        assert f"| `GET /en/{page.path}` | {page.access.value} |" in ROUTES


def test_every_level_of_access_is_explained() -> None:
    for level in Access:
        assert f"| {level.value} |" in ROUTES


def in_words(period: timedelta) -> str:
    seconds = int(period.total_seconds())
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0 and (seconds >= 2 * size or word == "minute" or seconds == size):
            number = seconds // size
            return f"{number} {word}{'s' if number > 1 else ''}"
    raise ValueError(period)


def rows_about(*words: str) -> str:
    table = SECURITY.partition("\n## Limits")[2].partition("\n## ")[0]
    return "\n".join(row for row in table.splitlines() if all(word in row for word in words))


def test_limits_of_accounts_are_the_documented_ones() -> None:
    table = SECURITY.partition("\n## Limits")[2]
    for limit in limits.ALL:
        per = {timedelta(minutes=15): "in 15 minutes", timedelta(hours=1): "an hour"}
        period = per.get(limit.period, "a minute")
        assert f"| {limit.times:,} {period}" in table, limit


def test_limits_of_downloads_are_the_documented_ones() -> None:
    assert DOWNLOADS_PER_USER.period == timedelta(hours=1)
    assert f"| {DOWNLOADS_PER_USER.times} an hour |" in rows_about("downloads", "per user")
    assert f"| {MOST_AT_ONCE} in each process" in rows_about("pieces of downloads")


def test_lives_of_links_and_sessions_are_the_documented_ones() -> None:
    for purpose, words in (
        ("activate", "activation link"),
        ("reset-password", "reset link"),
        ("confirm-email", "confirms an e-mail address"),
        ("undo-email", "undoes an e-mail change"),
    ):
        life = links.LIFE[links.LinkPurpose(purpose)]
        number = "24 hours" if life == timedelta(days=1) else in_words(life)
        assert number in rows_about(words)
    for who, limit in (("customer", sessions.CUSTOMER_LIMITS), ("staff", sessions.STAFF_LIMITS)):
        row = rows_about(f"session of {'a customer' if who == 'customer' else who}")
        assert f"{in_words(limit.idle)} idle, {in_words(limit.absolute)} in all" in row
    assert in_words(RECENT_SIGN_IN) in rows_about("recent sign-in")


def test_other_limits_are_the_documented_ones() -> None:
    assert f"{EVENTS_PER_SECOND} a second, {BURST} at once" in rows_about("events per socket")
    assert f"{LARGEST_BODY // 1024} kB, {MOST_FIELDS} fields" in rows_about("a form")
    assert f"{outbox.MAILS_PER_RECIPIENT} an hour" in rows_about("strangers can cause")
    assert all(kind in rows_about("strangers can cause") for kind in outbox.LIMITED)
    assert f"| {MOST_WAITING} in each process" in rows_about("waiting to be hashed")
    assert f"| {MOST_PEOPLE}" in rows_about("people on one call list")
    assert f"after {bars.LENGTH.days} days" in rows_about("said no")
    calls = rows_about("the API for machines")
    assert f"| {CALLS_PER_MINUTE.times} a minute" in calls
    assert f"{REFUSED_PER_MINUTE.times} a minute refused" in calls
    assert f"| {MOST_REPORTS} |" in rows_about("opt-outs in one call")


def test_limits_of_invitations_are_the_documented_ones() -> None:
    assert f"{of_invitations.LIFE.days} days, once" in rows_about("| invitation |")
    daily = of_invitations.INVITATION_PER_RECIPIENT
    assert daily.period == timedelta(days=1)
    assert f"| {daily.times} a day" in rows_about("to one e-mail address")
    assert f"| {of_invitations.OPEN_PER_CUSTOMER}" in rows_about("open invitations")


def test_limits_of_data_requests_are_the_documented_ones() -> None:
    asked = of_requests.REQUESTS_PER_ADDRESS
    assert asked.period == timedelta(hours=1)
    assert f"| {asked.times} an hour |" in rows_about("data requests without an account")
    mailed = of_requests.MAIL_PER_RECIPIENT
    assert mailed.period == timedelta(days=1)
    assert f"| {mailed.times} a day" in rows_about("links that confirm a data request")
    life = in_words(of_requests.LINK_LIFE)
    assert f"| {life}, once |" in rows_about("| link that confirms a data request |")
    waiting = rows_about("data requests of one person")
    assert f"| {of_requests.OPEN_PER_PERSON} |" in waiting


def test_register_in_the_docs_is_that_of_the_tables() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == with_register(text), "run: python tools/register.py"


def test_register_is_the_same_in_every_format() -> None:
    for row in register.rows():
        for render in register.FORMATS.values():
            assert row["column"] in render()
            assert row["table"] in render()


@pytest.mark.parametrize("path", DOCS, ids=str)
def test_links_of_the_docs_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text):
        address, _, anchor = "".join(target).partition("#")
        if "://" in address:
            continue
        found = path.parent / address if address else path
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_every_test_that_security_names_exists() -> None:
    """In its tables, paths stand below `tests/` in the last column."""
    for row in SECURITY.splitlines():
        for name in re.findall(r"`((?:\w+/)?test_\w+\.py)`", row):
            assert (Path("tests") / name).exists(), row


def test_every_module_that_the_docs_name_exists() -> None:
    for path in DOCS:
        for name in re.findall(r"`([\w/]+/[\w.-]+\.(?:py|toml|css))\b", path.read_text("utf-8")):
            places = (Path(), Path("portal"), Path("tests"))
            assert any((place / name).exists() for place in places), f"{path}: {name}"
