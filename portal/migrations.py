"""Bringing the database's tables to what the code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

ROOT = Path(__file__).resolve().parent.parent
_ONE_AT_A_TIME = 0x6D696772  # PostgreSQL's advisory lock while migrations run


def _config(connection: Connection) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to `revision`. Several processes may start at once: one does it."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME}
            )
        command.upgrade(_config(connection), revision)


def unmigrate(engine: Engine, revision: str) -> None:
    """Take the migrations back down to `revision` (`base` for none)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database's tables are those that this version of the code expects."""
    scripts = ScriptDirectory(str(ROOT / "alembic"))
    with engine.connect() as connection:
        return (
            MigrationContext.configure(connection).get_current_revision()
            == scripts.get_current_head()
        )
