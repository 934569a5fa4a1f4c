from typing import Any

import pytest

from parkplace.core.geo import OutsideEarth
from parkplace.spaces.importers.geojson import features, line, place
from parkplace.spaces.importers.rows import BadValue, UnreadableFile

SQUARE = [[10.0, 50.0], [10.002, 50.0], [10.002, 50.002], [10.0, 50.002], [10.0, 50.0]]


def shape(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


def centre(kind: str, coordinates: Any) -> tuple[float, float]:
    found = place(shape(kind, coordinates))
    return round(found.lng, 7), round(found.lat, 7)


def moved(ring: list[list[float]], east: float, size: float = 1) -> list[list[float]]:
    return [[10 + (x - 10) * size + east, 50 + (y - 50) * size] for x, y in ring]


class TestPlace:
    def test_a_point_is_itself_with_or_without_a_height(self) -> None:
        assert centre("Point", [8.08, 47.37]) == (8.08, 47.37)
        assert centre("Point", [8.08, 47.37, 412]) == (8.08, 47.37)

    def test_a_polygon_is_its_centre_whichever_way_it_is_drawn(self) -> None:
        assert centre("Polygon", [SQUARE]) == (10.001, 50.001)
        assert centre("Polygon", [SQUARE[::-1]]) == (10.001, 50.001)

    def test_more_corners_on_one_side_do_not_pull_the_centre(self) -> None:
        ring = [*SQUARE[:1], *([10 + step / 1000, 50.0] for step in (0.2, 0.4, 0.6)), *SQUARE[1:]]
        assert centre("Polygon", [ring]) == (10.001, 50.001)

    def test_a_hole_weighs_the_other_way(self) -> None:
        hole = moved(SQUARE, 0.001, size=0.5)
        east_hole = [[x, y + 0.0005] for x, y in hole]
        assert centre("Polygon", [SQUARE, east_hole])[0] == pytest.approx(10.000833, abs=1e-6)
        assert centre("Polygon", [SQUARE, east_hole[::-1]])[0] == pytest.approx(10.000833, abs=1e-6)

    def test_several_polygons_weigh_by_their_size(self) -> None:
        twice = [[SQUARE], [moved(SQUARE, 0.004)]]
        assert centre("MultiPolygon", twice) == (10.003, 50.001)
        bigger = [[SQUARE], [moved(SQUARE, 0.004, size=2)]]
        assert centre("MultiPolygon", bigger)[0] == pytest.approx(10.005, abs=1e-6)

    def test_a_shape_drawn_across_itself_stays_where_it_is(self) -> None:
        bow = [[10.0, 50.0], [10.002, 50.002], [10.002, 50.0], [10.0, 50.0020001], [10.0, 50.0]]
        lng, lat = centre("Polygon", [bow])
        assert 10.0 <= lng <= 10.002
        assert 50.0 <= lat <= 50.0021

    def test_a_line_drawn_as_a_polygon_has_a_middle(self) -> None:
        assert centre("Polygon", [[[10, 50], [12, 50], [10, 50], [12, 50]]]) == (11, 50)

    @pytest.mark.parametrize(
        "geometry",
        [
            None,
            "Point",
            shape("LineString", [[1, 2], [3, 4]]),
            shape("Point", []),
            shape("Point", ["8", "47"]),
            shape("Point", [8]),
            shape("Point", [[8, 47]]),
            shape("Polygon", []),
            shape("Polygon", [[]]),
            shape("Polygon", [[8, 47]]),
            shape("MultiPolygon", [SQUARE]),
            {"type": "Point"},
        ],
    )
    def test_other_shapes_and_broken_ones_are_refused(self, geometry: object) -> None:
        with pytest.raises(BadValue):
            place(geometry)

    @pytest.mark.parametrize("pair", [[181, 0], [0, 91], [float("nan"), 0], [float("inf"), 0]])
    def test_a_place_off_the_earth_is_refused(self, pair: list[float]) -> None:
        with pytest.raises(OutsideEarth):
            place(shape("Point", pair))


class TestLine:
    def test_a_line_is_its_points(self) -> None:
        assert line(shape("LineString", [[1, 2], [3, 4, 100]])) == [(1.0, 2.0), (3.0, 4.0)]

    @pytest.mark.parametrize("points", [[[1, 2]], [[1, 2], [1, 2]], []])
    def test_a_line_has_two_ends(self, points: list[list[float]]) -> None:
        with pytest.raises(BadValue):
            line(shape("LineString", points))

    def test_a_point_is_no_line(self) -> None:
        with pytest.raises(BadValue, match="is a Point"):
            line(shape("Point", [1, 2]))


class TestFeatures:
    def test_the_features_of_a_collection(self) -> None:
        assert features('{"type": "FeatureCollection", "features": [1, 2]}') == [1, 2]

    @pytest.mark.parametrize(
        "text",
        ['{"features": [', "[]", "{}", '{"features": {}}', "", "[" * 100_000, f"[{'9' * 5000}]"],
    )
    def test_what_is_not_whole_or_no_collection_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadableFile):
            features(text)
