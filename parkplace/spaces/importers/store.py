"""Rows of a file into the database, a thousand at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import CursorResult
from sqlmodel import Session, col, select

from parkplace.core.db import sql
from parkplace.core.geo import Point, neighbourhoods_at, zone_at
from parkplace.spaces.exceptions import Exceptions, parse_exceptions
from parkplace.spaces.importers.rows import Defaults, Row
from parkplace.spaces.models import Schedule, Space, SpaceStatus
from parkplace.spaces.schedules import Opening, intern_schedules

Record: TypeAlias = dict[str, object]

# What a file says: followed at each import. What comes after these has rules of its own below.
_FOLLOWED = (
    "title",
    "description",
    "address",
    "neighbourhood",
    "lat",
    "lng",
    "timezone",
    "kind",
    "capacity",
    "tags",
    "hour_minor",
    "day_cap_minor",
    "currency",
)
_COLUMNS = (*_FOLLOWED, "max_height_cm", "schedule_id", "status")

_RECORDS = """
    jsonb_to_recordset(CAST(:records AS jsonb)) AS r(
        id uuid, external_id text, title text, description text, address text, neighbourhood text,
        lat float8, lng float8, timezone text, kind text, capacity int2, tags varchar[],
        max_height_cm int2,
        hour_minor int8, day_cap_minor int8, currency text, schedule_id uuid, status text,
        hours_known boolean
    )
"""

# Most formats know nothing of heights: what a host says of it stays until the file says something.
# A pause is the host's and outlives the file. A row that is held back stays as its host decided
# (published after a look, say) until the file says something else about it.
_UPDATE = f"""
    WITH next AS (
        SELECT s.id, {", ".join(f"r.{name}" for name in _FOLLOWED)},
            coalesce(r.max_height_cm, s.max_height_cm) AS max_height_cm,
            CASE WHEN r.hours_known THEN r.schedule_id ELSE s.schedule_id END AS schedule_id,
            CASE
                WHEN r.status = 'published' AND s.status IN ('paused', 'withheld') THEN s.status
                WHEN r.status = 'published' THEN 'published'
                WHEN s.status = 'retired' OR s.description <> r.description THEN 'draft'
                ELSE s.status
            END AS status
        FROM {_RECORDS} JOIN spaces s ON s.id = r.id
    )
    UPDATE spaces SET
        {", ".join(f"{name} = next.{name}" for name in _COLUMNS)}, updated_at = :now
    FROM next WHERE spaces.id = next.id
        AND ({", ".join(f"spaces.{name}" for name in _COLUMNS)})
        IS DISTINCT FROM ({", ".join(f"next.{name}" for name in _COLUMNS)})
    RETURNING spaces.lat, spaces.lng
"""  # noqa: S608 - constants of this module

_INSERT = f"""
    INSERT INTO spaces (
        id, host_id, source, external_id, instructions, instant, created_at, updated_at,
        {", ".join(_COLUMNS)}
    )
    SELECT id, :host_id, :source, external_id, '', true, :now, :now, {", ".join(_COLUMNS)}
    FROM {_RECORDS}
    RETURNING lat, lng
"""  # noqa: S608 - constants of this module


@dataclass(frozen=True, slots=True)
class Known:
    """A space that an earlier import stored."""

    id: UUID
    retired: bool


def known(session: Session, *, host_id: UUID, source: str) -> dict[str, Known]:
    """Return the spaces of one host from one source, by what the source calls them.

    They are read once and then changed by their own id. Joined by external id, a table without
    statistics, as it is on the first import, is searched whole for each row.
    """
    found = session.exec(
        select(Space.external_id, Space.id, Space.status)
        .where(col(Space.host_id) == host_id)
        .where(col(Space.source) == source)
    )
    return {
        external_id: Known(space_id, status == SpaceStatus.RETIRED)
        for external_id, space_id, status in found
        if external_id is not None
    }


def insert(
    session: Session, records: list[Record], *, host_id: UUID, source: str, now: datetime
) -> list[Point]:
    """Make a space of each record; return where they are."""
    text = json.dumps(records)
    return _points(sql(session, _INSERT, records=text, host_id=host_id, source=source, now=now))


def update(session: Session, records: list[Record], *, now: datetime) -> list[Point]:
    """Make the spaces with these ids as the records say; return where those are that changed."""
    return _points(sql(session, _UPDATE, records=json.dumps(records), now=now))


def retire(session: Session, ids: Sequence[UUID], *, now: datetime) -> list[Point]:
    """Retire spaces; return where they are."""
    found = sql(
        session,
        """
        UPDATE spaces SET status = 'retired', updated_at = :now
        WHERE id = ANY(CAST(:ids AS uuid[])) RETURNING lat, lng
        """,
        ids=[str(space_id) for space_id in ids],
        now=now,
    )
    return _points(found)


def measure(session: Session) -> None:
    """Let the planner know that the tables have grown; by itself it would notice in a minute."""
    sql(session, "ANALYZE spaces, schedules")


def _points(found: CursorResult[Any]) -> list[Point]:
    return [Point(lat=row.lat, lng=row.lng) for row in found]


def records(
    session: Session, rows: Sequence[tuple[UUID, Row]], defaults: Defaults, *, now: datetime
) -> list[Record]:
    """Return rows as the columns of spaces, with zone, neighbourhood and schedule looked up."""
    zones = [row.timezone or zone_at(row.point) for _, row in rows]
    near = neighbourhoods_at([row.point for _, row in rows])
    # Exceptions are the host's: the file may say another week around them.
    kept = _exceptions(session, [space_id for space_id, _ in rows])
    openings = [
        Opening(row.hours, zone, kept.get(space_id, ()))
        for (space_id, row), zone in zip(rows, zones, strict=True)
    ]
    schedules = intern_schedules(session, wanted=openings, now=now)
    return [
        {"id": str(space_id), "schedule_id": _text(schedules[opening])}
        | _record(row, defaults, timezone=opening.timezone, neighbourhood=name)
        for (space_id, row), opening, name in zip(rows, openings, near, strict=True)
    ]


def _exceptions(session: Session, ids: Sequence[UUID]) -> dict[UUID, Exceptions]:
    found = session.exec(
        select(Space.id, Schedule.exceptions)
        .join(Schedule, col(Schedule.id) == Space.schedule_id)
        .where(col(Space.id).in_(ids), col(Schedule.exceptions) != [])
    )
    return {space_id: parse_exceptions(exceptions) for space_id, exceptions in found}


def _text(schedule_id: UUID | None) -> str | None:
    return None if schedule_id is None else str(schedule_id)


def _record(row: Row, defaults: Defaults, *, timezone: str, neighbourhood: str) -> Record:
    rate = row.rate or defaults.rate
    assert rate is not None
    return {
        "external_id": row.external_id,
        "title": row.title,
        "description": row.description,
        "address": row.address,
        "neighbourhood": neighbourhood,
        "lat": row.point.lat,
        "lng": row.point.lng,
        "timezone": timezone,
        "kind": row.kind,
        "capacity": defaults.capacity if row.capacity is None else row.capacity,
        "tags": list(row.tags),
        "max_height_cm": row.max_height_cm,
        "hour_minor": rate.hour_minor,
        "day_cap_minor": rate.day_cap_minor,
        "currency": rate.currency,
        "status": SpaceStatus.DRAFT if row.held_back else SpaceStatus.PUBLISHED,
        "hours_known": row.hours_known,
    }
