import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parkplace.core.geo import (
    Box,
    OutsideEarth,
    Point,
    area_topic,
    area_topics,
    country_at,
    distance_m,
    neighbourhood_at,
    neighbourhoods_at,
    tile,
    zip_point,
    zone_at,
)

NEW_YORK = Point(40.7128, -74.0060)
LONDON = Point(51.5074, -0.1278)

LATS = st.floats(min_value=-90, max_value=90)
LNGS = st.floats(min_value=-180, max_value=180)
POINTS = st.builds(Point, LATS, LNGS)


@pytest.mark.parametrize(
    ("lat", "lng", "field"),
    [
        (91, 0, "lat"),
        (-90.0001, 0, "lat"),
        (math.nan, 0, "lat"),
        (math.inf, 0, "lat"),
        (0, 181, "lng"),
        (0, math.nan, "lng"),
    ],
)
def test_coordinates_that_no_place_has_are_refused(lat: float, lng: float, field: str) -> None:
    with pytest.raises(OutsideEarth) as refused:
        Point(lat, lng)
    assert (refused.value.code, refused.value.field) == ("outside_earth", field)


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_and_within_half_the_world(a: Point, b: Point) -> None:
    there = distance_m(a, b)
    assert there == pytest.approx(distance_m(b, a))
    assert 0 <= there <= 20_015_200
    assert distance_m(a, a) == 0


@given(LATS, LNGS)
def test_a_degree_of_latitude_is_as_long_everywhere(lat: float, lng: float) -> None:
    assume(lat <= 89)
    assert distance_m(Point(lat, lng), Point(lat + 1, lng)) == pytest.approx(111_195, rel=1e-4)


def test_a_degree_of_longitude_shrinks_with_latitude() -> None:
    at_the_equator = distance_m(Point(0, 0), Point(0, 1))
    in_oslo = distance_m(Point(60, 0), Point(60, 1))
    assert in_oslo == pytest.approx(at_the_equator / 2, rel=1e-3)


def test_distance_across_the_ocean_and_across_the_date_line() -> None:
    assert distance_m(NEW_YORK, LONDON) == pytest.approx(5_570_000, rel=1e-3)
    assert distance_m(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111_195, rel=1e-4)
    assert distance_m(Point(90, 0), Point(-90, 0)) == pytest.approx(math.pi * 6_371_008.8)


@pytest.mark.parametrize(
    ("point", "zoom", "expected"),
    [
        # https://tile.openstreetmap.org/{zoom}/{x}/{y}.png shows them.
        (NEW_YORK, 8, (75, 96)),
        (LONDON, 8, (127, 85)),
        (Point(0, 0), 1, (1, 1)),
        (Point(90, 180), 8, (255, 0)),
        (Point(-90, -180), 8, (0, 255)),
    ],
)
def test_tiles_are_counted_as_map_servers_do(
    point: Point, zoom: int, expected: tuple[int, int]
) -> None:
    assert tile(point, zoom=zoom) == expected


@given(POINTS, st.integers(min_value=0, max_value=20))
def test_every_point_lies_in_a_tile(point: Point, zoom: int) -> None:
    x, y = tile(point, zoom=zoom)
    assert 0 <= x < 1 << zoom
    assert 0 <= y < 1 << zoom


@given(POINTS, st.floats(0, 3), st.floats(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_a_map_hears_of_every_point_it_shows(
    corner: Point, width: float, height: float, across: float, up: float
) -> None:
    box = Box(
        west=corner.lng,
        south=corner.lat,
        east=_around(corner.lng + width),
        north=min(90.0, corner.lat + height),
    )
    inside = Point(
        min(box.north, box.south + (box.north - box.south) * up),
        _around(box.west + width * across),
    )
    topics = area_topics(box, most=64)
    assume(topics)
    assert area_topic(inside) in topics


def test_a_map_that_shows_too_much_listens_to_nothing() -> None:
    assert area_topics(Box(-180, -85, 180, 85)) == []
    assert area_topics(Box(10.1, 0, 10.0, 1)) == []
    assert len(area_topics(Box(-74.1, 40.6, -73.8, 40.9))) <= 4


def test_a_map_over_the_date_line_listens_on_both_sides() -> None:
    topics = area_topics(Box(179.9, -14, -171.7, -13.5))
    assert area_topic(Point(-13.8, 179.95)) in topics
    assert area_topic(Point(-13.8, -171.8)) in topics
    assert area_topic(Point(-13.8, 0)) not in topics


def test_the_centre_of_a_box_lies_in_it() -> None:
    assert Box(-74, 40, -73, 41).centre == Point(40.5, -73.5)
    assert Box(179, -14, -179, -13).centre == Point(-13.5, -180)


@pytest.mark.parametrize("corners", [(0, 10, 1, 9), (0, 0, 181, 1), (0, -91, 1, 1)])
def test_a_box_off_the_earth_or_upside_down_is_refused(
    corners: tuple[float, float, float, float],
) -> None:
    with pytest.raises(OutsideEarth):
        Box(*corners)


@pytest.mark.parametrize(
    ("point", "zone"),
    [
        (NEW_YORK, "America/New_York"),
        (LONDON, "Europe/London"),
        (Point(-31.55, 159.08), "Australia/Lord_Howe"),
        (Point(33.45, -112.07), "America/Phoenix"),
        (Point(22.57, 88.36), "Asia/Kolkata"),
        (Point(-13.83, -171.77), "Pacific/Apia"),
    ],
)
def test_a_point_knows_its_zone(point: Point, zone: str) -> None:
    assert zone_at(point) == zone


def test_the_open_sea_has_a_zone_too() -> None:
    assert zone_at(Point(30, -40)).startswith("Etc/GMT")


def test_neighbourhoods_are_named_one_by_one_or_together() -> None:
    east_village = Point(40.7290, -73.9888)
    assert neighbourhood_at(east_village) == "East Village"
    assert neighbourhoods_at([]) == []
    names = neighbourhoods_at([east_village, LONDON])
    assert names[0] == "East Village"
    assert names[1]


def test_a_point_lies_in_a_country() -> None:
    assert country_at(LONDON) == "GB"
    assert country_at(Point(lat=0, lng=-30))  # at sea: the nearest


def test_a_zip_code_is_a_place() -> None:
    found = zip_point("10003")
    assert found is not None
    point, name = found
    assert name == "New York, NY 10003"
    assert distance_m(point, NEW_YORK) < 10_000


@pytest.mark.parametrize("code", ["00000", "1000", "100035", "ABCDE", "", "١٠٠٠٣", "1000\0"])
def test_what_is_no_zip_code_is_no_place(code: str) -> None:
    assert zip_point(code) is None


def _around(lng: float) -> float:
    return lng - 360 if lng > 180 else lng
