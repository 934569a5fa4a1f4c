"""Refresh tokens name their family, so that any spent one can be told.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_user_sessions_spent_hash", table_name="user_sessions")
    op.alter_column("user_sessions", "spent_hash", new_column_name="family_hash")
    op.execute("UPDATE user_sessions SET family_hash = NULL")
    op.create_unique_constraint("uq_user_sessions_family_hash", "user_sessions", ["family_hash"])


def downgrade() -> None:
    op.drop_constraint("uq_user_sessions_family_hash", "user_sessions")
    op.alter_column("user_sessions", "family_hash", new_column_name="spent_hash")
    op.create_index("ix_user_sessions_spent_hash", "user_sessions", ["spent_hash"])
