"""Data requests: who asked, by when, what was answered; whose data are restricted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5f0c7be2a914"
down_revision: str | None = "c41f7be0a9d3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("link_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_until", sa.Date(), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=8000), nullable=False),
        sa.Column("leads_reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('access', 'rectify', 'erase', 'restrict', 'portability', "
            "'object to prices', 'object', 'other')",
            name=op.f("ck_data_requests_kind_is_known"),
        ),
        sa.CheckConstraint(
            "verified_by IN ('', 'account', 'mail', 'call-back')",
            name=op.f("ck_data_requests_verification_is_known"),
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by = '')",
            name=op.f("ck_data_requests_verified_in_some_way"),
        ),
        sa.CheckConstraint(
            "email <> '' OR phone <> ''", name=op.f("ck_data_requests_somebody_can_be_answered")
        ),
        sa.CheckConstraint(
            "(extended_until IS NULL) = (extension_reason = '')",
            name=op.f("ck_data_requests_extended_with_a_reason"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')",
            name=op.f("ck_data_requests_answered_in_words"),
        ),
        sa.CheckConstraint(
            "(token_hash IS NULL) = (link_ends_at IS NULL)",
            name=op.f("ck_data_requests_every_link_ends"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_data_requests_customer_id_customers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_data_requests_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_data_requests_token_hash")),
    )
    op.create_index(op.f("ix_data_requests_customer_id"), "data_requests", ["customer_id"])
    op.create_index(op.f("ix_data_requests_email"), "data_requests", ["email"])
    op.create_index(op.f("ix_data_requests_user_id"), "data_requests", ["user_id"])
    op.create_index(
        "ix_data_requests_answered_at_due_on", "data_requests", ["answered_at", "due_on"]
    )
    op.add_column("users", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("restricted_until", sa.Date(), nullable=True))


def downgrade() -> None:
    # SQLite can drop a column by itself; a table made anew would take all that refers to it along.
    op.drop_column("users", "restricted_until")
    op.drop_column("users", "restricted_at")
    op.drop_table("data_requests")
