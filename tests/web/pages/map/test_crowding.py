from hypothesis import given
from hypothesis import strategies as st

from parkplace.core.geo import Point
from parkplace.web.map.pins import MapCluster, MapPin
from parkplace.web.pages.map.crowding import DISC_PX, gathered
from parkplace.web.pages.map.geometry import pixels

ZOOM = 15
PIXEL = 360 / (256 << ZOOM)  # degrees of longitude


def disc(name: str, x: float, count: int = 2) -> MapCluster:
    """A group on the equator, `x` pixels to the east."""
    at = x * PIXEL
    return MapCluster(name, 0, at, count, at, 0, at + PIXEL, PIXEL)


def pin(name: str, x: float, y: float = 0) -> MapPin:
    return MapPin(name, -y * PIXEL, x * PIXEL, "$9", name)


def test_what_has_room_stays_as_it_is() -> None:
    pins, clusters = gathered([pin("a", 200)], [disc("b", 0), disc("c", 60)], zoom=ZOOM)
    assert pins == [pin("a", 200)]
    assert sorted(cluster.id for cluster in clusters) == ["b", "c"]


def test_the_larger_of_two_takes_the_other_in() -> None:
    _, (both,) = gathered([], [disc("small", 30, 10), disc("large", 0, 30)], zoom=ZOOM)
    assert (both.id, both.count) == ("large", 40)
    # In the middle of all its spaces, and with all of them in its box.
    assert both.lng == 7.5 * PIXEL
    assert (both.west, both.east) == (0, 31 * PIXEL)


def test_a_pin_that_a_disc_would_hide_is_counted_in_it() -> None:
    # Its point is below the disc, and it hangs above its point.
    pins, (one,) = gathered([pin("hidden", 5, 18)], [disc("d", 0, 4)], zoom=ZOOM)
    assert pins == []
    assert one.count == 5
    assert (one.lat, one.lng) == (0, 0)
    assert one.south < 0


def test_pins_alone_are_left_alone() -> None:
    close = [pin("a", 0), pin("b", 3)]
    assert gathered(close, [], zoom=ZOOM) == (close, [])


spots = st.tuples(st.integers(0, 800), st.integers(0, 700))


@given(
    discs=st.lists(st.tuples(spots, st.integers(2, 50)), max_size=40),
    singles=st.lists(spots, max_size=40),
)
def test_every_space_is_counted_once(
    discs: list[tuple[tuple[int, int], int]], singles: list[tuple[int, int]]
) -> None:
    clusters = [
        MapCluster(
            str(number), y * PIXEL, x * PIXEL, count, x * PIXEL, y * PIXEL, x * PIXEL, y * PIXEL
        )
        for number, ((x, y), count) in enumerate(discs)
    ]
    pins = [pin(str(number), x, y) for number, (x, y) in enumerate(singles)]

    alone, groups = gathered(pins, clusters, zoom=ZOOM)

    assert len(alone) + sum(group.count for group in groups) == len(pins) + sum(
        cluster.count for cluster in clusters
    )
    assert len({group.id for group in groups}) == len(groups)
    for group in groups:
        x, y = pixels(Point(lat=group.lat, lng=group.lng), ZOOM)
        west, north = pixels(Point(lat=group.north, lng=group.west), ZOOM)
        east, south = pixels(Point(lat=group.south, lng=group.east), ZOOM)
        # A pin that was taken in may lie a little outside of the middle of the others.
        assert west - DISC_PX <= x <= east + DISC_PX
        assert north - DISC_PX <= y <= south + DISC_PX
