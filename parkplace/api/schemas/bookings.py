"""The shapes of quotes and bookings."""

from typing import Self
from uuid import UUID

from pydantic import Field

from parkplace.api.schemas.common import (
    In,
    Instant,
    InstantOut,
    LineOut,
    MoneyOut,
    Out,
    PageIn,
    PeriodIn,
    WallTime,
)
from parkplace.bookings.models import BookingEvent, BookingStatus, PaymentStatus, Quote
from parkplace.bookings.moves import Role
from parkplace.bookings.queries import BookingView, Wanted, When
from parkplace.core.money import Money
from parkplace.core.times import EmptyPeriod

_MOST = 1000


class QuoteIn(PeriodIn):
    """What a stay would cost."""

    space_id: UUID


class QuoteOut(Out):
    """A price for one space and period, honoured until `expires_at`."""

    id: UUID
    space_id: UUID
    starts_at: InstantOut
    ends_at: InstantOut
    total: MoneyOut
    lines: list[LineOut]
    expires_at: InstantOut

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """Return a quote in its shape."""
        return cls(
            id=quote.id,
            space_id=quote.space_id,
            starts_at=quote.starts_at,
            ends_at=quote.ends_at,
            total=MoneyOut(amount_minor=quote.total_minor, currency=quote.currency),
            lines=[
                LineOut(
                    text=line["text"],
                    amount=MoneyOut(amount_minor=line["amount_minor"], currency=quote.currency),
                )
                for line in quote.lines
            ],
            expires_at=quote.expires_at,
        )


class BookingIn(PeriodIn):
    """What to hold: a quote, or a space and when; and for whom."""

    quote_id: UUID | None = None
    space_id: UUID | None = None
    plate: str = Field("", max_length=_MOST, examples=["KLM 4821"])
    plate_region: str = Field("", max_length=_MOST, examples=["NY"])
    email: str | None = Field(
        None, max_length=_MOST, description="A guest's address; not for signed-in drivers."
    )
    vehicle_id: UUID | None = Field(
        None, description="One of one's vehicles, in place of `plate` and `plate_region`."
    )
    payment_method_id: UUID | None = Field(
        None, description="A card of the account's own: the booking is confirmed without a page."
    )


class HoldOut(Out):
    """A bay, held until `expires_at`."""

    id: UUID
    reference: str
    status: BookingStatus
    expires_at: InstantOut


class HeldOut(HoldOut):
    """A bay, held for ten minutes until a card is saved on the page at `checkout_url`.

    `checkout_url` is null when there is nothing to open, or when the card page could not be had
    just now: ask `resume-payment` for it. Guests get a `manage_token`, their right to the booking.
    """

    checkout_url: str | None
    manage_token: str | None = None


class CheckoutOut(Out):
    """The page where the driver saves a card, or confirms a payment with the bank."""

    checkout_url: str


class BookingChangeIn(In):
    """What to change: the end, or the vehicle."""

    ends_at: Instant | None = None
    ends_at_local: WallTime | None = None
    plate: str | None = Field(None, max_length=_MOST)
    plate_region: str | None = Field(None, max_length=_MOST)


class WhyIn(In):
    """Words for the other side."""

    why: str = Field("", max_length=500)


class FreshLinkIn(In):
    """Which booking a guest wants the link to."""

    email: str = Field(max_length=_MOST, examples=["guest@example.com"])
    reference: str = Field(max_length=_MOST, examples=["8Q4-KX2H"])


class LinkOut(Out):
    """The same answer whether or not address and reference belong together."""

    detail: str = (
        "If there is such a booking, its link is on its way to this address. "
        "If nothing comes, check the reference on your pass."
    )


class BookingsIn(PageIn):
    """Whose bookings, and which of them.

    `when` is `upcoming` unless something else is asked for; with `status`, `from` or `to`, all are
    looked through. `current` is `now` and `upcoming`; `expired` are stays that were had and are
    over; `past` are these and what came to nothing.
    """

    role: str = Field("driver", pattern="^(driver|host)$")
    when: When | None = None
    status: list[BookingStatus] = Field([], max_length=len(BookingStatus))
    since: Instant | None = Field(
        None, alias="from", description="Only bookings with some time from then on."
    )
    until: Instant | None = Field(
        None, alias="to", description="Only bookings with some time before then."
    )

    def wanted(self) -> Wanted:
        """Return which bookings these are."""
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise EmptyPeriod("The end must be after the start. Choose a later end.", field="to")
        narrowed = self.status or self.since or self.until
        when = self.when if self.when or narrowed else When.UPCOMING
        return Wanted(when, frozenset(self.status), self.since, self.until)


class BookingOut(Out):
    """A booking as the caller may see it.

    `can` names what the caller may do to it now: `pay`, `confirm_payment`, `cancel`, `check_in`,
    `leave`, `change`, `approve`, `decline`, `hold_again`.
    """

    id: UUID
    reference: str
    status: BookingStatus
    payment_status: PaymentStatus
    role: Role
    space_id: UUID
    space_title: str
    neighbourhood: str
    address: str
    lat: float
    lng: float
    instructions: str
    bay: int
    starts_at: InstantOut
    ends_at: InstantOut
    checked_in_at: InstantOut | None
    left_at: InstantOut | None
    expires_at: InstantOut
    timezone: str
    email: str
    plate: str
    plate_region: str
    card: str
    lines: list[LineOut]
    total: MoneyOut
    due: MoneyOut
    paid: MoneyOut
    can: list[str]

    @classmethod
    def of(cls, view: BookingView) -> Self:
        """Return a booking in its shape."""
        plain = {name: getattr(view, name) for name in cls.model_fields if name not in _MADE}
        return cls(
            **plain,
            lat=view.point.lat,
            lng=view.point.lng,
            lines=[LineOut.of(line) for line in view.lines],
            total=MoneyOut.of(view.total),
            due=MoneyOut.of(view.due),
            paid=MoneyOut.of(view.paid),
            can=sorted(view.can),
        )


_MADE = {"lat", "lng", "lines", "total", "due", "paid", "can"}


class BookingsOut(Out):
    """A page of bookings."""

    items: list[BookingOut]
    next_cursor: str | None


class ReceiptOut(Out):
    """What a stay cost, line by line, and what was paid of it; `open` is what is still owed."""

    booking_id: UUID
    reference: str
    space_title: str
    address: str
    starts_at: InstantOut
    ends_at: InstantOut
    left_at: InstantOut | None
    timezone: str
    plate: str
    card: str
    lines: list[LineOut]
    total: MoneyOut
    paid: MoneyOut
    open: MoneyOut
    payment_status: PaymentStatus

    @classmethod
    def of(cls, view: BookingView) -> Self:
        """Return a booking's receipt in its shape."""
        return cls(
            booking_id=view.id,
            reference=view.reference,
            space_title=view.space_title,
            address=view.address,
            starts_at=view.starts_at,
            ends_at=view.ends_at,
            left_at=view.left_at,
            timezone=view.timezone,
            plate=view.plate,
            card=view.card,
            lines=[LineOut.of(line) for line in view.lines],
            total=MoneyOut.of(view.total),
            paid=MoneyOut.of(view.paid),
            open=MoneyOut.of(Money(view.due.minor - view.paid.minor, view.due.currency)),
            payment_status=view.payment_status,
        )


class EventOut(Out):
    """Something that happened to a booking."""

    at: InstantOut
    actor: Role
    from_status: BookingStatus | None
    to_status: BookingStatus
    why: str

    @classmethod
    def of(cls, event: BookingEvent) -> Self:
        """Return an event in its shape."""
        return cls.model_validate(event)


class EventsOut(Out):
    """What happened to a booking, oldest first."""

    items: list[EventOut]
    next_cursor: None = None
