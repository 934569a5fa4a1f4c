"""What the gallery shows, and what it heard."""

from datetime import timedelta
from typing import Any

import reflex as rx

from parkplace.core import clock
from parkplace.core.errors import Conflict
from parkplace.web import ui
from parkplace.web.map.pins import MapBox, MapCluster, MapPin, MapPoint
from parkplace.web.pages.gallery.samples import ASTOR_PLACE, CARDS, CLUSTERS, PINS
from parkplace.web.ui.countdown import instant


class GalleryState(rx.State):
    """Sample data, and a log of the events that came back."""

    cards: list[ui.Deed] = []
    pins: list[MapPin] = []
    clusters: list[MapCluster] = []
    selected: str = ""
    center: MapPoint | None = None
    here: MapPoint | None = None
    spot: MapPoint | None = None
    box: MapBox | None = None
    covered: bool = True
    asking: bool = False
    busy: bool = False
    now: int = 0
    began: int = 0
    hold_until: int = 0
    stay_until: int = 0
    moment: int = 0
    heard: list[str] = []
    lines: list[ui.PriceLine] = []
    topics: list[str] = []

    @rx.event
    async def load(self) -> None:
        """Fill everything in."""
        now = clock.utc_now()
        self.now = instant(now)
        self.began = instant(now - timedelta(minutes=78))
        self.stay_until = instant(now + timedelta(minutes=102))
        self.hold_until = instant(now + timedelta(minutes=9, seconds=58))
        self.moment = instant(now + timedelta(seconds=4))
        self.cards, self.pins, self.clusters = CARDS, PINS, CLUSTERS
        self.selected, self.center, self.here = "garage", ASTOR_PLACE, ASTOR_PLACE
        self.lines = [
            ui.PriceLine("6:00–9:00 pm, 3 h at $4.00", "$12.00"),
            ui.PriceLine("Service", "$1.00"),
            ui.PriceLine("Tax 8.875 %", "$1.00"),
        ]
        self.heard, self.topics = [], []

    @rx.event
    async def pressed_pin(self, space_id: str) -> None:
        """Choose a space."""
        self.selected = space_id
        self._hear(f"pin {space_id}")

    @rx.event
    async def pressed_cluster(self, cluster_id: str) -> None:
        """Note which group was opened."""
        self._hear(f"cluster {cluster_id}")

    @rx.event
    async def moved(
        self,
        box: dict[str, float],
        center: dict[str, float],
        zoom: int,
        by_person: bool,  # noqa: FBT001 - Reflex passes what an event carries by position
    ) -> None:
        """Note what the map shows, and keep it, as a page whose address holds its view does."""
        self.center = MapPoint(center["lat"], center["lng"])
        who = "person" if by_person else "page"
        self._hear(f"moved by {who} to zoom {zoom}, {box['west']:.3f} to {box['east']:.3f}")

    @rx.event
    async def placed(self, lat: float, lng: float) -> None:
        """Note where the pin was put."""
        self.spot = MapPoint(lat, lng)
        self._hear(f"placed at {lat:.5f}, {lng:.5f}")

    @rx.event
    async def located(self, place: dict[str, float | bool]) -> None:
        """Show where the person is."""
        if place["found"]:
            self.here = MapPoint(float(place["lat"]), float(place["lng"]))
        self._hear(f"located {place['found']}")

    @rx.event
    async def fewer(self) -> None:
        """Take half of the pins away."""
        self.pins = self.pins[::2]

    @rx.event
    async def toggle_covered(self) -> None:
        """Switch a filter."""
        self.covered = not self.covered

    @rx.event
    async def pressed(self) -> None:
        """Note a press; two within 0.8 s are one."""
        self._hear("pressed")

    @rx.event
    async def ask(self) -> None:
        """Open the dialog from the server."""
        self.asking = True

    @rx.event
    async def answered(self) -> None:
        """Close it again."""
        self.asking = False
        self._hear("answered")

    @rx.event
    async def confirmed(self) -> rx.event.EventSpec:
        """Note that a dialog was confirmed."""
        self._hear("confirmed")
        return ui.toast("The booking is cancelled. $14.00 is on its way back.")

    @rx.event
    async def fail(self) -> None:
        """Break, to see what people see then."""
        raise RuntimeError("the gallery was asked to break")

    @rx.event
    async def refuse(self) -> None:
        """Be refused by the domain, to see what people see then."""
        raise Conflict("Somebody took this bay a moment ago. Choose another one.")

    @rx.event
    async def submit(self, form: dict[str, Any]) -> None:
        """Note what a form carried."""
        self._hear(f"form {' '.join(sorted(form))}")

    @rx.event
    async def sent(self, files: list[rx.UploadFile]) -> None:
        """Note the files that came."""
        for file in files:
            self._hear(f"file {file.name} of {len(await file.read())} bytes")

    @rx.event
    async def ended(self) -> None:
        """Note that a countdown ran out."""
        self._hear("ended")

    @rx.event
    async def listen(self) -> None:
        """Begin to listen to two topics."""
        self.topics = ["space:1", "space:2"]

    @rx.event
    async def signal(self, topic: str) -> None:
        """Note a live signal."""
        self._hear(f"signal {topic}")

    def _hear(self, what: str) -> None:
        self.heard = [*self.heard, what][-12:]
