"""What the list of bookings reads, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.bookings import queries
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.queries import PARTS, BookingView, When
from parkplace.reports import queries as reports
from parkplace.spaces import queries as spaces
from parkplace.web.pages.bookings.view import Notice, Row, notice, row
from parkplace.web.session import signed_in

PAGE = 20
MOST = 100
# A page may listen to twenty topics at once.
_BOOKINGS_HEARD, _SPACES_HEARD = 12, 8


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a person's bookings; `more` says whether there are others after them."""

    rows: list[Row]
    more: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything on the page."""

    hosts: bool
    waiting: int
    parts: dict[When, Part]
    notices: list[Notice]
    topics: list[str]


def look(
    session: Session,
    *,
    token: str | None,
    hosting: bool,
    counts: Mapping[When, int],
    locale: str,
    now: datetime,
) -> Seen | None:
    """Read the list of whoever is signed in; None when nobody is.

    Args:
        session: The open transaction.
        token: The session token.
        hosting: Whether the bookings at their own spaces are wanted.
        counts: How many of each part are shown already.
        locale: The reader's.
        now: The current instant.
    """
    user = signed_in(session, token)
    if user is None:
        return None
    found: dict[When, list[BookingView]] = {}
    for when in PARTS:
        limit = min(max(PAGE, counts.get(when, 0)), MOST - 1)
        found[when] = _page(session, user, hosting, when, limit=limit + 1, after=None, now=now)
    concerning = reports.concerning(session, user=user, now=now)
    zones = reports.zones(session, reports=concerning)
    return Seen(
        hosts=user.is_host,
        waiting=_waiting(session, user, now=now),
        parts={
            when: _part(views, max(PAGE, counts.get(when, 0)), locale=locale, now=now)
            for when, views in found.items()
        },
        notices=[notice(report, timezone=zones[report.id], locale=locale) for report in concerning],
        topics=_topics(session, user, hosting, found),
    )


def next_page(
    session: Session,
    *,
    token: str | None,
    hosting: bool,
    when: When,
    after: UUID,
    locale: str,
    now: datetime,
) -> Part:
    """Read the next page of a part of the list."""
    user = signed_in(session, token)
    if user is None:
        return Part([], more=False)
    views = _page(session, user, hosting, when, limit=PAGE + 1, after=after, now=now)
    return _part(views, PAGE, locale=locale, now=now)


def _page(
    session: Session,
    user: User,
    hosting: bool,  # noqa: FBT001 - private
    when: When,
    *,
    limit: int,
    after: UUID | None,
    now: datetime,
) -> list[BookingView]:
    find = queries.of_host if hosting else queries.of_driver
    return find(session, user=user, when=when, now=now, after=after, limit=limit)


def _part(views: list[BookingView], count: int, *, locale: str, now: datetime) -> Part:
    rows = [row(view, locale=locale, now=now) for view in views[: min(count, MOST - 1)]]
    return Part(rows, more=len(views) > len(rows))


def _waiting(session: Session, user: User, *, now: datetime) -> int:
    """Return how many requests wait for this host's answer."""
    if not user.is_host:
        return 0
    coming = queries.of_host(session, user=user, when=When.UPCOMING, now=now, limit=MOST)
    return sum(view.status == BookingStatus.REQUESTED for view in coming)


def _topics(
    session: Session,
    user: User,
    hosting: bool,  # noqa: FBT001 - private
    found: Mapping[When, list[BookingView]],
) -> list[str]:
    unpaid = [view for view in found[When.PAST] if view.due != view.paid]
    moving = [*found[When.NOW], *unpaid, *found[When.UPCOMING]][:_BOOKINGS_HEARD]
    topics = [f"booking:{view.id}" for view in moving]
    if hosting:
        own = spaces.by_host(session, host=user, limit=_SPACES_HEARD)
        topics += [f"space:{space.id}" for space in own]
    return topics
