"""Marketing: choices and their receipts, suppressed addresses, pauses, mailings and answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a2ecd78b7292"
down_revision: str | None = "edc4286812f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAYS = (
    "way IN ('portal', 'mail link', 'one-click', 'letter', 'import', 'stop', 'complaint', 'bounce')"
)


def upgrade() -> None:
    op.create_table(
        "marketing_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("decision", sa.String(length=6), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("text_version", sa.String(length=12), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'all')",
            name=op.f("ck_marketing_receipts_channel_is_known"),
        ),
        sa.CheckConstraint(
            "decision IN ('yes', 'no', 'pause', 'resume')",
            name=op.f("ck_marketing_receipts_decision_is_known"),
        ),
        sa.CheckConstraint(
            "topic IN ('offers', 'information', 'status-reports', 'surveys', 'all')",
            name=op.f("ck_marketing_receipts_topic_is_known"),
        ),
        sa.CheckConstraint(
            WAYS,
            name=op.f("ck_marketing_receipts_way_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_receipts")),
    )
    with op.batch_alter_table("marketing_receipts", schema=None) as batch_op:
        batch_op.create_index("ix_marketing_receipts_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'sms')", name=op.f("ck_suppressions_channel_is_known")
        ),
        sa.CheckConstraint(
            "topic IN ('offers', 'information', 'status-reports', 'surveys', 'all')",
            name=op.f("ck_suppressions_topic_is_known"),
        ),
        sa.CheckConstraint(
            WAYS,
            name=op.f("ck_suppressions_way_is_known"),
        ),
        sa.PrimaryKeyConstraint("address_hash", "channel", "topic", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "marketing_pauses",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_marketing_pauses_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_marketing_pauses")),
    )
    op.create_table(
        "marketing_choices",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('consent', 'legitimate interest')",
            name=op.f("ck_marketing_choices_basis_is_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'sms')", name=op.f("ck_marketing_choices_channel_is_known")
        ),
        sa.CheckConstraint(
            "topic IN ('offers', 'information', 'status-reports', 'surveys')",
            name=op.f("ck_marketing_choices_topic_is_known"),
        ),
        sa.CheckConstraint(
            WAYS,
            name=op.f("ck_marketing_choices_way_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["marketing_receipts.id"],
            name=op.f("fk_marketing_choices_receipt_id_marketing_receipts"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            name=op.f("fk_marketing_choices_user_id_customer_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "customer_id", "topic", "channel", name=op.f("pk_marketing_choices")
        ),
    )
    with op.batch_alter_table("marketing_choices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_marketing_choices_receipt_id"), ["receipt_id"], unique=False
        )
        batch_op.create_index(
            "ix_marketing_choices_topic_channel_chosen_user_id",
            ["topic", "channel", "chosen", "user_id"],
            unique=False,
        )

    op.create_table(
        "marketing_mailings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "topic IN ('offers', 'information', 'status-reports', 'surveys')",
            name=op.f("ck_marketing_mailings_topic_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            name=op.f("fk_marketing_mailings_user_id_customer_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "customer_id", "topic", "period", name=op.f("pk_marketing_mailings")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_marketing_mailings_token_hash")),
    )
    with op.batch_alter_table("marketing_mailings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marketing_mailings_at"), ["at"], unique=False)

    op.create_table(
        "survey_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "score BETWEEN 1 AND 5", name=op.f("ck_survey_answers_score_is_one_to_five")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "customer_id"],
            ["members.user_id", "members.customer_id"],
            name=op.f("fk_survey_answers_user_id_customer_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "customer_id", "period", name=op.f("pk_survey_answers")),
    )
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answers_at"), ["at"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("topic", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("about_customer", sa.Uuid(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_outbox_marketing_has_a_topic"),
            "(topic = '') = (kind NOT LIKE 'marketing/%')",
        )
        batch_op.create_check_constraint(
            op.f("ck_outbox_marketing_is_about_a_customer"),
            "(topic = '') = (about_customer IS NULL)",
        )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("topic", server_default=None)
    op.create_index(op.f("ix_users_phone"), "users", ["phone"], unique=False)
    _refuse_changes_of_receipts()


def _refuse_changes_of_receipts() -> None:
    """Receipts may go when their time is over. Until then the database refuses to change one."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER marketing_receipts_no_update BEFORE UPDATE ON marketing_receipts "
            "BEGIN SELECT RAISE(ABORT, 'receipts are never changed'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'receipts are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER marketing_receipts_append_only BEFORE UPDATE OR TRUNCATE "
        "ON marketing_receipts FOR EACH STATEMENT EXECUTE FUNCTION refuse_receipt_change()"
    )


def _accept_changes_of_receipts() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER marketing_receipts_no_update")
        return
    op.execute("DROP TRIGGER marketing_receipts_append_only ON marketing_receipts")
    op.execute("DROP FUNCTION refuse_receipt_change")


def downgrade() -> None:
    _accept_changes_of_receipts()
    op.drop_index(op.f("ix_users_phone"), table_name="users")
    op.execute("DELETE FROM outbox WHERE topic <> ''")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_marketing_has_a_topic"), type_="check")
        batch_op.drop_constraint(op.f("ck_outbox_marketing_is_about_a_customer"), type_="check")
        batch_op.drop_column("about_customer")
        batch_op.drop_column("topic")

    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_answers_at"))

    op.drop_table("survey_answers")
    with op.batch_alter_table("marketing_mailings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_marketing_mailings_at"))

    op.drop_table("marketing_mailings")
    with op.batch_alter_table("marketing_choices", schema=None) as batch_op:
        batch_op.drop_index("ix_marketing_choices_topic_channel_chosen_user_id")
        batch_op.drop_index(batch_op.f("ix_marketing_choices_receipt_id"))

    op.drop_table("marketing_choices")
    op.drop_table("marketing_pauses")
    op.drop_table("suppressions")
    with op.batch_alter_table("marketing_receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_marketing_receipts_subject_at")

    op.drop_table("marketing_receipts")
