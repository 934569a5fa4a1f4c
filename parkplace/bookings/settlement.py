"""What is due for a booking at a moment: pure, and the only thing that decides it."""

from dataclasses import dataclass
from datetime import datetime

from parkplace.bookings.models import Booking, BookingStatus
from parkplace.bookings.pricing import Line, RateCard, price
from parkplace.core.money import Money, zero
from parkplace.core.times import Period
from parkplace.payments.amounts import smallest_charge

_COSTS_NOTHING = {
    BookingStatus.EXPIRED,
    BookingStatus.DECLINED,
    BookingStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a booking costs as things stand, and how much of it is due now.

    Attributes:
        lines: What it costs, line by line; their sum is `total`.
        total: What the stay costs: as booked while it lasts, as used once it is over.
        due: What should have been paid by now; nothing until the stay is over.
    """

    lines: tuple[Line, ...]
    total: Money
    due: Money


def rate_card(booking: Booking) -> RateCard:
    """Return the rate card as it was when the booking was made."""
    return RateCard(booking.hour_minor, booking.day_cap_minor, booking.currency)


def used(booking: Booking) -> Period:
    """Return the period that counts: until the driver left, or the end of the booking."""
    until = booking.ends_at if booking.left_at is None else min(booking.left_at, booking.ends_at)
    return Period(booking.starts_at, until)


def settlement(booking: Booking, *, now: datetime) -> Settlement:
    """Return what a booking costs and what is due of it at `now`.

    Stays are paid at their end: the whole price falls due when the booking is completed, or when
    its time is over and only the clock's bookkeeping is late.
    """
    nothing = zero(booking.currency)
    if booking.status in _COSTS_NOTHING:
        return Settlement((), nothing, nothing)
    cost = price(rate_card(booking), used(booking))
    over = booking.status == BookingStatus.COMPLETED or (
        booking.status in {BookingStatus.CONFIRMED, BookingStatus.ACTIVE}
        and used(booking).ends_at <= now
    )
    if not over:
        return Settlement(cost.lines, cost.total, nothing)
    if nothing < cost.total < smallest_charge(booking.currency):
        waived = Line("less than a card can be charged, so it is on us", -cost.total)
        return Settlement((*cost.lines, waived), nothing, nothing)
    return Settlement(cost.lines, cost.total, cost.total)
