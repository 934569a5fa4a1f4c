"""Reading bookings: one, a driver's, a host's.

A list is read from an index, one status after the other, so that a page costs the same however
many bookings somebody has. What a booking's status is *now*, the clock decides; the row may say it
a second later.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, tuple_, union_all
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from parkplace.accounts.models import User
from parkplace.bookings.access import Caller, require
from parkplace.bookings.models import Booking, BookingEvent, BookingStatus
from parkplace.bookings.moves import Role
from parkplace.bookings.quoting import LONGEST_STAY
from parkplace.bookings.viewing import BookingView, view_of
from parkplace.core.errors import Invalid
from parkplace.core.money import zero
from parkplace.payments import ledger
from parkplace.spaces.models import Space

MOST = 100
# Once they are over, these are no business of a host unless a card was saved.
UNPAID = (BookingStatus.HELD, BookingStatus.EXPIRED, BookingStatus.CANCELLED)
ALL = frozenset(BookingStatus)


class UnknownPage(Invalid):
    """Raised when the booking that a page is to begin after is not in the list."""

    code = "bad_cursor"


class When(StrEnum):
    """Which of a person's bookings: each is a set of statuses, as the clock has them."""

    NOW = "now"  # somebody stands there
    UPCOMING = "upcoming"  # held, requested or confirmed
    PAST = "past"  # over, or come to nothing
    CURRENT = "current"  # now and upcoming
    EXPIRED = "expired"  # stays that were had and are over


# The three that together are all bookings, each once.
PARTS = (When.NOW, When.UPCOMING, When.PAST)

_UPCOMING = {BookingStatus.HELD, BookingStatus.REQUESTED, BookingStatus.CONFIRMED}
_STATUSES: dict[When, frozenset[BookingStatus]] = {
    When.NOW: frozenset({BookingStatus.ACTIVE}),
    When.UPCOMING: frozenset(_UPCOMING),
    When.PAST: ALL - _UPCOMING - {BookingStatus.ACTIVE},
    When.CURRENT: frozenset(_UPCOMING | {BookingStatus.ACTIVE}),
    When.EXPIRED: frozenset({BookingStatus.COMPLETED}),
}
_COME_TO_NOTHING = {BookingStatus.EXPIRED, BookingStatus.CANCELLED}
_LATEST_FIRST = {When.PAST, When.EXPIRED, None}
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bookings of a list.

    Attributes:
        when: A part of them; None for all.
        statuses: Only those that stand like this now; empty for any.
        since, until: Only those with some time in `[since, until)`; None for no bound.
    """

    when: When | None = None
    statuses: frozenset[BookingStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


def view(session: Session, *, booking_id: UUID, caller: Caller, now: datetime) -> BookingView:
    """Return one booking as this caller may see it.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    booking, space, actor = require(session, booking_id=booking_id, caller=caller)
    paid = ledger.paid(session, order_id=booking.id, currency=booking.currency)
    return view_of(booking, space, actor.role, paid, now=now)


def of_driver(
    session: Session,
    *,
    user: User,
    when: When,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return a driver's bookings: what comes next first, of the past the latest first.

    Args:
        session: The open transaction.
        user: The driver.
        when: Which of them.
        now: The current instant.
        after: The last booking of the page before.
        limit: How many at most, 100 or fewer.

    Raises:
        UnknownPage: `after` is no booking of theirs.
    """
    wanted = Wanted(when)
    return driven(session, user=user, wanted=wanted, now=now, after=after, limit=limit)


def of_host(
    session: Session,
    *,
    user: User,
    when: When,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return the bookings of a host's spaces, ordered as a driver's are.

    Holds that nobody paid for are no business of theirs once they are over.
    """
    wanted = Wanted(when)
    return hosted(session, user=user, wanted=wanted, now=now, after=after, limit=limit)


def driven(
    session: Session,
    *,
    user: User,
    wanted: Wanted,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return a driver's bookings; arguments and errors as for `of_driver`."""
    mine = _List(col(Booking.driver_id), user.id, Role.DRIVER)
    return _page(session, mine, wanted, now=now, after=after, limit=limit)


def hosted(
    session: Session,
    *,
    user: User,
    wanted: Wanted,
    now: datetime,
    after: UUID | None = None,
    limit: int = 20,
) -> list[BookingView]:
    """Return the bookings of a host's spaces; arguments and errors as for `of_driver`."""
    theirs = _List(col(Booking.host_id), user.id, Role.HOST)
    return _page(session, theirs, wanted, now=now, after=after, limit=limit)


def events(session: Session, *, booking_id: UUID, caller: Caller) -> list[BookingEvent]:
    """Return what happened to a booking, oldest first.

    Raises:
        BookingNotFound: There is none that is any business of theirs.
    """
    require(session, booking_id=booking_id, caller=caller)
    query = select(BookingEvent).where(col(BookingEvent.booking_id) == booking_id)
    return list(session.exec(query.order_by(col(BookingEvent.id)).limit(MOST)))


@dataclass(frozen=True, slots=True)
class _List:
    """Whose bookings: those with this id in this column."""

    column: Mapped[UUID | None] | Mapped[UUID]
    id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class _Piece:
    """The bookings whose row says one status and which by the clock are in one, the same or not."""

    row: BookingStatus
    shown: BookingStatus
    condition: ColumnElement[bool] | None


def _pieces(now: datetime) -> Iterator[_Piece]:
    """Say what `viewing.status_at` says, as conditions; each booking meets exactly one."""
    starts, ends, expires = col(Booking.starts_at), col(Booking.ends_at), col(Booking.expires_at)
    for waiting in (BookingStatus.HELD, BookingStatus.REQUESTED):
        yield _Piece(waiting, waiting, expires > now)
        yield _Piece(waiting, BookingStatus.EXPIRED, expires <= now)
    for standing in (BookingStatus.CONFIRMED, BookingStatus.ACTIVE):
        yield _Piece(standing, BookingStatus.CONFIRMED, starts > now)
        yield _Piece(standing, BookingStatus.ACTIVE, and_(starts <= now, ends > now))
        # What has ended began before that, which bounds what is read of the index.
        yield _Piece(standing, BookingStatus.COMPLETED, and_(starts <= now, ends <= now))
    for over in (
        BookingStatus.COMPLETED,
        BookingStatus.EXPIRED,
        BookingStatus.DECLINED,
        BookingStatus.CANCELLED,
    ):
        yield _Piece(over, over, None)


def _page(
    session: Session,
    whose: _List,
    wanted: Wanted,
    *,
    now: datetime,
    after: UUID | None,
    limit: int,
) -> list[BookingView]:
    limit = min(limit, MOST)
    backwards = wanted.when in _LATEST_FIRST
    conditions = list(_during(wanted))
    if after is not None:
        conditions.append(_behind(session, whose, after, backwards=backwards))
    parts = [
        _part(whose, piece, conditions, backwards=backwards, limit=limit)
        for piece in _pieces(now)
        if piece.shown in _shown(wanted)
    ]
    if not parts:
        return []
    ids = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    query = select(Booking, Space).join(ids, ids.c.id == col(Booking.id))
    query = query.join(Space, col(Space.id) == Booking.space_id)
    rows = session.exec(query.order_by(*_order(backwards=backwards)).limit(limit)).all()
    return views(session, rows, role=whose.role, now=now)


def views(
    session: Session, rows: Sequence[tuple[Booking, Space]], *, role: Role, now: datetime
) -> list[BookingView]:
    """Return bookings as somebody in this role may see them; one statement for all."""
    paid = ledger.paid_each(session, order_ids=[booking.id for booking, _ in rows])
    return [
        view_of(booking, space, role, paid.get(booking.id, zero(booking.currency)), now=now)
        for booking, space in rows
    ]


def _shown(wanted: Wanted) -> Collection[BookingStatus]:
    part = ALL if wanted.when is None else _STATUSES[wanted.when]
    return part & wanted.statuses if wanted.statuses else part


def _part(
    whose: _List,
    piece: _Piece,
    conditions: Iterable[ColumnElement[bool]],
    *,
    backwards: bool,
    limit: int,
) -> SelectOfScalar[UUID]:
    query = select(Booking.id).where(
        whose.column == whose.id, col(Booking.status) == piece.row, *conditions
    )
    if piece.condition is not None:
        query = query.where(piece.condition)
    if whose.role == Role.HOST and piece.shown in _COME_TO_NOTHING:
        query = query.where(col(Booking.payment_method).is_not(None))
    return query.order_by(*_order(backwards=backwards)).limit(limit)


def _during(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.until is not None:
        yield col(Booking.starts_at) < wanted.until
    if wanted.since is not None:
        yield col(Booking.ends_at) > wanted.since
        if wanted.since - _BEGINNING > LONGEST_STAY:
            # No stay is longer: what began before cannot reach, and need not be read.
            yield col(Booking.starts_at) > wanted.since - LONGEST_STAY


def _behind(session: Session, whose: _List, after: UUID, *, backwards: bool) -> ColumnElement[bool]:
    starts_at = session.exec(
        select(Booking.starts_at).where(col(Booking.id) == after, whose.column == whose.id)
    ).first()
    if starts_at is None:
        raise UnknownPage("Send the next_cursor of the page before.", field="cursor")
    place, last = tuple_(col(Booking.starts_at), col(Booking.id)), tuple_(starts_at, after)
    return place < last if backwards else place > last


def _order(*, backwards: bool) -> tuple[ColumnElement[datetime], ColumnElement[UUID]]:
    starts_at, name = col(Booking.starts_at), col(Booking.id)
    return (starts_at.desc(), name.desc()) if backwards else (starts_at.asc(), name.asc())
