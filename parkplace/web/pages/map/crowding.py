"""Groups and pins that would lie on one another on the screen are put together."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from parkplace.core.geo import Point
from parkplace.web.map.pins import MapCluster, MapPin
from parkplace.web.pages.map.geometry import pixels

DISC_PX = 46.0  # a group's disc, with its outline
PIN_PX = 38.0  # from the middle of a disc to that of a pin beside it
PIN_HEIGHT_PX = 36.0

Cell = tuple[int, int]


def gathered(
    pins: Sequence[MapPin], clusters: Sequence[MapCluster], *, zoom: int
) -> tuple[list[MapPin], list[MapCluster]]:
    """Return pins and groups that leave each other room; every space is still counted once.

    The larger of two groups takes the smaller one in, and a group takes in the pins it would hide.

    Args:
        pins: Single spaces.
        clusters: Groups, each a grid's cell.
        zoom: The map's.
    """
    near: defaultdict[Cell, list[MapCluster]] = defaultdict(list)
    for cluster in sorted(clusters, key=lambda one: (-one.count, one.id)):
        _put(near, cluster, _at(cluster.lat, cluster.lng, zoom), DISC_PX, zoom)
    alone: list[MapPin] = []
    for pin in pins:
        x, y = _at(pin.lat, pin.lng, zoom)
        # A pin hangs above its point.
        other = _nearest(near, (x, y - PIN_HEIGHT_PX / 2), PIN_PX, zoom)
        if other is None:
            alone.append(pin)
        else:
            _replace(near, other, _with_pin(other, pin), zoom)
    return alone, [cluster for cell in near.values() for cluster in cell]


def _put(
    near: defaultdict[Cell, list[MapCluster]],
    cluster: MapCluster,
    at: tuple[float, float],
    room: float,
    zoom: int,
) -> None:
    other = _nearest(near, at, room, zoom)
    if other is None:
        near[_cell(at)].append(cluster)
    else:
        _replace(near, other, _joined(other, cluster), zoom)


def _nearest(
    near: defaultdict[Cell, list[MapCluster]], at: tuple[float, float], room: float, zoom: int
) -> MapCluster | None:
    column, row = _cell(at)
    beside = [
        (math.dist(at, _at(cluster.lat, cluster.lng, zoom)), cluster.id, cluster)
        for x in (column - 1, column, column + 1)
        for y in (row - 1, row, row + 1)
        for cluster in near.get((x, y), ())
    ]
    away, _, cluster = min(beside, default=(math.inf, "", None))
    return cluster if away < room else None


def _replace(
    near: defaultdict[Cell, list[MapCluster]], old: MapCluster, new: MapCluster, zoom: int
) -> None:
    near[_cell(_at(old.lat, old.lng, zoom))].remove(old)
    near[_cell(_at(new.lat, new.lng, zoom))].append(new)


def _joined(one: MapCluster, other: MapCluster) -> MapCluster:
    count = one.count + other.count
    # The date line is an edge of the grid, so what is joined lies on one side of it.
    return replace(
        one,
        lat=(one.lat * one.count + other.lat * other.count) / count,
        lng=(one.lng * one.count + other.lng * other.count) / count,
        count=count,
        west=min(one.west, other.west),
        south=min(one.south, other.south),
        east=max(one.east, other.east),
        north=max(one.north, other.north),
    )


def _with_pin(cluster: MapCluster, pin: MapPin) -> MapCluster:
    """Take a pin in; the disc stays where it is, as it would slide over the next pin."""
    return replace(
        cluster,
        count=cluster.count + 1,
        west=min(cluster.west, pin.lng),
        south=min(cluster.south, pin.lat),
        east=max(cluster.east, pin.lng),
        north=max(cluster.north, pin.lat),
    )


def _at(lat: float, lng: float, zoom: int) -> tuple[float, float]:
    return pixels(Point(lat=lat, lng=lng), zoom)


def _cell(at: tuple[float, float]) -> Cell:
    return int(at[0] // DISC_PX), int(at[1] // DISC_PX)
