"""Quotes: what a stay would cost, honoured for a quarter of an hour."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlmodel import Session, col, delete, select

from parkplace.bookings.models import Quote
from parkplace.bookings.pricing import Price, RateCard, price
from parkplace.core.errors import Conflict, Invalid, NotFound
from parkplace.core.times import STEP, Period
from parkplace.spaces.models import Schedule, Space, SpaceStatus

HONOURED_FOR = timedelta(minutes=15)
LONGEST_STAY = timedelta(days=30)
FURTHEST_START = timedelta(days=365)


class SpaceNotFound(NotFound):
    """Raised for a space that does not exist or is not listed."""

    code = "space_not_found"


class SpaceClosed(Conflict):
    """Raised when a space is not open for the whole period."""

    code = "space_closed"


class PeriodPast(Invalid):
    """Raised for a stay that would begin in the past."""

    code = "period_past"


class PeriodTooFar(Invalid):
    """Raised for a stay that begins later than can be planned."""

    code = "period_too_far"


class PeriodTooLong(Invalid):
    """Raised for a stay longer than can be booked at once."""

    code = "period_too_long"


class QuoteNotFound(NotFound):
    """Raised for a quote that was never given, or so long ago that it is forgotten."""

    code = "quote_not_found"


class QuoteGone(Conflict):
    """Raised when a quote is no longer honoured."""

    code = "quote_expired"


def require_bookable(period: Period, *, now: datetime) -> None:
    """Refuse a period that no space can be booked for.

    A start up to a quarter of an hour ago passes: "now" is typed before it is paid.

    Raises:
        PeriodPast, PeriodTooFar, PeriodTooLong: With the sentence for the person.
    """
    if period.starts_at < now - STEP or period.ends_at <= now:
        raise PeriodPast("That start is in the past. Choose a later one.", field="starts_at")
    if period.starts_at > now + FURTHEST_START:
        raise PeriodTooFar("Spaces can be booked up to a year ahead.", field="starts_at")
    require_length(period)


def require_length(period: Period) -> None:
    """Refuse a stay longer than 30 days.

    Raises:
        PeriodTooLong: It is.
    """
    if period.duration > LONGEST_STAY:
        raise PeriodTooLong("A stay can last at most 30 days.", field="ends_at")


def listed_space(session: Session, *, space_id: UUID, to_book: bool = False) -> Space:
    """Return a space that drivers can book.

    Args:
        session: The open transaction.
        space_id: Which one.
        to_book: Whether a booking follows: then it is read anew, and whoever wants to remove the
            space's host waits for it (see `spaces.hosts.hold_still`); the booking's foreign key
            takes the same lock.

    Raises:
        SpaceNotFound: There is none, or it is not listed.
    """
    shared = {"key_share": True, "read": True} if to_book else None
    space = session.get(Space, space_id, with_for_update=shared, populate_existing=to_book)
    if space is None or space.status != SpaceStatus.PUBLISHED:
        raise SpaceNotFound("This space is not listed any more. Search for another one nearby.")
    return space


def require_offered(space: Space) -> None:
    """Refuse more of a space that was taken down for good.

    Raises:
        SpaceClosed: It was.
    """
    if space.status == SpaceStatus.RETIRED:
        raise SpaceClosed("This space is not offered any more. Your stay ends as booked.")


def require_open(session: Session, *, space: Space, period: Period) -> None:
    """Refuse a period outside a space's opening hours.

    Raises:
        SpaceClosed: The space is closed for some of it.
    """
    if space.schedule_id is None:
        return
    covers = col(Schedule.open_during).contains(literal(period.range(), TSTZRANGE()))
    if session.exec(select(covers).where(col(Schedule.id) == space.schedule_id)).one():
        return
    raise SpaceClosed("This space is closed for some of that time. Look at its opening hours.")


def current_card(space: Space) -> RateCard:
    """Return what a space charges now."""
    return RateCard(space.hour_minor, space.day_cap_minor, space.currency)


def quote(session: Session, *, space_id: UUID, period: Period, now: datetime) -> Quote:
    """Write down a price for a space and a period; it says nothing about the bay being free.

    Raises:
        SpaceNotFound, SpaceClosed, PeriodPast, PeriodTooFar, PeriodTooLong: Nothing to quote.
    """
    require_bookable(period, now=now)
    space = listed_space(session, space_id=space_id)
    require_open(session, space=space, period=period)
    card = current_card(space)
    cost = price(card, period)
    row = Quote(
        space_id=space.id,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        hour_minor=card.hour_minor,
        day_cap_minor=card.day_cap_minor,
        currency=card.currency,
        total_minor=cost.total.minor,
        lines=[{"text": line.text, "amount_minor": line.amount.minor} for line in cost.lines],
        created_at=now,
        expires_at=now + HONOURED_FOR,
    )
    session.add(row)
    return row


def estimate(space: Space, *, period: Period) -> Price:
    """Return what a stay would cost now, without promising it."""
    return price(current_card(space), period)


def read(session: Session, *, quote_id: UUID) -> Quote:
    """Return a quote, whether or not it still counts; it is for whoever knows its id.

    Raises:
        QuoteNotFound: There is none, or it ended a day ago.
    """
    row = session.get(Quote, quote_id)
    if row is None:
        raise QuoteNotFound("There is no such price any more. Ask for a new one.")
    return row


def honoured(session: Session, *, quote_id: UUID, now: datetime) -> Quote:
    """Return a quote that still counts.

    Raises:
        QuoteGone: There is none, or it is too old.
    """
    row = session.get(Quote, quote_id)
    if row is None or row.expires_at <= now:
        raise QuoteGone("This price was kept for 15 minutes. Ask for a new one.")
    return row


def tidy(session: Session, *, now: datetime) -> None:
    """Forget quotes that ended a day ago."""
    session.exec(delete(Quote).where(col(Quote.expires_at) < now - timedelta(days=1)))
