"""Schedules: opening hours compiled to instants, one row for every week and zone in use."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.core.db import sql
from parkplace.core.ids import new_id
from parkplace.core.times import wall
from parkplace.spaces.hours import Hours, compiled_until, open_ranges, parse_weekly, weekly_of
from parkplace.spaces.models import Schedule

RENEWED_BEFORE: Final = timedelta(days=370)
_BATCH = 200
_RECORDS = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        id uuid, digest text, timezone text, weekly jsonb,
        open_during text, compiled_until timestamptz
    )
"""


def intern_schedule(
    session: Session, *, hours: Hours | None, timezone: str, now: datetime
) -> UUID | None:
    """Return the schedule with these hours in this zone, made if need be; None for `ALWAYS`.

    Safe when two transactions do it at once: the second waits for the first, then finds its row.

    Raises:
        UnknownZone: No such zone.
    """
    if hours is None:
        return None
    return intern_schedules(session, wanted=[(hours, timezone)], now=now)[hours, timezone]


def intern_schedules(
    session: Session, *, wanted: Iterable[tuple[Hours, str]], now: datetime
) -> dict[tuple[Hours, str], UUID]:
    """Return the schedule of each pair of hours and zone, as `intern_schedule` does for one."""
    # Sorted, so that two importers insert in one order and wait instead of deadlocking.
    digests = dict(sorted((_digest(hours, zone), (hours, zone)) for hours, zone in set(wanted)))
    known = _known(session, digests)
    missing = [
        _row(digest, hours=hours, timezone=timezone, now=now)
        for digest, (hours, timezone) in digests.items()
        if digest not in known
    ]
    for batch in _batches(missing):
        sql(
            session,
            f"""
            INSERT INTO schedules (id, digest, timezone, weekly, open_during, compiled_until)
            SELECT id, digest, timezone, weekly, open_during::tstzmultirange, compiled_until
            FROM {_RECORDS} ORDER BY digest
            ON CONFLICT (digest) DO NOTHING
            """,  # noqa: S608 - a constant of this module
            rows=json.dumps(batch),
        )
    if missing:
        known = _known(session, digests)
    return {pair: known[digest] for digest, pair in digests.items()}


def _digest(hours: Hours, timezone: str) -> str:
    spelled = json.dumps([timezone, weekly_of(hours)], separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def _known(session: Session, digests: Iterable[str]) -> dict[str, UUID]:
    wanted = col(Schedule.digest).in_(list(digests))
    return dict(session.exec(select(Schedule.digest, Schedule.id).where(wanted)).all())


def _row(digest: str, *, hours: Hours, timezone: str, now: datetime) -> dict[str, object]:
    # From yesterday on, so that a stay that began before midnight still lies inside.
    from_day = wall(now, timezone=timezone).date() - timedelta(days=1)
    periods = open_ranges(hours, timezone=timezone, from_day=from_day)
    until = compiled_until(timezone=timezone, from_day=from_day)
    spelled = ",".join(f"[{p.starts_at.isoformat()},{p.ends_at.isoformat()})" for p in periods)
    return {
        "id": str(new_id()),
        "digest": digest,
        "timezone": timezone,
        "weekly": weekly_of(hours),
        # As text: the driver has no form for a multirange.
        "open_during": f"{{{spelled}}}",
        "compiled_until": until.isoformat(),
    }


def _batches(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def recompile_due(session: Session, *, now: datetime) -> int:
    """Renew every schedule that is known for less than 370 days ahead; return how many.

    Runs nightly, so each is renewed once a month; new clock-change rules arrive with that too.
    Rows that another run is renewing are left to it.
    """
    due = session.exec(
        select(Schedule.digest, Schedule.timezone, Schedule.weekly)
        .where(col(Schedule.compiled_until) < now + RENEWED_BEFORE)
        .order_by(col(Schedule.digest))
        .with_for_update(skip_locked=True)
    ).all()
    for start in range(0, len(due), _BATCH):
        batch = [
            _row(digest, hours=hours, timezone=timezone, now=now)
            for digest, timezone, weekly in due[start : start + _BATCH]
            if (hours := parse_weekly(weekly)) is not None
        ]
        sql(
            session,
            f"""
            UPDATE schedules SET
                open_during = r.open_during::tstzmultirange, compiled_until = r.compiled_until
            FROM {_RECORDS} WHERE schedules.digest = r.digest
            """,  # noqa: S608 - a constant of this module
            rows=json.dumps(batch),
        )
    return len(due)
