"""What the space page reads, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts import vehicles
from parkplace.bookings import offers, queries, standing
from parkplace.bookings.access import Caller
from parkplace.bookings.models import BookingStatus
from parkplace.core.errors import DomainError, Invalid
from parkplace.core.times import Period, RepeatedTime, wall
from parkplace.spaces import queries as spaces
from parkplace.spaces.models import SpaceStatus
from parkplace.spaces.queries import SpaceView
from parkplace.web import stays, ui
from parkplace.web.map.pins import MapPin, MapPoint
from parkplace.web.nearby import nearest
from parkplace.web.pages.space import view
from parkplace.web.session import signed_in
from parkplace.web.stays import Stay

_STANDING = {
    BookingStatus.HELD,
    BookingStatus.REQUESTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ACTIVE,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A space and what it offers for the stay that the address names."""

    card: view.Card
    stay: Stay
    terms: view.Terms
    errors: dict[str, str]
    asked: view.Asked
    nearest: list[ui.Deed]
    pin: MapPin
    point: MapPoint


def look(
    session: Session,
    *,
    space_id: UUID,
    token: str | None,
    query: Mapping[str, str],
    locale: str,
    now: datetime,
) -> Seen:
    """Read all that the page shows.

    Args:
        session: The open transaction.
        space_id: Which space.
        token: The session token of whoever looks; hosts see their own drafts.
        query: The address's parameters, which name the stay.
        locale: The reader's.
        now: The current instant.

    Raises:
        SpaceNotFound: There is none for this person.
    """
    space = spaces.space(session, space_id=space_id, viewer=signed_in(session, token))
    stay = stays.from_query(query, timezone=space.timezone, now=now)
    terms, errors, asked, others = view.Terms(), dict[str, str](), view.Asked(), list[ui.Deed]()
    try:
        period = stays.read(stay, timezone=space.timezone)
    except RepeatedTime as error:
        asked = view.asked(error, timezone=space.timezone, locale=locale)
    except Invalid as error:
        errors = view.time_errors(error)
    else:
        terms, errors = _terms(session, space, period, locale=locale, now=now)
        if terms.state in {"taken", "closed"}:
            others = nearest(
                session, point=space.point, period=period, but=space.id, locale=locale, now=now
            )
    return Seen(
        card=view.card(space, locale=locale, today=wall(now, timezone=space.timezone).date()),
        stay=stay,
        terms=terms,
        errors=errors,
        asked=asked,
        nearest=others,
        pin=view.pin(space, terms),
        point=MapPoint(space.point.lat, space.point.lng),
    )


def period_of(
    session: Session,
    *,
    space_id: UUID,
    token: str | None,
    query: Mapping[str, str],
    now: datetime,
) -> Period:
    """Return the period that the address names, in the space's own wall time.

    Raises:
        SpaceNotFound: There is no such space for this person.
        TimeNeeded, SkippedTime, RepeatedTime, EmptyPeriod: The address names no period.
    """
    space = spaces.space(session, space_id=space_id, viewer=signed_in(session, token))
    stay = stays.from_query(query, timezone=space.timezone, now=now)
    return stays.read(stay, timezone=space.timezone)


def _terms(
    session: Session, space: SpaceView, period: Period, *, locale: str, now: datetime
) -> tuple[view.Terms, dict[str, str]]:
    if space.status != SpaceStatus.PUBLISHED:
        return view.unlisted(period, space=space, locale=locale), {}
    offer = offers.offer(session, space_id=space.id, period=period, now=now)
    wrong = view.time_errors(offer.refusal) if isinstance(offer.refusal, Invalid) else {}
    return view.terms(offer, period, space=space, locale=locale), wrong


def own_plate(session: Session, *, token: str | None) -> tuple[str, str]:
    """Return plate and region of the vehicle that whoever is signed in drives first."""
    user = signed_in(session, token)
    driven = [] if user is None else vehicles.of(session, user=user)
    return (driven[0].plate, driven[0].region) if driven else ("", "")


def whose(
    session: Session,
    *,
    space_id: UUID,
    token: str | None,
    query: Mapping[str, str],
    held: UUID | None,
    now: datetime,
) -> tuple[str, UUID | None]:
    """Return the address of who is signed in, and the booking by which this person is here already.

    Args:
        session: The open transaction.
        space_id: Which space.
        token: The session token.
        query: The address's parameters, which name the stay.
        held: What a guest booked in this tab.
        now: The current instant.
    """
    user = signed_in(session, token)
    email = user.email if user else ""
    try:
        period = period_of(session, space_id=space_id, token=token, query=query, now=now)
        if user is not None:
            found = standing.own(session, user=user, space_id=space_id, period=period, now=now)
            return email, found
        if held is None:
            return email, None
        booking = queries.view(session, booking_id=held, caller=Caller(manages=held), now=now)
    except DomainError:
        return email, None  # the page itself says what is wrong with the space or the time
    theirs = Period(booking.starts_at, booking.ends_at)
    here = booking.space_id == space_id and booking.status in _STANDING
    return email, held if here and theirs.overlaps(period) else None
