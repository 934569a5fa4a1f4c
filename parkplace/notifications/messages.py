"""What there is to tell people: one frozen value for each kind of e-mail.

They hold plain values only, so that nothing here knows of bookings or reports; whoever has those
fills them in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from parkplace.core.money import Money, total
from parkplace.core.times import Period


@dataclass(frozen=True, slots=True)
class Stay:
    """What an e-mail says about a booking.

    Attributes:
        booking_id: Names the appointment in calendars, so that changes find it again.
        reference: What people read aloud, such as `8Q4-KX2H`.
        space: The space's title.
        neighbourhood: Stands on the deed's band.
        address: Where to drive.
        bay: From 1.
        period: When.
        timezone: The space's IANA zone, in which every time is shown.
        plate: May be empty.
        changes: How often the booking was changed; calendars believe the highest.
    """

    booking_id: UUID
    reference: str
    space: str
    neighbourhood: str
    address: str
    bay: int
    period: Period
    timezone: str
    plate: str = ""
    changes: int = 0


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a cost: what for, and how much."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stay costs, line by line.

    Raises:
        ValueError: The lines do not add up to the total; no such letter may leave.
    """

    lines: tuple[CostLine, ...]
    total: Money

    def __post_init__(self) -> None:
        """Add the lines up."""
        amounts = (line.amount for line in self.lines)
        if total(amounts, currency=self.total.currency) != self.total:
            raise ValueError("the lines of a cost must add up to its total")


@dataclass(frozen=True, slots=True)
class Welcome:
    """To somebody who signed up.

    It repeats nothing of what was typed: anyone can type anyone's address, and a name with an
    advertisement in it must not reach them through us.
    """

    kind: ClassVar[str] = "welcome"
    url: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """To the driver: the bay is theirs. Carries the appointment for their calendar.

    `instructions` may have several lines; `card` is what they recognise, `Visa ···· 4242`.
    """

    kind: ClassVar[str] = "confirmed"
    stay: Stay
    cost: Cost
    url: str
    card: str = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Requested:
    """To the host: somebody asks for a bay; approve or decline by `answer_by`."""

    kind: ClassVar[str] = "requested"
    stay: Stay
    cost: Cost
    url: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Declined:
    """To the driver: the host said no, or nothing in time; `url` leads to other spaces."""

    kind: ClassVar[str] = "declined"
    stay: Stay
    url: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """To the driver: the booking is another one now. Carries the changed appointment."""

    kind: ClassVar[str] = "changed"
    stay: Stay
    cost: Cost
    url: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """To whoever counted on the booking: it is off. Takes the appointment out of calendars.

    `by` is who did it, seen from the reader: `you`, `the host`, `the driver`.
    """

    kind: ClassVar[str] = "cancelled"
    stay: Stay
    by: str
    url: str


@dataclass(frozen=True, slots=True)
class Ended:
    """To the driver: the stay is over; the receipt."""

    kind: ClassVar[str] = "ended"
    stay: Stay
    cost: Cost
    url: str
    card: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """To the driver: the card was declined; `url` is where to pay, `next_try` when we try again."""

    kind: ClassVar[str] = "payment_failed"
    stay: Stay
    due: Money
    url: str
    card: str = ""
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaymentAction:
    """To the driver: the bank wants them to confirm the payment (3-D Secure), at `url`."""

    kind: ClassVar[str] = "payment_action"
    stay: Stay
    due: Money
    url: str
    card: str = ""


@dataclass(frozen=True, slots=True)
class FreshLink:
    """To a guest who lost their link: `url` opens their booking, whoever follows it."""

    kind: ClassVar[str] = "fresh_link"
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class ReportReceived:
    """To whoever reported a vehicle: we have it; `url` says what becomes of it.

    `problem` is the kind of report in words, such as `in my bay`.
    """

    kind: ClassVar[str] = "report_received"
    plate: str
    problem: str
    url: str
    region: str = ""


Message = (
    Welcome
    | Confirmed
    | Requested
    | Declined
    | Changed
    | Cancelled
    | Ended
    | PaymentFailed
    | PaymentAction
    | FreshLink
    | ReportReceived
)
