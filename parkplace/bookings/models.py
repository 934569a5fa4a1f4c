"""Tables of quotes, bookings, what happened to them, and what is taken."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp


class BookingStatus(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    COMPLETED = "completed"
    EXPIRED = "expired"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class PaymentStatus(StrEnum):
    """What the driver still has to do about money."""

    NOTHING_DUE = "nothing_due"
    DUE = "due"
    NEEDS_ACTION = "needs_action"  # the bank wants the driver to confirm
    FAILED = "failed"  # every retry was declined
    PAID = "paid"


class OccupancyKind(StrEnum):
    """Who took the bay."""

    BOOKING = "booking"
    BLOCK = "block"


class Quote(Row, table=True):
    """A price for one space and period, honoured until `expires_at`.

    `lines` is a list of `{"text", "amount_minor"}`; the rate card is the one it was made from.
    """

    __tablename__ = "quotes"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="period"),)

    id: UUID = key()
    space_id: UUID = Field(foreign_key="spaces.id")
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    hour_minor: int = Field(sa_type=BigInteger)
    day_cap_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    total_minor: int = Field(sa_type=BigInteger)
    lines: list[dict[str, Any]] = json_column()
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp(index=True)


class Booking(Row, table=True):
    """A driver's right to one bay of a space for a period.

    Attributes:
        reference: What people read aloud, such as `8Q4-KX2H`.
        driver_id: The account, or NULL for a guest, who is known only by `email`.
        host_id: Whose space it was when it was booked, and so who is paid.
        hour_minor, day_cap_minor, currency: The rate card as it was when booked.
        expires_at: When a hold, or a request the host does not answer, ends by itself.
        checked_in_at: When somebody noted that the driver is there.
        left_at: When the driver left, if before `ends_at`.
        ended_at: When the stay was closed.
        next_charge_at: When money is to be tried next; NULL when nothing is to be tried.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        one_of("status", BookingStatus),
        one_of("payment_status", PaymentStatus),
        CheckConstraint("ends_at > starts_at", name="period"),
        # A page of anybody's list is read from these, one status after the other: however many
        # bookings there are, as many rows are read as are shown.
        Index("ix_bookings_driver", "driver_id", "status", "starts_at", "id"),
        Index("ix_bookings_host", "host_id", "status", "starts_at", "id"),
        Index("ix_bookings_space", "space_id", "starts_at"),
        Index("ix_bookings_created", "created_at", postgresql_using="brin"),
        Index("ix_bookings_plate", "plate", postgresql_where=text("plate <> ''")),
        Index("ix_bookings_email", "email"),
        Index(
            "ix_bookings_expiring",
            "expires_at",
            postgresql_where=text("status IN ('held', 'requested')"),
        ),
        Index("ix_bookings_beginning", "starts_at", postgresql_where=text("status = 'confirmed'")),
        Index(
            "ix_bookings_ending",
            "ends_at",
            postgresql_where=text("status IN ('confirmed', 'active')"),
        ),
        Index(
            "ix_bookings_charging",
            "next_charge_at",
            postgresql_where=text("next_charge_at IS NOT NULL"),
        ),
    )

    id: UUID = key()
    reference: str = Field(unique=True)
    space_id: UUID = Field(foreign_key="spaces.id")
    bay: int = Field(sa_type=SmallInteger)
    driver_id: UUID | None = Field(default=None, foreign_key="users.id")
    host_id: UUID = Field(foreign_key="users.id")
    email: str
    plate: str = ""
    plate_region: str = ""
    status: str = BookingStatus.HELD
    payment_status: str = PaymentStatus.NOTHING_DUE
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    timezone: str
    hour_minor: int = Field(sa_type=BigInteger)
    day_cap_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    created_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    checked_in_at: datetime | None = timestamp(optional=True)
    left_at: datetime | None = timestamp(optional=True)
    ended_at: datetime | None = timestamp(optional=True)
    payment_method: str | None = None
    card: str = ""
    charge_attempts: int = 0
    next_charge_at: datetime | None = timestamp(optional=True)
    changes: int = 0


class Occupancy(Row, table=True):
    """A row that says "this bay is taken during this period"; the only truth about what is free.

    `expires_at` is set while a hold or a request may lapse; from then on the row no longer counts.
    `tile` is where on the map the space lies (its tile at zoom 14, as `x << 14 | y`); the database
    keeps it, so that a search of an area finds what is taken there without asking each space.
    """

    __tablename__ = "occupancies"
    __table_args__ = (
        one_of("kind", OccupancyKind),
        ExcludeConstraint(
            ("space_id", "="), ("bay", "="), ("during", "&&"), using="gist", name="one_per_bay"
        ),
        CheckConstraint("NOT isempty(during)", name="during"),
        Index("ix_occupancies_area", "tile", text("upper(during)"), text("lower(during)")),
        Index("ix_occupancies_block", "block_id", postgresql_where=text("block_id IS NOT NULL")),
    )

    id: UUID = key()
    space_id: UUID = Field(foreign_key="spaces.id")
    bay: int = Field(sa_type=SmallInteger)
    during: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    kind: str = OccupancyKind.BOOKING
    booking_id: UUID | None = Field(default=None, foreign_key="bookings.id", unique=True)
    block_id: UUID | None = Field(default=None, foreign_key="blocks.id", ondelete="CASCADE")
    expires_at: datetime | None = timestamp(optional=True)
    tile: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))


class Block(Row, table=True):
    """A period for which a host takes bays out of use; the occupancies with its id make it so.

    Attributes:
        bays: Which; NULL is all there are, and those that a larger capacity brings (the database
            takes these too).
    """

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        Index("ix_blocks_space", "space_id", "ends_at"),
    )

    id: UUID = key()
    space_id: UUID = Field(foreign_key="spaces.id")
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    bays: list[int] | None = Field(default=None, sa_column=Column(ARRAY(SmallInteger)))
    note: str = ""
    created_at: datetime = timestamp()


class BookingEvent(Row, table=True):
    """Who did what to a booking, when, and why; one row for each move."""

    __tablename__ = "booking_events"
    __table_args__ = (Index("ix_booking_events_booking", "booking_id", "id"),)

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    booking_id: UUID = Field(foreign_key="bookings.id")
    at: datetime = timestamp()
    actor: str  # driver, guest, host, admin, clock or stripe
    actor_id: UUID | None = None
    from_status: str | None = None
    to_status: str
    why: str = ""
