"""Links in letters that are good once, and the devices that an account was used from.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column(
            "user_id",
            sa.Uuid(),
            sa.ForeignKey(
                "users.id",
                name="fk_account_links_user_id",
                ondelete="CASCADE",
                deferrable=True,
                initially="DEFERRED",
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_at", instant),
        sa.CheckConstraint(
            "purpose IN ('verify', 'reset', 'change_old', 'change_new')",
            name=op.f("ck_account_links_purpose"),
        ),
    )
    op.create_index("ix_account_links_user", "account_links", ["user_id", "purpose"])
    op.create_index("ix_account_links_expires_at", "account_links", ["expires_at"])
    op.create_table(
        "seen_devices",
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "digest"),
    )
    op.create_index("ix_seen_devices_seen_at", "seen_devices", ["seen_at"])


def downgrade() -> None:
    op.drop_table("seen_devices")
    op.drop_table("account_links")
