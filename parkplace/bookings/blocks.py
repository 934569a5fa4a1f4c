"""Blocks: periods for which a host takes bays out of use.

What the host said is kept in `blocks`; what makes it so are occupancies, one for each bay, written
under the same lock and the same constraint as bookings. So a block and a booking never meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from parkplace.bookings import occupancy
from parkplace.bookings.holding import drop_overdue
from parkplace.bookings.models import Block
from parkplace.core.db import sql
from parkplace.core.errors import Conflict, Invalid
from parkplace.core.texts import clean_text
from parkplace.core.times import Period
from parkplace.spaces.models import Space

MOST = 200
MOST_BAYS = 20_000  # of all blocks of a space together
NOTE_MOST = 200
NAMED = 20
KEPT_FOR = timedelta(days=400)

_TAKE = """
    INSERT INTO occupancies (id, space_id, bay, during, kind, block_id)
    SELECT gen_random_uuid(), k.space_id, bay, tstzrange(k.starts_at, k.ends_at), 'block', k.id
    FROM blocks k, generate_series(1, :capacity) AS bay
    WHERE k.space_id = :space_id AND k.ends_at > :now AND (k.bays IS NULL OR bay = ANY(k.bays))
"""
_MET = """
    SELECT b.reference, count(*) OVER () AS bookings FROM bookings b
    WHERE b.id IN (
        SELECT o.booking_id FROM blocks k JOIN occupancies o ON o.space_id = k.space_id
            AND o.during && tstzrange(k.starts_at, k.ends_at)
            AND o.bay <= :capacity AND (k.bays IS NULL OR o.bay = ANY(k.bays))
        WHERE k.space_id = :space_id AND k.ends_at > :now
    )
    ORDER BY b.starts_at, b.reference LIMIT :named
"""
_FREE_AGAIN = """
    DELETE FROM occupancies USING blocks
    WHERE block_id = blocks.id AND blocks.ends_at <= :now
"""


class BadBlock(Invalid):
    """Raised for a block that is over, or of bays that the space does not have."""

    code = "bad_block"


class TooManyBlocks(Invalid):
    """Raised for more blocks than a calendar is made of."""

    code = "too_many_blocks"


class OverlappingBlocks(Invalid):
    """Raised when two blocks are about one bay at one time."""

    code = "blocks_overlap"


class BlockMeetsBookings(Conflict):
    """Raised when somebody has booked what is to be blocked; `details` names the bookings."""

    code = "block_meets_bookings"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block as a host says it; `bays` None is all there are."""

    period: Period
    bays: tuple[int, ...] | None = None
    note: str = ""


def of_space(session: Session, *, space_id: UUID, during: Period) -> list[Blocked]:
    """Return the blocks of a space that touch a period, by their start."""
    query = select(Block).where(
        col(Block.space_id) == space_id,
        col(Block.ends_at) > during.starts_at,
        col(Block.starts_at) < during.ends_at,
    )
    return _as_said(session, query.order_by(col(Block.starts_at), col(Block.id)))


def ahead(session: Session, *, space_id: UUID, now: datetime) -> list[Blocked]:
    """Return the blocks of a space that are not over, by their start."""
    query = select(Block).where(col(Block.space_id) == space_id, col(Block.ends_at) > now)
    return _as_said(session, query.order_by(col(Block.starts_at), col(Block.id)))


def replace(session: Session, *, space: Space, blocks: Sequence[Blocked], now: datetime) -> None:
    """Make these the blocks of a space, instead of those that are not over.

    Raises:
        BadBlock, OverlappingBlocks, TooManyBlocks, TextTooLong, BadText: They make no sense.
        BlockMeetsBookings: Somebody has booked there.
    """
    tidy = [_checked(block, space, number, now=now) for number, block in enumerate(blocks)]
    _refuse_overlap(tidy)
    _refuse_crowd(tidy, space)
    occupancy.lock_space(session, space_id=space.id)
    drop_overdue(session, space=space, now=now)
    # With them go the occupancies they made.
    session.exec(delete(Block).where(col(Block.space_id) == space.id, col(Block.ends_at) > now))
    session.add_all(
        Block(
            space_id=space.id,
            starts_at=block.period.starts_at,
            ends_at=block.period.ends_at,
            bays=None if block.bays is None else list(block.bays),
            note=block.note,
            created_at=now,
        )
        for block in tidy
    )
    session.flush()
    _refuse_bookings(session, space, now=now)
    sql(session, _TAKE, space_id=space.id, capacity=space.capacity, now=now)
    occupancy.signal(session, space=space)


def tidy(session: Session, *, now: datetime) -> None:
    """Free the bays of blocks that are over, and forget those that nobody looks back to."""
    sql(session, _FREE_AGAIN, now=now)
    session.exec(delete(Block).where(col(Block.ends_at) < now - KEPT_FOR))


def _as_said(session: Session, query: SelectOfScalar[Block]) -> list[Blocked]:
    return [
        Blocked(
            Period(row.starts_at, row.ends_at),
            None if row.bays is None else tuple(row.bays),
            row.note,
        )
        for row in session.exec(query)
    ]


def _checked(block: Blocked, space: Space, number: int, *, now: datetime) -> Blocked:
    field = f"blocks.{number}"
    if block.period.ends_at <= now:
        raise BadBlock("This block is over. Leave it out.", field=f"{field}.ends_at")
    bays = None if block.bays is None else tuple(sorted(set(block.bays)))
    if bays is not None and not (bays and bays[0] >= 1 and bays[-1] <= space.capacity):
        raise BadBlock(
            f"The bays of this space are numbered from 1 to {space.capacity:,}. "
            "Name some of these, or leave them out to block all.",
            field=f"{field}.bays",
        )
    note = clean_text(block.note, field=f"{field}.note", most=NOTE_MOST)
    return Blocked(block.period, bays, note)


def _refuse_overlap(blocks: Sequence[Blocked]) -> None:
    for number, block in enumerate(blocks):
        for other in blocks[:number]:
            if block.period.overlaps(other.period) and _share(block.bays, other.bays):
                raise OverlappingBlocks(
                    "Two blocks take one bay at one time. Make them one, or part them.",
                    field=f"blocks.{number}",
                )


def _share(bays: tuple[int, ...] | None, others: tuple[int, ...] | None) -> bool:
    return bays is None or others is None or not set(bays).isdisjoint(others)


def _refuse_crowd(blocks: Sequence[Blocked], space: Space) -> None:
    bays = sum(space.capacity if block.bays is None else len(block.bays) for block in blocks)
    if len(blocks) > MOST or bays > MOST_BAYS:
        raise TooManyBlocks(
            f"A space has at most {MOST} blocks, of {MOST_BAYS:,} bays together. "
            "To close all of it on some dates, use exceptions.",
            field="blocks",
        )


def _refuse_bookings(session: Session, space: Space, *, now: datetime) -> None:
    met = sql(session, _MET, space_id=space.id, capacity=space.capacity, now=now, named=NAMED).all()
    if met:
        names = ", ".join(row.reference for row in met)
        raise BlockMeetsBookings(
            "Somebody has booked there: "
            f"{names}{' and others' if met[0].bookings > len(met) else ''}. "
            "Cancel these bookings first, or block other bays.",
            field="blocks",
            details={"bookings": names, "count": str(met[0].bookings)},
        )
