"""Schedules: opening hours compiled to instants, one row for all that have the same.

What is the same is zone, week and exceptions. Most spaces have no exceptions, and share.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from parkplace.core.db import sql
from parkplace.core.ids import new_id
from parkplace.core.times import wall
from parkplace.spaces.exceptions import (
    Exceptions,
    exceptions_of,
    open_then,
    parse_exceptions,
)
from parkplace.spaces.hours import EVERY_HOUR, Hours, compiled_until, parse_weekly, weekly_of
from parkplace.spaces.models import Schedule

RENEWED_BEFORE: Final = timedelta(days=370)
_BATCH = 200
_RECORDS = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        id uuid, digest text, timezone text, weekly jsonb, exceptions jsonb,
        open_during text, compiled_until timestamptz
    )
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """When a space is open, in the wall time of its zone: a week, and the dates that differ.

    `hours` None is always open.
    """

    hours: Hours | None
    timezone: str
    exceptions: Exceptions = ()

    @property
    def is_always(self) -> bool:
        """Whether no schedule is needed to say it."""
        return self.hours is None and not self.exceptions


def intern_schedule(
    session: Session,
    *,
    hours: Hours | None,
    timezone: str,
    exceptions: Exceptions = (),
    now: datetime,
) -> UUID | None:
    """Return the schedule that says this, made if need be; None for what is always open.

    Safe when two transactions do it at once: the second waits for the first, then finds its row.

    Raises:
        UnknownZone: No such zone.
    """
    opening = Opening(hours, timezone, exceptions)
    return intern_schedules(session, wanted=[opening], now=now)[opening]


def intern_schedules(
    session: Session, *, wanted: Iterable[Opening], now: datetime
) -> dict[Opening, UUID | None]:
    """Return the schedule of each, as `intern_schedule` does for one."""
    found: dict[Opening, UUID | None] = dict.fromkeys(wanted)
    # Sorted, so that two importers insert in one order and wait instead of deadlocking.
    digests = dict(
        sorted((_digest(opening), opening) for opening in found if not opening.is_always)
    )
    if not digests:
        return found
    known = _known(session, digests)
    missing = [
        _row(digest, opening, now=now) for digest, opening in digests.items() if digest not in known
    ]
    for batch in _batches(missing):
        sql(
            session,
            f"""
            INSERT INTO schedules
                (id, digest, timezone, weekly, exceptions, open_during, compiled_until)
            SELECT id, digest, timezone, weekly, exceptions, open_during::tstzmultirange,
                compiled_until
            FROM {_RECORDS} ORDER BY digest
            ON CONFLICT (digest) DO NOTHING
            """,  # noqa: S608 - a constant of this module
            rows=json.dumps(batch),
        )
    if missing:
        known = _known(session, digests)
    return found | {opening: known[digest] for digest, opening in digests.items()}


def _digest(opening: Opening) -> str:
    said: list[object] = [opening.timezone, weekly_of(opening.hours or EVERY_HOUR)]
    if opening.exceptions:  # without any, the digest is what it was before there were some
        said.append(exceptions_of(opening.exceptions))
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _known(session: Session, digests: Iterable[str]) -> dict[str, UUID]:
    wanted = col(Schedule.digest).in_(list(digests))
    return dict(session.exec(select(Schedule.digest, Schedule.id).where(wanted)).all())


def _row(digest: str, opening: Opening, *, now: datetime) -> dict[str, object]:
    # From yesterday on, so that a stay that began before midnight still lies inside.
    timezone = opening.timezone
    from_day = wall(now, timezone=timezone).date() - timedelta(days=1)
    periods = open_then(opening.hours, opening.exceptions, timezone=timezone, from_day=from_day)
    until = compiled_until(timezone=timezone, from_day=from_day)
    spelled = ",".join(f"[{p.starts_at.isoformat()},{p.ends_at.isoformat()})" for p in periods)
    return {
        "id": str(new_id()),
        "digest": digest,
        "timezone": timezone,
        "weekly": weekly_of(opening.hours or EVERY_HOUR),
        "exceptions": exceptions_of(opening.exceptions),
        # As text: the driver has no form for a multirange.
        "open_during": f"{{{spelled}}}",
        "compiled_until": until.isoformat(),
    }


def _batches(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def opening_of(
    weekly: Sequence[Mapping[str, object]] | None,
    exceptions: Sequence[Mapping[str, object]] | None,
    *,
    timezone: str,
) -> Opening:
    """Return what the columns of a schedule say; without one (None) it is always open."""
    return Opening(
        parse_weekly(weekly) if weekly is not None else None,
        timezone,
        parse_exceptions(exceptions or ()),
    )


def recompile_due(session: Session, *, now: datetime) -> int:
    """Renew every schedule that is known for less than 370 days ahead; return how many.

    Runs nightly, so each is renewed once a month; new clock-change rules arrive with that too.
    Rows that another run is renewing are left to it.
    """
    due = session.exec(
        select(Schedule.digest, Schedule.timezone, Schedule.weekly, Schedule.exceptions)
        .where(col(Schedule.compiled_until) < now + RENEWED_BEFORE)
        .order_by(col(Schedule.digest))
        .with_for_update(skip_locked=True)
    ).all()
    for start in range(0, len(due), _BATCH):
        batch = [
            _row(digest, opening_of(weekly, exceptions, timezone=timezone), now=now)
            for digest, timezone, weekly, exceptions in due[start : start + _BATCH]
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
