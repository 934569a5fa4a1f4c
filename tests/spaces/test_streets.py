import io
import json
from typing import Any

import pytest
from sqlmodel import Session, select

from parkplace.core.geo import Box, Point, distance_m
from parkplace.spaces.importers.rows import BadRow, UnreadableFile
from parkplace.spaces.models import Street
from parkplace.spaces.streets import StreetReport, import_streets, lines_in, streets_like
from tests.spaces.importers.real import real

EAST_VILLAGE = Point(lat=40.7265, lng=-73.9815)
CLEVELAND = Point(lat=41.4993, lng=-81.6944)


def street(
    name: str | None, highway: str = "residential", at: Point = EAST_VILLAGE, length: float = 0.01
) -> dict[str, Any]:
    """A street that runs east from a point, `length` degrees long, with a bend in the middle."""
    course = [
        [at.lng, at.lat],
        [at.lng + length / 2, at.lat + length / 1000],
        [at.lng + length, at.lat],
    ]
    return {
        "type": "Feature",
        "properties": {"name": name, "highway": highway},
        "geometry": {"type": "LineString", "coordinates": course},
    }


def load(session: Session, *features: object) -> StreetReport:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return import_streets(session, file=io.BytesIO(text.encode()))


def around(point: Point, *, size: float = 0.05) -> Box:
    return Box(
        west=point.lng - size,
        south=point.lat - size,
        east=point.lng + size,
        north=point.lat + size,
    )


def drawn(session: Session, *, box: Box | None = None, zoom: int = 16, **options: int) -> list[str]:
    box = box or around(EAST_VILLAGE)
    collection = json.loads(lines_in(session, box=box, zoom=zoom, **options))
    assert collection["type"] == "FeatureCollection"
    return [feature["properties"]["name"] for feature in collection["features"]]


class TestImport:
    def test_a_street_knows_its_rank_and_its_neighbourhood(self, session: Session) -> None:
        report = load(session, street("Avenue A", "primary"), street("Alley", "service"))
        assert (report.written, report.unchanged) == (2, 0)
        ranks = {row.name: (row.rank, row.near) for row in session.exec(select(Street))}
        assert ranks == {"Avenue A": (3, "East Village"), "Alley": (7, "East Village")}

    def test_a_ramp_ranks_like_its_road(self, session: Session) -> None:
        load(session, street("Harlem River Drive", "trunk_link"))
        assert session.exec(select(Street)).one().rank == 2

    def test_the_same_file_changes_nothing(self, session: Session) -> None:
        pieces = [street("Avenue A"), street("Avenue A", length=0.02), street("Avenue A")]
        first = load(session, *pieces)
        assert first.written == 2, "a piece that stands twice is one"
        again = load(session, *pieces)
        assert (again.written, again.unchanged) == (0, 3)
        assert len(session.exec(select(Street)).all()) == 2

    def test_a_street_that_was_widened_follows(self, session: Session) -> None:
        load(session, street("Avenue A", "residential"))
        assert load(session, street("Avenue A", "primary")).written == 1
        session.expire_all()
        assert [row.rank for row in session.exec(select(Street))] == [3]

    def test_bad_features_are_listed_and_nameless_ones_counted(self, session: Session) -> None:
        no_line = street("B") | {"geometry": {"type": "Point", "coordinates": [0, 0]}}
        report = load(session, no_line, street(None), "x", street("C\x00"), street("D"))
        assert [bad.line for bad in report.bad] == [1, 3, 4]
        assert report.bad[0] == BadRow(
            1, None, "The geometry is a Point; a street is a LineString."
        )
        assert (report.written, report.nameless) == (1, 1)
        assert report.lines()[:3] == [
            "Streets: 1 new or changed, 0 unchanged.",
            "Skipped: 1 without a name.",
            "3 features cannot be imported:",
        ]

    def test_a_file_without_streets_is_refused(self, session: Session) -> None:
        with pytest.raises(UnreadableFile, match="No feature of the file is a street"):
            load(session, street(None))
        with pytest.raises(UnreadableFile):
            import_streets(session, file=io.BytesIO(b"a,b\n1,2\n"))


class TestLines:
    def test_small_streets_come_in_as_one_zooms_in(self, session: Session) -> None:
        load(
            session,
            street("Highway", "motorway"),
            street("Avenue", "primary"),
            street("Street", "residential"),
            street("Alley", "service"),
        )
        assert drawn(session, zoom=3) == []
        assert drawn(session, zoom=6) == ["Highway"]
        assert drawn(session, zoom=10) == ["Avenue", "Highway"]
        assert drawn(session, zoom=14) == ["Street", "Avenue", "Highway"]
        assert drawn(session, zoom=17) == ["Alley", "Street", "Avenue", "Highway"]

    @pytest.mark.parametrize("zoom", [25, 10**6])
    def test_closer_than_close_is_close(self, session: Session, zoom: int) -> None:
        load(session, street("Street"))
        assert drawn(session, zoom=zoom) == ["Street"]
        assert drawn(session, zoom=-zoom) == []

    def test_only_what_the_map_shows(self, session: Session) -> None:
        load(session, street("Here"), street("There", at=CLEVELAND))
        assert drawn(session) == ["Here"]
        assert drawn(session, box=around(CLEVELAND)) == ["There"]

    def test_a_map_across_the_antimeridian(self, session: Session) -> None:
        load(
            session,
            street("West of it", at=Point(lat=-17, lng=179.95)),
            street("East of it", at=Point(lat=-17, lng=-179.95)),
            street("Far away"),
        )
        box = Box(west=179.9, south=-18, east=-179.9, north=-16)
        assert sorted(drawn(session, box=box)) == ["East of it", "West of it"]

    def test_at_most_so_many_lines_and_the_widest_first(self, session: Session) -> None:
        load(
            session,
            street("Street"),
            street("Long street", length=0.03),
            street("Avenue", "primary"),
        )
        assert drawn(session, most=1) == ["Avenue"]
        assert drawn(session, most=2) == ["Long street", "Avenue"]

    def test_pieces_of_a_street_are_joined_and_simplified(self, session: Session) -> None:
        west = street("Broadway")
        east = street("Broadway", at=Point(lat=EAST_VILLAGE.lat, lng=EAST_VILLAGE.lng + 0.01))
        load(session, west, east)
        far = json.loads(lines_in(session, box=around(EAST_VILLAGE), zoom=13))
        near = json.loads(lines_in(session, box=around(EAST_VILLAGE), zoom=19))
        (joined,) = far["features"]
        assert joined["geometry"]["type"] == "LineString"
        assert len(joined["geometry"]["coordinates"]) == 2
        assert len(near["features"][0]["geometry"]["coordinates"]) == 5

    def test_manhattan_stays_small_enough_to_send(self, session: Session) -> None:
        import_streets(session, file=io.BytesIO(real("nyc_streets_manhattan.geojson").read_bytes()))
        assert len(session.exec(select(Street.id)).all()) == 7_124
        box = Box(west=-74.02, south=40.70, east=-73.90, north=40.88)
        for zoom in (9, 11, 12, 13, 15):
            assert 5_000 < len(lines_in(session, box=box, zoom=zoom)) < 200_000
        (found, *_) = streets_like(session, words="350 5th Avenue, New York, NY 10118")
        assert found.name == "5th Avenue"


class TestSearch:
    def names(self, session: Session, words: str, near: Point | None = None) -> list[str]:
        return [found.name for found in streets_like(session, words=words, near=near)]

    def test_typing_errors_beginnings_and_house_numbers_are_forgiven(
        self, session: Session
    ) -> None:
        load(
            session, street("Vanderbilt Avenue"), street("East Houston Street"), street("Broadway")
        )
        for typed in ("Vanderbilt Avenue", "vanderb", "Vanderbuilt Av", "12 vanderbilt avenue, NY"):
            assert self.names(session, typed)[0] == "Vanderbilt Avenue", typed
        assert self.names(session, "east huston street")[0] == "East Houston Street"

    def test_the_likest_name_comes_first(self, session: Session) -> None:
        load(session, street("West Broadway"), street("Broadway"))
        assert self.names(session, "broadway") == ["Broadway", "West Broadway"]

    def test_a_street_of_many_pieces_is_found_once(self, session: Session) -> None:
        pieces = [
            street("Broadway", at=Point(lat=40.70 + step / 100, lng=-74.005)) for step in range(9)
        ]
        load(session, *pieces)
        (found,) = streets_like(session, words="Broadway")
        assert found.point.lat == pytest.approx(40.74, abs=0.005), "the middle one says where"
        assert found.where

    def test_streets_of_one_name_in_two_cities_are_two(self, session: Session) -> None:
        load(session, street("Broadway"), street("Broadway", at=CLEVELAND))
        found = streets_like(session, words="Broadway", near=CLEVELAND)
        assert [distance_m(street.point, CLEVELAND) < 2000 for street in found] == [True, False]

    def test_the_nearest_piece_says_where(self, session: Session) -> None:
        north = Point(lat=40.78, lng=-73.98)
        load(
            session,
            *(street("Broadway", at=Point(lat=40.70 + i / 100, lng=-74.0)) for i in range(9)),
        )
        (found,) = streets_like(session, words="Broadway", near=north)
        assert distance_m(found.point, north) < 2000

    @pytest.mark.parametrize("words", ["", "  ", ",", "\x00", "\ud83d", "zzzzqqq", "%", "x" * 5000])
    def test_what_is_like_nothing_finds_nothing(self, session: Session, words: str) -> None:
        load(session, street("Broadway"))
        assert streets_like(session, words=words) == []

    def test_quotation_marks_do_no_harm(self, session: Session) -> None:
        load(session, street("St. Mark's Place"))
        assert self.names(session, "st mark's place'; --") == ["St. Mark's Place"]

    def test_at_most_so_many(self, session: Session) -> None:
        load(session, *(street(f"{number}th Street") for number in range(10, 30)))
        assert len(streets_like(session, words="street", most=3)) == 3
