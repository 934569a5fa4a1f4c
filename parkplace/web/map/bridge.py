"""The bridge from pages to the map in its frame: pins and views in, what people do out."""

from typing import Any

import reflex as rx
from reflex.event import EventType

from parkplace.web import routes
from parkplace.web.map.pins import MapBox, MapCluster, MapPin, MapPoint
from parkplace.web.ui.kinds import Event, Flag, Text


def _moved(
    view: rx.vars.ObjectVar[dict[str, Any]],
) -> tuple[rx.Var[dict[str, float]], rx.Var[dict[str, float]], rx.Var[int], rx.Var[bool]]:
    return (
        view.box.to(dict[str, float]),
        view.center.to(dict[str, float]),
        view.zoom.to(int),
        view.byPerson.to(bool),
    )


def _pressed(pressed: rx.vars.ObjectVar[dict[str, str]]) -> tuple[rx.Var[str]]:
    return (pressed.id.to(str),)


def _placed(place: rx.vars.ObjectVar[dict[str, float]]) -> tuple[rx.Var[float], rx.Var[float]]:
    return (place.lat.to(float), place.lng.to(float))


class MapFrame(rx.Component):
    """The frame with the map, and the listener that stands for it in the page."""

    library = rx.asset("bridge.js", shared=True).importable_path
    tag = "MapFrame"

    source: rx.Var[str]
    streets: rx.Var[str]
    label: rx.Var[str]
    mode: rx.Var[str]
    pins: rx.Var[list[MapPin]]
    clusters: rx.Var[list[MapCluster]]
    selected: rx.Var[str]
    here: rx.Var[MapPoint | None]
    placed: rx.Var[MapPoint | None]
    center: rx.Var[MapPoint | None]
    zoom: rx.Var[int]
    box: rx.Var[MapBox | None]
    theme: rx.Var[str]
    boxed: rx.Var[bool]

    on_ready: rx.EventHandler[rx.event.no_args_event_spec]
    on_moved: rx.EventHandler[_moved]
    on_pin: rx.EventHandler[_pressed]
    on_cluster: rx.EventHandler[_pressed]
    on_placed: rx.EventHandler[_placed]


def map_frame(
    *over: rx.Component,
    pins: rx.Var[list[MapPin]] | list[MapPin] | None = None,
    clusters: rx.Var[list[MapCluster]] | list[MapCluster] | None = None,
    selected: Text = "",
    center: rx.Var[MapPoint | None] | MapPoint | None = None,
    zoom: int | rx.Var[int] = 15,
    box: rx.Var[MapBox | None] | MapBox | None = None,
    here: rx.Var[MapPoint | None] | MapPoint | None = None,
    placed: rx.Var[MapPoint | None] | MapPoint | None = None,
    placing: Flag = False,
    theme: Text = "",
    boxed: bool = False,
    label: Text = "Map of spaces",
    streets: str = routes.MAP_STREETS,
    on_ready: Event | None = None,
    on_moved: EventType[dict[str, float], dict[str, float], int, bool] | None = None,
    on_pin: EventType[str] | None = None,
    on_cluster: EventType[str] | None = None,
    on_placed: EventType[float, float] | None = None,
) -> rx.Component:
    """Draw the map; it fills the box it stands in.

    Pins are compared by id: new lists may be given at any time and nothing flickers. A view
    (`center` with `zoom`, or `box`) is an order to look there, carried out when its value changes;
    one that only repeats what `on_moved` reported is ignored, so a page may keep the place it was
    told about without pulling the map back.

    Args:
        over: What floats over its upper edge, such as a button `Search this area`.
        pins: The spaces to show.
        clusters: The groups to show.
        selected: The id of the chosen space.
        center: Where to look.
        zoom: How close, 2 (the world) to 20.
        box: What to fit into view; goes before `center`.
        here: Where the person is.
        placed: Where the pin of an `add space` page stands.
        placing: Whether a press puts that pin down; spaces are hidden then.
        theme: `light` or `dark`; empty follows the page.
        boxed: Whether it is a picture in a page, with a height and an outline of its own.
        label: What the frame is, for those who cannot see it.
        streets: Where street lines for a box are fetched as GeoJSON when no tiles come: called
            as `?bbox=west,south,east,north&zoom=15`; features carry `rank`, 0 (widest) to 3.
        on_ready: The map is there.
        on_moved: What it shows now: box, middle, zoom, and whether the person moved it.
            It comes once the page has said where to look, then after each movement.
        on_pin: The id of a space whose pin was pressed.
        on_cluster: The id of a group that was pressed; the map zooms in by itself.
        on_placed: Where the pin was put: latitude and longitude.
    """
    handlers = {
        "on_ready": on_ready,
        "on_moved": on_moved,
        "on_pin": on_pin,
        "on_cluster": on_cluster,
        "on_placed": on_placed,
    }
    return MapFrame.create(
        *over,
        source=routes.MAP_DOCUMENT,
        streets=streets,
        label=label,
        mode=_mode(placing),
        pins=[] if pins is None else pins,
        clusters=[] if clusters is None else clusters,
        selected=selected,
        here=here,
        placed=placed,
        center=center,
        zoom=zoom,
        box=box,
        theme=theme,
        boxed=boxed,
        **{name: handler for name, handler in handlers.items() if handler is not None},
    )


def _mode(placing: Flag) -> Text:
    if isinstance(placing, bool):
        return "place" if placing else "browse"
    return rx.cond(placing, "place", "browse")
