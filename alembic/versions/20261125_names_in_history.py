"""Whose account a line of the call lists' history was about, once the contact's row has gone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7b0f2d5c91ae"
down_revision: str | None = "5f0c7be2a914"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("contact_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_contact_changes_user_id_users"),
            "users",
            ["user_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(batch_op.f("ix_contact_changes_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("contact_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_changes_user_id"))
        batch_op.drop_constraint(op.f("fk_contact_changes_user_id_users"), type_="foreignkey")
        batch_op.drop_column("user_id")
