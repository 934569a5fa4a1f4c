"""Dates with hours of their own, blocks, and what vehicle fits a space.

Revision ID: 0009
Revises: 0008
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

EVERY_HOUR = [{"day": day, "opens": "00:00", "closes": "24:00"} for day in range(7)]
LIMITS = ("max_height_cm", "max_length_cm", "max_width_cm")

# Whoever raises the capacity (a host, an import), the bays that come are blocked like the rest.
# Where an earlier booking has one of them already, it keeps it.
BLOCK_NEW_BAYS = """
CREATE FUNCTION block_new_bays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO occupancies (id, space_id, bay, during, kind, block_id)
    SELECT gen_random_uuid(), NEW.id, bay, tstzrange(starts_at, ends_at), 'block', blocks.id
    FROM blocks, generate_series(OLD.capacity + 1, NEW.capacity) AS bay
    WHERE blocks.space_id = NEW.id AND bays IS NULL
        AND EXISTS (SELECT 1 FROM occupancies WHERE block_id = blocks.id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER block_new_bays AFTER UPDATE OF capacity ON spaces
    FOR EACH ROW WHEN (NEW.capacity > OLD.capacity) EXECUTE FUNCTION block_new_bays();
"""


def upgrade() -> None:
    for limit in LIMITS:
        op.add_column("spaces", sa.Column(limit, sa.SmallInteger(), nullable=True))
        op.create_check_constraint(op.f(f"ck_spaces_{limit}"), "spaces", f"{limit} > 0")
    op.drop_index("ix_spaces_host_id", table_name="spaces")
    op.create_index("ix_spaces_host", "spaces", ["host_id", "id"])
    op.create_index(
        "ix_spaces_tags", "spaces", ["tags"], postgresql_where=sa.text("status = 'published'")
    )
    op.add_column(
        "schedules",
        sa.Column("exceptions", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("space_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bays", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_blocks_period")),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_blocks_space_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index("ix_blocks_space", "blocks", ["space_id", "ends_at"])
    op.add_column("occupancies", sa.Column("block_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_occupancies_block_id"),
        "occupancies",
        "blocks",
        ["block_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_occupancies_block",
        "occupancies",
        ["block_id"],
        postgresql_where=sa.text("block_id IS NOT NULL"),
    )
    op.execute(BLOCK_NEW_BAYS)


def downgrade() -> None:
    op.execute("DROP TRIGGER block_new_bays ON spaces")
    op.execute("DROP FUNCTION block_new_bays()")
    op.execute("DELETE FROM occupancies WHERE block_id IS NOT NULL")
    op.drop_index("ix_occupancies_block", table_name="occupancies")
    op.drop_column("occupancies", "block_id")
    op.drop_table("blocks")
    # A schedule keeps its digest and its week, and loses its exceptions when it is next compiled.
    # Always open, but for some dates, is always open again, which is no schedule.
    always = "exceptions <> '[]' AND weekly = CAST(:week AS jsonb)"
    every_hour = sa.bindparam("week", json.dumps(EVERY_HOUR))
    pointed = f"UPDATE spaces SET schedule_id = NULL WHERE schedule_id IN (SELECT id FROM schedules WHERE {always})"  # noqa: S608
    forgotten = f"DELETE FROM schedules WHERE {always}"  # noqa: S608 - a constant, both times
    for statement in (pointed, forgotten):
        op.execute(sa.text(statement).bindparams(every_hour))
    op.drop_column("schedules", "exceptions")
    op.drop_index("ix_spaces_tags", table_name="spaces")
    op.drop_index("ix_spaces_host", table_name="spaces")
    op.create_index("ix_spaces_host_id", "spaces", ["host_id"])
    for limit in LIMITS:
        op.drop_column("spaces", limit)
