"""What the list of bookings says, made from what the queries know; nothing here asks anything."""

from dataclasses import dataclass
from datetime import datetime

from parkplace.bookings.models import BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.queries import BookingView
from parkplace.core.times import Period
from parkplace.reports.models import Report, ReportKind, ReportStatus
from parkplace.web import reported, routes, words
from parkplace.web.ui.countdown import instant

_STATUS = {
    BookingStatus.HELD: "Held for you",
    BookingStatus.REQUESTED: "Waiting for the host",
    BookingStatus.CONFIRMED: "Confirmed",
    BookingStatus.ACTIVE: "You are parked here",
    BookingStatus.EXPIRED: "Ran out",
    BookingStatus.DECLINED: "The host said no",
    BookingStatus.CANCELLED: "Cancelled",
}
_STATUS_FOR_HOST = _STATUS | {
    BookingStatus.HELD: "Being booked",
    BookingStatus.REQUESTED: "Needs your answer",
    BookingStatus.ACTIVE: "Parked here",
    BookingStatus.DECLINED: "You said no",
}
_PAYMENT = {
    PaymentStatus.PAID: "Paid",
    PaymentStatus.NEEDS_ACTION: "Your bank wants you to confirm",
    PaymentStatus.FAILED: "Your card could not be charged",
}
_PROBLEM = {
    ReportKind.IN_MY_BAY: "in somebody's bay",
    ReportKind.BLOCKING: "blocking the way",
    ReportKind.NO_RIGHT_TO_PARK: "parked without a right to",
    ReportKind.DAMAGE: "damage",
    ReportKind.ABANDONED: "abandoned",
    ReportKind.OTHER: "something else",
}
_ANSWERED = {
    ReportStatus.OPEN: "We are looking into it.",
    ReportStatus.RESOLVED: "Resolved.",
    ReportStatus.DISMISSED: "Dismissed: nothing comes of it.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A booking in the list.

    Attributes:
        until, now: A countdown in milliseconds; `until` is 0 where there is none.
        next: The one thing to do next on its page, such as `Save your card`.
        urgent: Whether that waits for the person.
        cancels, leaves, answers: What can be done right here.
    """

    id: str
    href: str
    name: str
    band: str
    neighbourhood: str
    reference: str
    when: str
    zone: str
    lasts: str
    status: str
    plate: str
    total: str
    until: int
    now: int
    next: str
    urgent: bool
    cancels: bool
    leaves: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A report that concerns the person."""

    title: str
    when: str
    said: str
    answer: str
    open: bool


def row(view: BookingView, *, locale: str, now: datetime) -> Row:
    """Return a booking as its line in the list, for its driver or its host."""
    used = Period(view.starts_at, view.left_at or view.ends_at)
    following, urgent = _next(view)
    return Row(
        id=str(view.id),
        href=routes.booking(view.id),
        name=view.space_title,
        band=words.price_band(view.hour),
        neighbourhood=view.neighbourhood,
        reference=view.reference,
        when=words.span(used, timezone=view.timezone, locale=locale),
        zone=words.whose_clock(view.timezone, locale=locale),
        lasts=words.length(used),
        status=_status(view),
        plate=" ".join(filter(None, (view.plate_region, view.plate))),
        total=view.total.text(locale) if view.lines else "",
        until=_until(view),
        now=instant(now),
        next=following,
        urgent=urgent,
        cancels="cancel" in view.can and view.status != BookingStatus.HELD,
        leaves="leave" in view.can,
        answers="approve" in view.can,
    )


def notice(report: Report, *, timezone: str, locale: str) -> Notice:
    """Return a report as its notice; whoever filed it is not named."""
    plate = " ".join(filter(None, (report.region, report.plate)))
    status = ReportStatus(report.status)
    return Notice(
        title=f"{plate}: {_PROBLEM[ReportKind(report.kind)]}",
        when=reported.moment(report.created_at, timezone=timezone, locale=locale),
        said=report.description,
        answer=f"{_ANSWERED[status]} {report.answer}".strip(),
        open=status == ReportStatus.OPEN,
    )


def _next(view: BookingView) -> tuple[str, bool]:
    """Return the one next thing to do, and whether it waits for the person."""
    if view.role == Role.HOST:
        return "Open booking", False
    if "confirm_payment" in view.can:
        return "Confirm with your bank", True
    if "pay" in view.can:
        held = view.status == BookingStatus.HELD
        return ("Save your card" if held else "Pay with another card"), True
    match view.status:
        case BookingStatus.ACTIVE | BookingStatus.CONFIRMED:
            return "Open pass", view.status == BookingStatus.ACTIVE
        case BookingStatus.COMPLETED:
            return "Receipt", False
        case _:
            return "Open booking", False


def _status(view: BookingView) -> str:
    hosting = view.role == Role.HOST
    if view.status != BookingStatus.COMPLETED:
        return (_STATUS_FOR_HOST if hosting else _STATUS)[view.status]
    if hosting:
        return "Over"
    if "pay" in view.can and view.payment_status == PaymentStatus.DUE:
        return "Your card was declined"
    return _PAYMENT.get(view.payment_status, "Being charged" if view.due else "Nothing to pay")


def _until(view: BookingView) -> int:
    match view.status:
        case BookingStatus.HELD | BookingStatus.REQUESTED:
            return instant(view.expires_at)
        case BookingStatus.ACTIVE:
            return instant(view.ends_at)
        case _:
            return 0
