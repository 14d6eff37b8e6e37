"""The database: one engine a process, one kind of transaction, one commit in the code base."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from portal.settings import get_settings

SQLModel.metadata.naming_convention = {  # stable names, so that migrations can drop constraints
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


_making_engine = Lock()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Aware in Python, UTC in the database, on SQLite too; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> UUID:
    """A random identifier: unguessable, and meaningless once its row is erased."""
    return uuid4()


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys enforced) or PostgreSQL (psycopg)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    engine = create_engine(url, pool_size=10, max_overflow=20)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "journal_mode = WAL",
            "foreign_keys = ON",
            "synchronous = FULL",  # a mail that was promised survives a power cut
            "busy_timeout = 30000",
            "cache_size = -16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that will write takes the write lock at once: one that only finds out
        # later cannot wait for it and fails.
        if connection.get_execution_options().get("postgresql_readonly", False):
            # Past SQLAlchemy, which makes 30 µs of it: it takes no lock and so cannot fail.
            connection.connection.dbapi_connection.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def get_engine() -> Engine:
    """The process's engine, made at first use: the server forks after importing this package."""
    with _making_engine:  # `lru_cache` alone lets two threads at once make two
        return _engine()


@lru_cache
def _engine() -> Engine:
    settings = get_settings()
    if settings.database.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return make_engine(settings.database)


@lru_cache
def _reading_engine(engine: Engine) -> Engine:
    return engine.execution_options(postgresql_readonly=True)


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing: what is done in the block is committed at its end, or never happened."""
    with Session(get_engine(), expire_on_commit=False) as db:
        yield db
        db.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """A consistent view that is never written back."""
    with Session(_reading_engine(get_engine()), expire_on_commit=False, autoflush=False) as db:
        yield db


def columns(db: Session, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute a statement that selects columns and no models, for a third of the ORM's price.

    It is dear only when it is built anew: write it once, with `bindparam`.
    """
    if db.autoflush:
        db.flush()
    return db.connection().execute(statement, values)
