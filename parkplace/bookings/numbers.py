"""How many bookings stand in each state that is not over, for those who run the place."""

from sqlmodel import Session

from parkplace.bookings.models import BookingStatus
from parkplace.core.db import sql

# Each half has an index of its own; what is over may be millions, and is nobody's concern here.
_OPEN = """
SELECT status, count(*) AS number FROM bookings
    WHERE status IN ('held', 'requested') GROUP BY status
UNION ALL
SELECT status, count(*) FROM bookings
    WHERE status IN ('confirmed', 'active') GROUP BY status
"""
_STATES = (
    BookingStatus.HELD,
    BookingStatus.REQUESTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ACTIVE,
)


def open_by_status(session: Session) -> dict[str, int]:
    """Return the number of bookings in each state that is not over, in one statement."""
    counted = {str(row.status): int(row.number) for row in sql(session, _OPEN)}
    return {str(state): counted.get(state, 0) for state in _STATES}
