"""What holds for the whole code base, read from the code itself."""

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from typer.main import get_command

import portal.tables  # noqa: F401 - declares every table
from portal import datamap, migrations
from portal.audit.events import AuditEvent
from portal.cli import app
from portal.database import get_engine, metadata
from portal.settings import Settings
from portal.web.site_map import PAGES

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "portal").rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}

# Rows of a person that only mention a customer.
PERSONS_OWN = {"SignInSession", "Deletion"}

# Who may touch rows of customers without the scope of one: each with its reason.
UNSCOPED = {
    "portal/contacts/concerned.py": "a notice concerns the contacts of all customers",
    "portal/contacts/changes.py": "about contacts that its callers found through the scope",
    "portal/contacts/call_lists.py": "works on sites that its callers found through the scope",
    "portal/contacts/answering.py": "the mailed link is the right: whoever has it may answer",
    "portal/contacts/bars.py": "about a contact that its callers found through the scope",
    "portal/contacts/batches.py": "a support lead releases imports, whosever people they are",
    "portal/contacts/importing.py": "the back office writes all customers",
    "portal/contacts/inviting.py": "about a contact that its callers found through the scope",
    "portal/contacts/mailings.py": "about a contact or site that its callers found",
    "portal/contacts/outcomes.py": "what became of a mail, whosever it was",
    "portal/contacts/own_alarms.py": "a person's own places, found by their account",
    "portal/contacts/station.py": "the monitoring station calls for every customer",
    "portal/contacts/taking_off.py": "people who are erased leave all their customers' lists",
    "portal/contacts/watching.py": "jobs look at every customer",
    "portal/invitations/offers.py": "the mailed link is the right, and jobs end what has run out",
    "portal/customers/acting.py": "finds for whom somebody acts, before there is a scope",
    "portal/customers/closing.py": "about a customer that its owner closes, or a job erases",
    "portal/customers/leaving.py": "a person's own memberships, found by their account",
    "portal/customers/concerned.py": "a notice concerns the members of all customers",
    "portal/customers/ended_contracts.py": "a support lead looks at every customer",
    "portal/customers/back_office_export.py": "the back office reads all customers",
    "portal/customers/import_existing.py": "the back office reads all customers",
    "portal/customers/import_updates.py": "the back office writes all customers",
    "portal/customers/joining.py": "the mailed link is the right",
    "portal/customers/moves.py": "the back office confirms requests, and jobs carry them out",
    "portal/marketing/audience.py": "the senders ask whom they may write to, of all members",
    "portal/marketing/choices.py": "about a person's own memberships, found by their account",
    "portal/marketing/forgetting.py": "about a person's own membership, which they end",
    "portal/marketing/importing.py": "the back office writes all customers",
    "portal/marketing/mailing.py": "jobs write to members of every customer",
    "portal/marketing/receipts.py": "a job forgets what was replaced, whosever it was",
    "portal/marketing/surveys.py": "the mailed link is the right; the back office reads answers",
    "portal/privacy/log_readers.py": "names of people whose customers its caller is tied to",
    "portal/privacy/public_requests.py": "the mailed link is the right",
    "portal/privacy/request_answers.py": "support leads answer requests of everybody",
    "portal/privacy/requests.py": "a person's own requests, found by their account",
    "portal/privacy/restriction.py": "support leads restrict on request, whosever data they are",
    "portal/demo.py": "demo data, in development",
    "portal/demo_scale.py": "demo data, in development",
}


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_there_is_one_commit_in_the_code_base() -> None:
    found = [where(path) for path in MODULES for call in calls(path) if name_of(call) == "commit"]
    assert found == ["portal/database.py"]


def tenant_tables() -> dict[str, str]:
    """The model classes of customers' rows, and the package that owns each."""
    from sqlmodel import SQLModel

    return {
        mapper.class_.__name__: mapper.class_.__module__.rpartition(".")[0].replace(".", "/")
        for mapper in SQLModel._sa_registry.mappers
        if hasattr(mapper.class_, "customer_id") and mapper.class_.__name__ not in PERSONS_OWN
    }


def functions_touching(path: Path, tables: set[str]) -> Iterator[tuple[str, str]]:
    """Functions that select, update or delete rows of these tables: (name, source)."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        source = ast.get_source_segment(text, node) or ""
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            if name_of(call) not in {"select", "select_from", "update", "delete", "get", "get_one"}:
                continue
            named = {each.id for each in ast.walk(call) if isinstance(each, ast.Name)}
            if named & tables:
                yield node.name, source
                break


def test_customers_rows_are_found_only_through_the_scope() -> None:
    tables = tenant_tables()
    assert {"Customer", "Site", "MovingRequest", "CompanyChange"} <= set(tables)
    outside, unscoped = [], []
    for path in MODULES:
        for name, source in functions_touching(path, set(tables)):
            place = f"{where(path)}: {name}"
            if where(path) in UNSCOPED:
                continue
            if not where(path).startswith(tuple(set(tables.values()))):
                outside.append(place)
            elif "owned_by(" not in source and "actor.user" not in source:
                unscoped.append(place)
    assert not outside, "tables are queried in the package that owns them"
    assert not unscoped, "use owned_by(actor), or give a reason in UNSCOPED"


def test_every_exception_from_the_scope_is_still_needed() -> None:
    tables = set(tenant_tables())
    assert not [path for path in UNSCOPED if not list(functions_touching(ROOT / path, tables))]


def test_every_column_is_in_the_data_map() -> None:
    rows = list(datamap.register())
    assert len(rows) == sum(len(table.columns) for table in metadata.tables.values())
    for row in rows:
        for person, basis in row.bases.items():
            assert basis, f"{row.table}.{row.column} of {person}"


def test_migrations_make_the_tables_that_the_models_declare(database: str) -> None:
    with get_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_run_down_and_up_again(database: str) -> None:
    engine = get_engine()
    before = set(inspect(engine).get_table_names())
    migrations.unmigrate(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.migrate(engine)
    assert set(inspect(engine).get_table_names()) == before
    assert migrations.is_current(engine)


def test_modules_are_named_after_what_they_are_about() -> None:
    assert not [where(path) for path in MODULES if path.stem in VAGUE]
    assert not [where(path) for path in MODULES if path.parent.name in VAGUE]


def test_importing_the_portal_opens_no_connection_and_starts_no_thread(tmp_path: Path) -> None:
    """The server forks after the import: a connection or a thread would not survive it."""
    seen = """
import socket, threading
def refuse(*_, **__): raise AssertionError("a connection at import")
socket.socket.connect = refuse
import sqlite3
sqlite3.connect = refuse
import portal.portal, portal.worker, portal.jobs, portal.cli, portal.tables
alive = [each.name for each in threading.enumerate() if each is not threading.main_thread()]
assert not alive, alive
"""
    done = subprocess.run(
        [sys.executable, "-c", seen],
        cwd=ROOT,
        env={**os.environ, "PORTAL_DATA_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert not (tmp_path / "var" / "portal.sqlite3").exists()


# Documentation


@pytest.fixture(scope="module")
def documentation() -> str:
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.exists())


def commands() -> Iterator[str]:
    def below(command: object, name: str) -> Iterator[str]:
        children: dict[str, object] = getattr(command, "commands", {})
        if not children:
            yield name
        for child, each in children.items():
            yield from below(each, f"{name} {child}")

    yield from below(get_command(app), "portal")


def test_every_setting_is_documented(documentation: str) -> None:
    names = [f"PORTAL_{name.upper()}" for name in Settings.model_fields]
    company = "PORTAL_COMPANY_"
    assert not [
        name
        for name in names
        if name not in documentation
        and not (name.startswith(company) and f"…_{name.removeprefix(company)}" in documentation)
    ]


def test_every_command_is_documented(documentation: str) -> None:
    assert not [name for name in commands() if name not in documentation]


def test_every_page_is_documented(documentation: str) -> None:
    assert not [page.path for page in PAGES if f"/{page.path}" not in documentation]


def test_every_audit_event_is_documented(documentation: str) -> None:
    assert not [event.value for event in AuditEvent if event.value not in documentation]


def test_every_module_can_be_imported() -> None:
    for path in MODULES:
        name = re.sub(r"\.__init__$", "", where(path)[:-3].replace("/", "."))
        importlib.import_module(name)
