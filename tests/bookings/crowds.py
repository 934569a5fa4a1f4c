"""Many spaces at once, and bays taken without a booking."""

from typing import Any

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings.models import Occupancy, OccupancyKind
from parkplace.core.geo import Point
from parkplace.core.times import Period
from parkplace.spaces.models import Space, SpaceStatus
from tests.factories import space


def crowd(session: Session, host: User, points: list[Point], **values: Any) -> list[Space]:
    """Owen's garage at each of these points, written at once."""
    pattern: dict[str, Any] = space(session, host, status=SpaceStatus.DRAFT).model_dump(
        exclude={"id", "lat", "lng", "location", "words", "tile_x", "tile_y"}
    )
    pattern |= {"status": SpaceStatus.PUBLISHED, **values}
    made = [Space(**pattern, lat=point.lat, lng=point.lng) for point in points]
    session.add_all(made)
    session.flush()
    return made


def take(session: Session, where: Space, when: Period, *, bay: int = 1, **values: Any) -> None:
    """The host blocks a bay."""
    kind = OccupancyKind.BLOCK
    session.add(Occupancy(space_id=where.id, bay=bay, during=when.range(), kind=kind, **values))
    session.flush()
