"""Station car parks of the Swiss railways, in the GeoJSON that ParkAPI reads (opendata.swiss).

Prices are in Rappen for each started `viableIncrement` minutes, in segments by the minute of the
stay; `maximumDayPrice` caps a day. (The file itself says so: "Price per hour CHF 1.00" stands by a
price of 50 for an increment of 30.)
"""

from typing import Any

from parkplace.core.times import STEP
from parkplace.spaces.hours import DAY, Hours, Interval, merged
from parkplace.spaces.importers.geojson import as_object, features, place
from parkplace.spaces.importers.rows import (
    BadValue,
    Defaults,
    Feed,
    Note,
    Rate,
    Row,
    SkippedRow,
    each,
)
from parkplace.spaces.importers.values import required, title, whole, words
from parkplace.spaces.models import SpaceKind

CURRENCY = "CHF"
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_OTHER_BAYS = {
    "DISABLED_PARKING_SPACE": "for disabled drivers",
    "RESERVABLE_PARKING_SPACE": "to be reserved",
    "WITH_CHARGING_STATION": "with a charging station",
}
_STEP_MINUTES = STEP.seconds // 60


class ParkApi:
    """One space for each public car park, with its ordinary bays."""

    name = "parkapi"
    label = "ParkAPI station car parks"
    has_prices = True

    def recognises(self, head: str) -> bool:
        """Whether it is GeoJSON with this feed's own words."""
        return '"FeatureCollection"' in head and '"parkingFacilityCategory"' in head

    def read(self, text: str, *, defaults: Defaults) -> Feed:  # noqa: ARG002 - the interface's
        """Return a row for each feature."""
        members = features(text)
        return Feed(
            len(members), each(enumerate(members, 1), identify=_id, convert=_row), "feature"
        )


def _id(feature: object) -> str:
    return required(as_object(feature, name="The feature").get("id"), name="The id", most=60)


def _row(line: int, external_id: str, feature: object) -> Row | SkippedRow:
    known = as_object(feature, name="The feature")
    facts = as_object(known.get("properties"), name="The list of properties")
    if facts.get("publicAccess") is not True:
        return SkippedRow(line, external_id, "Not open to the public")
    if facts.get("parkingFacilityCategory") != "CAR":
        return SkippedRow(line, external_id, "Not for cars")
    bays = _bays(facts)
    if not bays.get("STANDARD"):
        return SkippedRow(line, external_id, "No bays that anybody may use")
    prices = as_object(facts.get("pricingModel"), name="The price")
    least = whole(prices.get("minimumDuration"), name="minimumDuration")
    step = whole(prices.get("viableIncrement"), name="viableIncrement")
    notes = (Note(f"Sold for no less than {_spoken(least)}"),) if least > step else ()
    return Row(
        line=line,
        external_id=external_id,
        title=title(required(facts.get("displayName"), name="displayName"), name="displayName"),
        description=_description(facts, prices, bays),
        address=_address(facts),
        point=place(known.get("geometry")),
        kind=SpaceKind.LOT,
        capacity=bays["STANDARD"],
        tags=("park and ride",) if facts.get("parkingFacilityType") == "PARK_AND_RAIL" else (),
        hours=_hours(as_object(facts.get("operationTime"), name="operationTime")),
        rate=_rate(prices, step=step),
        notes=notes,
    )


def _bays(facts: dict[str, Any]) -> dict[str, int]:
    listed = facts.get("capacities")
    if not isinstance(listed, list):
        raise BadValue("The capacity is missing.")
    members = [as_object(member, name="A capacity") for member in listed]
    return {
        words(member.get("categoryType"), name="categoryType"): whole(
            member.get("total"), name="A capacity"
        )
        for member in members
    }


def _address(facts: dict[str, Any]) -> str:
    parts = as_object(facts.get("address"), name="The address")
    street = words(parts.get("addressLine"), name="addressLine", most=100)
    code = words(parts.get("postalCode"), name="postalCode", most=12)
    city = words(parts.get("city"), name="city", most=60)
    return ", ".join(part for part in (street, f"{code} {city}".strip()) if part)


def _description(facts: dict[str, Any], prices: dict[str, Any], bays: dict[str, int]) -> str:
    said = [f"Operator: {words(facts.get('operator'), name='operator')}."]
    others = [f"{bays[kind]} {called}" for kind, called in _OTHER_BAYS.items() if bays.get(kind)]
    if others:
        said.append(f"Further bays, not booked here: {', '.join(others)}.")
    if prices.get("maximumDuration") is not None:
        longest = whole(prices["maximumDuration"], name="maximumDuration")
        said.append(f"Longest stay: {_spoken(longest)}.")
    told = facts.get("additionalInformationForCustomers")
    if isinstance(told, dict):
        said.append(words(told.get("enText"), name="enText", most=1500))
    return " ".join(part for part in said if part)


def _hours(times: dict[str, Any]) -> Hours | None:
    opens, closes = (_minute(times.get(name)) for name in ("operatingFrom", "operatingTo"))
    days = times.get("daysOfWeek")
    if not isinstance(days, list) or not all(day in _DAYS for day in days):
        raise BadValue("The days of operationTime are not days of the week.")
    # Midnight to midnight is the whole day, as midnight at the end is the day's end.
    if closes <= opens:
        closes += DAY
    return merged(Interval(_DAYS.index(day), opens, closes) for day in days)


def _minute(value: object) -> int:
    text = words(value, name="operationTime")
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004
        raise BadValue(f"operationTime has {text[:40]!r}, which is not a time.")
    hour, minute, second = (int(part) for part in parts)
    if hour > 23 or minute > 59 or second != 0:  # noqa: PLR2004
        raise BadValue(f"operationTime has {text!r}, which is not a time.")
    return hour * 60 + minute


def _rate(prices: dict[str, Any], *, step: int) -> Rate:
    """Return the price per hour where that is exact: equal at each full step, dearer at none.

    Between steps our quarter hours cost less than the source's started step, never more.
    """
    segments = prices.get("priceSegments")
    if not isinstance(segments, list) or not segments:
        raise BadValue("The price is missing.")
    members = [as_object(member, name="A price") for member in segments]
    steps = {whole(member.get("price"), name="A price") for member in members}
    if steps == {0}:
        raise BadValue("The price is 0, which this feed also writes where it knows none.")
    if len(steps) > 1:
        raise BadValue("The price changes during the stay, which an hourly price cannot say.")
    (price,) = steps
    if price < 0 or step <= 0 or step % _STEP_MINUTES or price * 60 % step:
        raise BadValue(f"The price of {price} for {step} minutes has no exact price per hour.")
    cap = prices.get("maximumDayPrice")
    return Rate(
        hour_minor=price * 60 // step,
        day_cap_minor=None if cap is None else whole(cap, name="maximumDayPrice"),
        currency=CURRENCY,
    )


def _spoken(minutes: int) -> str:
    days, rest = divmod(minutes, DAY)
    hours, left = divmod(rest, 60)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (left, "min")) if n]
    return " ".join(parts)
