"""OpenStreetMap car parks as GeoJSON, such as Overpass exports: `amenity=parking`.

See https://wiki.openstreetmap.org/wiki/Tag:amenity=parking.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parkplace.spaces.hours import ALWAYS, Hours
from parkplace.spaces.importers.geojson import as_object, features, place
from parkplace.spaces.importers.osm_hours import read_hours
from parkplace.spaces.importers.rows import (
    BadValue,
    Defaults,
    Feed,
    Item,
    Note,
    NotUnderstood,
    Rate,
    Row,
    SkippedRow,
    each,
)
from parkplace.spaces.importers.values import minor, required, title, whole, words
from parkplace.spaces.models import SpaceKind

_OPEN_ACCESS = {"", "yes", "public", "permissive", "destination"}
_KINDS = {
    "multi-storey": SpaceKind.GARAGE,
    "underground": SpaceKind.GARAGE,
    "rooftop": SpaceKind.GARAGE,
    "garage_boxes": SpaceKind.GARAGE,
    "sheds": SpaceKind.GARAGE,
    "carports": SpaceKind.GARAGE,
    "lane": SpaceKind.STREET,
    "street_side": SpaceKind.STREET,
    "on_kerb": SpaceKind.STREET,
    "half_on_kerb": SpaceKind.STREET,
    "shoulder": SpaceKind.STREET,
}
_CALLED = {
    SpaceKind.GARAGE: "Parking garage",
    SpaceKind.STREET: "Street parking",
    SpaceKind.LOT: "Parking lot",
}
_PER_HOUR = re.compile(r"(\d+(?:\.\d+)?) ?([A-Z]{3}) ?(?:/|per) ?(?:1 ?)?(?:h|hour)")
_METRES = re.compile(r"(\d(?:\.\d{1,2})?) ?m?")
_FEET = re.compile(r"(\d{1,2}) ?(?:'|ft) ?(?:(\d{1,2}) ?(?:\"|in)?)?")


@dataclass(frozen=True, slots=True)
class _Tags:
    """The tags of a feature."""

    values: dict[str, Any]

    def get(self, key: str, *, most: int = 200) -> str:
        return words(self.values.get(key), name=key, most=most)


class Osm:
    """One space for each car park that is open to everybody."""

    name = "osm"
    label = "OpenStreetMap car parks"
    has_prices = False

    def recognises(self, head: str) -> bool:
        """Whether it is GeoJSON that speaks of amenities."""
        return '"FeatureCollection"' in head and '"amenity"' in head

    def read(self, text: str, *, defaults: Defaults) -> Feed:
        """Return a row for each feature."""
        members = features(text)
        return Feed(len(members), _items(members, defaults), "feature")


def _items(members: list[object], defaults: Defaults) -> Iterator[Item]:
    def convert(line: int, external_id: str, feature: object) -> Row | SkippedRow:
        return _row(line, external_id, feature, defaults=defaults)

    for line, feature in enumerate(members, 1):
        if _amenity(feature) == "parking":
            yield from each([(line, feature)], identify=_id, convert=convert)
        else:
            yield SkippedRow(line, None, "Not amenity=parking")


def _amenity(feature: object) -> object:
    tags = feature.get("properties") if isinstance(feature, dict) else None
    return tags.get("amenity") if isinstance(tags, dict) else None


def _id(feature: object) -> str:
    known = as_object(feature, name="The feature")
    tags = known.get("properties")
    given = tags.get("@id") if isinstance(tags, dict) else None
    return required(given or known.get("id"), name="The id", most=60)


def _row(line: int, external_id: str, feature: object, *, defaults: Defaults) -> Row | SkippedRow:
    known = as_object(feature, name="The feature")
    tags = _Tags(as_object(known.get("properties"), name="The list of tags"))
    access = tags.get("access").lower()
    if access not in _OPEN_ACCESS:
        return SkippedRow(line, external_id, f"Not for everybody: access={access[:40]}")
    kind = _KINDS.get(tags.get("parking"), SpaceKind.LOT)
    notes: list[Note] = []
    hours, hours_known = _hours(tags, notes)
    return Row(
        line=line,
        external_id=external_id,
        title=_title(tags, kind),
        description=_description(tags),
        address=_address(tags),
        point=place(known.get("geometry")),
        kind=kind,
        capacity=_capacity(tags, notes),
        tags=tuple(_our_tags(tags)),
        max_height_cm=_height_cm(tags.get("maxheight")),
        hours=hours,
        hours_known=hours_known,
        rate=_rate(tags, notes, defaults=defaults),
        notes=tuple(notes),
    )


def _title(tags: _Tags, kind: SpaceKind) -> str:
    name = title(tags.values.get("name"), name="name")
    if name:
        return name
    street = tags.get("addr:street")
    return title(f"{_CALLED[kind]}, {street}" if street else _CALLED[kind], name="addr:street")


def _address(tags: _Tags) -> str:
    street = f"{tags.get('addr:housenumber')} {tags.get('addr:street')}".strip()
    city = f"{tags.get('addr:postcode')} {tags.get('addr:city')}".strip()
    return ", ".join(part for part in (street, city, tags.get("addr:state")) if part)


_SAID = {
    "operator": "Operator",
    "charge": "Charge",
    "opening_hours": "Hours",
    "maxstay": "Longest stay",
    "maxheight": "Height limit",
}


def _description(tags: _Tags) -> str:
    said = [tags.get("description", most=1000)]
    said += [f"{called}: {tags.get(key)}." for key, called in _SAID.items() if tags.get(key)]
    return " ".join(part for part in said if part)


def _capacity(tags: _Tags, notes: list[Note]) -> int | None:
    if not tags.get("capacity"):
        return None
    try:
        bays = whole(tags.values["capacity"], name="capacity")
    except BadValue:
        notes.append(Note("The capacity is not a number", holds_back=False))
        return None
    # `capacity` counts the bays kept for disabled drivers too, and a booking may be given any.
    kept = tags.get("capacity:disabled")
    return bays - int(kept) if kept.isdecimal() and int(kept) < bays else bays


def _our_tags(tags: _Tags) -> Iterator[str]:
    if tags.get("covered") == "yes" or tags.get("parking") == "underground":
        yield "covered"
    height = _height_cm(tags.get("maxheight"))
    if height is not None:
        yield f"max height {Decimal(height).scaleb(-2).normalize():f} m"
    elif tags.get("maxheight") not in {"", "default", "none"}:
        yield "height-limited"
    if tags.get("wheelchair") == "yes":
        yield "accessible"
    if tags.get("supervised") == "yes":
        yield "attended"
    if tags.get("lit") == "yes":
        yield "lit"
    if tags.get("park_ride") not in {"", "no"}:
        yield "park and ride"


def _height_cm(text: str) -> int | None:
    if match := _METRES.fullmatch(text):
        height = int(Decimal(match[1]) * 100)
    elif match := _FEET.fullmatch(text):
        # Down, never up: the sign on the spot is in feet and a car is not made of paper.
        height = int((int(match[1]) * 12 + int(match[2] or 0)) * Decimal("2.54"))
    else:
        return None
    return height or None


def _hours(tags: _Tags, notes: list[Note]) -> tuple[Hours | None, bool]:
    text = tags.get("opening_hours", most=500)
    if not text:
        return ALWAYS, True
    try:
        return read_hours(text), True
    except NotUnderstood as error:
        notes.append(Note(str(error)))
        return ALWAYS, False


def _rate(tags: _Tags, notes: list[Note], *, defaults: Defaults) -> Rate | None:
    fee, charge = tags.get("fee").lower(), tags.get("charge")
    if any(tags.get(key, most=500) for key in ("fee:conditional", "access:conditional")):
        notes.append(Note("The fee or the access has conditions"))
    if charge:
        if (match := _PER_HOUR.fullmatch(charge)) is None:
            notes.append(Note("The charge is not a price per hour"))
            return defaults.rate
        return Rate(minor(match[1], currency=match[2], name="charge"), None, match[2])
    if fee == "no" and defaults.rate is not None:
        return Rate(0, None, defaults.rate.currency)
    if fee not in {"", "yes", "no"}:
        notes.append(Note("The fee is neither yes nor no"))
    return defaults.rate
