import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkplace.spaces.hours import ALWAYS, describe
from parkplace.spaces.importers.parkapi import ParkApi
from parkplace.spaces.importers.rows import BadRow, Defaults, Item, Note, Rate, Row, SkippedRow

EVERY_DAY = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


def car_park(**changes: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "operator": "SBB",
        "displayName": "Niederweningen",
        "publicAccess": True,
        "address": {
            "addressLine": "Wehntalerstrasse 71",
            "city": "Niederweningen",
            "postalCode": "8166",
        },
        "pricingModel": prices(),
        "operationTime": {
            "operatingFrom": "00:00:00",
            "operatingTo": "00:00:00",
            "daysOfWeek": EVERY_DAY,
        },
        "capacities": [
            {"categoryType": "STANDARD", "total": 82},
            {"categoryType": "DISABLED_PARKING_SPACE", "total": 2},
            {"categoryType": "RESERVABLE_PARKING_SPACE", "total": 3},
            {"categoryType": "WITH_CHARGING_STATION", "total": 0},
        ],
        "additionalInformationForCustomers": None,
        "parkingFacilityCategory": "CAR",
        "parkingFacilityType": "PARK_AND_RAIL",
    }
    return {
        "type": "Feature",
        "id": "bdbf1675",
        "geometry": {"type": "Point", "coordinates": [8.38, 47.5]},
        "properties": properties | changes,
    }


def prices(
    *segments: tuple[int, int], step: int = 60, least: int | None = None, cap: int | None = 700
) -> dict[str, Any]:
    return {
        "minimumDuration": step if least is None else least,
        "maximumDuration": 10080,
        "maximumDayPrice": cap,
        "viableIncrement": step,
        "priceSegments": [
            {"startingFrom": start, "price": price} for start, price in segments or [(0, 100)]
        ],
        "monthlyTicketPrice": 7000,
    }


def read(*features: object) -> list[Item]:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    assert ParkApi().recognises(text)
    return list(ParkApi().read(text, defaults=Defaults()).items)


def only(**changes: Any) -> Item:
    (item,) = read(car_park(**changes))
    return item


def row(**changes: Any) -> Row:
    item = only(**changes)
    assert isinstance(item, Row), item
    return item


def test_a_station_car_park_is_a_space() -> None:
    found = row()
    assert (found.line, found.external_id, found.title) == (1, "bdbf1675", "Niederweningen")
    assert found.address == "Wehntalerstrasse 71, 8166 Niederweningen"
    assert found.capacity == 82
    assert found.hours is ALWAYS
    assert found.rate == Rate(100, 700, "CHF")
    assert found.tags == ("park and ride",)
    assert found.notes == ()


def test_only_ordinary_bays_are_booked_and_the_others_named() -> None:
    assert row().description == (
        "Operator: SBB. Further bays, not booked here: 2 for disabled drivers, 3 to be reserved. "
        "Longest stay: 7 d."
    )


def test_a_car_park_without_ordinary_bays_is_skipped() -> None:
    item = only(capacities=[{"categoryType": "STANDARD", "total": 0}])
    assert item == SkippedRow(1, "bdbf1675", "No bays that anybody may use")


def test_what_is_not_public_or_not_for_cars_is_skipped() -> None:
    assert isinstance(only(publicAccess=False), SkippedRow)
    assert isinstance(only(parkingFacilityCategory="BIKE"), SkippedRow)


def test_hours_of_some_days() -> None:
    times = {"operatingFrom": "07:00:00", "operatingTo": "19:00:00", "daysOfWeek": EVERY_DAY[:5]}
    found = row(operationTime=times)
    said = describe(found.hours, locale="en_GB").replace("\N{EN DASH}", "-")
    assert said == "Mon-Fri 07:00-19:00"


def test_midnight_ends_the_day() -> None:
    times = {"operatingFrom": "06:00:00", "operatingTo": "00:00:00", "daysOfWeek": EVERY_DAY[:1]}
    found = row(operationTime=times)
    assert describe(found.hours, locale="en_GB").endswith("24:00")


class TestPrices:
    @pytest.mark.parametrize(
        ("model", "rate"),
        [
            (prices((0, 100)), Rate(100, 700, "CHF")),
            (prices((0, 400), cap=400), Rate(400, 400, "CHF")),
            (prices((0, 130), cap=1300), Rate(130, 1300, "CHF")),
            # "Price per hour CHF 1.00", says the file itself of this one
            (prices((0, 50), (60, 50), step=30, cap=1400), Rate(100, 1400, "CHF")),
            (prices((0, 50), step=120, cap=400), Rate(25, 400, "CHF")),
            (prices((0, 25), step=15, cap=None), Rate(100, None, "CHF")),
        ],
    )
    def test_one_price_for_each_step_is_a_price_per_hour(
        self, model: dict[str, Any], rate: Rate
    ) -> None:
        assert row(pricingModel=model).rate == rate

    @pytest.mark.parametrize(
        ("model", "reason"),
        [
            (prices((0, 0), (15, 25), step=15), "changes during the stay"),
            (prices((0, 500), (60, 100)), "changes during the stay"),
            (prices((0, 0), step=5, cap=None), "price is 0"),
            (prices((0, 10), step=5), "no exact price per hour"),
            (prices((0, 50), step=45), "no exact price per hour"),
            (prices((0, -100)), "no exact price per hour"),
            (prices((0, 100), step=0), "no exact price per hour"),
            (prices() | {"priceSegments": []}, "price is missing"),
            (None, "price is missing"),
        ],
    )
    def test_what_an_hourly_price_cannot_say_is_refused(
        self, model: dict[str, Any] | None, reason: str
    ) -> None:
        item = only(pricingModel=model)
        assert isinstance(item, BadRow)
        assert reason in item.reason

    def test_a_least_stay_longer_than_a_step_waits_for_the_host(self) -> None:
        found = row(pricingModel=prices((0, 100), least=240))
        assert found.notes == (Note("Sold for no less than 4 h"),)
        assert found.held_back

    @given(st.integers(1, 500), st.sampled_from([15, 30, 60, 120, 240]), st.integers(1, 24 * 60))
    def test_we_charge_the_same_at_each_full_step_and_never_more(
        self, price: int, step: int, minutes: int
    ) -> None:
        item = only(pricingModel=prices((0, price), step=step, cap=None))
        if isinstance(item, BadRow):
            assert price * 60 % step
            return
        assert isinstance(item, Row)
        assert item.rate is not None
        started_steps = -(-minutes // step)
        theirs = price * started_steps
        started_quarters = -(-minutes // 15)
        ours = -(-item.rate.hour_minor * started_quarters // 4)
        assert ours <= theirs
        if minutes % step == 0:
            assert ours == theirs


@pytest.mark.parametrize(
    "changes",
    [
        {"capacities": None},
        {"capacities": ["many"]},
        {"capacities": [{"categoryType": "STANDARD", "total": "many"}]},
        {"address": None},
        {"displayName": ""},
        {"operationTime": None},
        {"operationTime": {"operatingFrom": "7", "operatingTo": "19:00:00", "daysOfWeek": []}},
        {
            "operationTime": {
                "operatingFrom": "07:00:00",
                "operatingTo": "19:00:00",
                "daysOfWeek": [],
            }
        },
        {
            "operationTime": {
                "operatingFrom": "07:00:00",
                "operatingTo": "19:00:00",
                "daysOfWeek": [{}],
            }
        },
        {
            "operationTime": {
                "operatingFrom": "25:00:00",
                "operatingTo": "19:00:00",
                "daysOfWeek": EVERY_DAY,
            }
        },
    ],
)
def test_broken_facts_are_listed(changes: dict[str, Any]) -> None:
    assert isinstance(only(**changes), BadRow)


def test_a_broken_feature_does_not_stop_the_rest() -> None:
    found = read(car_park(), {"type": "Feature"}, 7, car_park())
    assert [type(item) for item in found] == [Row, BadRow, BadRow, Row]
