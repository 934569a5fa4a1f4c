"""Cards that accounts keep, hosts as payees, payouts; whose booking it is as a host; arrivals.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    _bookings()
    _card_setups()
    _payment_methods()
    op.add_column("payment_attempts", sa.Column("payer_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE payment_attempts SET payer_id = driver_id FROM bookings WHERE bookings.id = order_id"
    )
    op.create_foreign_key(
        "fk_payment_attempts_payer_id", "payment_attempts", "users", ["payer_id"], ["id"]
    )
    op.create_index("ix_payment_attempts_payer", "payment_attempts", ["payer_id", "id"])
    _payouts()
    op.create_index(
        "ix_ledger_entries_owner",
        "ledger_entries",
        ["owner_id", "movement_id"],
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entries_earned",
        "ledger_entries",
        ["owner_id", "at"],
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"], postgresql_using="brin")
    op.drop_index("ix_reports_reporter_id", table_name="reports")
    op.create_index("ix_reports_reporter", "reports", ["reporter_id", "id"])
    op.create_index("ix_reports_status", "reports", ["status", "id"])


def _bookings() -> None:
    op.add_column("bookings", sa.Column("host_id", sa.Uuid(), nullable=True))
    op.add_column("bookings", sa.Column("checked_in_at", TIMESTAMP, nullable=True))
    op.execute(
        "UPDATE bookings SET host_id = spaces.host_id FROM spaces WHERE spaces.id = space_id"
    )
    op.alter_column("bookings", "host_id", nullable=False)
    op.create_foreign_key("fk_bookings_host_id", "bookings", "users", ["host_id"], ["id"])
    op.drop_index("ix_bookings_driver", table_name="bookings")
    op.create_index("ix_bookings_driver", "bookings", ["driver_id", "status", "starts_at", "id"])
    op.create_index("ix_bookings_host", "bookings", ["host_id", "status", "starts_at", "id"])
    op.create_index("ix_bookings_created", "bookings", ["created_at"], postgresql_using="brin")


def _card_setups() -> None:
    op.add_column(
        "card_setups", sa.Column("kind", sa.String(), nullable=False, server_default="page")
    )
    op.alter_column("card_setups", "kind", server_default=None)
    op.add_column("card_setups", sa.Column("user_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE card_setups SET user_id = driver_id FROM bookings WHERE bookings.id = order_id"
    )
    op.create_foreign_key("fk_card_setups_user_id", "card_setups", "users", ["user_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_card_setups_kind"), "card_setups", "kind IN ('page', 'intent')"
    )
    op.create_check_constraint(
        op.f("ck_card_setups_purpose"), "card_setups", "order_id IS NOT NULL OR user_id IS NOT NULL"
    )
    op.alter_column("card_setups", "order_id", nullable=True)
    op.create_index("ix_card_setups_user_id", "card_setups", ["user_id"])
    op.create_index(
        "ix_card_setups_payment_method",
        "card_setups",
        ["payment_method"],
        postgresql_where=sa.text("payment_method IS NOT NULL"),
    )


def _payment_methods() -> None:
    op.create_table(
        "payment_methods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("last4", sa.String(), nullable=False),
        sa.Column("exp_month", sa.SmallInteger(), nullable=False),
        sa.Column("exp_year", sa.SmallInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("forgotten_at", TIMESTAMP, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payment_methods_user_id"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_payment_methods_customer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_methods"),
        sa.UniqueConstraint("stripe_id", name="uq_payment_methods_stripe_id"),
    )
    op.create_index(
        "uq_payment_methods_card",
        "payment_methods",
        ["user_id", "fingerprint"],
        unique=True,
        postgresql_where=sa.text("forgotten_at IS NULL"),
    )
    op.create_index(
        "uq_payment_methods_default",
        "payment_methods",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_index(
        "ix_payment_methods_forgotten",
        "payment_methods",
        ["forgotten_at"],
        postgresql_where=sa.text("forgotten_at IS NOT NULL"),
    )


def _payouts() -> None:
    op.create_table(
        "payees",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=True),
        sa.Column("can_be_paid", sa.Boolean(), nullable=False),
        sa.Column("submitted", sa.Boolean(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("checked_at", TIMESTAMP, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_payees_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_payees"),
        sa.UniqueConstraint("stripe_id", name="uq_payees_stripe_id"),
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("ended_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "status IN ('under_way', 'paid', 'partly_paid', 'failed')",
            name=op.f("ck_payouts_status"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payouts_amount_minor")),
        sa.ForeignKeyConstraint(["host_id"], ["users.id"], name="fk_payouts_host_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
    )
    op.create_index("ix_payouts_host", "payouts", ["host_id", "id"])
    op.create_table(
        "payout_parts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("charge", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("transfer", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("try_at", TIMESTAMP, nullable=False),
        sa.Column("answered_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "status IN ('new', 'sent', 'refused')", name=op.f("ck_payout_parts_status")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_parts_amount_minor")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_payout_parts_payout_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_parts"),
    )
    op.create_index("ix_payout_parts_payout_id", "payout_parts", ["payout_id"])
    op.create_index("ix_payout_parts_order_id", "payout_parts", ["order_id"])
    op.create_index(
        "ix_payout_parts_open",
        "payout_parts",
        ["try_at"],
        postgresql_where=sa.text("status = 'new'"),
    )


def downgrade() -> None:
    op.drop_index("ix_reports_status", table_name="reports")
    op.drop_index("ix_reports_reporter", table_name="reports")
    op.create_index("ix_reports_reporter_id", "reports", ["reporter_id"])
    op.drop_index("ix_ledger_entries_earned", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_at", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_owner", table_name="ledger_entries")
    for table in ("payout_parts", "payouts", "payees", "payment_methods"):
        op.drop_table(table)
    op.drop_index("ix_payment_attempts_payer", table_name="payment_attempts")
    op.drop_column("payment_attempts", "payer_id")
    # What was to be kept without an order has no place any more.
    op.execute("DELETE FROM card_setups WHERE order_id IS NULL")
    op.drop_index("ix_card_setups_payment_method", table_name="card_setups")
    op.drop_index("ix_card_setups_user_id", table_name="card_setups")
    op.drop_constraint(op.f("ck_card_setups_purpose"), "card_setups")
    op.drop_constraint(op.f("ck_card_setups_kind"), "card_setups")
    op.alter_column("card_setups", "order_id", nullable=False)
    op.drop_column("card_setups", "user_id")
    op.drop_column("card_setups", "kind")
    op.drop_index("ix_bookings_created", table_name="bookings")
    op.drop_index("ix_bookings_host", table_name="bookings")
    op.drop_index("ix_bookings_driver", table_name="bookings")
    op.create_index("ix_bookings_driver", "bookings", ["driver_id", "starts_at"])
    op.drop_column("bookings", "checked_in_at")
    op.drop_column("bookings", "host_id")
