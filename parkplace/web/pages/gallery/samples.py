"""Spaces that do not exist, for looking at how spaces are shown."""

from parkplace.web import ui
from parkplace.web.map.pins import MapCluster, MapPin, MapPoint

ASTOR_PLACE = MapPoint(40.7298, -73.9910)

PINS = [
    MapPin("garage", 40.7306, -73.9899, "$14", "St Marks Place garage, $14.00 for 3 h", "orange"),
    MapPin("meter", 40.7288, -73.9868, "$9", "Elizabeth Street meter 4021, $9.00", "sky"),
    MapPin("bond", 40.7276, -73.9927, "$18", "Bond Street driveway, $18.00 for 3 h", "red"),
    MapPin("mercer", 40.7246, -73.9944, "$27", "Mercer lot, day price $27.00", "blue"),
    MapPin("first", 40.7262, -73.9836, "$7", "First Avenue meter 11, $7.00 for 3 h", "brown"),
    MapPin("second", 40.7313, -73.9851, "$11", "Second Avenue garage, $11.00", "yellow"),
    MapPin("third", 40.7239, -73.9884, "$12", "Houston Street lot, $12.00 for 3 h", "pink"),
    MapPin("fifth", 40.7311, -73.9957, "$22", "<b>Washington Square</b> garage, $22.00", "green"),
]
CARDS = [
    ui.Deed(
        id="garage",
        name="St Marks Place garage, bay 2",
        href="/",
        band="orange",
        neighbourhood="East Village",
        meta="4.8 (31) · 4 min walk · covered · EV",
        price="$14.00",
        price_note="3 h, all in",
        hint="Leave by 8:30 pm and pay $10.50",
    ),
    ui.Deed(
        id="meter",
        name="Elizabeth Street meter 4021",
        href="/",
        band="sky",
        neighbourhood="Nolita",
        meta="On street · 6 min walk · 2 h limit from 7 pm",
        price="$9.00",
        price_note="3 h, all in",
    ),
    ui.Deed(
        id="bond",
        name="Bond Street driveway",
        href="/",
        band="red",
        neighbourhood="NoHo",
        meta="5.0 (12) · 7 min walk · gated",
        price="$18.00",
        price_note="3 h, all in",
    ),
    ui.Deed(
        id="mercer",
        name="Mercer lot",
        href="/",
        band="blue",
        neighbourhood="SoHo",
        meta="4.6 (210) · 9 min walk · attended · 24/7",
        price="$27.00",
        price_note="day price, all in",
    ),
]
CLUSTERS = [
    MapCluster("a", 40.7214, -73.9963, 9, -73.9990, 40.7200, -73.9940, 40.7225),
    MapCluster("b", 40.7226, -73.9815, 23, -73.9840, 40.7210, -73.9790, 40.7240),
]
