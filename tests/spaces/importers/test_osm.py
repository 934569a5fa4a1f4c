import json
from typing import Any

import pytest

from parkplace.core.geo import Point
from parkplace.spaces.hours import ALWAYS, describe
from parkplace.spaces.importers.osm import Osm
from parkplace.spaces.importers.rows import BadRow, Defaults, Item, Rate, Row, SkippedRow
from parkplace.spaces.importers.values import TITLE_MOST
from parkplace.spaces.models import SpaceKind

PRICE = Rate(300, 2000, "USD")


def feature(id: str = "way/1", geometry: Any = None, **tags: Any) -> dict[str, Any]:  # noqa: A002
    return {
        "type": "Feature",
        "properties": {"@id": id, "amenity": "parking", **tags},
        "geometry": geometry or {"type": "Point", "coordinates": [-81.69, 41.5]},
    }


def read(*features: object) -> list[Item]:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    assert Osm().recognises(text)
    return list(Osm().read(text, defaults=Defaults(rate=PRICE)).items)


def row(**tags: Any) -> Row:
    (item,) = read(feature(**tags))
    assert isinstance(item, Row)
    return item


def test_a_car_park_is_a_space() -> None:
    found = row(
        name="515 Garage",
        parking="multi-storey",
        fee="yes",
        capacity=660,
        opening_hours="Mo-Fr 05:00-23:00",
        operator="City of Cleveland",
        **{"addr:housenumber": "515", "addr:street": "Euclid Avenue", "addr:city": "Cleveland"},
    )
    assert (found.line, found.external_id, found.title) == (1, "way/1", "515 Garage")
    assert found.point == Point(lat=41.5, lng=-81.69)
    assert found.kind == SpaceKind.GARAGE
    assert found.capacity == 660
    assert found.rate == PRICE
    assert found.address == "515 Euclid Avenue, Cleveland"
    assert describe(found.hours, locale="en_GB").startswith("Mon")
    assert found.description == "Operator: City of Cleveland. Hours: Mo-Fr 05:00-23:00."
    assert not found.held_back


def test_a_car_park_without_a_name_is_called_by_what_it_is() -> None:
    assert row().title == "Parking lot"
    assert row(parking="underground").title == "Parking garage"
    assert row(parking="street_side", **{"addr:street": "Park Place"}).title == (
        "Street parking, Park Place"
    )


def test_a_long_name_is_cut_to_a_title() -> None:
    assert row(name="Lot " * 40).title == f"{'Lot ' * 19}Lot…"
    assert len(row(parking="surface", **{"addr:street": "x" * 200}).title) == TITLE_MOST


def test_polygons_stand_where_their_centre_is() -> None:
    ring = [[-81.7, 41.5], [-81.68, 41.5], [-81.68, 41.52], [-81.7, 41.52], [-81.7, 41.5]]
    one, several = read(
        feature("way/1", {"type": "Polygon", "coordinates": [ring]}),
        feature("relation/2", {"type": "MultiPolygon", "coordinates": [[ring]]}),
    )
    assert isinstance(one, Row)
    assert isinstance(several, Row)
    assert one.point == several.point
    assert (one.point.lat, one.point.lng) == pytest.approx((41.51, -81.69))


def test_no_hours_said_is_always_and_24_7_too() -> None:
    assert row().hours is ALWAYS
    assert row(opening_hours="24/7").hours is ALWAYS


def test_hours_that_are_not_understood_wait_for_the_host() -> None:
    found = row(opening_hours="Mo-Fr 08:00-18:00; PH off")
    assert found.held_back
    assert not found.hours_known
    assert [note.text for note in found.notes] == ["The hours differ on holidays"]
    assert "PH off" in found.description


@pytest.mark.parametrize("access", ["private", "no", "customers", "permit", "Private"])
def test_what_is_not_for_everybody_is_skipped(access: str) -> None:
    (item,) = read(feature(access=access))
    assert item == SkippedRow(1, "way/1", f"Not for everybody: access={access.lower()}")


@pytest.mark.parametrize("access", ["yes", "public", "permissive"])
def test_open_access_is_not(access: str) -> None:
    assert row(access=access)


class TestPrices:
    def test_no_fee_is_free_in_the_operator_s_currency(self) -> None:
        assert row(fee="no").rate == Rate(0, None, "USD")

    def test_a_fee_or_no_word_of_one_takes_the_operator_s_price(self) -> None:
        assert row(fee="yes").rate == row().rate == PRICE

    def test_a_charge_per_hour_is_taken(self) -> None:
        assert row(fee="yes", charge="2.50 EUR/hour").rate == Rate(250, None, "EUR")

    @pytest.mark.parametrize(
        "tags",
        [
            {"fee": "Mo-Fr 08:00-18:00"},
            {"fee": "yes", "charge": "1 EUR/30 minutes"},
            {"fee": "no", "fee:conditional": "yes @ (Mo-Fr)"},
            {"access:conditional": "no @ (Sa)"},
        ],
    )
    def test_other_prices_wait_for_the_host(self, tags: dict[str, str]) -> None:
        assert row(**tags).held_back


class TestBays:
    def test_bays_for_disabled_drivers_are_not_sold_to_others(self) -> None:
        assert row(capacity="50", **{"capacity:disabled": "3"}).capacity == 47
        assert row(capacity="50", **{"capacity:disabled": "yes"}).capacity == 50

    def test_a_capacity_in_words_is_noted_and_left_to_the_operator(self) -> None:
        found = row(capacity="many")
        assert found.capacity is None
        assert [note.text for note in found.notes] == ["The capacity is not a number"]
        assert not found.held_back

    def test_no_capacity_is_left_to_the_operator_too(self) -> None:
        assert row().capacity is None


@pytest.mark.parametrize(
    ("tags", "ours"),
    [
        ({"covered": "yes"}, ("covered",)),
        ({"parking": "underground"}, ("covered",)),
        ({"covered": "no"}, ()),
        ({"maxheight": "2.10"}, ("max height 2.1 m",)),
        ({"maxheight": "2 m"}, ("max height 2 m",)),
        ({"maxheight": "6'8\""}, ("max height 2.03 m",)),
        ({"maxheight": "7 ft"}, ("max height 2.13 m",)),
        ({"maxheight": "default"}, ()),
        ({"maxheight": "low"}, ("height-limited",)),
        ({"wheelchair": "yes", "supervised": "yes"}, ("accessible", "attended")),
        ({"lit": "yes"}, ("lit",)),
        ({"park_ride": "bus"}, ("park and ride",)),
        ({"park_ride": "no"}, ()),
    ],
)
def test_tags(tags: dict[str, str], ours: tuple[str, ...]) -> None:
    assert row(**tags).tags == ours


@pytest.mark.parametrize(
    ("said", "height"),
    [("2.10", 210), ("2 m", 200), ("6'8\"", 203), ("7 ft", 213), ("low", None), ("0", None)],
)
def test_heights_are_kept_in_centimetres_rounded_down(said: str, height: int | None) -> None:
    assert row(maxheight=said).max_height_cm == height
    assert row().max_height_cm is None


def test_other_features_are_skipped_and_broken_ones_listed() -> None:
    found = read(
        {"type": "Feature", "properties": {"building": "yes"}, "geometry": None},
        "nonsense",
        feature("way/3", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
        {"type": "Feature", "properties": {"amenity": "parking"}},
        feature("way/5", name="\x00"),
        feature("way/6", name={"en": "Lot"}),
        feature("way/7", name="<script>alert(1)</script>"),
    )
    assert found[:2] == [
        SkippedRow(1, None, "Not amenity=parking"),
        SkippedRow(2, None, "Not amenity=parking"),
    ]
    assert [type(item) for item in found[2:6]] == [BadRow] * 4
    assert found[3] == BadRow(4, None, "The id is missing.")
    last = found[6]
    assert isinstance(last, Row)
    assert last.title == "<script>alert(1)</script>"
