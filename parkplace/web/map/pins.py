"""What the map shows: points, boxes, single spaces and groups of them."""

from dataclasses import dataclass

from parkplace.web.ui.kinds import Band


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A point, in degrees; `name` is what a mark there is called, where that is not plain."""

    lat: float
    lng: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class MapBox:
    """What a map shows, in degrees; `west > east` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class MapPin:
    """A space on the map.

    Attributes:
        id: The space's id, which comes back when the pin is pressed.
        lat: Degrees north.
        lng: Degrees east.
        label: What the pin says: the price of the stay, short, such as `$14`.
        name: What is read aloud, such as `St Marks Place garage, $14.00 for 3 h`.
        band: Its price group.
    """

    id: str
    lat: float
    lng: float
    label: str
    name: str
    band: Band | str = ""


@dataclass(frozen=True, slots=True)
class MapCluster:
    """Spaces too close together to be shown one by one.

    Attributes:
        id: A name that stays the same while the same spaces are grouped.
        lat: Degrees north of its middle.
        lng: Degrees east of its middle.
        count: How many spaces.
        west: The box that holds them, in degrees.
        south: See `west`.
        east: See `west`.
        north: See `west`.
    """

    id: str
    lat: float
    lng: float
    count: int
    west: float
    south: float
    east: float
    north: float
