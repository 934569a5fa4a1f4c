"""People, spaces and moments that tests are about.

Dana drives, Owen hosts, Sam is a stranger, Ada is an admin. It is Saturday, 21 November 2026, at
noon in New York, and Owen's garage stands in the East Village.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import holding
from parkplace.bookings.access import Caller
from parkplace.bookings.models import Booking
from parkplace.core.times import Period
from parkplace.spaces.models import Space, SpaceKind, SpaceStatus

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW_YORK = "America/New_York"


def period(start: float, hours: float, *, now: datetime = NOW) -> Period:
    """A period that begins `start` hours from now and lasts `hours`."""
    return Period(now + start * HOUR, now + (start + hours) * HOUR)


def person(session: Session, name: str, **values: Any) -> User:
    """A person with an account, whose address is verified and whose password nobody knows."""
    given: dict[str, Any] = {"email_verified_at": NOW} | values
    user = User(
        email=f"{name.lower()}@example.com",
        name=name,
        password_hash="!",
        created_at=NOW,
        **given,
    )
    session.add(user)
    session.flush()
    return user


def dana(session: Session) -> User:
    return person(session, "Dana")


def owen(session: Session) -> User:
    return person(session, "Owen", is_host=True)


def sam(session: Session) -> User:
    return person(session, "Sam")


def ada(session: Session) -> User:
    return person(session, "Ada", is_admin=True)


def space(session: Session, host: User, **values: Any) -> Space:
    """Owen's garage: one bay at $4.00 an hour, $27.00 a day at most, always open."""
    given: dict[str, Any] = {
        "title": "St Marks Place garage",
        "address": "12 St Marks Place, New York",
        "neighbourhood": "East Village",
        "lat": 40.7290,
        "lng": -73.9888,
        "timezone": NEW_YORK,
        "kind": SpaceKind.GARAGE,
        "capacity": 1,
        "hour_minor": 400,
        "day_cap_minor": 2700,
        "currency": "USD",
        "status": SpaceStatus.PUBLISHED,
    }
    made = Space(host_id=host.id, created_at=NOW, updated_at=NOW, **(given | values))
    session.add(made)
    session.flush()
    return made


def held(
    session: Session, where: Space, driver: User | None, when: Period, *, now: datetime = NOW
) -> Booking:
    """A booking in its ten minutes, of a driver or of the guest `guest@example.com`."""
    return holding.hold(
        session,
        caller=Caller(user=driver),
        space_id=where.id,
        period=when,
        email=None if driver else "guest@example.com",
        now=now,
    )


def confirmed(
    session: Session, where: Space, driver: User | None, when: Period, *, now: datetime = NOW
) -> Booking:
    """A booking whose card is saved."""
    booking = held(session, where, driver, when, now=now)
    return saved(session, booking.id, now=now)


def saved(session: Session, booking_id: UUID, *, now: datetime = NOW) -> Booking:
    """What happens when Stripe says that the card is saved."""
    return holding.card_saved(
        session, booking_id=booking_id, payment_method="pm_1", card="Visa ···· 4242", now=now
    )
