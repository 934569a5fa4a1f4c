"""Reading spaces: one, a host's, and the conditions by which a search narrows them down."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.accounts.models import User
from parkplace.accounts.profiles import public_name_column
from parkplace.accounts.roles import acts_as_admin, refuse_unproven
from parkplace.core.db import sql
from parkplace.core.errors import NotFound
from parkplace.core.geo import Box, Point
from parkplace.core.money import Money
from parkplace.core.texts import one_line
from parkplace.spaces.exceptions import Exceptions
from parkplace.spaces.hours import Hours
from parkplace.spaces.models import Schedule, Space, SpaceKind, SpacePhoto, SpaceStatus
from parkplace.spaces.schedules import opening_of

MOST = 100
MOST_WORDS = 8
TAGS_MOST = 200

_IN_BOX = """
    AND s.lat BETWEEN :box_south AND :box_north AND s.lng BETWEEN :box_west AND :box_east
"""
_IN_CROSSING_BOX = """
    AND s.lat BETWEEN :box_south AND :box_north AND (s.lng >= :box_west OR s.lng <= :box_east)
"""
_AROUND = """
    AND ST_DWithin(
        s.location, ST_SetSRID(ST_MakePoint(:around_lng, :around_lat), 4326)::geography, :around_m
    )
"""


class SpaceNotFound(NotFound):
    """Raised for a space that does not exist, or that the person may not know of."""

    code = "space_not_found"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a space.

    Attributes:
        key: The files are named `<key>-<width>.webp`, with the widths of `photos.WIDTHS`.
        width, height: Of the largest file, in pixels.
    """

    id: UUID
    key: str
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space as one person may see it.

    Attributes:
        day_cap: The most that 24 hours cost, or None.
        hours: Its opening hours in its own wall time; None is always open.
        exceptions: Dates that have hours of their own.
        max_height_cm, max_length_cm, max_width_cm: The largest vehicle that fits; None is any.
        instructions: How to get in; empty for all but the host (a driver's pass shows them).
        mine: Whether the person may change it.
    """

    id: UUID
    host_id: UUID
    host_name: str
    title: str
    description: str
    address: str
    neighbourhood: str
    point: Point
    timezone: str
    kind: SpaceKind
    capacity: int
    tags: tuple[str, ...]
    instructions: str
    instant: bool
    hour: Money
    day_cap: Money | None
    hours: Hours | None
    status: SpaceStatus
    photos: tuple[Photo, ...]
    mine: bool
    exceptions: Exceptions = ()
    max_height_cm: int | None = None
    max_length_cm: int | None = None
    max_width_cm: int | None = None


class TagCount(NamedTuple):
    """A tag, and how many published spaces have it."""

    tag: str
    spaces: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a driver wants of a space; every field that is given must hold.

    Attributes:
        kinds: Any of these.
        tags: All of these.
        words: Every word stands somewhere in title or address, in any case.
        host_id: Only this host's.
        hour_most: An hour costs at most this; spaces priced in another currency do not match.
        least, most: The whole stay costs at least, at most this; the same is true of currencies.
        box: It lies in it, edges included; the box may cross the antimeridian.
        around: It lies within so many metres of a point.
        height_cm, length_cm, width_cm: A vehicle of this size fits.
    """

    kinds: frozenset[SpaceKind] = frozenset()
    tags: frozenset[str] = frozenset()
    words: str = ""
    host_id: UUID | None = None
    hour_most: Money | None = None
    least: Money | None = None
    most: Money | None = None
    box: Box | None = None
    around: tuple[Point, float] | None = None
    height_cm: int | None = None
    length_cm: int | None = None
    width_cm: int | None = None


EVERYTHING = Filters()

_TAGS = """
    SELECT tag, CAST(sum(spaces) AS integer) AS spaces
    FROM (
        SELECT tags, count(*) AS spaces FROM spaces WHERE status = 'published' GROUP BY tags
    ) alike, unnest(tags) AS tag
    GROUP BY tag ORDER BY spaces DESC, tag LIMIT :most
"""
_Said = Sequence[Mapping[str, object]] | None
_Row = tuple[Space, str, _Said, _Said]
_SPACES = (
    select(Space, public_name_column(), Schedule.weekly, Schedule.exceptions)
    .join(User, col(User.id) == Space.host_id)
    .outerjoin(Schedule, col(Schedule.id) == Space.schedule_id)
)


def conditions(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the SQL that narrows `spaces s` down, beginning with AND, and its parameters.

    The prices of whole stays are not in it: bookings know those.
    """
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    if filters.kinds:
        parts.append("AND s.kind = ANY(CAST(:kinds AS varchar[]))")
        parameters["kinds"] = sorted(filters.kinds)
    if filters.tags:
        parts.append("AND s.tags @> CAST(:tags AS varchar[])")
        parameters["tags"] = sorted(map(one_line, filters.tags))
    if found := patterns(filters.words):
        parts.append("AND s.words ILIKE ALL(CAST(:patterns AS varchar[]))")
        parameters["patterns"] = found
    if filters.host_id is not None:
        parts.append("AND s.host_id = CAST(:host_id AS uuid)")
        parameters["host_id"] = str(filters.host_id)
    if filters.hour_most is not None:
        parts.append("AND s.hour_minor <= :hour_most AND s.currency = :hour_currency")
        parameters["hour_most"] = filters.hour_most.minor
        parameters["hour_currency"] = filters.hour_most.currency
    for name, size in _sizes(filters):
        parts.append(f"AND (s.max_{name} IS NULL OR s.max_{name} >= :{name})")
        parameters[name] = size
    if filters.box is not None:
        parts.append(_IN_BOX if filters.box.west <= filters.box.east else _IN_CROSSING_BOX)
        parameters |= {f"box_{edge}": degrees for edge, degrees in asdict(filters.box).items()}
    if filters.around is not None:
        parts.append(_AROUND)
        point, metres = filters.around
        parameters |= {"around_lat": point.lat, "around_lng": point.lng, "around_m": metres}
    return " ".join(parts), parameters


def _sizes(filters: Filters) -> list[tuple[str, int]]:
    sizes = (
        ("height_cm", filters.height_cm),
        ("length_cm", filters.length_cm),
        ("width_cm", filters.width_cm),
    )
    return [(name, size) for name, size in sizes if size is not None]


def patterns(words: str) -> list[str]:
    """Return what ILIKE looks for, for each word that is typed; eight at most."""
    return [f"%{_escaped(word)}%" for word in one_line(words).split()[:MOST_WORDS]]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def space(
    session: Session, *, space_id: UUID, viewer: User | None = None, with_retired: bool = True
) -> SpaceView:
    """Return a space as one person may see it: drafts and unlisted ones are the host's alone.

    Args:
        session: The open transaction.
        space_id: Which space.
        viewer: Who is looking, if that is known.
        with_retired: Whether its host still sees one that is gone for good.

    Raises:
        SpaceNotFound: There is none for them.
        SecondFactorRequired: It is for admins, who must switch on two-factor sign-in first.
    """
    found = session.exec(_SPACES.where(col(Space.id) == space_id)).first()
    visible = found is not None and (
        found[0].status == SpaceStatus.PUBLISHED
        or (
            may_change(found[0], viewer)
            and (with_retired or found[0].status != SpaceStatus.RETIRED)
        )
    )
    if found is None or not visible:
        refuse_unproven(viewer)
        raise SpaceNotFound("This space is not listed. Search for another one nearby.")
    return _views(session, [found], viewer)[0]


def by_host(
    session: Session, *, host: User, after: UUID | None = None, limit: int = 20
) -> list[SpaceView]:
    """Return a host's spaces that are not retired, the newest first.

    Args:
        session: The open transaction.
        host: Whose, and who is looking.
        after: The last space of the page before.
        limit: How many at most, 100 or fewer.
    """
    query = _SPACES.where(
        col(Space.host_id) == host.id, col(Space.status) != SpaceStatus.RETIRED
    ).order_by(col(Space.id).desc())  # ids are ordered by the moment they were made
    if after is not None:
        query = query.where(col(Space.id) < after)
    return _views(session, session.exec(query.limit(min(limit, MOST))).all(), host)


def tags(session: Session) -> list[TagCount]:
    """Return the tags of published spaces, those that most have first; 200 at most."""
    return [TagCount(row.tag, row.spaces) for row in sql(session, _TAGS, most=TAGS_MOST)]


def may_change(space: Space, person: User | None) -> bool:
    """Whether a space is this person's to change: its host's, or an admin's."""
    return person is not None and (person.id == space.host_id or acts_as_admin(person))


def _views(session: Session, rows: Sequence[_Row], viewer: User | None) -> list[SpaceView]:
    ids = [row[0].id for row in rows]
    photos: dict[UUID, list[Photo]] = {}
    order = (col(SpacePhoto.space_id), col(SpacePhoto.position), col(SpacePhoto.id))
    for row in session.exec(
        select(SpacePhoto).where(col(SpacePhoto.space_id).in_(ids)).order_by(*order)
    ):
        photos.setdefault(row.space_id, []).append(
            Photo(row.id, row.file_key, row.width, row.height, row.caption)
        )
    return [_view(row, tuple(photos.get(row[0].id, ())), viewer) for row in rows]


def _view(row: _Row, photos: tuple[Photo, ...], viewer: User | None) -> SpaceView:
    space, host_name, weekly, exceptions = row
    opening = opening_of(weekly, exceptions, timezone=space.timezone)
    mine = may_change(space, viewer)
    cap = space.day_cap_minor
    return SpaceView(
        id=space.id,
        host_id=space.host_id,
        host_name=host_name,
        title=space.title,
        description=space.description,
        address=space.address,
        neighbourhood=space.neighbourhood,
        point=Point(lat=space.lat, lng=space.lng),
        timezone=space.timezone,
        kind=SpaceKind(space.kind),
        capacity=space.capacity,
        tags=tuple(space.tags),
        instructions=space.instructions if mine else "",
        instant=space.instant,
        hour=Money(space.hour_minor, space.currency),
        day_cap=Money(cap, space.currency) if cap is not None else None,
        hours=opening.hours,
        exceptions=opening.exceptions,
        max_height_cm=space.max_height_cm,
        max_length_cm=space.max_length_cm,
        max_width_cm=space.max_width_cm,
        status=SpaceStatus(space.status),
        photos=photos,
        mine=mine,
    )
