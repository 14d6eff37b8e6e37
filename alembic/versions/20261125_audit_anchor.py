"""The trail may be cut off at its front, up to an anchor that only moves forward."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c41f7be0a9d3"
down_revision: str | None = "c4d81f06b9a3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APPEND_ONLY = "the audit trail is append-only"
FORWARD_ONLY = "the anchor of the audit trail only moves forward, onto an entry"

# The anchor may be moved onto an entry that is there, and must count what will be cut off.
MOVES_RIGHTLY = """
    NEW.id = OLD.id AND NEW.through > OLD.through
    AND EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.through AND hash = NEW.hash)
    AND EXISTS (SELECT 1 FROM audit_entries WHERE id > NEW.through)
    AND NEW.entries = OLD.entries
        + (SELECT count(*) FROM audit_entries WHERE id > OLD.through AND id <= NEW.through)
"""
CUT_OFF = "EXISTS (SELECT 1 FROM audit_anchors WHERE OLD.id <= through)"


def upgrade() -> None:
    op.create_table(
        "audit_anchors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_anchors_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchors")),
    )
    genesis = "0" * 64
    op.execute(
        f"INSERT INTO audit_anchors (id, through, hash, entries) VALUES (1, 0, '{genesis}', 0)"  # noqa: S608
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    op.execute("DROP TRIGGER audit_entries_no_delete")
    _refuse("audit_entries_no_delete", "DELETE ON audit_entries", APPEND_ONLY, unless=CUT_OFF)
    # "INSERT OR REPLACE" deletes what it replaces, past every trigger for deletions.
    taken = "EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id OR hash = NEW.hash)"
    _refuse(
        "audit_entries_no_replace", "INSERT ON audit_entries", APPEND_ONLY, unless=f"NOT {taken}"
    )
    _refuse("audit_anchors_no_delete", "DELETE ON audit_anchors", FORWARD_ONLY)
    _refuse(
        "audit_anchors_no_replace",
        "INSERT ON audit_anchors",
        FORWARD_ONLY,
        unless="NOT EXISTS (SELECT 1 FROM audit_anchors)",
    )
    _refuse("audit_anchors_forward", "UPDATE ON audit_anchors", FORWARD_ONLY, unless=MOVES_RIGHTLY)


def _refuse(name: str, act: str, message: str, *, unless: str = "FALSE") -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} WHEN NOT ({unless}) "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _guard_postgresql() -> None:
    op.execute("DROP TRIGGER audit_entries_append_only ON audit_entries")
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR TRUNCATE "
        "ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {CUT_OFF} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE "
        "ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_deletion()"
    )
    op.execute(
        "CREATE FUNCTION refuse_anchor_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FORWARD_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_anchors_no_delete BEFORE DELETE OR TRUNCATE "
        "ON audit_anchors FOR EACH STATEMENT EXECUTE FUNCTION refuse_anchor_change()"
    )
    op.execute(
        "CREATE FUNCTION check_anchor_move() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {MOVES_RIGHTLY} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{FORWARD_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_anchors_forward BEFORE UPDATE "
        "ON audit_anchors FOR EACH ROW EXECUTE FUNCTION check_anchor_move()"
    )


def downgrade() -> None:
    """The trail stays as it is. Once something was cut off, the older version calls it broken."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("audit_entries_no_delete", "audit_entries_no_replace"):
            op.execute(f"DROP TRIGGER {name}")
        op.drop_table("audit_anchors")
        op.execute(
            "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries "
            f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        )
        return
    for name in ("audit_entries_no_delete", "audit_entries_append_only"):
        op.execute(f"DROP TRIGGER {name} ON audit_entries")
    op.drop_table("audit_anchors")
    for name in ("refuse_audit_deletion", "refuse_anchor_change", "check_anchor_move"):
        op.execute(f"DROP FUNCTION {name}")
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
