"""A host's spaces all at once: withheld and given back with their host, forgotten with them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, exists, func
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts.models import User
from parkplace.core.db import notify
from parkplace.core.errors import Conflict
from parkplace.core.geo import Point, area_topic
from parkplace.spaces.models import Space, SpacePhoto, SpaceStatus

# What a space without a host is called; receipts name its address.
NAMELESS = "Retired space"


class HostSuspended(Conflict):
    """Raised when a space is to be offered whose host may not come in."""

    code = "host_suspended"


def is_barred(session: Session, *, space_id: UUID) -> bool:
    """Whether a space may not be offered because its host is kept out; that stays so until the end.

    Ask before the space's own row is locked: whoever suspends or deletes a host locks the host
    first and the spaces afterwards.
    """
    query = select(User.suspended_at).join(Space, col(Space.host_id) == User.id)
    held = query.where(col(Space.id) == space_id).with_for_update(read=True, of=User)
    return session.exec(held).first() is not None


def withhold(session: Session, *, host_id: UUID, now: datetime) -> int:
    """Take a host's listed spaces out of the search; bookings stand. Return how many they were."""
    return _swap(session, host_id, SpaceStatus.PUBLISHED, SpaceStatus.WITHHELD, now)


def give_back(session: Session, *, host_id: UUID, now: datetime) -> int:
    """List again what was withheld, and nothing that its host had paused before."""
    return _swap(session, host_id, SpaceStatus.WITHHELD, SpaceStatus.PUBLISHED, now)


def listed(session: Session, *, host_id: UUID) -> int:
    """Return how many spaces of a host can be found."""
    query = select(func.count()).select_from(Space)
    published = col(Space.status) == SpaceStatus.PUBLISHED
    return session.exec(query.where(col(Space.host_id) == host_id, published)).one()


def hold_still(session: Session, *, host_id: UUID) -> None:
    """Wait for bookings of a host's spaces that are under way, and let none begin before the end.

    Whoever books has locked the space's row from changing (see `bookings.quoting.listed_space`).
    """
    session.exec(select(Space.id).where(col(Space.host_id) == host_id).with_for_update()).all()


def forget(session: Session, *, host_id: UUID, kept: Sequence[UUID], now: datetime) -> list[str]:
    """Retire a host's spaces and take out of them what the host said; return their pictures' keys.

    Where a space stands is kept for those that were booked, because receipts name it; of all others
    only the region is left.

    Args:
        session: The open transaction.
        host_id: Whose spaces.
        kept: Those that were booked.
        now: The current instant.
    """
    theirs = col(Space.host_id) == host_id
    photos = delete(SpacePhoto).where(
        exists().where(col(Space.id) == col(SpacePhoto.space_id), theirs)
    )
    keys = set(session.exec(photos.returning(col(SpacePhoto.file_key))).scalars())
    listed_before = select(Space).where(theirs, col(Space.status) == SpaceStatus.PUBLISHED)
    for space in session.exec(listed_before):
        _signal(session, space.id, space.lat, space.lng)
    booked = col(Space.id).in_(kept)
    session.exec(
        update(Space)
        .where(theirs)
        .values(
            status=SpaceStatus.RETIRED,
            title=NAMELESS,
            description="",
            instructions="",
            tags=[],
            source=None,
            external_id=None,
            address=case((booked, col(Space.address)), else_=""),
            neighbourhood=case((booked, col(Space.neighbourhood)), else_=""),
            lat=case((booked, col(Space.lat)), else_=func.round(col(Space.lat))),
            lng=case((booked, col(Space.lng)), else_=func.round(col(Space.lng))),
            updated_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    return sorted(keys)


def _swap(
    session: Session, host_id: UUID, before: SpaceStatus, after: SpaceStatus, now: datetime
) -> int:
    moved = session.exec(
        update(Space)
        .where(col(Space.host_id) == host_id, col(Space.status) == before)
        .values(status=after, updated_at=now)
        .returning(col(Space.id), col(Space.lat), col(Space.lng))
        .execution_options(synchronize_session=False)
    ).all()
    for space_id, lat, lng in moved:
        _signal(session, space_id, lat, lng)
    return len(moved)


def _signal(session: Session, space_id: UUID, lat: float, lng: float) -> None:
    notify(session, topic=f"space:{space_id}")
    notify(session, topic=area_topic(Point(lat=lat, lng=lng)))
