"""Deletions and who has still to confirm them; when a customer's account was closed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "eefb8227c6db"
down_revision: str | None = "a2ecd78b7292"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deletions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate_hash", sa.String(length=64), nullable=True),
        sa.Column("certificate", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'account') = (customer = '')",
            name=op.f("ck_deletions_customer_is_named_where_it_matters"),
        ),
        sa.CheckConstraint(
            "scope IN ('membership', 'account', 'customer')",
            name=op.f("ck_deletions_scope_is_known"),
        ),
        sa.CheckConstraint(
            "kept_at IS NULL OR erased_at IS NULL", name=op.f("ck_deletions_kept_or_erased")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_deletions_customer_id_customers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deletions_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
        sa.UniqueConstraint("certificate_hash", name=op.f("uq_deletions_certificate_hash")),
    )
    with op.batch_alter_table("deletions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deletions_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_deletions_erased_at_due_at", ["erased_at", "due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deletions_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_deletions_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_deletions_waiting",
            ["person", "scope", "customer"],
            unique=True,
            sqlite_where=sa.text("kept_at IS NULL AND erased_at IS NULL"),
            postgresql_where=sa.text("kept_at IS NULL AND erased_at IS NULL"),
        )

    op.create_table(
        "deletion_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deletion_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=20), nullable=False),
        sa.Column("customer_number", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("station_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(recipient = 'monitoring station') = (station_version IS NOT NULL)",
            name=op.f("ck_deletion_notices_the_station_confirms_a_version"),
        ),
        sa.CheckConstraint(
            "recipient IN ('back office', 'monitoring station')",
            name=op.f("ck_deletion_notices_recipient_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["deletion_id"],
            ["deletions.id"],
            name=op.f("fk_deletion_notices_deletion_id_deletions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_notices")),
    )
    with op.batch_alter_table("deletion_notices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deletion_notices_deletion_id"), ["deletion_id"], unique=False
        )

    op.add_column("customers", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # SQLite can drop a column by itself; a table made anew would take all that refers to it along.
    op.drop_column("customers", "closed_at")

    with op.batch_alter_table("deletion_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deletion_notices_deletion_id"))

    op.drop_table("deletion_notices")
    with op.batch_alter_table("deletions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deletions_waiting",
            sqlite_where=sa.text("kept_at IS NULL AND erased_at IS NULL"),
            postgresql_where=sa.text("kept_at IS NULL AND erased_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_deletions_user_id"))
        batch_op.drop_index(batch_op.f("ix_deletions_person"))
        batch_op.drop_index("ix_deletions_erased_at_due_at")
        batch_op.drop_index(batch_op.f("ix_deletions_customer_id"))

    op.drop_table("deletions")
