"""What people say about themselves, their vehicles and papers, and those who are gone.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

USER_COLUMNS = (
    "suspended_why",
    "deleted_at",
    "identity_verified_at",
    "public_name",
    "about",
    "photo_key",
    "locale",
    "hour_cycle",
    "distance_unit",
    "muted_letters",
)
STATUSES = "status IN ('draft', 'published', 'paused', 'retired'{})"


def upgrade() -> None:
    users()
    vehicles()
    identity()
    op.create_table(
        "departures",
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customers", JSONB(), nullable=False),
        sa.Column("cards", JSONB(), nullable=False),
        sa.Column("pictures", JSONB(), nullable=False),
        sa.Column("portrait", sa.String()),
        sa.Column("papers", JSONB(), nullable=False),
    )
    op.create_index("ix_emails_to", "emails", ["to_address", "id"])
    op.create_index("ix_emails_about", "emails", [sa.text("split_part(dedupe_key, ':', 2)")])
    op.create_index(
        "ix_reports_email", "reports", ["email"], postgresql_where=sa.text("email IS NOT NULL")
    )
    op.drop_constraint(op.f("ck_spaces_status"), "spaces")
    op.create_check_constraint(op.f("ck_spaces_status"), "spaces", STATUSES.format(", 'withheld'"))


def users() -> None:
    instant, text = sa.DateTime(timezone=True), sa.String()
    op.add_column("users", sa.Column("deleted_at", instant))
    op.add_column("users", sa.Column("identity_verified_at", instant))
    op.add_column("users", sa.Column("photo_key", text))
    for name in ("suspended_why", "public_name", "about", "locale"):
        op.add_column("users", sa.Column(name, text, nullable=False, server_default=""))
    for name in ("hour_cycle", "distance_unit"):
        op.add_column("users", sa.Column(name, text, nullable=False, server_default="auto"))
    op.add_column(
        "users", sa.Column("muted_letters", ARRAY(text), nullable=False, server_default="{}")
    )
    for name, check in (
        ("hour_cycle", "hour_cycle IN ('auto', '12', '24')"),
        ("distance_unit", "distance_unit IN ('auto', 'km', 'mi')"),
        ("gone_is_out", "deleted_at IS NULL OR suspended_at IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_users_{name}"), "users", check)
    op.create_index("ix_users_created", "users", ["created_at", "id"])
    op.create_index("ix_users_name", "users", [sa.text("lower(name)"), "id"])
    op.create_index(
        "ix_users_email_begins", "users", ["email"], postgresql_ops={"email": "text_pattern_ops"}
    )
    op.create_index(
        "ix_users_name_begins",
        "users",
        [sa.literal_column("lower(name)").label("name")],
        postgresql_ops={"name": "text_pattern_ops"},
    )
    for name, which in (("admins", "is_admin"), ("out", "suspended_at IS NOT NULL")):
        op.create_index(
            f"ix_users_{name}", "users", ["created_at", "id"], postgresql_where=sa.text(which)
        )


def vehicles() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("nickname", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("height_cm", sa.SmallInteger()),
        sa.Column("length_cm", sa.SmallInteger()),
        sa.Column("width_cm", sa.SmallInteger()),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.UniqueConstraint("user_id", "plate", "region"),
        sa.CheckConstraint("kind IN ('car', 'van', 'motorcycle', 'truck', 'camper')", name="kind"),
        sa.CheckConstraint("height_cm BETWEEN 50 AND 500", name="height_cm"),
        sa.CheckConstraint("length_cm BETWEEN 50 AND 2500", name="length_cm"),
        sa.CheckConstraint("width_cm BETWEEN 30 AND 400", name="width_cm"),
    )
    op.create_index(
        "uq_vehicles_default",
        "vehicles",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )


def identity() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "identity_checks",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("decided_at", instant),
        sa.Column("decided_by", sa.Uuid()),
        sa.CheckConstraint(
            "kind IN ('id_card', 'passport', 'driving_licence', 'business')", name="kind"
        ),
        sa.CheckConstraint("status IN ('pending', 'approved', 'rejected')", name="status"),
    )
    op.create_index("ix_identity_checks_decided_at", "identity_checks", ["decided_at"])
    op.create_index("ix_identity_checks_user", "identity_checks", ["user_id", "id"])
    op.create_index(
        "uq_identity_checks_pending",
        "identity_checks",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "identity_documents",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "check_id",
            sa.Uuid(),
            sa.ForeignKey("identity_checks.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False, unique=True),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.UniqueConstraint("check_id", "number"),
    )


def downgrade() -> None:
    # Who is withheld was listed; without that word, being paused says it best.
    op.execute("UPDATE spaces SET status = 'paused' WHERE status = 'withheld'")
    op.drop_constraint(op.f("ck_spaces_status"), "spaces")
    op.create_check_constraint(op.f("ck_spaces_status"), "spaces", STATUSES.format(""))
    op.drop_index("ix_reports_email", table_name="reports")
    op.drop_index("ix_emails_about", table_name="emails")
    op.drop_index("ix_emails_to", table_name="emails")
    for table in ("departures", "identity_documents", "identity_checks", "vehicles"):
        op.drop_table(table)
    for index in ("out", "admins", "name_begins", "email_begins", "name", "created"):
        op.drop_index(f"ix_users_{index}", table_name="users")
    for column in USER_COLUMNS:
        op.drop_column("users", column)
