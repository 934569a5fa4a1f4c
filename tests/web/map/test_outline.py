import json
from typing import Any

from parkplace.web.map.outline import land_script


def topology(arcs: list[list[list[int]]], polygons: list[list[list[int]]]) -> dict[str, Any]:
    """A TopoJSON document whose steps are tenths of a degree, counted from 10° W, 20° S."""
    return {
        "transform": {"scale": [0.1, 0.1], "translate": [-10, -20]},
        "arcs": arcs,
        "objects": {
            "land": {"geometries": [{"type": "MultiPolygon", "arcs": polygons}]},
        },
    }


def rings(made: str) -> list[list[tuple[float, float]]]:
    """The rings of a script, as degrees."""
    flat = json.loads(made.removeprefix("window.parkplaceLand=").removesuffix(";\n"))
    found: list[list[tuple[float, float]]] = []
    for steps in flat:
        x = y = 0
        ring: list[tuple[float, float]] = []
        for at in range(0, len(steps), 2):
            x, y = x + steps[at], y + steps[at + 1]
            ring.append((x / 100, y / 100))
        found.append(ring)
    return found


def test_a_square_of_two_arcs_comes_out_whole() -> None:
    along = [[0, 0], [10, 0], [0, 10]]
    back = [[10, 10], [-10, 0], [0, -10]]
    (square,) = rings(land_script(topology([along, back], [[[0, 1]]])))
    assert square == [(-10, -20), (-9, -20), (-9, -19), (-10, -19), (-10, -20)]


def test_a_negative_index_walks_an_arc_backwards() -> None:
    along = [[0, 0], [10, 0], [0, 10]]
    other_way = [[0, 0], [0, 10], [10, 0]]
    (square,) = rings(land_script(topology([along, other_way], [[[0, -2]]])))
    assert square == [(-10, -20), (-9, -20), (-9, -19), (-10, -19), (-10, -20)]


def test_holes_and_islands_are_rings_of_their_own() -> None:
    square = [[0, 0], [90, 0], [0, 90], [-90, 0], [0, -90]]
    hole = [[30, 30], [30, 0], [0, 30], [-30, 0], [0, -30]]
    island = [[200, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    made = land_script(topology([square, hole, island], [[[0], [1]], [[2]]]))
    assert len(rings(made)) == 3


def test_what_is_too_small_to_see_is_left_out() -> None:
    speck = [[5, 5], [0, 0], [0, 0]]
    square = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    assert len(rings(land_script(topology([speck, square], [[[0]], [[1]]])))) == 1
