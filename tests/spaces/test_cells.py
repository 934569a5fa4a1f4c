import math
import threading
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select, update

from parkplace.accounts.models import User
from parkplace.core import db
from parkplace.core.geo import Box, Point, tile
from parkplace.spaces import cells
from parkplace.spaces.cells import Tiles
from parkplace.spaces.models import Space, SpaceCell, SpaceStatus
from tests.factories import owen, space

EVERYWHERE = Tiles(0, (1 << 30) - 1, 0, (1 << 30) - 1)
VILLAGE = Point(lat=40.7290, lng=-73.9888)


def counted(session: Session) -> dict[tuple[int, int, int], tuple[int, int, int]]:
    """What the cells say: spaces and sums by zoom and tile."""
    found: Counter[tuple[int, int, int]] = Counter()
    lats: Counter[tuple[int, int, int]] = Counter()
    lngs: Counter[tuple[int, int, int]] = Counter()
    for row in session.exec(select(SpaceCell)):
        where = (row.zoom, row.x, row.y)
        found[where] += row.spaces
        lats[where] += row.sum_lat
        lngs[where] += row.sum_lng
    return {
        where: (found[where], lats[where], lngs[where])
        for where in found
        if (found[where], lats[where], lngs[where]) != (0, 0, 0)
    }


def true(session: Session) -> dict[tuple[int, int, int], tuple[int, int, int]]:
    """What they should say, from the published spaces themselves."""
    sums: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    published = select(Space).where(col(Space.status) == SpaceStatus.PUBLISHED)
    for row in session.exec(published):
        for zoom in cells.ZOOMS:
            where = (zoom, *tile(Point(lat=row.lat, lng=row.lng), zoom=zoom))
            count, lat, lng = sums.get(where, (0, 0, 0))
            sums[where] = (count + 1, lat + round(row.lat * 1e7), lng + round(row.lng * 1e7))
    return sums


# --- counting


@dataclass(frozen=True)
class Step:
    """Something that happens to some of the spaces there are."""

    what: str
    which: int
    point: Point


POINTS = st.builds(
    lambda lat, lng: Point(lat=lat / 10, lng=lng / 10),
    st.integers(-899, 899),
    st.integers(-1800, 1800),
)
STEPS = st.builds(
    Step,
    st.sampled_from(["list", "draft", "move", "publish", "pause", "pause all", "delete", "fold"]),
    st.integers(0, 5),
    POINTS,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_happens_the_cells_count_what_is_published(
    session: Session, steps: list[Step]
) -> None:
    with session.begin_nested() as attempt:
        host = owen(session)
        for step in steps:
            happen(session, host, step)
        assert counted(session) == true(session)
        attempt.rollback()


def happen(session: Session, host: User, step: Step) -> None:
    there = {"lat": step.point.lat, "lng": step.point.lng}
    ids = session.exec(select(Space.id).order_by(col(Space.id))).all()
    one = col(Space.id) == (ids[step.which % len(ids)] if ids else None)
    if step.what == "list":
        space(session, host, **there)
    elif step.what == "draft":
        space(session, host, status=SpaceStatus.DRAFT, **there)
    elif step.what == "move":
        session.exec(update(Space).where(one).values(**there))
    elif step.what == "publish":
        session.exec(update(Space).where(one).values(status=SpaceStatus.PUBLISHED))
    elif step.what == "pause":
        session.exec(update(Space).where(one).values(status=SpaceStatus.PAUSED))
    elif step.what == "pause all":
        session.exec(update(Space).values(status=SpaceStatus.PAUSED))
    elif step.what == "delete":
        session.exec(delete(Space).where(one))
    else:
        assert cells.fold(session)


def test_a_change_that_moves_nothing_writes_nothing(session: Session) -> None:
    garage = space(session, owen(session))
    rows = len(session.exec(select(SpaceCell)).all())

    garage.title, garage.hour_minor = "Another name", 500
    session.flush()

    assert len(session.exec(select(SpaceCell)).all()) == rows == len(cells.ZOOMS)


def test_emptying_the_table_empties_the_cells(session: Session) -> None:
    space(session, owen(session))

    db.sql(session, "TRUNCATE spaces CASCADE")

    assert counted(session) == {}


@pytest.mark.parametrize(
    "point",
    [
        VILLAGE,
        Point(lat=-90.0, lng=-180.0),
        Point(lat=90.0, lng=180.0),
        Point(lat=85.06, lng=179.9999999),
        Point(lat=-85.06, lng=0.0),
        Point(lat=0.0, lng=0.0),
    ],
)
def test_the_database_and_python_agree_on_tiles(session: Session, point: Point) -> None:
    made = space(session, owen(session), lat=point.lat, lng=point.lng)
    session.refresh(made)

    assert (made.tile_x, made.tile_y) == tile(point, zoom=cells.SHIFT)


# --- folding


def test_folding_leaves_one_row_a_tile_and_every_count_as_it_was(session: Session) -> None:
    host = owen(session)
    for number in range(5):
        space(session, host, lat=40.7 + number / 1000)
    gone = space(session, host, lat=-33.0, lng=151.0)
    session.delete(gone)
    session.flush()
    before = counted(session)

    assert cells.fold(session)

    rows = session.exec(select(SpaceCell)).all()
    assert counted(session) == before == true(session)
    assert len(rows) == len({(row.zoom, row.x, row.y) for row in rows}) == len(before)


def test_while_one_folds_another_goes_on_without(committed_database: str) -> None:
    assert committed_database
    with db.transaction() as session:
        host = owen(session)
        space(session, host)
        space(session, host)
    with Session(db.engine()) as first, Session(db.engine()) as second:
        assert cells.fold(first)
        assert not cells.fold(second)
        assert len(counted(second)) == len(cells.ZOOMS)
        first.commit()
        second.rollback()
        assert cells.fold(second)
        assert counted(second) == true(second)


def test_two_imports_at_once_do_not_wait_for_each_other(committed_database: str) -> None:
    assert committed_database
    here, there = {"lat": 40.73, "lng": -73.99}, {"lat": 51.5, "lng": -0.1}
    with db.transaction() as session:
        host = owen(session)
    turns = [threading.Barrier(2, timeout=20) for _ in range(2)]
    failed: list[BaseException] = []

    def import_all(places: list[dict[str, float]]) -> None:
        try:
            with db.transaction() as session:
                for place, turn in zip(places, turns, strict=True):
                    space(session, host, **place)
                    # Neither goes on, let alone commits, before both have come this far.
                    turn.wait()
        except BaseException as error:  # noqa: BLE001 - reported by the assertion below
            failed.append(error)

    threads = [
        threading.Thread(target=import_all, args=(places,))
        for places in ([here, there], [there, here])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with db.transaction() as session:
        assert counted(session) == true(session)
        assert session.exec(select(SpaceCell)).all()


# --- reading


def test_cells_between_two_stored_zooms_are_added_up(session: Session) -> None:
    host = owen(session)
    for lat, lng in ((40.70, -74.00), (40.72, -74.00), (51.5, -0.1)):
        space(session, host, lat=lat, lng=lng)

    for zoom in (*range(17), *cells.ZOOMS):
        found = cells.cells_in(session, tiles=EVERYWHERE, zoom=zoom)
        assert sum(cell.spaces for cell in found) == 3
        assert {(cell.x, cell.y) for cell in found} == {
            tile(Point(lat=lat, lng=lng), zoom=zoom)
            for lat, lng in ((40.70, -74.00), (40.72, -74.00), (51.5, -0.1))
        }
    manhattan = max(cells.cells_in(session, tiles=EVERYWHERE, zoom=5), key=lambda cell: cell.spaces)
    assert (manhattan.lat, manhattan.lng) == (pytest.approx(40.71), pytest.approx(-74.0))


def test_only_cells_of_the_stretch_are_read(session: Session) -> None:
    host = owen(session)
    space(session, host)
    space(session, host, lat=51.5, lng=-0.1)
    x, y = tile(VILLAGE, zoom=cells.SHIFT)

    (cell,) = cells.cells_in(session, tiles=Tiles(x - 9, x + 9, y - 9, y + 9), zoom=12)

    assert math.isclose(cell.lat, 40.7290)


def test_the_busiest_town_is_where_most_spaces_are(session: Session) -> None:
    assert cells.busiest(session) is None
    host = owen(session)
    space(session, host, lat=51.5, lng=-0.1)
    for _ in range(2):
        space(session, host)

    middle = cells.busiest(session)

    assert middle is not None
    assert (middle.lat, middle.lng) == (pytest.approx(40.7290), pytest.approx(-73.9888))


@pytest.mark.parametrize(
    ("box", "least", "most"),
    [
        (Box(west=-180, south=-85, east=180, north=85), 6, 6),
        (Box(west=-74.02, south=40.70, east=-73.96, north=40.76), 3, 3),
        (Box(west=-73.9889, south=40.7289, east=-73.9887, north=40.7291), 1, 3),
        (Box(west=170, south=-20, east=-170, north=-10), 2, 2),
        (Box(west=0, south=0, east=1, north=1), 0, 0),
    ],
)
def test_what_is_listed_in_a_box_is_known_without_looking_at_it(
    session: Session, box: Box, least: int, most: int
) -> None:
    host = owen(session)
    for lat, lng in (
        (40.7290, -73.9888),
        (40.7292, -73.9889),
        (40.7310, -73.9900),
        (-17.0, 179.9),
        (-17.0, -179.9),
        (51.5, 7.0),
    ):
        space(session, host, lat=lat, lng=lng)
    space(session, host, status=SpaceStatus.PAUSED)
    assert least <= cells.listed(session, box=box) <= most
