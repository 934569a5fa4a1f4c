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
    """To somebody who signed up; `url` is where they say that the address is theirs.

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


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """To somebody who wants the link of their welcome again."""

    kind: ClassVar[str] = "verify_email"
    url: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """To somebody who has forgotten their password; `url` is where they choose another."""

    kind: ClassVar[str] = "reset_password"
    url: str


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """To the owner of an account whose password is another; `url` is for when it was not them."""

    kind: ClassVar[str] = "password_changed"
    url: str


@dataclass(frozen=True, slots=True)
class EmailChangeOld:
    """To the address that an account has: is it to move to `email`? They can stop it, too."""

    kind: ClassVar[str] = "email_change_old"
    email: str
    url: str


@dataclass(frozen=True, slots=True)
class EmailChangeNew:
    """To the address that an account is to have; names nobody, as anyone can type any address."""

    kind: ClassVar[str] = "email_change_new"
    url: str


@dataclass(frozen=True, slots=True)
class EmailChangeTaken:
    """To an address that has an account, and that another account wanted to move to."""

    kind: ClassVar[str] = "email_change_taken"
    url: str


@dataclass(frozen=True, slots=True)
class EmailChanged:
    """To the old and the new address of an account that has moved."""

    kind: ClassVar[str] = "email_changed"
    email: str
    url: str


@dataclass(frozen=True, slots=True)
class NewDevice:
    """To the owner of an account that was signed in to from a place not seen lately.

    `device` and `network` say from where; `url` is for when it was not them.
    """

    kind: ClassVar[str] = "new_device"
    device: str
    network: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class SafetyNotice:
    """To the owner of an account: how it is entered has changed; `url` is their account page.

    `title` and `happened` are words of ours, `network` the range of addresses it was done from; it
    may be empty.
    """

    kind: ClassVar[str] = "safety_notice"
    title: str
    happened: str
    url: str
    network: str = ""


@dataclass(frozen=True, slots=True)
class Suspended:
    """To somebody whom an admin keeps out, and why; `url` is where to find us.

    `why` may have several lines.
    """

    kind: ClassVar[str] = "suspended"
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Reinstated:
    """To somebody who may come in again."""

    kind: ClassVar[str] = "reinstated"
    url: str


@dataclass(frozen=True, slots=True)
class IdentityApproved:
    """To somebody whose papers were looked at and found right; `url` is their account page."""

    kind: ClassVar[str] = "identity_approved"
    url: str


@dataclass(frozen=True, slots=True)
class IdentityRejected:
    """To somebody whose papers did not do, and why; they may send others at `url`.

    `why` may have several lines.
    """

    kind: ClassVar[str] = "identity_rejected"
    why: str
    url: str


Message = (
    Welcome
    | VerifyEmail
    | ResetPassword
    | PasswordChanged
    | EmailChangeOld
    | EmailChangeNew
    | EmailChangeTaken
    | EmailChanged
    | NewDevice
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
    | SafetyNotice
    | Suspended
    | Reinstated
    | IdentityApproved
    | IdentityRejected
)

# What holds a link that opens an account: nobody is to find it in the outbox once it has left.
ONE_TIME = frozenset(
    {Welcome.kind, VerifyEmail.kind, ResetPassword.kind, EmailChangeOld.kind, EmailChangeNew.kind}
)
