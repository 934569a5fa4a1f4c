import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from sqlmodel import Session

from parkplace.core.geo import Point
from parkplace.core.settings import get_settings
from parkplace.spaces.places import Place, PlaceKind
from parkplace.web.pages.map import finding
from parkplace.web.pages.map.finding import Option, PlaceUnknown, Spot, find, label, spot, sure
from parkplace.web.pages.map.geometry import View
from tests import factories as make

HERE = Point(lat=40.7290, lng=-73.9888)
PARIS = {"lat": "48.8566", "lon": "2.3522", "display_name": "Paris, France"}


def place(name: str, detail: str = "", kind: PlaceKind = PlaceKind.STREET) -> Place:
    return Place(name, detail, HERE, kind)


@contextmanager
def geocoder(monkeypatch: pytest.MonkeyPatch, answer: Any, *, status: int = 200) -> Generator[None]:
    """A geocoder that always answers the same."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        with configured(monkeypatch, f"http://127.0.0.1:{server.server_port}"):
            yield
        server.shutdown()
        thread.join()


@contextmanager
def configured(monkeypatch: pytest.MonkeyPatch, url: str) -> Generator[None]:
    monkeypatch.setenv("GEOCODER_URL", url)
    get_settings.cache_clear()
    yield
    monkeypatch.delenv("GEOCODER_URL")
    get_settings.cache_clear()


def search(words: str) -> Spot:
    return asyncio.run(find(words, near=HERE, address="dana"))


# --- what is surely meant


@pytest.mark.parametrize(
    ("words", "known", "certain"),
    [
        ("astor place", place("Astor Place", "East Village"), True),
        ("Astor Pl", place("Astor Place", "East Village"), True),
        ("east village astor", place("Astor Place", "East Village"), True),
        ("zurich", place("Zürich", "", PlaceKind.ADDRESS), True),
        ("astr place", place("Astor Place", "East Village"), False),
        ("210 Broadway", place("Broadway", "Chinatown"), False),
        ("10003", place("10003", "New York, NY 10003", PlaceKind.ZIP), True),
        ("Rue X, Paris 75001", place("75001", "Addison, TX 75001", PlaceKind.ZIP), False),
        ("40.73 -73.99", place("40.73000, -73.99000", "", PlaceKind.COORDINATES), True),
    ],
)
def test_a_place_is_certain_when_it_has_every_word(
    *, words: str, known: Place, certain: bool
) -> None:
    assert sure(words, known) is certain


@pytest.mark.parametrize(
    ("known", "words", "called", "zoom"),
    [
        (place("Astor Place", "East Village"), "astor", "Astor Place, East Village", 16),
        (place("10003", "New York, NY 10003", PlaceKind.ZIP), "10003", "New York, NY 10003", 14),
        (place("Great Jones yard", "NoHo", PlaceKind.SPACE), "jones", "Great Jones yard", 17),
        (place("Camden Lock yard", "London", PlaceKind.SPACE), "London", "London", 13),
        (place("1, 2", "Sea", PlaceKind.COORDINATES), "1,2", "1, 2", 16),
        (place("Tour Eiffel", "Paris", PlaceKind.ADDRESS), "eiffel", "Tour Eiffel", 16),
    ],
)
def test_a_place_is_named_and_looked_at_by_what_it_is(
    known: Place, words: str, called: str, zoom: int
) -> None:
    found = spot(known, words)
    assert (found.label, found.point, found.view) == (called, HERE, View(HERE, zoom))


def test_what_is_offered_carries_its_point(session: Session) -> None:
    make.space(session, make.owen(session), title="<b>Yard</b>")
    offered = finding.options(session, words="yard", near=HERE)
    assert offered == [
        Option(
            "40.72900~-73.98880", "<b>Yard</b>", "<b>Yard</b>", "12 St Marks Place, New York", 17
        )
    ]
    assert finding.options(session, words="", near=None) == []
    assert finding.options(session, words="\0", near=None) == []


def test_a_label_that_is_typed_again_finds_the_same_street() -> None:
    assert sure(label(place("Bond Street", "East Village")), place("Bond Street", "East Village"))


# --- what we know, and what the geocoder knows


def test_what_we_surely_know_is_not_asked_elsewhere(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.space(session, make.owen(session))
    session.commit()
    with geocoder(monkeypatch, [PARIS]):
        assert search("St Marks garage").label == "St Marks Place garage"


def test_what_we_do_not_know_is_asked_of_the_geocoder(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session
    with geocoder(monkeypatch, [PARIS]):
        found = search("Paris")
    assert (found.label, found.point) == ("Paris", Point(lat=48.8566, lng=2.3522))
    assert found.view.zoom == 16


def test_what_only_looks_alike_is_taken_when_the_geocoder_knows_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.space(session, make.owen(session))
    session.commit()
    with geocoder(monkeypatch, []):
        assert search("Sant Marks Place garage").label == "St Marks Place garage"
    with configured(monkeypatch, "none"):
        assert search("Sant Marks Place garage").label == "St Marks Place garage"


def test_what_nobody_knows_is_said_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session
    with geocoder(monkeypatch, []), pytest.raises(PlaceUnknown) as unknown:
        search("Xyzzy")
    assert unknown.value.field == "where"
    assert unknown.value.message == (
        "We do not know “Xyzzy”. Try a street, a US ZIP code or a pair of coordinates."
    )


def test_a_geocoder_that_is_silent_is_said_to_be(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session
    with geocoder(monkeypatch, [], status=500), pytest.raises(PlaceUnknown) as unknown:
        search("Nowhere Lane")
    assert unknown.value.message.startswith("Addresses cannot be looked up right now.")
    assert "“Nowhere Lane”" in unknown.value.message
