"""Alarm contacts and their call lists, invitations, privacy notices, and offers of ownership."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "edc4286812f4"
down_revision: str | None = "b7a1d5c0e2f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "published_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=15), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "audience IN ('customer', 'alarm contact')",
            name=op.f("ck_published_notices_audience_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_notices")),
        sa.UniqueConstraint(
            "audience", "version", name=op.f("uq_published_notices_audience_version")
        ),
    )
    op.create_table(
        "station_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_version", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_station_feed_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_feed")),
    )
    op.create_table(
        "contact_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["released_by"],
            ["users.id"],
            name=op.f("fk_contact_batches_released_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_batches")),
    )
    op.create_table(
        "invitation_bars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_invitation_bars_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_bars")),
        sa.UniqueConstraint(
            "customer_id", "person_hash", name=op.f("uq_invitation_bars_customer_id_person_hash")
        ),
    )
    with op.batch_alter_table("invitation_bars", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_bars_until"), ["until"], unique=False)

    op.create_table(
        "alarm_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("relation", sa.String(length=60), nullable=False),
        sa.Column("own_phone", sa.String(length=20), nullable=False),
        sa.Column("own_locale", sa.String(length=2), nullable=False),
        sa.Column("code_word", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("told_words", sa.String(length=300), nullable=False),
        sa.Column("adult_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invitation_state", sa.String(length=10), nullable=False),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "invitation_state IN ('none', 'invited', 'returned', 'no answer')",
            name=op.f("ck_alarm_contacts_invitation_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["contact_batches.id"],
            name=op.f("fk_alarm_contacts_batch_id_contact_batches"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_alarm_contacts_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["told_by"],
            ["users.id"],
            name=op.f("fk_alarm_contacts_told_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_alarm_contacts_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_contacts")),
        sa.UniqueConstraint(
            "customer_id", "user_id", name=op.f("uq_alarm_contacts_customer_id_user_id")
        ),
    )
    with op.batch_alter_table("alarm_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_contacts_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_alarm_contacts_customer_id_phone", ["customer_id", "phone"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_alarm_contacts_notice_due_at"), ["notice_due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_alarm_contacts_user_id"), ["user_id"], unique=False)

    op.create_table(
        "call_lists",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_before", sa.JSON(), nullable=True),
        sa.Column("gap_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("needed >= 1", name=op.f("ck_call_lists_needs_somebody")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_call_lists_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_call_lists_site_id_sites"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_call_lists")),
    )
    with op.batch_alter_table("call_lists", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_lists_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_call_lists_version"), ["version"], unique=False)

    op.create_table(
        "ownership_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("steps_down", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_ownership_offers_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_ownership_offers_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offered_by"],
            ["users.id"],
            name=op.f("fk_ownership_offers_offered_by_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_offers")),
    )
    with op.batch_alter_table("ownership_offers", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ownership_offers_open",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "call_list_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("key_holder", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('none', 'accepted', 'declined', 'left')",
            name=op.f("ck_call_list_entries_answer_is_known"),
        ),
        sa.CheckConstraint(
            "role IN ('decide', 'cancel')", name=op.f("ck_call_list_entries_role_is_known")
        ),
        sa.CheckConstraint(
            "(paused_from IS NULL) = (paused_until IS NULL)",
            name=op.f("ck_call_list_entries_pause_has_both_days"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["alarm_contacts.id"],
            name=op.f("fk_call_list_entries_contact_id_alarm_contacts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_call_list_entries_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_call_list_entries_site_id_sites"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_list_entries")),
        sa.UniqueConstraint(
            "site_id", "contact_id", name=op.f("uq_call_list_entries_site_id_contact_id")
        ),
        sa.UniqueConstraint(
            "site_id", "position", name=op.f("uq_call_list_entries_site_id_position")
        ),
    )
    with op.batch_alter_table("call_list_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_list_entries_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_call_list_entries_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "contact_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=12), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "by IN ('member', 'contact', 'sensornordic')",
            name=op.f("ck_contact_changes_by_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["users.id"],
            name=op.f("fk_contact_changes_changed_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["alarm_contacts.id"],
            name=op.f("fk_contact_changes_contact_id_alarm_contacts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_contact_changes_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_contact_changes_site_id_sites"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_changes")),
    )
    with op.batch_alter_table("contact_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_changes_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_contact_changes_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            "ix_contact_changes_customer_id_id", ["customer_id", "id"], unique=False
        )

    op.create_table(
        "course_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("content_version", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["alarm_contacts.id"],
            name=op.f("fk_course_confirmations_contact_id_alarm_contacts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_course_confirmations_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_confirmations")),
        sa.UniqueConstraint(
            "contact_id",
            "role",
            "content_version",
            name=op.f("uq_course_confirmations_contact_id_role_content_version"),
        ),
    )
    with op.batch_alter_table("course_confirmations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_confirmations_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=15), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("reminder_hash", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome = '')", name=op.f("ck_invitations_ends_with_an_outcome")
        ),
        sa.CheckConstraint(
            "(kind = 'contact') = (contact_id IS NOT NULL)",
            name=op.f("ck_invitations_contacts_are_named"),
        ),
        sa.CheckConstraint(
            "kind IN ('contact', 'member')", name=op.f("ck_invitations_kind_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["users.id"],
            name=op.f("fk_invitations_accepted_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["alarm_contacts.id"],
            name=op.f("fk_invitations_contact_id_alarm_contacts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_invitations_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_invitations_invited_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("reminder_hash", name=op.f("uq_invitations_reminder_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitations_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_invitations_ended_at_expires_at", ["ended_at", "expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitations_message_id"), ["message_id"], unique=False)
        batch_op.create_index(
            "uq_invitations_contact_pending",
            ["contact_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_invitations_member_pending",
            ["customer_id", "email"],
            unique=True,
            sqlite_where=sa.text("kind = 'member' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'member' AND ended_at IS NULL"),
        )

    op.create_table(
        "notices_given",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_hash", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=15), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('customer', 'alarm contact')",
            name=op.f("ck_notices_given_audience_is_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('mail', 'portal', 'letter')",
            name=op.f("ck_notices_given_channel_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["alarm_contacts.id"],
            name=op.f("fk_notices_given_contact_id_alarm_contacts"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_notices_given_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_given")),
    )
    with op.batch_alter_table("notices_given", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_given_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_notices_given_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            "ix_notices_given_recipient_hash_audience", ["recipient_hash", "audience"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_notices_given_user_id"), ["user_id"], unique=False)

    op.execute("INSERT INTO station_feed (id, version, acknowledged_version) VALUES (1, 0, 0)")


def downgrade() -> None:
    with op.batch_alter_table("notices_given", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_given_user_id"))
        batch_op.drop_index("ix_notices_given_recipient_hash_audience")
        batch_op.drop_index(batch_op.f("ix_notices_given_contact_id"))
        batch_op.drop_index(batch_op.f("ix_notices_given_at"))

    op.drop_table("notices_given")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invitations_member_pending",
            sqlite_where=sa.text("kind = 'member' AND ended_at IS NULL"),
            postgresql_where=sa.text("kind = 'member' AND ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_invitations_contact_pending",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_invitations_message_id"))
        batch_op.drop_index("ix_invitations_ended_at_expires_at")
        batch_op.drop_index(batch_op.f("ix_invitations_customer_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_contact_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("course_confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_confirmations_customer_id"))

    op.drop_table("course_confirmations")
    with op.batch_alter_table("contact_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_changes_customer_id_id")
        batch_op.drop_index(batch_op.f("ix_contact_changes_contact_id"))
        batch_op.drop_index(batch_op.f("ix_contact_changes_at"))

    op.drop_table("contact_changes")
    with op.batch_alter_table("call_list_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_list_entries_customer_id"))
        batch_op.drop_index(batch_op.f("ix_call_list_entries_contact_id"))

    op.drop_table("call_list_entries")
    with op.batch_alter_table("ownership_offers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ownership_offers_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("ownership_offers")
    with op.batch_alter_table("call_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_lists_version"))
        batch_op.drop_index(batch_op.f("ix_call_lists_customer_id"))

    op.drop_table("call_lists")
    with op.batch_alter_table("alarm_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alarm_contacts_user_id"))
        batch_op.drop_index(batch_op.f("ix_alarm_contacts_notice_due_at"))
        batch_op.drop_index("ix_alarm_contacts_customer_id_phone")
        batch_op.drop_index(batch_op.f("ix_alarm_contacts_batch_id"))

    op.drop_table("alarm_contacts")
    with op.batch_alter_table("invitation_bars", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_bars_until"))

    op.drop_table("invitation_bars")
    op.drop_table("contact_batches")
    op.drop_table("station_feed")
    op.drop_table("published_notices")
