"""Indexes by which people read who looked at their data, newest first."""

from collections.abc import Sequence

from alembic import op

revision: str = "c4d81f06b9a3"
down_revision: str | None = "eefb8227c6db"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Each of the new ones begins with the column of an old one, and serves in its place.
NEW = {
    "ix_audit_entries_subject_id": ["subject", "id"],
    "ix_audit_entries_customer_id": ["customer", "id"],
    "ix_audit_entries_actor_event_at": ["actor", "event", "at"],
}
OLD = {f"ix_audit_entries_{name}": [name] for name in ("subject", "customer", "actor")}


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name, columns in new.items():
        op.create_index(name, "audit_entries", columns)
    for name in old:
        op.drop_index(name, "audit_entries")
