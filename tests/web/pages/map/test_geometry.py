import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.bookings.search import RADIUS_MOST_M
from parkplace.core.geo import Box, Point, distance_m
from parkplace.web.pages.map.geometry import (
    DESK,
    Size,
    View,
    claimed,
    inside,
    reach,
    same_size,
    same_view,
    shown,
    size_of,
    view_of,
)

VILLAGE = View(Point(lat=40.7290, lng=-73.9888), 15)

latitudes = st.floats(-84, 84)
longitudes = st.floats(-180, 179.9)
views = st.builds(
    lambda lat, lng, zoom: View(Point(lat=lat, lng=lng), zoom),
    latitudes,
    longitudes,
    st.integers(4, 20),
)
sizes = st.builds(Size, st.floats(200, 2000), st.floats(200, 1200))


def test_a_map_of_the_village_shows_some_blocks() -> None:
    box = shown(VILLAGE, DESK).box
    # 820 pixels at zoom 15 are 256 · 2¹⁵ pixels for 360 degrees.
    assert box.east - box.west == pytest.approx(820 * 360 / (256 << 15))
    assert box.centre.lng == pytest.approx(-73.9888)
    assert distance_m(Point(lat=box.south, lng=-73.9888), VILLAGE.centre) == pytest.approx(
        distance_m(Point(lat=box.north, lng=-73.9888), VILLAGE.centre), rel=0.01
    )


@given(view=views, size=sizes)
def test_the_size_of_a_map_is_known_again_from_what_it_shows(view: View, size: Size) -> None:
    what = shown(view, size)
    # Near the poles and where the whole world fits, a map shows less than its size.
    cut = abs(what.box.north) > 85 or abs(what.box.south) > 85
    if not cut and size.width < 256 << view.zoom:
        assert same_size(size_of(what), size)


@given(view=views, size=sizes)
def test_a_map_shows_its_own_middle_and_searches_to_its_corners(view: View, size: Size) -> None:
    box = shown(view, size).box
    assert inside(box, view.centre)
    corner = Point(lat=box.north, lng=box.east)
    furthest = reach(view.centre, box)
    assert furthest == RADIUS_MOST_M or furthest >= distance_m(view.centre, corner)


def test_a_map_at_the_date_line_shows_both_sides() -> None:
    box = shown(View(Point(lat=-18.0, lng=179.99), 12), DESK).box
    assert box.west > box.east
    assert inside(box, Point(lat=-18.0, lng=-179.99))
    assert not inside(box, Point(lat=-18.0, lng=0.0))


def test_the_world_is_never_wider_than_it_is() -> None:
    box = shown(View(Point(lat=0, lng=50), 2), Size(2000, 2000)).box
    assert (box.west, box.east) == (-180, 180)
    assert reach(Point(lat=0, lng=50), box) == RADIUS_MOST_M


def test_pixels_make_no_other_view_but_a_zoom_does() -> None:
    nearly = View(Point(lat=40.72901, lng=-73.98881), 15)
    assert same_view(VILLAGE, nearly)
    assert not same_view(VILLAGE, View(VILLAGE.centre, 16))
    assert not same_view(VILLAGE, View(Point(lat=40.74, lng=-73.9888), 15))
    east, west = (View(Point(lat=0, lng=lng), 15) for lng in (179.99999, -179.99999))
    assert same_view(east, west)


BOX = {"west": -74.0, "south": 40.7, "east": -73.9, "north": 40.8}
MIDDLE = {"lat": 40.75, "lng": -73.95}


def test_what_a_browser_says_of_its_map_is_taken_when_it_makes_sense() -> None:
    said = claimed(BOX, MIDDLE, 14)
    assert said is not None
    assert said.box == Box(west=-74.0, south=40.7, east=-73.9, north=40.8)
    assert said.view == View(Point(lat=40.75, lng=-73.95), 14)


@pytest.mark.parametrize(
    ("box", "centre", "zoom"),
    [
        (BOX | {"west": math.nan}, MIDDLE, 14),
        (BOX | {"east": math.inf}, MIDDLE, 14),
        (BOX | {"north": 1e300}, MIDDLE, 14),
        (BOX | {"north": 40.6}, MIDDLE, 14),  # upside down
        (BOX | {"south": -91}, MIDDLE, 14),
        (BOX | {"west": "-74"}, MIDDLE, 14),
        (BOX | {"west": None}, MIDDLE, 14),
        (BOX | {"west": True}, MIDDLE, 14),
        ({}, MIDDLE, 14),
        ("box", MIDDLE, 14),
        (BOX, [], 14),
        (BOX, {"lat": 40.75}, 14),
        (BOX, {"lat": 95, "lng": 0}, 14),
        (BOX, MIDDLE, 21),
        (BOX, MIDDLE, -1),
        (BOX, MIDDLE, 14.5),
        (BOX, MIDDLE, "14"),
        (BOX, MIDDLE, None),
    ],
)
def test_nonsense_about_a_map_is_not_taken(box: Any, centre: Any, zoom: Any) -> None:
    assert claimed(box, centre, zoom) is None


def test_a_huge_map_is_taken_for_a_large_one() -> None:
    said = claimed({"west": -180, "south": -85, "east": 180, "north": 85}, MIDDLE, 20)
    assert said is not None
    assert size_of(said) == Size(4096, 4096)


def test_a_view_needs_three_numbers() -> None:
    assert view_of(40.7, -73.9, 14) == View(Point(lat=40.7, lng=-73.9), 14)
    assert view_of("40.7", -73.9, 14) is None
    assert view_of(None, None, None) is None
