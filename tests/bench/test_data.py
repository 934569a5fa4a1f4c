import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from bench import reference
from bench.data import fill
from parkplace.bookings.models import Occupancy
from parkplace.bookings.pins import pins
from parkplace.bookings.search import near
from parkplace.core import db
from parkplace.core.geo import Box, Point
from parkplace.core.times import Period
from parkplace.spaces.models import Space
from tests.factories import NOW

NEW_YORK = Point(lat=40.73, lng=-73.99)
STAY = Period(NOW + timedelta(hours=1), NOW + timedelta(hours=4))
MAP = Box(west=-74.05, south=40.68, east=-73.93, north=40.78)


@pytest.fixture
def filled(committed_database: str) -> str:
    fill(committed_database, spaces=3000, occupancies=9000, now=NOW, say=lambda _: None)
    return committed_database


def test_the_made_data_is_what_was_ordered_and_the_reference_finds_what_the_product_finds(
    filled: str,
) -> None:
    assert filled
    with db.transaction() as session:
        assert session.exec(select(func.count()).select_from(Space)).one() == 3000
        assert session.exec(select(func.count()).select_from(Occupancy)).one() == 9000
        busiest = (
            select(func.count()).select_from(Occupancy).group_by(col(Occupancy.space_id)).subquery()
        )
        assert session.exec(select(func.max(busiest.c[0]))).one() > 20
        guarded = db.sql(
            session, "SELECT count(*) FROM pg_constraint WHERE conname = 'one_per_bay'"
        )
        assert guarded.scalar_one() == 1

        found = near(session, point=NEW_YORK, radius_m=4000, period=STAY, now=NOW)
        variables = reference.near_variables(point=NEW_YORK, radius_m=4000, period=STAY)
        expected = answered(session, reference.NEAR, variables)
        assert [row[0] for row in expected][:20] == [item.id for item in found.items]
        assert len(found.items) == 20

        shown = pins(session, box=MAP, zoom=13, period=STAY, now=NOW)
        variables = reference.pins_variables(box=MAP, zoom=13, period=STAY)
        ((singles, groups),) = answered(session, reference.PINS, variables)
        assert {row[0] for row in singles} == {pin.id for pin in shown.pins}
        assert sorted(row[2] for row in groups) == sorted(one.count for one in shown.clusters)
        assert shown.clusters


def answered(session: Session, script: Path, variables: dict[str, str]) -> list[Any]:
    """What PostgreSQL answers to a pgbench script, its random variables being 0."""
    known = dict(variables)
    lines: list[str] = []
    for line in script.read_text().splitlines():
        if line.startswith("\\set"):
            _, name, value = line.split(maxsplit=2)
            named = re.match(r":(\w+)", value)
            known[name] = known[named[1]] if named else "0"
        elif not line.startswith("--"):
            lines.append(line)
    statement = re.sub(r"(?<!:):(\w+)", lambda used: known[used[1]], "\n".join(lines))
    cursor = session.connection().exec_driver_sql(statement.replace("%", "%%"))
    return list(cursor.all())
