"""What the page of a booking says, made from what the queries know; nothing here asks anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from parkplace.bookings.holding import HOLD_LASTS
from parkplace.bookings.models import BookingEvent, BookingStatus, PaymentStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.pricing import Price
from parkplace.bookings.queries import BookingView
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.web import routes, stays, ui, words
from parkplace.web.pages.booking.outcome import NOTHING, Outcome, outcome
from parkplace.web.ui.countdown import instant

FRESH = timedelta(minutes=10)  # for so long a confirmation is news


@dataclass(frozen=True, slots=True)
class Way:
    """A map that leads there: what it is called, and its address."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Page:
    """A booking, in words.

    Attributes:
        stage: The booking's status, as the clock has it.
        driving: Whether who looks is the one who parks; else they host (or administer).
        until, since, now: The countdown, in milliseconds; `until` is 0 where there is none.
        left: What stands under the countdown.
        stands: Whether it is confirmed and not over.
        pays, confirms, cancels, answers: What whoever looks can do: give a card, confirm with the
            bank, call it off, say yes or no.
    """

    stage: str = ""
    driving: bool = True
    name: str = ""
    bay: str = ""
    band: str = ""
    neighbourhood: str = ""
    reference: str = ""
    when: str = ""
    zone: str = ""
    lasts: str = ""
    until: int = 0
    since: int = 0
    now: int = 0
    left: str = ""
    plate: str = ""
    plate_region: str = ""
    steps: list[str] = field(default_factory=list)
    lines: list[ui.PriceLine] = field(default_factory=list)
    total: str = ""
    total_label: str = ""
    outcome: Outcome = NOTHING
    news: str = ""
    space: str = ""
    report: str = ""
    ways: tuple[Way, ...] = ()
    stands: bool = False
    pays: bool = False
    confirms: bool = False
    cancels: bool = False
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stay with another end, before it is confirmed; `sentence` says what it costs."""

    ends: str = ""
    sentence: str = ""
    action: str = ""
    done: str = ""


def page(view: BookingView, events: Sequence[BookingEvent], *, locale: str, now: datetime) -> Page:
    """Return a booking in words for whoever looks at it."""
    used = Period(view.starts_at, view.left_at or view.ends_at)
    until, since, left = _countdown(view, locale, now)
    driving = view.role != Role.HOST
    return Page(
        stage=view.status,
        driving=driving,
        name=view.space_title,
        bay=" · ".join(filter(None, (f"Bay {view.bay}", view.address))),
        band=words.price_band(view.hour),
        neighbourhood=view.neighbourhood,
        reference=view.reference,
        when=words.span(used, timezone=view.timezone, locale=locale),
        zone=words.whose_clock(view.timezone, locale=locale),
        lasts=words.length(used),
        until=until,
        since=since,
        now=instant(now),
        left=left,
        plate=view.plate,
        plate_region=view.plate_region,
        steps=[step.strip() for step in view.instructions.split("\n") if step.strip()],
        lines=[ui.PriceLine(line.text, line.amount.text(locale)) for line in view.lines],
        total=view.total.text(locale),
        total_label=_total_label(view),
        outcome=outcome(view, events, locale=locale),
        news=_news(view, events, now=now),
        space=_space(view, now=now),
        report=routes.with_query(routes.REPORT, {"space": str(view.space_id)}),
        ways=_ways(view),
        stands=view.status in {BookingStatus.CONFIRMED, BookingStatus.ACTIVE},
        pays="pay" in view.can,
        confirms="confirm_payment" in view.can,
        cancels="cancel" in view.can,
        answers="approve" in view.can,
    )


def proposal(view: BookingView, price: Price, *, ends_at: datetime, locale: str) -> Proposal:
    """Return what another end would mean."""
    period = Period(view.starts_at, ends_at)
    end = _at(ends_at, seen=view.starts_at, view=view, locale=locale)
    more = price.total - view.total
    return Proposal(
        ends=stays.written(period, timezone=view.timezone).ends,
        sentence=f"{price.total.text(locale)} for {words.length(period)}: {_change(more, locale)}.",
        action=f"Stay until {end}",
        done=f"Your stay ends at {end} now.",
    )


def _change(more: Money, locale: str) -> str:
    if more.minor > 0:
        return f"{more.text(locale)} more than now"
    if more.minor < 0:
        return f"{(-more).text(locale)} less than now"
    return "the same as now"


def _at(moment: datetime, *, seen: datetime, view: BookingView, locale: str) -> str:
    """Return what the clock shows at a moment, with its day when that is not the day of `seen`."""
    shown = words.clock(moment, timezone=view.timezone, locale=locale)
    day = words.day(moment, timezone=view.timezone, locale=locale)
    return (
        shown
        if day == words.day(seen, timezone=view.timezone, locale=locale)
        else f"{day}, {shown}"
    )


def _countdown(view: BookingView, locale: str, now: datetime) -> tuple[int, int, str]:
    """Return when something ends, since when it runs, and the words for it."""
    zone = words.whose_clock(view.timezone, locale=locale)
    end = _at(view.ends_at, seen=now, view=view, locale=locale)
    until = _at(view.expires_at, seen=now, view=view, locale=locale)
    match view.status:
        case BookingStatus.HELD:
            left = "to save your card, then the bay is offered again"
            return instant(view.expires_at), instant(view.expires_at - HOLD_LASTS), left
        case BookingStatus.REQUESTED:
            whose = "you" if view.role == Role.HOST else "the host"
            return instant(view.expires_at), 0, f"for {whose} to answer, until {until} · {zone}"
        case BookingStatus.CONFIRMED:
            return instant(view.starts_at), 0, "until your stay begins"
        case BookingStatus.ACTIVE:
            return instant(view.ends_at), instant(view.starts_at), f"until {end} · {zone}"
        case _:
            return 0, 0, ""


def _total_label(view: BookingView) -> str:
    if view.role == Role.HOST:
        return "The driver pays"
    if view.status != BookingStatus.COMPLETED:
        return "Charged when you leave"
    if view.payment_status == PaymentStatus.PAID:
        return f"Paid with {view.card}"
    return "To pay" if view.due else "Nothing to pay"


def _news(view: BookingView, events: Sequence[BookingEvent], *, now: datetime) -> str:
    """Return that a booking was confirmed, while that is news to its driver."""
    if view.role == Role.HOST or view.status not in {
        BookingStatus.CONFIRMED,
        BookingStatus.ACTIVE,
    }:
        return ""
    fresh = any(
        event.to_status == BookingStatus.CONFIRMED
        and event.from_status != event.to_status
        and now - event.at < FRESH
        for event in events
    )
    if not fresh:
        return ""
    return f"Your pass is on its way to {view.email}. Nothing is charged until you leave."


def _space(view: BookingView, *, now: datetime) -> str:
    """Return the page of the space, for the same stay while that can still be booked."""
    if view.ends_at <= now:
        return routes.space(view.space_id)
    stay = stays.written(Period(view.starts_at, view.ends_at), timezone=view.timezone)
    return routes.with_query(routes.space(view.space_id), stay.query())


def _ways(view: BookingView) -> tuple[Way, ...]:
    """Return the maps that lead there; which one is the driver's to choose."""
    place = f"{view.point.lat:.6f},{view.point.lng:.6f}"
    there = quote(place)
    return (
        Way("Maps on this device", f"geo:{place}?q={there}"),
        Way("OpenStreetMap", f"https://www.openstreetmap.org/directions?to={there}"),
        Way("Google Maps", f"https://www.google.com/maps/dir/?api=1&destination={there}"),
        Way("Apple Maps", f"https://maps.apple.com/?daddr={there}"),
    )
