"""Databases for tests: SQLite always, PostgreSQL where `PORTAL_TEST_DATABASE_URL` names one.

Each is migrated once into a template; a test gets a copy of it, so nothing leaks between tests.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlmodel import Session

from portal import database as portal_database
from portal import migrations
from portal.settings import get_settings


def use(url: str | None) -> None:
    """Let this process work on another database, or on that of its settings."""
    if portal_database._engine.cache_info().currsize:
        portal_database.get_engine().dispose()
    if url is None:
        os.environ.pop("PORTAL_DATABASE_URL", None)
    else:
        os.environ["PORTAL_DATABASE_URL"] = url
    for cached in (
        get_settings,
        portal_database._engine,
        portal_database._reading_engine,
    ):
        cached.cache_clear()


def migrate(url: str) -> None:
    use(url)
    migrations.migrate(portal_database.get_engine())
    use(None)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


class PostgreSQL:
    """Two databases of one parallel worker: the migrated template and the test's copy."""

    def __init__(self, address: str, worker: str) -> None:
        url = make_url(address)
        self.name = f"{url.database}_{worker}"
        self.template = f"{self.name}_template"
        self.url = url.set(database=self.name).render_as_string(hide_password=False)
        self.template_url = url.set(database=self.template).render_as_string(hide_password=False)
        self._server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def renew(self, name: str, *, template: str = "template1") -> None:
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgresql(worker_id: str) -> Iterator[PostgreSQL]:
    address = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if not address:
        pytest.skip("PORTAL_TEST_DATABASE_URL names no PostgreSQL")
    server = PostgreSQL(address, worker_id)
    server.renew(server.template)
    migrate(server.template_url)
    yield server
    server.drop(server.name)
    server.drop(server.template)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database, which `portal.database` works on meanwhile."""
    if request.param == "sqlite":
        path = tmp_path / "portal.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        server.renew(server.name, template=server.template)
        url = server.url
    use(url)
    yield url
    use(None)


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    """A transaction on each database; what it has not committed is gone after the test."""
    with portal_database.transaction() as session:
        yield session
        session.rollback()  # a test may leave it broken on purpose
