"""How migrations run: on the connection that `portal/migrations.py` hands over.

By hand (`alembic revision --autogenerate -m "…"`) on the database of the settings.
"""

from alembic import context
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

import portal.tables  # noqa: F401 - declares every table
from portal.database import UtcDateTime, get_engine, metadata


def in_words(kind: str, item: object, _context: object) -> str | bool:
    """Write our own types as the plain ones they are stored as: a migration never changes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=in_words,
    )
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    run(given)
else:
    with get_engine().begin() as own:
        run(own)
