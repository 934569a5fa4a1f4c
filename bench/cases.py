"""What is measured: what is asked of the product, and the reference that answers the same."""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlmodel import Session

from bench import reference
from bench.load import Measured, get, post
from parkplace.bookings.access import NOBODY
from parkplace.bookings.holding import hold
from parkplace.bookings.pins import pins
from parkplace.bookings.search import near
from parkplace.core.db import engine, transaction
from parkplace.core.geo import Box, Point
from parkplace.core.times import Period

HOME = ZoneInfo("America/New_York")
CENTRE = Point(lat=40.73, lng=-73.99)
RADIUS_M = 1000.0
# What a desk's map shows, 820 by 800 pixels, of a neighbourhood and of the city.
MAPS = {
    16: Box(west=-73.999, south=40.7235, east=-73.981, north=40.7365),
    13: Box(west=-74.060, south=40.678, east=-73.920, north=40.782),
}
SATURDAY = 5
ASKED = 200  # times, for the time that the statements alone take


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked of the product that changes nothing.

    Attributes:
        requests: Requests without end, each about a slightly different place.
        call: Asks the same of the service, in this process.
        script: The reference that answers it, and
        variables: what that is told.
    """

    name: str
    requests: Iterator[bytes]
    call: Callable[[Session], object]
    script: Path
    variables: dict[str, str]


def stay(now: datetime, *, turn: int = 0) -> Period:
    """Return two hours from noon in New York, in two days or on the `turn`th working day after."""
    noon = now.astimezone(HOME).replace(hour=12, minute=0, second=0, microsecond=0)
    noon += timedelta(days=2)
    while turn or noon.weekday() >= SATURDAY:
        turn -= noon.weekday() < SATURDAY
        noon += timedelta(days=1)
    starts_at = noon.astimezone(UTC)
    return Period(starts_at, starts_at + timedelta(hours=2))


def questions(now: datetime) -> list[Question]:
    """Return what is asked: the nearest spaces, and what a map shows."""
    period = stay(now)
    return [_nearest(period, now), *(_map(zoom, box, period, now) for zoom, box in MAPS.items())]


def empty_route() -> Iterator[bytes]:
    """Return requests for a route that asks no database."""
    return repeat(get("/healthz"))


def posts(spaces: Iterable[str], period: Period) -> Iterator[bytes]:
    """Return requests that book each space once, each for another guest."""
    for space in spaces:
        wanted = {"space_id": space, "email": f"{space}.{period.starts_at:%d}@bench.example"}
        yield post("/api/v1/bookings", json.dumps({**wanted, **_spelled(period)}))


def holds(
    spaces: Sequence[str], period: Period, *, connections: int, seconds: float, now: datetime
) -> Measured:
    """Hold one space after the other, each for another guest, on as many threads as connections."""
    left = iter(spaces)
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    def work() -> None:
        while (began := time.perf_counter()) < until and (space := next(left, None)):
            with transaction() as session:
                hold(
                    session,
                    caller=NOBODY,
                    space_id=UUID(space),
                    period=period,
                    email=f"{space}.{period.starts_at:%d}@bench.example",
                    now=now,
                )
            latencies.append(1000 * (time.perf_counter() - began))

    with ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(work) for _ in range(connections)]:
            done.result()
    return Measured(seconds, sorted(latencies))


def statements_ms(question: Question) -> float:
    """Return how long the product's own statements for a question take, the median of 200 times."""
    spent: list[float] = []
    began = 0.0

    def before(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(*_: object) -> None:
        spent[-1] += 1000 * (time.perf_counter() - began)

    event.listen(engine(), "before_cursor_execute", before)
    event.listen(engine(), "after_cursor_execute", after)
    try:
        for _ in range(ASKED):
            with transaction() as session:
                spent.append(0)
                question.call(session)
    finally:
        event.remove(engine(), "before_cursor_execute", before)
        event.remove(engine(), "after_cursor_execute", after)
    return statistics.median(spent)


def _nearest(period: Period, now: datetime) -> Question:
    def call(session: Session) -> object:
        lat, lng = _moved(CENTRE.lat), _moved(CENTRE.lng)
        point = Point(lat=lat, lng=lng)
        return near(session, point=point, radius_m=RADIUS_M, period=period, now=now)

    def requests() -> Iterator[bytes]:
        while True:
            place = {"lat": _moved(CENTRE.lat), "lng": _moved(CENTRE.lng), "radius": RADIUS_M}
            yield _ask("/api/v1/spaces", **place, **_spelled(period))

    variables = reference.near_variables(point=CENTRE, radius_m=RADIUS_M, period=period)
    return Question("search, 1 km", requests(), call, reference.NEAR, variables)


def _map(zoom: int, box: Box, period: Period, now: datetime) -> Question:
    def moved() -> Box:
        up, aside = _moved(0), _moved(0)
        west, east = box.west + aside, box.east + aside
        return Box(west=west, south=box.south + up, east=east, north=box.north + up)

    def call(session: Session) -> object:
        return pins(session, box=moved(), zoom=zoom, period=period, now=now)

    def requests() -> Iterator[bytes]:
        while True:
            shown = moved()
            edges = f"{shown.west:.5f},{shown.south:.5f},{shown.east:.5f},{shown.north:.5f}"
            yield _ask("/api/v1/spaces/pins", bbox=edges, zoom=zoom, **_spelled(period))

    variables = reference.pins_variables(box=box, zoom=zoom, period=period)
    return Question(f"pins, zoom {zoom}", requests(), call, reference.PINS, variables)


def _moved(degrees: float) -> float:
    return degrees + random.uniform(-reference.MOVED_DEG, reference.MOVED_DEG)


def _ask(path: str, **parameters: Any) -> bytes:
    return get(f"{path}?{urlencode(parameters)}")


def _spelled(period: Period) -> dict[str, str]:
    return {"starts_at": period.starts_at.isoformat(), "ends_at": period.ends_at.isoformat()}
