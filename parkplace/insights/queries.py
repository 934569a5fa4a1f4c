"""Counting, each figure by one statement, over indexes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult
from sqlmodel import Session

from parkplace.accounts.models import User
from parkplace.accounts.roles import require_admin
from parkplace.bookings.models import BookingStatus
from parkplace.bookings.quoting import LONGEST_STAY
from parkplace.core.db import sql
from parkplace.core.money import Money
from parkplace.core.times import Period
from parkplace.insights.figures import Bucket, Driving, Everything, Hosting, Person, Span, Step
from parkplace.payments.ledger import CHARGE, REFUND, STAY_ENDED
from parkplace.payments.models import Account, AttemptKind, AttemptStatus
from parkplace.reports.models import ReportStatus
from parkplace.reports.service import AdminsOnly
from parkplace.spaces.models import SpaceStatus

_STOOD = f"('{BookingStatus.CONFIRMED}', '{BookingStatus.ACTIVE}', '{BookingStatus.COMPLETED}')"
_LISTED = f"('{SpaceStatus.PUBLISHED}', '{SpaceStatus.PAUSED}')"
# Until the driver left, or the end of the booking; as `bookings.settlement.used`.
_UNTIL = "least(coalesce(left_at, ends_at), ends_at)"
_SECONDS = f"""
    extract(epoch FROM least({_UNTIL}, :ends) - greatest(starts_at, :starts))
"""
# Of a space that there was: a stay that is booked at once may begin some seconds before it.
_SECONDS_THERE = f"""
    greatest(0, extract(
        epoch FROM least({_UNTIL}, :ends) - greatest(starts_at, :starts, spaces.created_at)))
"""
# No stay is longer than `:longest`, which bounds what is read of the index.
_WITHIN = f"""
    bookings.status IN {_STOOD} AND starts_at < :ends
    AND starts_at > CAST(:starts AS timestamptz) - :longest AND {_UNTIL} > :starts
"""
_HOUR = 3600
# Before anything was booked, and after everything that can be.
_EVER = Period(datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


def driving(session: Session, *, user: User, span: Span) -> Driving:
    """Return what a driver did in a period."""
    return _driving(session, user.id, span.period)


def hosting(session: Session, *, user: User, span: Span) -> Hosting:
    """Return what a host's spaces did in a period, whole and in pieces."""
    return _hosting(session, user.id, span.period, series=_series(session, user.id, span))


def everything(session: Session, *, admin: User, span: Span) -> Everything:
    """Return what the whole house did in a period.

    Raises:
        AdminsOnly: The person is no admin.
    """
    require_admin(admin, otherwise=AdminsOnly("Only an admin sees everybody's figures."))
    bounds = _bounds(span.period)
    people = sql(
        session,
        """
        SELECT count(*) AS users, count(*) FILTER (WHERE is_host) AS hosts,
            count(*) FILTER (WHERE created_at >= :starts AND created_at < :ends) AS new_users
        FROM users
        """,
        **bounds,
    ).one()
    return Everything(
        users=people.users,
        hosts=people.hosts,
        new_users=people.new_users,
        spaces=_by_status(sql(session, "SELECT status, count(*) AS number FROM spaces GROUP BY 1")),
        bookings=_by_status(
            sql(
                session,
                """
                SELECT status, count(*) AS number FROM bookings
                WHERE created_at >= :starts AND created_at < :ends GROUP BY 1
                """,
                **bounds,
            )
        ),
        revenue=_revenue(session, span.period),
        open_reports=sql(
            session, "SELECT count(*) FROM reports WHERE status = :open", open=ReportStatus.OPEN
        ).scalar_one(),
    )


def person(session: Session, *, user: User, now: datetime) -> Person:
    """Return everything that somebody ever did here, up to now."""
    until_now = Period(_EVER.starts_at, now)
    return Person(
        since=user.created_at,
        driving=_driving(session, user.id, until_now),
        hosting=_hosting(session, user.id, until_now, series=()),
    )


def _driving(session: Session, user_id: UUID, period: Period) -> Driving:
    stood = sql(
        session,
        f"""
        SELECT count(*) AS stays, coalesce(sum({_SECONDS}), 0) AS seconds
        FROM bookings WHERE driver_id = :user AND {_WITHIN}
        """,  # noqa: S608 - constants of this module
        user=user_id,
        longest=LONGEST_STAY,
        **_bounds(period),
    ).one()
    spent = sql(
        session,
        f"""
        SELECT currency, sum(
            CASE kind WHEN '{AttemptKind.CHARGE}' THEN amount_minor ELSE -amount_minor END
        ) AS minor
        FROM payment_attempts
        WHERE payer_id = :user AND status = '{AttemptStatus.SUCCEEDED}'
            AND answered_at >= :starts AND answered_at < :ends
        GROUP BY currency ORDER BY currency
        """,  # noqa: S608 - constants of this module
        user=user_id,
        **_bounds(period),
    )
    return Driving(stays=stood.stays, hours=_hours(stood.seconds), spent=_amounts(spent))


def _hosting(
    session: Session, user_id: UUID, period: Period, *, series: tuple[Bucket, ...]
) -> Hosting:
    stood = sql(
        session,
        f"""
        SELECT count(*) AS bookings, coalesce(sum({_SECONDS}), 0) AS seconds,
            coalesce(sum({_SECONDS_THERE}) FILTER (WHERE spaces.status IN {_LISTED}), 0) AS listed
        FROM bookings JOIN spaces ON spaces.id = space_id
        WHERE bookings.host_id = :user AND {_WITHIN}
        """,  # noqa: S608 - constants of this module
        user=user_id,
        longest=LONGEST_STAY,
        **_bounds(period),
    ).one()
    there = sql(
        session,
        f"""
        SELECT count(*) AS spaces, coalesce(sum(capacity * greatest(0, extract(
            epoch FROM CAST(:ends AS timestamptz) - greatest(created_at, :starts)))), 0) AS seconds
        FROM spaces WHERE host_id = :user AND status IN {_LISTED}
        """,  # noqa: S608 - constants of this module
        user=user_id,
        **_bounds(period),
    ).one()
    # A host who takes bays away leaves stays on more of them than there are.
    part = min(1.0, round(float(stood.listed / there.seconds), 4)) if there.seconds else None
    return Hosting(
        spaces=there.spaces,
        bookings=stood.bookings,
        hours=_hours(stood.seconds),
        occupancy=part,
        earned=_earned(session, user_id, period),
        series=series,
    )


def _earned(session: Session, user_id: UUID, period: Period) -> tuple[Money, ...]:
    found = sql(
        session,
        f"""
        SELECT currency, -sum(amount_minor) AS minor FROM ledger_entries
        WHERE owner_id = :user AND account = '{Account.HOST}' AND memo = '{STAY_ENDED}'
            AND at >= :starts AND at < :ends
        GROUP BY currency ORDER BY currency
        """,  # noqa: S608 - constants of this module
        user=user_id,
        **_bounds(period),
    )
    return _amounts(found)


def _series(session: Session, user_id: UUID, span: Span) -> tuple[Bucket, ...]:
    cut = {"step": span.step, "zone": span.timezone, "user": user_id, **_bounds(span.period)}
    begun = sql(
        session,
        f"""
        SELECT date_trunc(:step, starts_at AT TIME ZONE :zone)::date AS day, count(*) AS number
        FROM bookings WHERE host_id = :user AND status IN {_STOOD}
            AND starts_at >= :starts AND starts_at < :ends
        GROUP BY 1
        """,  # noqa: S608 - constants of this module
        **cut,
    )
    bookings = {row.day: row.number for row in begun}
    posted = sql(
        session,
        f"""
        SELECT date_trunc(:step, at AT TIME ZONE :zone)::date AS day, currency,
            -sum(amount_minor) AS minor
        FROM ledger_entries
        WHERE owner_id = :user AND account = '{Account.HOST}' AND memo = '{STAY_ENDED}'
            AND at >= :starts AND at < :ends
        GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608 - constants of this module
        **cut,
    )
    earned: Mapping[date, list[Money]] = defaultdict(list)
    for row in posted:
        earned[row.day].append(Money(int(row.minor), row.currency))
    return tuple(
        Bucket(day, bookings.get(first, 0), tuple(earned[first]))
        for day in span.buckets()
        for first in [day.replace(day=1) if span.step == Step.MONTH else day]
    )


def _revenue(session: Session, period: Period) -> tuple[Money, ...]:
    found = sql(
        session,
        f"""
        SELECT currency, sum(amount_minor) AS minor FROM ledger_entries
        WHERE account = '{Account.STRIPE}' AND memo IN ('{CHARGE}', '{REFUND}')
            AND at >= :starts AND at < :ends
        GROUP BY currency ORDER BY currency
        """,  # noqa: S608 - constants of this module
        **_bounds(period),
    )
    return _amounts(found)


def _bounds(period: Period) -> dict[str, datetime]:
    return {"starts": period.starts_at, "ends": period.ends_at}


def _amounts(found: CursorResult[Any]) -> tuple[Money, ...]:
    return tuple(Money(int(row.minor), row.currency) for row in found)


def _by_status(found: CursorResult[Any]) -> dict[str, int]:
    return {row.status: row.number for row in found}


def _hours(seconds: Any) -> float:  # noqa: ANN401 - PostgreSQL's numeric
    return round(float(seconds) / _HOUR, 2)
