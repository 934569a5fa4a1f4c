"""Tables of places: spaces, their opening schedules and photos, and the streets around them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZMULTIRANGE
from sqlmodel import Field

from parkplace.core.columns import Row, json_column, key, one_of, timestamp

TILE_ZOOM = 30
TILE_X = "least(floor((lng + 180) / 360 * 1073741824), 1073741823)::integer"
TILE_Y = (
    "least(greatest(floor((0.5 - ln(tan(radians(45"
    " + least(greatest(lat, -85.05112878), 85.05112878) / 2))) / (2 * pi())) * 1073741824), 0),"
    " 1073741823)::integer"
)


class SpaceKind(StrEnum):
    """What sort of place it is."""

    STREET = "street"
    LOT = "lot"
    GARAGE = "garage"
    DRIVEWAY = "driveway"


class SpaceStatus(StrEnum):
    """Whether drivers can find a space; `retired` is for good, and keeps its past bookings."""

    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    RETIRED = "retired"
    WITHHELD = "withheld"  # published, but its host is suspended


class Schedule(Row, table=True):
    """Opening hours, compiled; one row serves every space with the same hours and zone.

    Attributes:
        weekly: `[{"day": 0..6 (Monday first), "opens": "HH:MM", "closes": "HH:MM"}]`, wall time;
            `closes` may be `24:00`, or earlier than `opens` for hours that pass midnight.
        exceptions: `[{"first_day": "YYYY-MM-DD", "last_day": …, "hours": [{"opens", "closes"}]}]`,
            dates that have hours of their own; without any they are closed.
        digest: SHA-256 of zone, hours and exceptions, by which a schedule is found again.
        open_during: The instants at which it is open, for the next 400 days.
        compiled_until: The end of what `open_during` knows of.
    """

    __tablename__ = "schedules"

    id: UUID = key()
    digest: str = Field(unique=True)
    timezone: str
    weekly: list[dict[str, Any]] = json_column()
    exceptions: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    open_during: Any = Field(sa_column=Column(TSTZMULTIRANGE, nullable=False))
    compiled_until: datetime = timestamp()


class Space(Row, table=True):
    """A place to park that a host lists, with `capacity` bays numbered from 1.

    `schedule_id` NULL means always open. `location`, `words` and `tile_x`, `tile_y` (the
    web-Mercator tile at zoom 30, so that a shift gives the tile at any zoom) are computed by the
    database for its indexes. A space that is not `instant` asks its host to approve. The rate card
    stands in the columns `hour_minor` (per hour, charged by started quarter hour), `day_cap_minor`
    (at most this per 24 hours) and `currency`. `max_height_cm`, `max_length_cm` and `max_width_cm`
    say what vehicle fits; NULL is no limit.
    """

    __tablename__ = "spaces"
    __table_args__ = (
        one_of("kind", SpaceKind),
        one_of("status", SpaceStatus),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lng BETWEEN -180 AND 180", name="lng"),
        CheckConstraint("capacity BETWEEN 1 AND 10000", name="capacity"),
        CheckConstraint("hour_minor >= 0", name="hour_minor"),
        CheckConstraint("day_cap_minor >= hour_minor", name="day_cap_minor"),
        CheckConstraint("status <> 'published' OR title <> ''", name="published_has_title"),
        CheckConstraint("max_height_cm > 0", name="max_height_cm"),
        CheckConstraint("max_length_cm > 0", name="max_length_cm"),
        CheckConstraint("max_width_cm > 0", name="max_width_cm"),
        UniqueConstraint("host_id", "source", "external_id"),
        # A host's spaces in the order they are listed in.
        Index("ix_spaces_host", "host_id", "id"),
        Index(
            "ix_spaces_near",
            "location",
            postgresql_using="gist",
            postgresql_where=text("status = 'published'"),
        ),
        # The map reads thousands of spaces at once: from this index alone, without their rows.
        Index(
            "ix_spaces_map",
            text("point(tile_x, tile_y)"),
            postgresql_using="spgist",
            postgresql_include=["id", "capacity", "schedule_id", "tile_x", "tile_y"],
            postgresql_where=text("status = 'published'"),
        ),
        # How many have each tag is counted from this alone.
        Index("ix_spaces_tags", "tags", postgresql_where=text("status = 'published'")),
        Index(
            "ix_spaces_words",
            "words",
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: UUID = key()
    host_id: UUID = Field(foreign_key="users.id")
    title: str
    description: str = ""
    address: str = ""
    neighbourhood: str = ""
    lat: float
    lng: float
    location: Any = Field(
        default=None,
        sa_column=Column(
            Geography("POINT", srid=4326, spatial_index=False),
            Computed("ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography", persisted=True),
        ),
    )
    words: str | None = Field(
        default=None, sa_column=Column(String, Computed("title || ' ' || address", persisted=True))
    )
    tile_x: int | None = Field(
        default=None, sa_column=Column(Integer, Computed(TILE_X, persisted=True))
    )
    tile_y: int | None = Field(
        default=None, sa_column=Column(Integer, Computed(TILE_Y, persisted=True))
    )
    timezone: str
    kind: str
    capacity: int = Field(sa_type=SmallInteger)
    tags: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(String), nullable=False, server_default="{}"),
    )
    max_height_cm: int | None = Field(default=None, sa_type=SmallInteger)
    max_length_cm: int | None = Field(default=None, sa_type=SmallInteger)
    max_width_cm: int | None = Field(default=None, sa_type=SmallInteger)
    instructions: str = ""
    instant: bool = True
    hour_minor: int = Field(sa_type=BigInteger)
    day_cap_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(sa_type=String(3))  # pyright: ignore[reportArgumentType]
    schedule_id: UUID | None = Field(default=None, foreign_key="schedules.id", index=True)
    status: str = SpaceStatus.DRAFT
    source: str | None = None
    external_id: str | None = None
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()


class SpacePhoto(Row, table=True):
    """A picture of a space; the files lie under `files/<key>-<width>.webp`."""

    __tablename__ = "space_photos"
    __table_args__ = (Index("ix_space_photos_order", "space_id", "position"),)

    id: UUID = key()
    space_id: UUID = Field(foreign_key="spaces.id", ondelete="CASCADE")
    position: int
    file_key: str
    width: int
    height: int
    caption: str = ""
    created_at: datetime = timestamp()


class SpaceCell(Row, table=True):
    """A change in how many published spaces a tile of the map holds; their sum is the count.

    Triggers write a row for each tile that a statement changed, so that nobody waits for anybody;
    `spaces.cells.fold` adds them up from time to time. `sum_lat` and `sum_lng` are in 10⁻⁷ degrees,
    whole numbers, so that what is added and taken away leaves nothing behind.
    """

    __tablename__ = "space_cells"
    __table_args__ = (
        Index(
            "ix_space_cells_tile",
            "zoom",
            "x",
            "y",
            postgresql_include=["spaces", "sum_lat", "sum_lng"],
        ),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    zoom: int = Field(sa_type=SmallInteger)
    x: int
    y: int
    spaces: int
    sum_lat: int = Field(sa_type=BigInteger)
    sum_lng: int = Field(sa_type=BigInteger)


class Street(Row, table=True):
    """A named street line: a base map without a tile server, and a name to search for."""

    __tablename__ = "streets"
    __table_args__ = (
        Index("ix_streets_line", "line", postgresql_using="gist"),
        Index(
            "ix_streets_name",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
    )

    id: UUID = key()
    digest: str = Field(unique=True)
    name: str
    rank: int = Field(sa_type=SmallInteger)
    near: str = ""
    line: Any = Field(
        sa_column=Column(Geometry("LINESTRING", 4326, spatial_index=False), nullable=False)
    )
